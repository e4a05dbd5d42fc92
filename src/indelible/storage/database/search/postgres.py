"""The search table on PostgreSQL: in the same database as the log.

The text index is a column that the database itself makes of the row's texts, with a GIN index over it.
GIN has no order, so a common word would fetch and sort half the table for a page of fifty; walking row by
row would read the whole table for a rare one. The planner's guess which of the two it is misses by far for
phrases and for tables it has no statistics of. So the first 2,000 rows of the range are looked at, and what
they hold decides: walk on as far as the page should need, or ask the index.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from .rows import SearchRow
from .store import Busy, Counts, Slice
from .terms import ABOUT, WHO, WORDS, Group, Term

SAMPLE = 2_000  # rows that are looked at first
WALK = 40_000  # rows that are walked at most before the index is asked; each costs half a microsecond

TSV = (
    "setweight(to_tsvector('simple'::regconfig, who), 'A')"
    " || setweight(to_tsvector('simple'::regconfig, about), 'B')"
    " || to_tsvector('simple'::regconfig, keys) || to_tsvector('simple'::regconfig, words)"
)
SCHEMA = f"""
CREATE TABLE search (
    logbook BIGINT NOT NULL, "index" BIGINT NOT NULL, occurred BIGINT NOT NULL,
    who TEXT NOT NULL, about TEXT NOT NULL, words TEXT NOT NULL, keys TEXT NOT NULL,
    search_text TSVECTOR GENERATED ALWAYS AS ({TSV}) STORED, PRIMARY KEY (logbook, "index"));
CREATE INDEX search_text ON search USING GIN (search_text) WITH (gin_pending_list_limit = 512);
CREATE TABLE search_state (logbook BIGINT PRIMARY KEY, indexed BIGINT NOT NULL);
CREATE TABLE search_time (
    logbook BIGINT NOT NULL, span INTEGER NOT NULL, slot BIGINT NOT NULL, entries BIGINT NOT NULL,
    first_index BIGINT NOT NULL, last_index BIGINT NOT NULL, PRIMARY KEY (logbook, span, slot));
