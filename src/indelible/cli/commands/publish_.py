"""`indelible publish`: the log as static files, for anybody's checker."""

from __future__ import annotations

from pathlib import Path

import click

from indelible.cli import options
from indelible.cli.output import counted, line, print_json
from indelible.cli.session import choose_logbook, open_home


@click.command("publish")
@options.common
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
def command(home: str | None, logbook: str | None, as_json: bool, folder: Path) -> None:
    """Write the log as static files that others can check.

    They hold no personal data: only commitments to each field of each entry.
    """
    book = choose_logbook(open_home(home), logbook)
    from indelible.storage.database.publish import publish

    done = publish(book, folder)
    if as_json:
        print_json({"entries": done.entries, "checkpoint": done.checkpoint, "files": done.files})
        return
    line(f"{counted(done.entries, 'entry', 'entries')} published to {folder}, in {done.files:,} files.")
