"""What a rule would have recorded in the last 30 days, and what is near it but would not have been caught.

Asked of the record by the same pattern that entries would be counted by. What is near: the pattern with one of its
conditions left out at a time, less what it catches. All of it is bounded, so that the page answers at once however
long the record is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from indelible.events.event import Event
from indelible.events.instants import from_datetime
from indelible.features.record import queries as record
from indelible.features.rules import parts, wording
from indelible.features.rules.wanted import Wanted
from indelible.language.matching import EventTest, compiled
from indelible.language.pattern import Condition, Pattern, When
from indelible.language.world import World
from indelible.storage.database import reads, search
from indelible.storage.database.models import Logbook
from indelible.web.timeline import Row

DAYS: Final = 30
SHOWN: Final = 3
LOOKED_AT: Final = (
    50  # of the caught, for the facts they lack; of those near, to find some that are not caught
)
MOST_RELAXED: Final = 6
MUCH_A_DAY: Final = 500


@dataclass(frozen=True, slots=True)
class Near:
    """What would be caught, were it not for one condition."""

    words: str
    count: int
    counted_all: bool
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Preview:
    """What the last days say about a rule."""

    count: int
    counted_all: bool
    rows: list[Row]
    looked_at: int  # entries that were looked at for facts
    lacking: list[tuple[str, int]]  # a fact in words, and how many of these lack it
    near: list[Near]

    @property
    def a_day(self) -> int:
        """About how many entries a day."""
        return round(self.count / DAYS)

    @property
    def is_much(self) -> bool:
        """Whether that is so much that it is worth a word."""
        return self.a_day >= MUCH_A_DAY

    @property
    def indexes(self) -> list[int]:
        """Which entries are shown."""
        return [row.index for part in (self.rows, *(near.rows for near in self.near)) for row in part]


def of(logbook: Logbook, wanted: Wanted, world: World, now: datetime) -> Preview:
    """Return what a rule would have recorded in the 30 days before `now`, three entries of it, and what is near."""
    pattern = lately(wanted.pattern, now)
    page = search.find(logbook, pattern, limit=LOOKED_AT)
    caught = compiled(pattern, world)
    near = []
    for words, wider in islice(parts.relaxed(wanted.pattern, world), MOST_RELAXED):
        found = search.find(logbook, lately(wider, now), limit=LOOKED_AT)
        if (more := found.count - page.count) > 0:
            others = _not_caught(logbook, found.indexes, caught)[:SHOWN]
            near.append((words, more, found.counted_all and page.counted_all, others))
    shown = page.indexes[:SHOWN]
    every = list(dict.fromkeys([*shown, *(index for *_rest, others in near for index in others)]))
    rows = {row.index: row for row in record.rows_of(logbook, every)}
    return Preview(
        page.count,
        page.counted_all,
        [rows[index] for index in shown],
        len(page.indexes),
        _lacking(logbook, page.indexes, [need.fact for need in wanted.needs], world),
        [
            Near(words, more, counted, [rows[index] for index in others])
            for words, more, counted, others in near
        ],
    )


def count(logbook: Logbook, wanted: Wanted, now: datetime) -> tuple[int, bool]:
    """Return how many entries of the last 30 days a rule would have recorded, and whether all were counted."""
    page = search.find(logbook, lately(wanted.pattern, now), limit=1)
    return page.count, page.counted_all


def lately(pattern: Pattern, now: datetime) -> Pattern:
    """Return a pattern for the last 30 days alone; one that has a period of its own keeps it."""
    when = pattern.when or When()
    if when.start or when.end or when.text:
        return pattern
    return replace(pattern, when=replace(when, start=from_datetime(now - timedelta(days=DAYS))))


def _not_caught(logbook: Logbook, indexes: Sequence[int], caught: EventTest) -> list[int]:
    """Return those of some entries that a pattern does not mean."""
    entries = reads.find_entries(logbook, indexes)
    return [
        index
        for index in indexes
        if (entry := entries.get(index)) is not None
        and not caught(entry.event, _source_of(entry.event), entry.recorded_at)
    ]


def _source_of(event: Event) -> int:
    """Return the id of the source that an entry came from, 0 for Indelible itself."""
    return int(next(iter(event.get("numbers", {}).get("sources", {})), 0))


def _lacking(
    logbook: Logbook, indexes: Sequence[int], facts: Sequence[str], world: World
) -> list[tuple[str, int]]:
    """Return of each fact how many of these entries lack it, the most first; none that all have."""
    if not facts or not indexes:
        return []
    entries = list(reads.find_entries(logbook, indexes).values())
    found = []
    for fact in facts:
        absent = compiled(Pattern.of(where=[Condition(fact, "absent")]), world)
        if lack := sum(absent(entry.event, 0) for entry in entries):
            found.append((wording.fact(fact), lack))
    return sorted(found, key=lambda pair: -pair[1])
