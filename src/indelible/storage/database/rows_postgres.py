"""The rows of a commit in PostgreSQL.

The lock is the logbook's own row (SELECT ... FOR UPDATE), so logbooks do not wait for each other. What
costs here is the round trip: statements travel together in a pipeline, and from ten rows up entries go
by binary COPY, which cannot share a pipeline but needs no statement a row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus

from .errors import NotFound
from .rows import Commit, Head, HeldCode

COPY_FROM_ROWS = 10

_HEAD = (
    'SELECT "size", "root", "last_at", "key_change", "rule_change" FROM "logbook" WHERE "id" = %s FOR UPDATE'
)
_SET_HEAD = 'UPDATE "logbook" SET "size" = %s, "root" = %s, "last_at" = %s WHERE "id" = %s'
_ENTRY = (
    'INSERT INTO "entry" ("logbook", "index", "recorded_at", "content", "secret") VALUES (%s, %s, %s, %s, %s)'
)
_COPY_ENTRY = (
    'COPY "entry" ("logbook", "index", "recorded_at", "content", "secret") FROM STDIN (FORMAT BINARY)'
)
_ENTRY_TYPES = ("int8", "int8", "text", "text", "bytea")
_TILE = 'INSERT INTO "tile" ("logbook", "level", "index", "hashes") VALUES (%s, %s, %s, %s)'
_EDGE = (
    'INSERT INTO "edge" ("logbook", "level", "hashes") VALUES (%s, %s, %s)'
    ' ON CONFLICT ("logbook", "level") DO UPDATE SET "hashes" = excluded."hashes"'
)
_CHECKPOINT = (
    'INSERT INTO "checkpoint" ("logbook", "size", "root", "note", "made_at", "leaves")'
    " VALUES (%s, %s, %s, %s, %s, %s)"
)
_NUMBER = (
    'INSERT INTO "number" ("logbook", "name", "last") VALUES (%s, %s, %s)'
    ' ON CONFLICT ("logbook", "name") DO UPDATE SET "last" = excluded."last"'
)
_REPEAT = (
    'INSERT INTO "repeat" ("logbook", "source", "code", "index", "content_code") VALUES (%s, %s, %s, %s, %s)'
)
_COPY_REPEAT = (
    'COPY "repeat" ("logbook", "source", "code", "index", "content_code") FROM STDIN (FORMAT BINARY)'
)
_REPEAT_TYPES = ("int8", "int8", "bytea", "int8", "bytea")
_HELD = (
    'SELECT "source", "code", "index", "content_code" FROM "repeat"'
    ' WHERE "logbook" = %s AND "source" = %s AND "code" = ANY(%s)'
)
_BLOB = 'UPDATE "attachment" SET "index" = %s WHERE "logbook" = %s AND "blob" = %s'


class PostgresRows:
    """`Rows` over a psycopg connection, in autocommit mode or inside the caller's transaction."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        # Django's own cursor writes values into the statement; ours sends them apart and stays prepared.
        self._cursor = psycopg.Cursor(connection)
        self._cursor.format = psycopg.pq.Format.BINARY
        self._begins = False

    def begin(self) -> None:
        """Note that a transaction begins; the words travel with `take_head`."""
        self._begins = True

    def commit(self) -> None:
        """Commit; durable when it returns, on the synchronous standby too where there is one."""
        self._connection.execute("COMMIT")

    def rollback(self) -> None:
        """Roll back, where a transaction is open."""
        self._begins = False
        if self._connection.info.transaction_status != TransactionStatus.IDLE:
            self._connection.execute("ROLLBACK")

    def take_head(self, logbook: int) -> Head:
        """Return the head and lock its row."""
        if self._begins:
            self._begins = False
            with self._connection.pipeline():
                self._connection.execute("BEGIN")
                self._cursor.execute(_HEAD, (logbook,), prepare=True)
        else:
            self._cursor.execute(_HEAD, (logbook,), prepare=True)
        row = self._cursor.fetchone()
        if row is None:
            raise NotFound("no-such-logbook", f"logbook {logbook}")
        return Head(*row)

    def fetch(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Return the rows of a SELECT."""
        return self._cursor.execute(sql, values).fetchall()

    def find_held(
        self, logbook: int, codes: Sequence[tuple[int, bytes]]
    ) -> dict[tuple[int, bytes], HeldCode]:
        """Return which codes are on record, asking once a source."""
        wanted: dict[int, list[bytes]] = {}
        for source, code in codes:
            wanted.setdefault(source, []).append(code)
        held = {}
        for source, of_source in wanted.items():
            for row in self._cursor.execute(_HELD, (logbook, source, of_source)):
                held[row[0], row[1]] = HeldCode(row[2], row[3])
        return held

    def write(self, commit: Commit) -> None:
        """Write the rows: long lists by COPY, the rest in one pipeline."""
        book, head = commit.logbook, commit.head
        entries = [(book, *entry) for entry in commit.entries]
        repeats = [(book, *repeat) for repeat in commit.repeats]
        if len(entries) >= COPY_FROM_ROWS:
            self._copy(_COPY_ENTRY, _ENTRY_TYPES, entries)
            entries = []
        if len(repeats) >= COPY_FROM_ROWS:
            self._copy(_COPY_REPEAT, _REPEAT_TYPES, repeats)
            repeats = []
        with self._connection.pipeline():
            self._each(_ENTRY, entries)
            self._each(_TILE, [(book, tile.level, tile.index, tile.hashes) for tile in commit.tiles])
            self._each(_EDGE, [(book, level, hashes) for level, hashes in commit.edges.items()])
            self._each(
                _CHECKPOINT, [(book, head.size, head.root, commit.note, commit.made_at, commit.leaves)]
            )
            self._each(_NUMBER, [(book, name, last) for name, last in commit.numbers.items()])
            self._each(_REPEAT, repeats)
            self._each(_BLOB, [(index, book, blob) for index, blob in commit.blobs])
            self._each(_SET_HEAD, [(head.size, head.root, head.last_at, book)])

    def _each(self, sql: str, rows: Iterable[tuple[object, ...]]) -> None:
        for row in rows:
            self._cursor.execute(sql, row, prepare=True)

    def _copy(self, sql: str, types: Sequence[str], rows: Iterable[tuple[object, ...]]) -> None:
        with self._cursor.copy(sql) as copy:
            copy.set_types(types)
            for row in rows:
                copy.write_row(row)
