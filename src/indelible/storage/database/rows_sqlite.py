"""The rows of a commit in SQLite.

Constant statements over the bare connection, which keeps them prepared: Django's own way costs more
than all of the commit's other work. BEGIN IMMEDIATE takes the one write lock of the file, so nobody
else can stand between reading the head and writing it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

from .errors import NotFound
from .rows import Commit, Head, HeldCode

_HEAD = 'SELECT "size", "root", "last_at", "key_change", "rule_change" FROM "logbook" WHERE "id" = ?'
_SET_HEAD = 'UPDATE "logbook" SET "size" = ?, "root" = ?, "last_at" = ? WHERE "id" = ?'
_ENTRY = 'INSERT INTO "entry" ("logbook", "index", "recorded_at", "content", "secret") VALUES (?, ?, ?, ?, ?)'
_TILE = 'INSERT INTO "tile" ("logbook", "level", "index", "hashes") VALUES (?, ?, ?, ?)'
# An upsert rewrites the row in its place; INSERT OR REPLACE would dirty the key's page as well.
_EDGE = (
    'INSERT INTO "edge" ("logbook", "level", "hashes") VALUES (?, ?, ?)'
    ' ON CONFLICT DO UPDATE SET "hashes" = excluded."hashes"'
)
_CHECKPOINT = (
    'INSERT INTO "checkpoint" ("logbook", "size", "root", "note", "made_at", "leaves")'
    " VALUES (?, ?, ?, ?, ?, ?)"
)
_NUMBER = (
    'INSERT INTO "number" ("logbook", "name", "last") VALUES (?, ?, ?)'
    ' ON CONFLICT DO UPDATE SET "last" = excluded."last"'
)
_REPEAT = 'INSERT INTO "repeat" ("logbook", "source", "code", "index", "content_code") VALUES (?, ?, ?, ?, ?)'
_HELD = (
    'SELECT "code", "index", "content_code" FROM "repeat"'
    ' WHERE "logbook" = ? AND "source" = ? AND "code" IN ({})'
)
_HELD_AT_ONCE = 256
_HELD_ONE = _HELD.format("?")
_HELD_MANY = _HELD.format(", ".join("?" * _HELD_AT_ONCE))
_BLOB = 'UPDATE "attachment" SET "index" = ? WHERE "logbook" = ? AND "blob" = ?'


class SqliteRows:
    """`Rows` over a connection of the standard library's sqlite3 in autocommit mode."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def begin(self) -> None:
        """Begin, waiting for the file's write lock as long as the connection's timeout allows."""
        self._connection.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """Commit; durable when it returns, since the connection says synchronous FULL."""
        self._connection.execute("COMMIT")

    def rollback(self) -> None:
        """Roll back, where a transaction is open."""
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def take_head(self, logbook: int) -> Head:
        """Return the head. The write lock was taken by `begin`."""
        row = self._connection.execute(_HEAD, (logbook,)).fetchone()
        if row is None:
            raise NotFound("no-such-logbook", f"logbook {logbook}")
        return Head(*row)

    def fetch(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Return the rows of a SELECT."""
        return self._connection.execute(sql.replace("%s", "?"), values).fetchall()

    def find_held(
        self, logbook: int, codes: Sequence[tuple[int, bytes]]
    ) -> dict[tuple[int, bytes], HeldCode]:
        """Return which codes are on record, asked by the hundred: a third of the cost of one by one."""
        wanted: dict[int, list[bytes]] = {}
        for source, code in codes:
            wanted.setdefault(source, []).append(code)
        held = {}
        for source, of_source in wanted.items():
            for start in range(0, len(of_source), _HELD_AT_ONCE):
                asked = of_source[start : start + _HELD_AT_ONCE]
                sql = _HELD_ONE
                if len(asked) > 1:
                    # Filled up with the last one, so that the statement stays the same and prepared.
                    sql = _HELD_MANY
                    asked += asked[-1:] * (_HELD_AT_ONCE - len(asked))
                for row in self._connection.execute(sql, (logbook, source, *asked)):
                    held[source, row[0]] = HeldCode(row[1], row[2])
        return held

    def write(self, commit: Commit) -> None:
        """Write the rows, each table by one prepared statement."""
        book, head = commit.logbook, commit.head
        execute, many = self._connection.execute, self._connection.executemany
        many(_ENTRY, [(book, *entry) for entry in commit.entries])
        if commit.tiles:
            many(_TILE, [(book, tile.level, tile.index, tile.hashes) for tile in commit.tiles])
            many(_EDGE, [(book, level, hashes) for level, hashes in commit.edges.items()])
        execute(_CHECKPOINT, (book, head.size, head.root, commit.note, commit.made_at, commit.leaves))
        many(_NUMBER, [(book, name, last) for name, last in commit.numbers.items()])
        if commit.repeats:
            many(_REPEAT, [(book, *repeat) for repeat in commit.repeats])
        if commit.blobs:
            many(_BLOB, [(index, book, blob) for index, blob in commit.blobs])
        execute(_SET_HEAD, (head.size, head.root, head.last_at, book))
