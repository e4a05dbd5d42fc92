"""Where a check reads: what a process needs to open the log by itself.

A check never reads through the connection of whoever asked for it. It opens its own, for reading only, in
this process or in others (a `Place` is plain data and can be sent there), so it sees what is committed
and holds up nobody.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import connections
from psycopg.conninfo import make_conninfo

from ..logbooks import alias_of
from ..models import Logbook
from ..search.embedded import connect


@dataclass(frozen=True, slots=True)
class Place:
    """A logbook, and how to open the database that it is in."""

    vendor: str  # "sqlite" or "postgresql"
    database: str  # a path, or a connection string
    search: str  # the path of the search file (SQLite)
    attachments: str
    logbook: int


def place_of(logbook: Logbook) -> Place:
    """Return where a logbook is to be read."""
    connection = connections[alias_of(logbook)]
    given = connection.settings_dict
    database = str(given["NAME"])
    if connection.vendor == "postgresql":
        options = {key: one for key, one in given.get("OPTIONS", {}).items() if isinstance(one, str | int)}
        database = make_conninfo(
            dbname=given["NAME"],
            user=given["USER"] or None,
            password=given["PASSWORD"] or None,
            host=given["HOST"] or None,
            port=given["PORT"] or None,
            **{key: str(one) for key, one in options.items() if key.startswith(("ssl", "service"))},
        )
    home = settings.INDELIBLE_HOME
    return Place(connection.vendor, database, str(home.search), str(home.attachments), logbook.pk)


class Reader:
    """Open connections to a place. One thread at a time."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.logbook = place.logbook
        self.embedded = place.vendor != "postgresql"
        self._sqlite: sqlite3.Connection | None = None
        self._search: sqlite3.Connection | None = None
        self._postgres: psycopg.Connection[Any] | None = None
        if self.embedded:
            # Not "mode=ro": a reader of a write-ahead log must be able to make its shared memory.
            self._sqlite = sqlite3.connect(place.database, isolation_level=None, timeout=20)
            self._sqlite.execute("PRAGMA query_only=ON")
        else:
            self._postgres = psycopg.connect(place.database, autocommit=True)

    def close(self) -> None:
        """Close what is open."""
        for connection in (self._sqlite, self._search, self._postgres):
            if connection is not None:
                connection.close()

    def fetch(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Return the rows of a SELECT on the log, written with `%s` for each value."""
        if self._sqlite is not None:
            return _rows(self._sqlite, sql, values)
        assert self._postgres is not None
        with self._postgres.cursor(binary=True) as cursor:
            return cursor.execute(sql.encode(), values).fetchall()

    def fetch_search(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Return the rows of a SELECT on the search table, which may lie elsewhere."""
        if not self.embedded:
            return self.fetch(sql, values)
        if self._search is None:
            # Opened at its first use: the file is made when the search table takes in its first entries.
            if not Path(self.place.search).exists():
                return []
            self._search = connect(Path(self.place.search), read_only=True)
        return _rows(self._search, sql, values)

    def begin(self) -> None:
        """Let the reads until `end` see one moment."""
        if self._sqlite is not None:
            self._sqlite.execute("BEGIN")
        elif self._postgres is not None:
            self._postgres.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")

    def end(self) -> None:
        """End what `begin` began."""
        connection = self._sqlite or self._postgres
        assert connection is not None
        connection.execute("COMMIT")


def _rows(connection: sqlite3.Connection, sql: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
    sql = sql.replace("%s", "?")
    try:
        return connection.execute(sql, values).fetchall()
    except sqlite3.OperationalError as problem:
        if "decode" not in str(problem):
            raise
    # A text that is no UTF-8 was put there by hand. It must not hide the rows around it.
    connection.text_factory = lambda data: data.decode("utf-8", "replace")
    try:
        return connection.execute(sql, values).fetchall()
    finally:
        connection.text_factory = str
