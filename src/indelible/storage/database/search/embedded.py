"""The search table on SQLite: a file of its own, beside the log.

A file of its own, since an index in the log's commit would slow each append down as the log grows, and
because this one may be lost: it is written without a flush for every commit, and built anew where it is
missing. A row's id is its logbook's number and its position in one integer, so that the text index can
be walked by position, newest first, within one logbook.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from . import tokens
from .rows import SearchRow
from .store import Busy, Counts, Slice
from .terms import ANYWHERE, KEYS, Group, Term

PLACE_BITS = 40
VERSION = 2  # of the schema and of what `rows` makes of an entry; a file of another version is built anew

_SCHEMA = """
CREATE TABLE search (
    id INTEGER PRIMARY KEY, logbook INTEGER NOT NULL, "index" INTEGER NOT NULL, occurred INTEGER NOT NULL,
    who TEXT NOT NULL, about TEXT NOT NULL, words TEXT NOT NULL, keys TEXT NOT NULL);
CREATE VIRTUAL TABLE search_text USING fts5(
    who, about, words, keys, content='search', content_rowid='id', tokenize='unicode61 remove_diacritics 0');
CREATE TABLE search_state (logbook INTEGER PRIMARY KEY, indexed INTEGER NOT NULL);
CREATE TABLE search_time (
    logbook INTEGER NOT NULL, span INTEGER NOT NULL, slot INTEGER NOT NULL, entries INTEGER NOT NULL,
    first_index INTEGER NOT NULL, last_index INTEGER NOT NULL,
    PRIMARY KEY (logbook, span, slot)) WITHOUT ROWID;
"""
_TABLES = ("search_text", "search", "search_state", "search_time")
_INSERT_ROW = "INSERT INTO search VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_INSERT_TEXT = "INSERT INTO search_text (rowid, who, about, words, keys) VALUES (?, ?, ?, ?, ?)"
_UPSERT_COUNT = """
INSERT INTO search_time VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (logbook, span, slot) DO UPDATE SET entries = entries + excluded.entries,
    first_index = min(first_index, excluded.first_index), last_index = max(last_index, excluded.last_index)
"""
_open = threading.local()


def connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """Open a connection of one's own; the file and its tables are made where they are missing."""
    if read_only:
        return sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, isolation_level=None, timeout=20)
    connection = sqlite3.connect(path, isolation_level=None, timeout=20)
    connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-32768;")
    if connection.execute("PRAGMA user_version").fetchone()[0] != VERSION:
        _make(connection)
    path.chmod(0o600)
    return connection


def _make(connection: sqlite3.Connection) -> None:
    """Make the tables, unless another process was quicker."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        if connection.execute("PRAGMA user_version").fetchone()[0] != VERSION:
            for table in _TABLES:
                connection.execute(f"DROP TABLE IF EXISTS {table}")
            for statement in _SCHEMA.split(";"):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


class EmbeddedStore:
    """The search file at `path`. Each thread keeps its own connection to it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def connection(self) -> sqlite3.Connection:
        """This thread's connection; opened anew in a child process, and where the file was taken away."""
        held: dict[str, tuple[int, int, sqlite3.Connection]] = _open.__dict__.setdefault("held", {})
        pid, inode, connection = held.get(str(self.path), (0, 0, None))
        try:
            now_there = self.path.stat().st_ino
        except FileNotFoundError:
            now_there = -1
        if connection is None or pid != os.getpid() or inode != now_there:
            if connection is not None and pid == os.getpid():
                connection.close()
            connection = connect(self.path)
            held[str(self.path)] = (os.getpid(), self.path.stat().st_ino, connection)
        return connection

    def indexed(self, logbook: int) -> int:
        """Return how many entries, from the first, are indexed."""
        row = self.connection.execute(
            "SELECT indexed FROM search_state WHERE logbook = ?", (logbook,)
        ).fetchone()
        return row[0] if row else 0

    @contextmanager
    def writing(self, logbook: int, wait_seconds: float) -> Iterator[EmbeddedWriting]:
        """Hold the file for writing. Raises Busy where others hold it for longer than `wait_seconds`."""
        connection = self.connection
        connection.execute(f"PRAGMA busy_timeout = {max(int(wait_seconds * 1000), 1)}")
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as problem:
            if problem.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
                raise Busy(str(self.path)) from problem
            raise
        finally:
            connection.execute("PRAGMA busy_timeout = 20000")
        try:
            yield EmbeddedWriting(connection, logbook, self.indexed(logbook))
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise

    def places(self, logbook: int, part: Slice, limit: int, *, newest_first: bool) -> list[int]:
        """Return at most `limit` positions of rows in `part`, in order."""
        source, values = _source(logbook, part)
        order = "DESC" if newest_first else "ASC"
        found = self.connection.execute(
            f"SELECT rowid {source} ORDER BY rowid {order} LIMIT ?", (*values, limit)
        )
        return [row[0] & (1 << PLACE_BITS) - 1 for row in found]

    def count(self, logbook: int, part: Slice, limit: int) -> int:
        """Return how many rows are in `part`, counting no further than `limit`."""
        source, values = _source(logbook, part)
        query = f"SELECT count(*) FROM (SELECT 1 {source} LIMIT ?)"  # noqa: S608 (our own clauses)
        count: int = self.connection.execute(query, (*values, limit)).fetchone()[0]
        return count

    def counts(self, logbook: int, span: int, first: int, last: int) -> list[tuple[int, int, int, int]]:
        """Return (slot, entries, first position, last position) of the slots `first` to `last`."""
        return self.connection.execute(
            "SELECT slot, entries, first_index, last_index FROM search_time"
            " WHERE logbook = ? AND span = ? AND slot BETWEEN ? AND ? ORDER BY slot",
            (logbook, span, first, last),
        ).fetchall()

    def ends(self, logbook: int) -> tuple[int, int] | None:
        """Return the first and the last day (days since 1970) on which anything happened."""
        row = self.connection.execute(
            "SELECT (SELECT min(slot) FROM search_time WHERE logbook = ?1 AND span = 86400),"
            " (SELECT max(slot) FROM search_time WHERE logbook = ?1 AND span = 86400)",
            (logbook,),
        ).fetchone()
        return None if row[0] is None else (row[0], row[1])

    def rows(self, logbook: int, low: int, high: int) -> Iterator[tuple[SearchRow, bool]]:
        """Yield each row from `low` up to `high`. The text index is checked as a whole: `text_fits`."""
        found = self.connection.execute(
            'SELECT "index", occurred, who, about, words, keys,'
            ' logbook = id >> 40 AND "index" = id & 1099511627775 FROM search'
            " WHERE id >= ? AND id < ? ORDER BY id",
            (place_id(logbook, low), place_id(logbook, high)),
        )
        for row in found:
            yield SearchRow(*row[:6]), bool(row[6])

    def text_fits(self) -> bool:
        """Whether the text index says exactly what the table says, by SQLite's own word-for-word check."""
        try:
            self.connection.execute(
                "INSERT INTO search_text (search_text, rank) VALUES ('integrity-check', 1)"
            )
        except sqlite3.DatabaseError as problem:
            if problem.sqlite_errorcode & 0xFF == sqlite3.SQLITE_CORRUPT:
                return False
            raise
        return True