"""
_UPSERT_COUNT = """
INSERT INTO search_time
SELECT %s, * FROM unnest(%s::integer[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[])
ON CONFLICT (logbook, span, slot) DO UPDATE SET entries = search_time.entries + excluded.entries,
    first_index = least(search_time.first_index, excluded.first_index),
    last_index = greatest(search_time.last_index, excluded.last_index)
"""
ROWS_SQL = (
    'SELECT "index", occurred, who, about, words, keys,'  # noqa: S608 (both parts are ours)
    f" search_text IS NOT DISTINCT FROM ({TSV})"
    ' FROM search WHERE logbook = %s AND "index" >= %s AND "index" < %s ORDER BY "index"'
)
_SET = "SET LOCAL enable_seqscan = {}; SET LOCAL enable_indexscan = {}; SET LOCAL enable_bitmapscan = {}"
_WALK, _INDEX, _FREE = (
    _SET.format("off", "on", "off"),
    _SET.format("off", "off", "on"),
    _SET.format("on", "on", "on"),
)
_LEXEME = re.compile(r"'((?:[^']|'')*)'")


class PostgresStore:
    """The search table in one of Django's databases, over this thread's connection."""

    def __init__(self, alias: str) -> None:
        self.alias = alias

    @property
    def _connection(self) -> BaseDatabaseWrapper:
        return connections[self.alias]

    def indexed(self, logbook: int) -> int:
        """Return how many entries, from the first, are indexed."""
        row = self._one("SELECT indexed FROM search_state WHERE logbook = %s", [logbook])
        return int(row[0]) if row else 0

    @contextmanager
    def writing(self, logbook: int, wait_seconds: float) -> Iterator[PostgresWriting]:
        """Hold the logbook's rows for writing. Raises Busy where others do for longer than `wait_seconds`."""
        with transaction.atomic(using=self.alias), self._connection.cursor() as cursor:
            cursor.execute("INSERT INTO search_state VALUES (%s, 0) ON CONFLICT DO NOTHING", [logbook])
            cursor.execute(f"SET LOCAL lock_timeout = {max(int(wait_seconds * 1000), 1)}")
            try:
                cursor.execute("SELECT indexed FROM search_state WHERE logbook = %s FOR UPDATE", [logbook])
            except OperationalError as problem:
                if getattr(problem.__cause__, "sqlstate", None) == "55P03":
                    raise Busy("search_state") from problem
                raise
            yield PostgresWriting(self._connection, logbook, int(cursor.fetchone()[0]))

    def places(self, logbook: int, part: Slice, limit: int, *, newest_first: bool) -> list[int]:
        """Return at most `limit` positions of rows in `part`, in order."""
        with self._planning() as plan:
            plan(_WALK)
            low, high = part.low, part.high
            found: list[int] = []
            width = high - low
            if part.is_text and width > SAMPLE + WALK:
                width = SAMPLE
            while width:
                edge = high - width if newest_first else low + width
                ends = (edge, high) if newest_first else (low, edge)
                met = self._some(logbook, part, *ends, limit - len(found), newest_first)
                found += met
                low, high = (low, edge) if newest_first else (edge, high)
                # On once more, if by what the sample held the page fills up soon; half as far again, for luck.
                needed = SAMPLE * (limit - len(found)) * 3 // (2 * len(met)) if width == SAMPLE and met else 0
                width = min(needed, high - low) if needed <= WALK else 0
            if len(found) < limit and low < high:
                plan(_INDEX)
                found += self._some(logbook, part, low, high, limit - len(found), newest_first)
            return found

    def count(self, logbook: int, part: Slice, limit: int) -> int:
        """Return how many rows are in `part`, counting no further than `limit`."""
        with self._planning() as plan:
            plan(_WALK)
            if part.is_text and part.high - part.low > SAMPLE + WALK:
                sample = self._counted(logbook, part, part.high - SAMPLE, SAMPLE)
                if sample * WALK < 2 * limit * SAMPLE:
                    plan(_INDEX)
            return self._counted(logbook, part, part.low, limit)

    def counts(self, logbook: int, span: int, first: int, last: int) -> list[tuple[int, int, int, int]]:
        """Return (slot, entries, first position, last position) of the slots `first` to `last`."""
        with self._connection.cursor() as cursor:
            cursor.execute(
                "SELECT slot, entries, first_index, last_index FROM search_time"
                " WHERE logbook = %s AND span = %s AND slot BETWEEN %s AND %s ORDER BY slot",
                [logbook, span, first, last],
            )
            return [tuple(row) for row in cursor.fetchall()]

    def ends(self, logbook: int) -> tuple[int, int] | None:
        """Return the first and the last day (days since 1970) on which anything happened."""
        row = self._one(
            "SELECT min(slot), max(slot) FROM search_time WHERE logbook = %s AND span = 86400", [logbook]
        )
        return None if row is None or row[0] is None else (int(row[0]), int(row[1]))

    def rows(self, logbook: int, low: int, high: int) -> Iterator[tuple[SearchRow, bool]]:
        """Yield each row from `low` up to `high`, and whether its part of the text index fits it."""
        with self._connection.cursor() as cursor:
            cursor.execute(
                ROWS_SQL,
                [logbook, low, high],
            )
            while found := cursor.fetchmany(1000):
                for row in found:
                    yield SearchRow(*row[:6]), bool(row[6])

    def _some(
        self, logbook: int, part: Slice, low: int, high: int, limit: int, newest_first: bool
    ) -> list[int]:
        """Return up to `limit` positions from one end of a part of the slice."""
        where, values = self._where(logbook, part, low, high)
        order = "DESC" if newest_first else "ASC"
        query = f'SELECT "index" FROM search WHERE {where} ORDER BY "index" {order} LIMIT %s'  # noqa: S608
        with self._connection.cursor() as cursor:
            cursor.execute(query, [*values, limit])
            return [row[0] for row in cursor.fetchall()]

    def _counted(self, logbook: int, part: Slice, low: int, limit: int) -> int:
        where, values = self._where(logbook, part, low, part.high)
        query = f"SELECT count(*) FROM (SELECT 1 FROM search WHERE {where} LIMIT %s) AS found"  # noqa: S608
        row = self._one(query, [*values, limit])
        return int(row[0]) if row else 0

    @contextmanager
    def _planning(self) -> Iterator[Callable[[str], None]]:
        """Give a function that says how rows are to be found; the planner is free again afterwards."""
        with transaction.atomic(using=self.alias), self._connection.cursor() as cursor:
            yield cursor.execute
            cursor.execute(_FREE)  # a caller's transaction may go on

    def _where(self, logbook: int, part: Slice, low: int, high: int) -> tuple[str, list[Any]]:
        """Return a WHERE clause and its values."""
        where = 'logbook = %s AND "index" >= %s AND "index" < %s'
        values: list[Any] = [logbook, low, high]
        if part.is_text:
            where += " AND search_text @@ %s::tsquery"
            values.append(self._tsquery(part.groups, part.without))
        if part.start is not None:
            where, values = f"{where} AND occurred >= %s", [*values, part.start]
        if part.end is not None:
            where, values = f"{where} AND occurred < %s", [*values, part.end]
        return where, values

    def _tsquery(self, groups: Sequence[Group], without: Sequence[Term]) -> str:
        """Return the groups as a tsquery's text. The database cuts the phrases as it cut the rows' texts."""
        every = [*groups, tuple(without)] if without else groups
        row = self._one(
            "SELECT array_agg(phraseto_tsquery('simple', phrase)::text ORDER BY place)"
            " FROM unnest(%s::text[]) WITH ORDINALITY AS asked(phrase, place)",
            [[term.phrase for term in _all_terms(every)]],
        )
        parsed = iter(row[0] if row and row[0] else [])
        told = _told(groups, parsed)
        if not without:
            return told
        left_out = f"!( {' | '.join(_term(term, parsed) for term in without)} )"
        return f"{told} & {left_out}" if told else left_out

    def _one(self, query: str, values: Sequence[Any]) -> tuple[Any, ...] | None:
        with self._connection.cursor() as cursor:
            cursor.execute(query, values)
            row: tuple[Any, ...] | None = cursor.fetchone()
        return row


class PostgresWriting:
    """The search table, held for writing one logbook."""

    def __init__(self, connection: BaseDatabaseWrapper, logbook: int, indexed: int) -> None:
        self._connection = connection
        self._logbook = logbook
        self.indexed = indexed

    def add(self, rows: Sequence[SearchRow], upto: int) -> None:
        """Add rows in order of position; from then on the first `upto` entries count as indexed."""
        counts = Counts()
        counts.add(rows)
        with self._connection.cursor() as cursor:
            with cursor.copy(
                'COPY search (logbook, "index", occurred, who, about, words, keys) FROM STDIN'
            ) as copy:
                for row in rows:
                    copy.write_row((self._logbook, *row))
            columns = [list(column) for column in zip(*counts.rows(), strict=True)]
            if columns:
                cursor.execute(_UPSERT_COUNT, [self._logbook, *columns])
            cursor.execute("UPDATE search_state SET indexed = %s WHERE logbook = %s", [upto, self._logbook])
        self.indexed = upto

    def clear(self) -> None:
        """Forget every row of the logbook."""
        with self._connection.cursor() as cursor:
            cursor.execute("DELETE FROM search WHERE logbook = %s", [self._logbook])
            cursor.execute("DELETE FROM search_time WHERE logbook = %s", [self._logbook])
            cursor.execute("UPDATE search_state SET indexed = 0 WHERE logbook = %s", [self._logbook])
        self.indexed = 0


def _all_terms(groups: Sequence[Group]) -> Iterator[Term]:
    """Yield every term in the order in which `_told` writes them, each before what it stands within."""
    for group in groups:
        for term in group:
            yield term
            yield from _all_terms(term.within)


def _told(groups: Sequence[Group], parsed: Iterator[str]) -> str:
    """Return groups as a tsquery's text, with the phrases as the database cut them."""
    return " & ".join(f"( {' | '.join(_term(term, parsed) for term in group)} )" for group in groups)


def _term(term: Term, parsed: Iterator[str]) -> str:
    told = f"( {_placed(term, next(parsed))} )"
    return f"( {told} & {_told(term.within, parsed)} )" if term.within else told


def _placed(term: Term, parsed: str) -> str:
    """Return a parsed phrase, told to which part of the row it must belong, and whether it is a beginning."""
    weight = {WHO: "A", ABOUT: "B", WORDS: "D"}.get(term.place, "")
    head, tail = parsed, ""
    if term.prefix and (lexemes := list(_LEXEME.finditer(parsed))):
        head, tail = parsed[: lexemes[-1].start()], f"{lexemes[-1][0]}:*{weight}"
    return (_LEXEME.sub(rf"'\1':{weight}", head) if weight else head) + tail
