"""Keeps the search table up with the log.

Rows are added after the commit, in batches, by whichever process comes first: the appender when it is
done, and every read before it looks. A row is made of what the entry's row in the database says, never
of what passes through memory, so the table can be dropped and made anew at any time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from django.conf import settings
from django.db import connections

from ..logbooks import alias_of
from ..models import Logbook
from .embedded import EmbeddedStore
from .postgres import PostgresStore
from .rows import SearchRow, row_of
from .store import Busy, Store

BATCH = 10_000


def store_of(logbook: Logbook) -> Store:
    """Return the search table of the database that holds `logbook`."""
    alias = alias_of(logbook)
    if connections[alias].vendor == "postgresql":
        return PostgresStore(alias)
    return EmbeddedStore(settings.INDELIBLE_HOME.search)


def entries_behind(logbook: Logbook) -> int:
    """Return how many recorded entries are not indexed yet."""
    return max(0, head_size(logbook) - store_of(logbook).indexed(logbook.pk))


def catch_up(logbook: Logbook, *, seconds: float | None = None) -> int:
    """Index what has been recorded and is not indexed yet; return how many entries are still to do.

    Safe in any number of threads and processes at once. With `seconds`, gives up after about so long,
    so that a page can say "searching the first 400,000 of 900,000" rather than wait. Where the table
    knows more entries than the log holds, nothing is touched: that is a finding for `checking`.
    """
    table = store_of(logbook)
    started = time.monotonic()
    while True:
        size = head_size(logbook)
        indexed = table.indexed(logbook.pk)
        if indexed >= size:
            return 0
        left = None if seconds is None else started + seconds - time.monotonic()
        if left is not None and left <= 0:
            return size - indexed
        try:
            _add_batch(table, logbook, size, 60.0 if left is None else left)
        except Busy:
            if left is None:
                raise
            return size - table.indexed(logbook.pk)


def rebuild(logbook: Logbook, *, progress: Callable[[int, int], None] | None = None) -> int:
    """Make the search table anew from the entries; return how many rows it has.

    Batch by batch, each a commit of its own, so that appending and reading go on meanwhile (a search sees
    only what is indexed so far). `progress` is told (done, in all) after each batch.
    """
    table = store_of(logbook)
    with table.writing(logbook.pk, 60.0) as writing:
        writing.clear()
    size = head_size(logbook)
    while (indexed := table.indexed(logbook.pk)) < size:
        _add_batch(table, logbook, size, 60.0)
        if progress is not None:
            progress(min(indexed + BATCH, size), size)
    return size


def head_size(logbook: Logbook) -> int:
    """Return how many entries the log holds now."""
    with connections[alias_of(logbook)].cursor() as cursor:
        cursor.execute("SELECT size FROM logbook WHERE id = %s", [logbook.pk])
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def _add_batch(table: Store, logbook: Logbook, size: int, wait_seconds: float) -> None:
    with table.writing(logbook.pk, wait_seconds) as writing:
        upto = min(size, writing.indexed + BATCH)
        if upto > writing.indexed:  # else another process was quicker
            writing.add(list(rows_of_entries(logbook, writing.indexed, upto)), upto)


def rows_of_entries(logbook: Logbook, first: int, last: int) -> Iterator[SearchRow]:
    """Yield the search row of each entry from `first` up to `last` (exclusive) that there is."""
    connection = connections[alias_of(logbook)]
    columns = ", ".join(stored_text(column, connection.vendor) for column in ("recorded_at", "content"))
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT "index", {columns} FROM entry'  # noqa: S608 (our own columns)
            ' WHERE logbook = %s AND "index" >= %s AND "index" < %s ORDER BY "index"',
            [logbook.pk, first, last],
        )
        while found := cursor.fetchmany(1000):
            for index, recorded_at, content in found:
                yield row_of(index, recorded_at, content)


def stored_text(column: str, vendor: str) -> str:
    """Return how to select a text column so that whatever somebody put there can be read.

    SQLite keeps any bytes in a text column, and reading one that is no UTF-8 as text would fail for the
    whole batch.
    """
    return f"CAST({column} AS BLOB)" if vendor == "sqlite" else column
