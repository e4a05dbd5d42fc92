"""Finds entries: a page of them, how many there are, how many a day.

What is asked is a pattern, in the words of a world. Answers are positions, newest recorded first; the entries
themselves are for `reads`. A page is asked for by the position it ends or begins at, never by how many to skip: so the
deepest page costs what the first one does, entries that share one instant can each be reached, and what arrives
meanwhile moves nothing.

What the text index cannot tell exactly is looked at closely, entry by entry, within bounds (`scanning`): then a page
may hold fewer entries than there are, says how far it looked, and goes on from there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

from indelible.language.matching import EventTest
from indelible.language.matching_times import zone_of
from indelible.language.pattern import Pattern
from indelible.language.periods import settle
from indelible.language.world import NOWHERE, World

from .. import reads
from ..models import Logbook
from . import tokens
from .asking import Asked, asked_of, cut_to, micro_of
from .indexing import catch_up, head_size, store_of
from .scanning import Bounds, Looked, look
from .store import DAY, QUARTER, Slice, Store
from .terms import KEYS, Reach, Term, period_group

PAGE = 50
COUNT_LIMIT = 1_000
CATCH_UP_SECONDS = 2.0
# A page looks closely at so many entries at most, and for so long; a count at fewer.
MOST_LOOKED: Final = 20_000
PAGE_SECONDS: Final = 0.7
MOST_COUNTED: Final = 2_000
COUNT_SECONDS: Final = 0.1

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HOUR: Final = 3_600_000_000


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the entries found, newest recorded first."""

    indexes: list[int]  # places in the log, from 0
    older: int | None  # ask for `before` this to go on; None where there is nothing older
    newer: int | None  # ask for `after` this to go back; None where there is nothing newer
    count: int  # how many there are in all, counted up to COUNT_LIMIT
    counted_all: bool  # False: there are more than `count`, or may be
    behind: int  # how many recorded entries could not be looked through yet
    looked_to: int | None = (
        None  # the position at which looking stopped before the page was full; None: it did not
    )

    @property
    def more(self) -> bool:
        """Whether older entries follow, or may."""
        return self.older is not None


@dataclass(frozen=True, slots=True)
class Counted:
    """How many entries there are, as far as they were counted."""

    count: int
    counted_all: bool  # False: there are more, or may be


@dataclass(frozen=True, slots=True)
class Tightest:
    """The part of a pattern that keeps a search from finding anything, and what is found without it."""

    part: str  # name of the part, as in `Pattern`
    value: object  # the member of it; the whole part where it has no members (`when`)
    count: int  # up to COUNT_LIMIT
    counted_all: bool


def find(
    logbook: Logbook,
    pattern: Pattern,
    world: World = NOWHERE,
    *,
    before: int | None = None,
    after: int | None = None,
    limit: int = PAGE,
    now: datetime | None = None,
) -> Page:
    """Return a page of the entries that a pattern means: the newest ones, or those next to a position.

    `before` gives entries recorded before that position, `after` those after it (both exclusive; `before`
    wins). What was just recorded is indexed first, for at most two seconds. A period that moves with the day is
    worked out at `now`. Raises ValueError for a pattern that nothing can be held against.
    """
    behind = catch_up(logbook, seconds=CATCH_UP_SECONDS)
    search = _Search.of(logbook, pattern, world, now)
    upward = before is None and after is not None
    edge = after if upward else before
    bounds = Bounds(MOST_LOOKED, PAGE_SECONDS)
    found, further, back, stopped = search.next_to(edge, limit, bounds, newest_first=not upward)
    if upward:
        found.reverse()
    newer, older = (further, back) if upward else (back, further)
    alone = edge is None and not further and stopped is None
    counted = Counted(len(found), True) if alone else search.count(COUNT_LIMIT)
    begins = found[0] if found else (edge or 0) - 1
    ends = found[-1] if found else (edge or 0) + 1
    if stopped is not None:
        begins, ends = (stopped - 1, ends) if upward else (begins, stopped)
    return Page(
        found,
        older=ends if older else None,
        newer=begins if newer else None,
        count=max(counted.count, min(len(found), COUNT_LIMIT)),
        counted_all=counted.counted_all,
        behind=behind,
        looked_to=stopped,
    )


def find_all(
    logbook: Logbook,
    pattern: Pattern,
    world: World = NOWHERE,
    *,
    low: int = 0,
    high: int | None = None,
    limit: int = 1000,
    now: datetime | None = None,
) -> list[int]:
    """Return up to `limit` positions from `low` up to `high`, oldest first: for walking through all, without bounds."""
    catch_up(logbook)
    search = _Search.of(logbook, pattern, world, now)
    size = search.asked.high if high is None else min(high, search.asked.high)
    return search.ends(max(low, search.asked.low), size, limit, newest_first=False).places


