"""What indexing, finding and checking ask of the search table, whichever database holds it.

Two stores fulfil this: `embedded` (SQLite, a file of its own) and `postgres`. They share the table's
shape and the words in it, and differ only in how the text index is asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from .rows import SearchRow
from .terms import Group, Term

QUARTER = 900
"""The finest span of the counts, in seconds: days of every zone in use are made of quarters of an hour."""
DAY = 86_400


@dataclass(frozen=True, slots=True)
class Slice:
    """Which rows are asked for: positions `low` up to `high` (exclusive), narrowed by text and time."""

    low: int
    high: int
    groups: tuple[Group, ...] = ()
    start: int | None = None  # microseconds since 1970; None where the time need not be compared
    end: int | None = None  # the first microsecond after
    without: tuple[Term, ...] = ()  # what a row must hold none of

    @property
    def is_text(self) -> bool:
        """Whether the text index is asked."""
        return bool(self.groups or self.without)

    @property
    def is_run(self) -> bool:
        """Whether every position between the two is meant."""
        return not self.is_text and self.start is None and self.end is None


class Counts:
    """How many entries happened in each span of time, and between which positions they stand."""

    def __init__(self) -> None:
        self.slots: dict[tuple[int, int], list[int]] = {}  # (span, slot) -> [entries, first, last]

    def add(self, rows: Iterable[SearchRow]) -> None:
        """Count rows, which come in order of position."""
        by_quarter: defaultdict[int, list[int]] = defaultdict(list)
        for row in rows:
            by_quarter[row.occurred // 900_000_000].append(row.place)
        for quarter, places in by_quarter.items():
            for span, slot in ((QUARTER, quarter), (DAY, quarter * QUARTER // DAY)):
                self._merge(span, slot, len(places), places[0], places[-1])

    def _merge(self, span: int, slot: int, entries: int, first: int, last: int) -> None:
        held = self.slots.setdefault((span, slot), [0, first, last])
        held[0] += entries
        held[1] = min(held[1], first)
        held[2] = max(held[2], last)

    def rows(self) -> list[tuple[int, int, int, int, int]]:
        """Return (span, slot, entries, first position, last position), sorted."""
        return [(*key, held[0], held[1], held[2]) for key, held in sorted(self.slots.items())]


class Writing(Protocol):
    """The search table of one logbook, held against all other writers until the block ends."""

    indexed: int

    def add(self, rows: Sequence[SearchRow], upto: int) -> None:
        """Add rows in order of position; from then on the first `upto` entries count as indexed."""
        ...

    def clear(self) -> None:
        """Forget every row of the logbook."""
        ...


class Store(Protocol):
    """One database's search table."""

    def indexed(self, logbook: int) -> int:
        """Return how many entries, from the first, are indexed."""
        ...

    def writing(self, logbook: int, wait_seconds: float) -> AbstractContextManager[Writing]:
        """Hold the table for writing. Raises Busy where others hold it for longer than `wait_seconds`."""
        ...

    def places(self, logbook: int, part: Slice, limit: int, *, newest_first: bool) -> list[int]:
        """Return at most `limit` positions of rows in `part`, in order."""
        ...

    def count(self, logbook: int, part: Slice, limit: int) -> int:
        """Return how many rows are in `part`, counting no further than `limit`."""
        ...

    def counts(self, logbook: int, span: int, first: int, last: int) -> list[tuple[int, int, int, int]]:
        """Return (slot, entries, first position, last position) of the slots `first` to `last`."""
        ...

    def ends(self, logbook: int) -> tuple[int, int] | None:
        """Return the first and the last day (days since 1970) on which anything happened."""
        ...

    def rows(self, logbook: int, low: int, high: int) -> Iterator[tuple[SearchRow, bool]]:
        """Yield each row from `low` up to `high`, and whether the text index of the row itself fits it."""
        ...


class Busy(Exception):
    """Others are writing the search table and did not finish in time."""