class EmbeddedWriting:
    """The search file, held for writing."""

    def __init__(self, connection: sqlite3.Connection, logbook: int, indexed: int) -> None:
        self._connection = connection
        self._logbook = logbook
        self.indexed = indexed

    def add(self, rows: Sequence[SearchRow], upto: int) -> None:
        """Add rows in order of position; from then on the first `upto` entries count as indexed."""
        logbook, execute = self._logbook, self._connection.executemany
        ids = [place_id(logbook, row.place) for row in rows]
        execute(_INSERT_ROW, [(place, logbook, *row) for place, row in zip(ids, rows, strict=True)])
        execute(_INSERT_TEXT, [(place, *row[2:]) for place, row in zip(ids, rows, strict=True)])
        counts = Counts()
        counts.add(rows)
        execute(_UPSERT_COUNT, [(logbook, *row) for row in counts.rows()])
        execute("INSERT OR REPLACE INTO search_state VALUES (?, ?)", [(logbook, upto)])
        self.indexed = upto

    def clear(self) -> None:
        """Forget every row of the logbook. The text index is made anew from what other logbooks hold."""
        execute = self._connection.execute
        execute(
            "DELETE FROM search WHERE id >= ? AND id < ?",
            (place_id(self._logbook, 0), place_id(self._logbook + 1, 0)),
        )
        execute("DELETE FROM search WHERE logbook = ?", (self._logbook,))
        execute("INSERT INTO search_text (search_text) VALUES ('rebuild')")
        execute("DELETE FROM search_time WHERE logbook = ?", (self._logbook,))
        execute("DELETE FROM search_state WHERE logbook = ?", (self._logbook,))
        self.indexed = 0


def place_id(logbook: int, index: int) -> int:
    """Return the row id of an entry."""
    return (logbook << PLACE_BITS) + index


def _source(logbook: int, part: Slice) -> tuple[str, list[object]]:
    """Return FROM and WHERE for a slice, and their values. `+` keeps the planner on the text index."""
    low, high = place_id(logbook, part.low), place_id(logbook, part.high)
    timed = part.start is not None or part.end is not None
    window: list[object] = [
        -(1 << 63) if part.start is None else part.start,
        (1 << 63) - 1 if part.end is None else part.end,
    ]
    if not part.is_text:
        where = "AND occurred >= ? AND occurred < ?" if timed else ""
        return f"FROM search WHERE rowid >= ? AND rowid < ? {where}", [low, high, *(window if timed else [])]
    source = "FROM search_text WHERE search_text MATCH ? AND rowid >= ? AND rowid < ?"
    values: list[object] = [match_text(part.groups, part.without), low, high]
    if timed:
        source += " AND (SELECT occurred >= ? AND occurred < ? FROM search WHERE id = search_text.rowid)"
        values += window
    return source, values


def match_text(groups: Sequence[Group], without: Sequence[Term] = ()) -> str:
    """Return the groups in FTS5's query language. Phrases hold letters, digits and spaces only."""
    wanted = groups or ((Term(KEYS, tokens.EVERY),),)
    told = " AND ".join("(" + " OR ".join(_term(term) for term in group) + ")" for group in wanted)
    return f"({told}) NOT ({' OR '.join(_term(term) for term in without)})" if without else told


def _term(term: Term) -> str:
    phrase = f'"{term.phrase}"' + (" *" if term.prefix else "")
    place = "{who about words}" if term.place == ANYWHERE else term.place
    told = f"{place} : {phrase}"
    return f"({told} AND {match_text(term.within)})" if term.within else told