def count_in(
    logbook: Logbook,
    pattern: Pattern,
    world: World,
    first_at: datetime | None,
    last_at: datetime | None,
    *,
    limit: int = COUNT_LIMIT,
    now: datetime | None = None,
) -> Counted:
    """Return how many entries that a pattern means were recorded from `first_at` up to `last_at`, up to `limit`.

    Where the index cannot tell them exactly, no more than a few thousand are looked at.
    """
    catch_up(logbook, seconds=CATCH_UP_SECONDS)
    search = _Search.of(logbook, pattern, world, now)
    low = 0 if first_at is None else reads.entries_before(logbook, _leaf_time(first_at))
    high = search.asked.high if last_at is None else reads.entries_before(logbook, _leaf_time(last_at))
    return search.within(low, high).count(limit)


def tightest_filter(
    logbook: Logbook, pattern: Pattern, world: World = NOWHERE, *, now: datetime | None = None
) -> Tightest | None:
    """Return the one part without which the most is found; None where dropping any one finds nothing."""
    best: Tightest | None = None
    for part, value in pattern.parts():
        counted = _Search.of(logbook, pattern.without(part, value), world, now).count(COUNT_LIMIT)
        if counted.count > (best.count if best else 0):
            best = Tightest(part, value, counted.count, counted.counted_all)
    return best


def history_of(
    logbook: Logbook, kind: str, identity: str, *, before: int | None = None, limit: int = PAGE
) -> list[int]:
    """Return the newest positions of entries about one particular thing; `before` goes on from there."""
    return _with_any(logbook, [tokens.thing_key(kind, identity)], before, limit)


def referring_to(logbook: Logbook, index: int, *, limit: int = PAGE) -> list[int]:
    """Return the newest positions of entries that refer to entry `index`: corrections, notes, sign-offs."""
    return referring_to_any(logbook, [index], limit=limit)


def referring_to_any(logbook: Logbook, indexes: Sequence[int], *, limit: int = PAGE) -> list[int]:
    """Return the newest positions of entries that refer to any of `indexes`, by one look-up."""
    keys = {key for index in indexes for key in tokens.referring_keys(index)}
    return _with_any(logbook, sorted(keys), None, limit) if keys else []


def days_with_counts(logbook: Logbook, days: int, now: datetime, zone: tzinfo) -> list[tuple[date, int]]:
    """Return for each of the last `days` days in `zone`, today last, how many entries happened on it."""
    catch_up(logbook, seconds=CATCH_UP_SECONDS)
    today = now.astimezone(zone).date()
    dates = [today - timedelta(days=back) for back in range(days - 1, -1, -1)]
    starts = [_quarter(day, zone) for day in (*dates, today + timedelta(days=1))]
    counted = store_of(logbook).counts(logbook.pk, QUARTER, starts[0], starts[-1] - 1)
    by_day = [0] * days
    place = 0
    for slot, entries, _first, _last in counted:
        while slot >= starts[place + 1]:
            place += 1
        by_day[place] += entries
    return list(zip(dates, by_day, strict=True))


