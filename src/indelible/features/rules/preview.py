"""What a rule would have recorded in the last 30 days, and what is near it but would not have been caught.

Asked of the record by the same pattern that entries would be counted by. What is near: the pattern with one of its
conditions left out at a time, less what it catches; where it catches nothing, also without what happens or of what.
All of it is bounded, so that the page answers at once however long the record is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain, islice
from time import monotonic
from typing import Final

from indelible.events.event import Event
from indelible.events.instants import to_datetime
from indelible.features.record import queries as record
from indelible.features.rules import parts, wording
from indelible.features.rules.wanted import Wanted
from indelible.language.matching import EventTest, compiled
from indelible.language.matching_facts import presence_of
from indelible.language.pattern import Pattern
from indelible.language.world import World
from indelible.storage.database import reads, search
from indelible.storage.database.models import Logbook
from indelible.storage.database.search.finding import Counted, count_in
from indelible.web.timeline import Row

DAYS: Final = 30
SHOWN: Final = 3
# Of the caught, for the facts they lack; of those near, to find some that are not caught.
LOOKED_AT: Final = 50
MOST_RELAXED: Final = 6
MOST_COUNTED: Final = 20_000
SECONDS: Final = 0.3  # after so long no other condition is left out
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
    age: int  # days that the record is old, where that is less than the days looked at

    @property
    def a_day(self) -> int:
        """About how many entries a day."""
        return round(self.count / self.age)

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
    until = monotonic() + SECONDS
    low, pattern = _since(logbook, now), wanted.pattern
    counted = _count(logbook, pattern, world, now)
    newest = _newest(logbook, pattern, world, low, now)
    caught, near = compiled(pattern, world), []
    looser = parts.relaxed(pattern, world)
    if not counted.count:
        looser = chain(looser, parts.wider(pattern, world))
    for words, wider in islice(looser, MOST_RELAXED):
        if monotonic() > until:
            break
        found = _count(logbook, wider, world, now)
        if (more := found.count - counted.count) > 0:
            others = _not_caught(logbook, _newest(logbook, wider, world, low, now), caught)[:SHOWN]
            near.append((words, more, found.counted_all and counted.counted_all, others))
    every = list(dict.fromkeys([*newest[:SHOWN], *(index for *_rest, others in near for index in others)]))
    rows = {row.index: row for row in record.rows_of(logbook, every)}
    return Preview(
        counted.count,
        counted.counted_all,
        [rows[index] for index in newest[:SHOWN]],
        len(newest),
        _lacking(logbook, newest, [need.fact for need in wanted.needs]),
        [Near(words, more, exact, [rows[index] for index in others]) for words, more, exact, others in near],
        max(1, min(DAYS, (now - to_datetime(logbook.created_at)).days)),
    )


def count(logbook: Logbook, wanted: Wanted, world: World, now: datetime) -> tuple[int, bool]:
    """Return how many entries of the last 30 days a rule would have recorded, and whether all were counted."""
    found = _count(logbook, wanted.pattern, world, now)
    return found.count, found.counted_all


def _count(logbook: Logbook, pattern: Pattern, world: World, now: datetime) -> Counted:
    return count_in(logbook, pattern, world, now - timedelta(days=DAYS), None, limit=MOST_COUNTED, now=now)


def _since(logbook: Logbook, now: datetime) -> int:
    """Return the index of the first entry that was recorded in the last 30 days."""
    moment = (now - timedelta(days=DAYS)).astimezone(UTC)
    return reads.entries_before(logbook, moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ"))


def _newest(logbook: Logbook, pattern: Pattern, world: World, low: int, now: datetime) -> list[int]:
    """Return the newest entries that a pattern means, of those from `low` on."""
    page = search.find(logbook, pattern, world, limit=LOOKED_AT, now=now)
    return [index for index in page.indexes if index >= low]


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


def _lacking(logbook: Logbook, indexes: Sequence[int], facts: Sequence[str]) -> list[tuple[str, int]]:
    """Return of each fact how many of these entries lack it, the most first; none that all have."""
    if not facts or not indexes:
        return []
    entries = list(reads.find_entries(logbook, indexes).values())
    found = []
    for fact in facts:
        present = presence_of(fact)
        if lack := sum(not present(entry.event) for entry in entries):
            found.append((wording.fact(fact), lack))
    return sorted(found, key=lambda pair: -pair[1])
