"""`indelible publish`: the log as static files, for anybody's checker; once, or kept up to date."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import click

from indelible.cli import options
from indelible.cli.output import counted, harmless, line, print_json
from indelible.cli.session import choose_logbook, open_home

if TYPE_CHECKING:
    from indelible.storage.database.models import Logbook
    from indelible.storage.database.publish import Published

LOOK_EVERY_SECONDS = 2.0


@click.command("publish")
@options.common
@click.option("--follow", "keep", is_flag=True, help="Keep the folder up to date until stopped.")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
def command(home: str | None, logbook: str | None, as_json: bool, keep: bool, folder: Path) -> None:
    """Write the log as static files that others can check.

    They hold no personal data: only commitments to each field of each entry.
    """
    book = choose_logbook(open_home(home), logbook)
    from indelible.storage.database.publish import publish

    if not keep:
        done = publish(book, folder)
        if as_json:
            print_json(_document(done))
        else:
            line(_told(done, folder))
        return
    last = _follow(book, folder, quiet=as_json)
    if as_json and last is not None:
        print_json(_document(last))


def _follow(book: Logbook, folder: Path, *, quiet: bool) -> Published | None:
    """Keep the folder up to date until this process is told to stop; return the last state published.

    A database that does not answer is asked again: what was published stays right meanwhile.
    """
    from django.db import OperationalError, connections

    from indelible.storage.database.publish import follow

    last: list[Published] = []

    def tell(done: Published) -> None:
        last[:] = [done]
        if not quiet:
            line(_told(done, folder))
            sys.stdout.flush()

    with _until_stopped() as wait:
        while True:
            try:
                follow(book, folder, tell, wait)
                break
            except OperationalError as silent:
                click.echo(harmless(f"The database does not answer ({silent}). Trying again."), err=True)
                connections.close_all()
                if not wait():
                    break
    return last[0] if last else None


@contextmanager
def _until_stopped() -> Iterator[Callable[[], bool]]:
    """Give a function that waits a moment and says whether to go on: not after Ctrl-C or a signal to end."""
    stopped = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopped.set()

    before = {each: signal.signal(each, stop) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: not stopped.wait(LOOK_EVERY_SECONDS)
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _document(done: Published) -> dict[str, object]:
    return {"entries": done.entries, "checkpoint": done.checkpoint, "files": done.files}


def _told(done: Published, folder: Path) -> str:
    return f"{counted(done.entries, 'entry', 'entries')} published to {folder}, in {done.files:,} files."