@dataclass(frozen=True, slots=True)
class _Search:
    """A pattern asked of one logbook's table: where to look, and what to test besides."""

    table: Store
    logbook: Logbook
    asked: Slice
    test: EventTest | None  # None where the index tells all

    @classmethod
    def of(cls, logbook: Logbook, pattern: Pattern, world: World, now: datetime | None) -> _Search:
        """Return the search for a pattern in everything that is recorded now."""
        table, size = store_of(logbook), head_size(logbook)
        pattern = settle(pattern, now or datetime.now(UTC), zone_of(world))
        ends = table.ends(logbook.pk) if pattern.when or pattern.who or pattern.not_who else None
        reach = None if ends is None else (_EPOCH + timedelta(days=ends[0]), _day_after(ends[1]))
        asked = asked_of(pattern, world, reach)
        return cls(table, logbook, _slice(table, logbook, asked, reach, size), asked.test)

    def within(self, low: int, high: int) -> _Search:
        """Return the same search in a part of the log."""
        low, high = max(low, self.asked.low), min(high, self.asked.high)
        return replace(self, asked=replace(self.asked, low=low, high=max(low, high)))

    def ends(
        self, low: int, high: int, limit: int, *, newest_first: bool, bounds: Bounds | None = None
    ) -> Looked:
        """Return positions at one end of a part of the log."""
        if low >= high or limit <= 0:
            return Looked([], None)
        part = replace(self.asked, low=low, high=high)
        if self.test is not None:
            return look(
                self.table, self.logbook, part, self.test, limit, newest_first=newest_first, bounds=bounds
            )
        if part.is_run:
            newest, oldest = (
                range(high - 1, max(low, high - limit) - 1, -1),
                range(low, min(high, low + limit)),
            )
            return Looked(list(newest if newest_first else oldest), None)
        return Looked(self.table.places(self.logbook.pk, part, limit, newest_first=newest_first), None)

    def count(self, limit: int) -> Counted:
        """Return how many entries there are, counting no further than `limit`."""
        asked = self.asked
        if asked.low >= asked.high:
            return Counted(0, True)
        if self.test is not None:
            bounds = Bounds(MOST_COUNTED, COUNT_SECONDS)
            looked = self.ends(asked.low, asked.high, limit + 1, newest_first=True, bounds=bounds)
            count, all_of_them = len(looked.places), looked.stopped_at is None
        elif asked.is_run:
            count, all_of_them = asked.high - asked.low, True
        else:
            count, all_of_them = self.table.count(self.logbook.pk, asked, limit + 1), True
        return Counted(min(count, limit), all_of_them and count <= limit)

    def next_to(
        self, edge: int | None, limit: int, bounds: Bounds, *, newest_first: bool
    ) -> tuple[list[int], bool, bool, int | None]:
        """Return the positions next to `edge` in one direction, whether more follow, and whether any lie behind.

        Last, where looking stopped early; then more may follow. One more than wanted tells what follows. The edge
        itself is asked along: it is shown on the page that the reader comes from, so it is nearly always an answer,
        and then tells that there are answers behind.
        """
        low, high = self.asked.low, self.asked.high
        if edge is not None:
            low, high = (low, min(edge + 1, high)) if newest_first else (max(edge, low), high)
        wanted = limit + 1 if edge is None else limit + 2
        looked = self.ends(low, high, wanted, newest_first=newest_first, bounds=bounds)
        found = looked.places
        back = bool(found) and found[0] == edge
        if back:
            del found[0]
        further = len(found) > limit
        stopped = None if further else looked.stopped_at
        del found[limit:]
        if edge is not None and not back:
            back = self._any_behind(edge, newest_first=newest_first)
        return found, further or stopped is not None, back, stopped

    def _any_behind(self, edge: int, *, newest_first: bool) -> bool:
        """Whether there are answers on the other side of `edge`, itself included; also where that is not known."""
        low, high = (edge, self.asked.high) if newest_first else (self.asked.low, edge + 1)
        bounds = Bounds(MOST_COUNTED, COUNT_SECONDS)
        looked = self.ends(
            max(low, self.asked.low),
            min(high, self.asked.high),
            1,
            newest_first=not newest_first,
            bounds=bounds,
        )
        return bool(looked.places) or looked.stopped_at is not None


def _with_any(logbook: Logbook, keys: Sequence[str], before: int | None, limit: int) -> list[int]:
    catch_up(logbook, seconds=CATCH_UP_SECONDS)
    high = head_size(logbook) if before is None else before
    part = Slice(0, high, (tuple(Term(KEYS, key) for key in keys),))
    return store_of(logbook).places(logbook.pk, part, limit, newest_first=True)


def _slice(table: Store, logbook: Logbook, asked: Asked, reach: Reach | None, size: int) -> Slice:
    """Return where to look, and what to ask the text index.

    A period is asked in whole hours of the text index and, where it starts or ends within one, compared
    row by row besides. An open period is closed by the days on which anything happened at all.
    """
    groups, without = tuple(asked.groups), tuple(asked.without)
    if asked.start is None and asked.end is None:
        return Slice(0, size, groups, without=without)
    hours = None if reach is None else cut_to(reach, asked.start, asked.end)
    if hours is None:
        return Slice(0, 0)
    start, end = (micro_of(one) for one in hours)
    covered = table.counts(logbook.pk, DAY, start // (DAY * 1_000_000), (end - 1) // (DAY * 1_000_000))
    if not covered:
        return Slice(0, 0)
    groups = (*groups, period_group(*hours))
    whole = start % _HOUR == 0 and end % _HOUR == 0
    low, high = min(row[2] for row in covered), min(max(row[3] for row in covered) + 1, size)
    return Slice(low, high, groups, None if whole else start, None if whole else end, without)


def _day_after(day: int) -> datetime:
    try:
        return _EPOCH + timedelta(days=day + 1)
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)


def _quarter(day: date, zone: tzinfo) -> int:
    return micro_of(datetime.combine(day, time(), zone)) // (QUARTER * 1_000_000)


def _leaf_time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0")
