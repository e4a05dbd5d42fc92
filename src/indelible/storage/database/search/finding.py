"""Finds entries: a page of them, how many there are, how many a day.

Answers are positions, newest recorded first; the entries themselves are for `reads`. A page is asked for
by the position it ends or begins at, never by how many to skip: so the deepest page costs what the first
one does, entries that share one instant can each be reached, and what arrives meanwhile moves nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from ..models import Logbook
from . import tokens
from .indexing import catch_up, head_size, store_of
from .query import Query, parts, without
from .store import DAY, QUARTER, Slice, Store
from .terms import KEYS, Group, Term, groups_of, period_group

PAGE = 50
COUNT_LIMIT = 1_000
CATCH_UP_SECONDS = 2.0

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the entries found, newest recorded first."""

    indexes: list[int]  # places in the log, from 0
    older: int | None  # ask for `before` this to go on; None where there is nothing older
    newer: int | None  # ask for `after` this to go back; None where there is nothing newer
    count: int  # how many there are in all, counted up to COUNT_LIMIT
    counted_all: bool  # False: "more than 1,000"
    behind: int  # how many recorded entries could not be looked through yet

    @property
    def more(self) -> bool:
        """Whether older entries follow."""
        return self.older is not None


@dataclass(frozen=True, slots=True)
class Tightest:
    """The filter that keeps a search from finding anything, and what is found without it."""

    qualifier: str
    value: str
    count: int  # up to COUNT_LIMIT
    counted_all: bool


def find(
    logbook: Logbook, query: Query, *, before: int | None = None, after: int | None = None, limit: int = PAGE
) -> Page:
    """Return a page of the entries that answer `query`: the newest ones, or those next to a position.

    `before` gives entries recorded before that position, `after` those after it (both exclusive; `before`
    wins). What was just recorded is indexed first, for at most two seconds.
    """
    behind = catch_up(logbook, seconds=CATCH_UP_SECONDS)
    table = store_of(logbook)
    asked = _slice(table, logbook, query, head_size(logbook))
    upward = before is None and after is not None
    edge = after if upward else before
    found, further, back = _next_to(table, logbook, asked, edge, limit, newest_first=not upward)
    if upward:
        found.reverse()
    newer, older = (further, back) if upward else (back, further)
    alone = edge is None and not further
    count = len(found) if alone else count_of(table, logbook, asked)
    return Page(
        found,
        older=found[-1] if found and older else None,
        newer=found[0] if found and newer else None,
        count=min(count, COUNT_LIMIT),
        counted_all=count <= COUNT_LIMIT,
        behind=behind,
    )


def find_all(
    logbook: Logbook, query: Query, *, low: int = 0, high: int | None = None, limit: int = 1000
) -> list[int]:
    """Return up to `limit` positions from `low` up to `high`, oldest first: for walking through all."""
    catch_up(logbook)
    table = store_of(logbook)
    size = head_size(logbook)
    asked = _slice(table, logbook, query, size if high is None else min(high, size))
    return _ends(table, logbook, asked, max(low, asked.low), asked.high, limit, newest_first=False)


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


def tightest_filter(logbook: Logbook, query: Query) -> Tightest | None:
    """Return the one filter without which the most is found; None where dropping any one finds nothing."""
    table, size = store_of(logbook), head_size(logbook)
    best: Tightest | None = None
    for qualifier, value in parts(query):
        count = count_of(table, logbook, _slice(table, logbook, without(query, qualifier, value), size))
        if count > (best.count if best else 0):
            best = Tightest(qualifier, value, min(count, COUNT_LIMIT), count <= COUNT_LIMIT)
    return best


def count_of(table: Store, logbook: Logbook, asked: Slice) -> int:
    """Return how many entries are in a slice, up to one more than COUNT_LIMIT."""
    if asked.low >= asked.high:
        return 0
    if not asked.groups and asked.start is None and asked.end is None:
        return min(asked.high - asked.low, COUNT_LIMIT + 1)
    return table.count(logbook.pk, asked, COUNT_LIMIT + 1)


