"""What `doctor` looks at, one function a thing. Each looks, changes nothing, and says what to do.

An examination never fails half-way: where one thing cannot be looked at, that is its finding, and the
others are looked at all the same.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Literal

from django.db import Error as DatabaseError
from django.db import connection
from django.utils import timezone

from indelible.explanations import explain
from indelible.storage.database.models import Logbook
from indelible.storage.home import Home

State = Literal["fine", "look", "wrong"]

PYTHONS = ((3, 11), (3, 14))
OLDEST_SQLITE = (3, 40, 0)  # what Debian 12 brings; older ones lack what the search index needs
LEAST_FREE_BYTES = 2 << 30
EARLIEST_CLOCK = datetime(2026, 1, 1, tzinfo=UTC)
WORKER_SEEN_WITHIN = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Found:
    """One thing looked at: `fine`, worth a `look`, or `wrong` and to be mended."""

    check: str
    state: State
    message: str
    next_step: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return asdict(self)


def examine(home: Home, logbook: str | None) -> list[Found]:
    """Look at the whole installation; of the logbooks, at the named one or at all."""
    found = [_guarded(name, look, home) for name, look in _OF_THE_INSTALLATION.items()]
    if any(each.check == "tables" and each.state == "wrong" for each in found):
        return found
    books = Logbook.objects.filter(name=logbook) if logbook else Logbook.objects.order_by("pk")
    for book in books:
        for name, look in _OF_A_LOGBOOK.items():
            found.append(_guarded(f"{name}/{book.name}", partial(_look_at, look, book), home))
    if not books:
        found.append(Found("logbook", "look", "No logbook was begun yet.", "Begin one: indelible init"))
    return found


def _guarded(name: str, look: Callable[[Home], Found], home: Home) -> Found:
    from indelible.storage.database.errors import AppendRefused, StorageError

    try:
        found = look(home)
    except AppendRefused as refused:
        words = explain(refused.code, detail=refused.detail)
        return Found(name, "wrong", f"{words.title} {words.meaning}", words.next_step)
    except (OSError, DatabaseError, StorageError) as trouble:
        return Found(name, "wrong", f"{name} could not be looked at: {trouble}", "Mend that first.")
    return Found(name, found.state, found.message, found.next_step)


def _look_at(look: Callable[[Home, Logbook], Found], book: Logbook, home: Home) -> Found:
    return look(home, book)


# The installation -------------------------------------------------------------------------------------


def _python(_home: Home) -> Found:
    version = ".".join(map(str, sys.version_info[:3]))
    if PYTHONS[0] <= sys.version_info[:2] < PYTHONS[1]:
        return Found("", "fine", f"Python {version}.")
    return Found("", "wrong", f"Python {version} is not supported.", "Use Python 3.11, 3.12 or 3.13.")


def _database_software(_home: Home) -> Found:
    if connection.vendor != "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            return Found("", "fine", f"PostgreSQL {cursor.fetchone()[0]}.")
    version = sqlite3.sqlite_version
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        return Found(
            "", "wrong", f"SQLite {version} is too old.", "Use a Python built with SQLite 3.40 or newer."
        )
    options = {row[0] for row in sqlite3.connect(":memory:").execute("PRAGMA compile_options")}
    if "ENABLE_FTS5" not in options:
        return Found(
            "",
            "wrong",
            f"SQLite {version} lacks its text search (FTS5).",
            "Use a Python whose SQLite has it.",
        )
    return Found("", "fine", f"SQLite {version} with text search.")


def _permissions(home: Home) -> Found:
    """Only its owner may read the data folder and its keys, or anybody on the machine can sign as the log."""
    secret = [home.keys, home.secrets, *home.keys.glob("*"), *home.secrets.glob("*")]
    open_ones = [str(path) for path in (home.path, *secret) if stat.S_IMODE(path.stat().st_mode) & 0o077]
    if open_ones:
        shown = ", ".join(open_ones[:3])
        return Found(
            "",
            "wrong",
            f"Others on this machine can read: {shown}",
            "Take their rights away: chmod -R go= FOLDER",
        )
    if not os.access(home.path, os.W_OK):
        return Found("", "wrong", f"{home.path} cannot be written to.", "Run this as the folder's owner.")
    return Found("", "fine", "The data folder and its keys are readable by their owner alone.")


def _tables(_home: Home) -> Found:
    from indelible.server.prepare import open_migrations

    waiting = open_migrations()
    if waiting:
        message = f"The tables are older than this version ({len(waiting)} changes to make)."
        return Found("", "wrong", message, "Any other command brings them up to date.")
    return Found("", "fine", "The tables are those of this version.")


def _disk(home: Home) -> Found:
    free = shutil.disk_usage(home.path).free
    words = f"{free / (1 << 30):.1f} GB free where the data folder is."
    if free < LEAST_FREE_BYTES:
        return Found("", "wrong", words, "Free at least 2 GB: where the disk is full, entries have to wait.")
    return Found("", "fine", words)


def _clock(_home: Home) -> Found:
    now = datetime.now(UTC)
    if now < EARLIEST_CLOCK:
        return Found(
            "", "wrong", f"The clock says {now:%Y-%m-%d}.", "Set it, and keep it set by a time service."
        )
    drift = _unsynchronised()
    if drift:
        return Found(
            "",
            "look",
            "No time service keeps the clock set.",
            "Switch one on, such as chrony or systemd-timesyncd.",
        )
    return Found("", "fine", f"The clock says {now:%Y-%m-%d %H:%M:%S} UTC.")


def _unsynchronised() -> bool:
    """Whether the kernel says that nothing keeps the clock set; False where it does not say."""
    import ctypes

    if sys.platform != "linux":
        return False
    buffer = ctypes.create_string_buffer(256)  # struct timex, of which nothing is set: a mere question
    return bool(ctypes.CDLL(None).adjtimex(buffer) == 5)


def _worker(_home: Home) -> Found:
    from indelible.server.jobs.models import Worker

    alive = Worker.objects.filter(seen_at__gt=timezone.now() - WORKER_SEEN_WITHIN).count()
    if alive:
        return Found("", "fine", f"Background work is done ({alive} running).")
    return Found(
        "", "look", "Nothing does background work now.", "Start it together with the pages: indelible serve"
    )


# A logbook --------------------------------------------------------------------------------------------


def _key(_home: Home, book: Logbook) -> Found:
    """The key that seals must be readable, and be the one that the logbook names."""
    from indelible.storage.database.errors import AppendRefused
    from indelible.storage.database.keys import signers

    try:
        signing = signers(book)
    except AppendRefused as refusal:
        if refusal.code != "key-locked":
            raise
        message = f"The sealing key of {book.name} is under a passphrase, which this command was not given."
        return Found(
            "", "look", message, "To check it too, name its file with INDELIBLE_KEY_PASSPHRASE_FILE."
        )
    if len(signing) > 1:
        message = f"Two keys seal {book.name}, until every witness knows the new one."
        return Found("", "look", message, "Then end the change: indelible key finish")
    return Found("", "fine", f"The sealing key of {book.name} is there and is its own.")


def _checkpoint_file(_home: Home, book: Logbook) -> Found:
    from indelible.storage.database.checkpoint_file import checkpoint_path, newest_in_file
    from indelible.storage.database.keys import log_keys

    path = checkpoint_path(book.name)
    if path.exists() and not os.access(path, os.W_OK):
        return Found("", "wrong", f"{path} cannot be written to.", "Give its owner the right to add to it.")
    last = newest_in_file(path, book.origin, log_keys(book))
    if last is None:
        return Found("", "look", f"{book.name} has no checkpoint file yet.", "The next entry begins one.")
    if last.size > book.size:
        message = f"The checkpoint file of {book.name} knows {last.size:,} entries, the database only {book.size:,}."
        return Found(
            "", "wrong", message, "Entries were cut off, or an older state was put back: indelible verify"
        )
    return Found(
        "", "fine", f"The checkpoint file of {book.name} knows {last.size:,} of {book.size:,} entries."
    )


def _search(_home: Home, book: Logbook) -> Found:
    from indelible.storage.database.search.indexing import store_of

    missing = book.size - store_of(book).indexed(book.pk)
    if missing:
        return Found(
            "",
            "look",
            f"The search of {book.name} is {missing:,} entries behind.",
            "The next search catches up.",
        )
    return Found("", "fine", f"The search of {book.name} has caught up.")


_OF_THE_INSTALLATION: dict[str, Callable[[Home], Found]] = {
    "python": _python,
    "database": _database_software,
    "permissions": _permissions,
    "tables": _tables,
    "disk": _disk,
    "clock": _clock,
    "worker": _worker,
}
_OF_A_LOGBOOK: dict[str, Callable[[Home, Logbook], Found]] = {
    "key": _key,
    "checkpoint-file": _checkpoint_file,
    "search": _search,
}
