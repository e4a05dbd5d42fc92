"""The logs that are measured: made once, of the sizes that targets speak of, and copied where one is to grow.

A log that was made is not made again while its folder stands (`--keep`). What a target changes, it changes
in a copy, so that the next run finds the same log.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.events import make_events
from bench.installation import add_postgres, make_postgres_log, opened, set_up
from bench.result import NotMeasured

BATCH = 1_000
_DONE = "made"


@dataclass(slots=True)
class Bench:
    """What every target is given."""

    folder: Path  # of logs; on the disk that is measured
    entries: int = 1_000_000  # of the largest log; the others have a tenth and a hundredth of it
    rounds: int = 5
    seconds: float = 4.0  # of a measurement that runs against the clock
    tell: Callable[[str], None] = lambda text: None
    postgres: str | None = None  # the server's address
    programs: Path | None = None  # where its programs lie
    why_no_postgres: str = ""

    @property
    def tenth(self) -> int:
        """Entries of the middle log: 100,000."""
        return max(self.entries // 10, 10)

    @property
    def hundredth(self) -> int:
        """Entries of the small log: 10,000."""
        return max(self.entries // 100, 10)

    def at_most(self, count: int) -> int:
        """Return `count` for logs of full size, fewer for smaller ones, so that a trial run is short."""
        return max(min(count, self.entries // 50), 5)

    def without_postgres(self, target: str, what: str) -> NotMeasured | None:
        """Return what to say of a target where there is no PostgreSQL."""
        return None if self.postgres else NotMeasured(target, what, self.why_no_postgres)


@contextmanager
def log_of(bench: Bench, entries: int) -> Iterator[Any]:
    """Open the installation whose log has about so many entries, indexed for search. It must not be changed."""
    folder = _made(bench, entries)
    with opened(folder):
        yield _logbook()


@contextmanager
def copy_of(bench: Bench, entries: int) -> Iterator[Any]:
    """Open a copy of that installation, to be changed and thrown away."""
    made = _made(bench, entries)
    with tempfile.TemporaryDirectory(dir=bench.folder, prefix="copy-") as name:
        folder = Path(name) / "home"
        shutil.copytree(made, folder)
        os.sync()  # else the disk would still be writing the copy while it is measured
        with opened(folder):
            yield _logbook()


@contextmanager
def new_log(bench: Bench) -> Iterator[Any]:
    """Open an installation that was just set up."""
    with tempfile.TemporaryDirectory(dir=bench.folder, prefix="new-") as name, opened(Path(name) / "home"):
        yield set_up()


def folder_of(bench: Bench, entries: int) -> Path:
    """Return the data folder of the installation with so many entries; `log_of` makes it."""
    return bench.folder / f"log-{entries}"


def fill(bench: Bench, logbook: Any, entries: int) -> None:
    """Append seeded events until the log has `entries`, and index them."""
    from indelible.storage.database import search
    from indelible.storage.database.append import Draft, append
    from indelible.storage.database.reads import head

    size = head(logbook).size
    for start in range(size, entries, BATCH):
        if start % 100_000 < BATCH and start >= BATCH:
            bench.tell(f"{start:,} of {entries:,} entries")
        events = make_events(min(BATCH, entries - start), start)
        append(logbook, [Draft(event, source=1) for event in events])
    bench.tell(f"search index of {entries:,} entries")
    search.catch_up(logbook)


_postgres_logs: dict[tuple[str, int], Any] = {}


def postgres_log(bench: Bench, entries: int) -> Any:
    """Return a log of so many entries in PostgreSQL, indexed; made once in a run, by the first who asks."""
    url = bench.postgres
    assert url is not None
    if (url, entries) not in _postgres_logs:
        bench.tell(f"a log of {entries:,} entries in PostgreSQL")
        add_postgres(url, f"bench{entries}")
        logbook = make_postgres_log(f"bench{entries}")
        fill(bench, logbook, entries)
        _tidy(f"bench{entries}")
        _postgres_logs[url, entries] = logbook
    return _postgres_logs[url, entries]


def new_postgres_log(bench: Bench, name: str) -> Any:
    """Return a log in PostgreSQL that was just begun."""
    assert bench.postgres is not None
    add_postgres(bench.postgres, name)
    return make_postgres_log(name)


def _tidy(alias: str) -> None:
    """Do what PostgreSQL's own housekeeping would have done by the time that people search."""
    from django.db import connections

    with connections[alias].cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _made(bench: Bench, entries: int) -> Path:
    from indelible.server.prepare import bring_tables_up_to_date

    folder = folder_of(bench, entries)
    if (folder / _DONE).exists():
        with opened(folder):
            bring_tables_up_to_date()  # it may have been made by an earlier version
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    bench.tell(f"a log of {entries:,} entries")
    with opened(folder):
        fill(bench, set_up(), entries)
    (folder / _DONE).touch()
    return folder


def _logbook() -> Any:
    from indelible.web.acts import logbook_in_use

    return logbook_in_use()