def _next_to(
    table: Store, logbook: Logbook, asked: Slice, edge: int | None, limit: int, *, newest_first: bool
) -> tuple[list[int], bool, bool]:
    """Return the positions next to `edge` in one direction, whether more follow, and whether any lie behind.

    One more than wanted tells what follows. The edge itself is asked along: it is shown on the page that the
    reader comes from, so it is nearly always an answer, and then tells that there are answers behind.
    """
    low, high = asked.low, asked.high
    if edge is not None:
        low, high = (low, min(edge + 1, high)) if newest_first else (max(edge, low), high)
    wanted = limit + 1 if edge is None else limit + 2
    found = _ends(table, logbook, asked, low, high, wanted, newest_first=newest_first)
    back = bool(found) and found[0] == edge
    if back:
        del found[0]
    further = len(found) > limit
    del found[limit:]
    if found and edge is not None and not back:
        behind = (found[0] + 1, asked.high) if newest_first else (asked.low, found[0])
        back = bool(_ends(table, logbook, asked, *behind, 1, newest_first=not newest_first))
    return found, further, back


def _ends(
    table: Store, logbook: Logbook, asked: Slice, low: int, high: int, limit: int, *, newest_first: bool
) -> list[int]:
    """Return positions at one end of a part of the slice."""
    if low >= high:
        return []
    if not asked.groups and asked.start is None and asked.end is None:
        return list(
            range(high - 1, max(low, high - limit) - 1, -1)
            if newest_first
            else range(low, min(high, low + limit))
        )
    part = Slice(low, high, asked.groups, asked.start, asked.end)
    return table.places(logbook.pk, part, limit, newest_first=newest_first)


def _with_any(logbook: Logbook, keys: Sequence[str], before: int | None, limit: int) -> list[int]:
    catch_up(logbook, seconds=CATCH_UP_SECONDS)
    high = head_size(logbook) if before is None else before
    part = Slice(0, high, (tuple(Term(KEYS, key) for key in keys),))
    return store_of(logbook).places(logbook.pk, part, limit, newest_first=True)


def _slice(table: Store, logbook: Logbook, query: Query, size: int) -> Slice:
    """Return where to look for the answers to a query, and what to ask the text index.

    A period is asked in whole hours of the text index and, where it starts or ends within one, compared
    row by row besides. An open period is closed by the days on which anything happened at all.
    """
    if query.when is None and not query.who:
        return Slice(0, size, tuple(groups_of(query)))
    ends = table.ends(logbook.pk)
    if ends is None:
        return Slice(0, 0)
    begin, last = _EPOCH + timedelta(days=ends[0]), _day_after(ends[1])
    groups: list[Group] = groups_of(query, (begin, last))
    if query.when is None:
        return Slice(0, size, tuple(groups))
    start = max(query.when.start or begin, begin)
    end = query.when.end
    end = last if end is None else min(end, last)
    if start >= end:
        return Slice(0, 0)
    covered = table.counts(
        logbook.pk, DAY, _micro(start) // (DAY * 1_000_000), (_micro(end) - 1) // (DAY * 1_000_000)
    )
    if not covered:
        return Slice(0, 0)
    groups.append(period_group(start, end))
    whole = all(_micro(edge) % 3_600_000_000 == 0 for edge in (start, end))
    low, high = min(row[2] for row in covered), min(max(row[3] for row in covered) + 1, size)
    return Slice(low, high, tuple(groups), None if whole else _micro(start), None if whole else _micro(end))


def _day_after(day: int) -> datetime:
    try:
        return _EPOCH + timedelta(days=day + 1)
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)


def _micro(moment: datetime) -> int:
    return (moment.astimezone(UTC) - _EPOCH) // _MICROSECOND


def _quarter(day: date, zone: tzinfo) -> int:
    return _micro(datetime.combine(day, time(), zone)) // (QUARTER * 1_000_000)
