"""Weekdays and hours as keys of the text index: the hour of the week in UTC.

The index knows no zone. So a weekday or an hour of somebody's zone is asked as every hour of the week, in UTC, that it
may fall into by any offset the zone has had. That finds a few more than are meant; each is looked at closely after.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Final

from indelible.language.matching_times import OUTSIDE, WORKING, clock_hours, zone_of
from indelible.language.pattern import DAYS, When
from indelible.language.world import World

from . import tokens

WEEK: Final = 7 * 24 * 60  # minutes
FIRST_YEAR, LAST_YEAR = (
    1970,
    2100,
)  # of which the offsets of zones are known; what lies beyond has a key of its own
BEYOND: Final = "zzio"
MOST_HOLIDAYS: Final = 60
MOST_HOURS: Final = 40


def hour_key(micro: int) -> str:
    """Return the key of the hour of the week of a moment, in microseconds since 1970."""
    if not 0 <= micro < _AFTER_LAST_YEAR:
        return BEYOND
    return _KEYS[(micro // 3_600_000_000 + 72) % 168]  # 1970 began on a Thursday


_AFTER_LAST_YEAR: Final = (
    datetime(LAST_YEAR, 1, 1, tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)
) // timedelta(microseconds=1)
_KEYS: Final = [f"zzi{hour}" for hour in range(168)]


def hour_groups(when: When, world: World) -> list[list[str]]:
    """Return lists of keys: what happened on these days, at these hours, holds one of each list.

    Nothing for more than `MOST_HOURS`: to look at the entries then costs less than to ask for so many keys.
    """
    groups: list[list[str]] = []
    if when.days:
        days = [DAYS.index(day) for day in when.days]
        minutes = [minute // 1440 in days for minute in range(WEEK)]
        groups.append(_keys(minutes, zone_of(world)))
    if when.hours in (WORKING, OUTSIDE):
        if (keys := _office_keys(when.hours, world)) is not None:
            groups.append(keys)
    elif when.hours:
        begin, end = clock_hours(when.hours)
        inside = [
            begin <= minute % 1440 < end if begin < end else minute % 1440 >= begin or minute % 1440 < end
            for minute in range(WEEK)
        ]
        groups.append(_keys(inside, zone_of(world)))
    return [keys for keys in groups if len(keys) <= MOST_HOURS]


def _office_keys(hours: str, world: World) -> list[str] | None:
    """Return the keys of working hours, or of all others with the holidays; None where there are too many."""
    from zoneinfo import ZoneInfo

    calendar = world.calendar
    working = [False] * WEEK
    for weekday, spans in calendar.hours.items():
        for begins, ends in spans:
            first = begins.hour * 60 + begins.minute
            last = ends.hour * 60 + ends.minute or 1440
            # Hours that begin or end within a minute: that minute is both.
            for minute in range(first, last + (1 if ends.second or ends.microsecond else 0)):
                if 0 <= weekday < 7 and minute < 1440:
                    working[weekday * 1440 + minute] = True
    zone = ZoneInfo(calendar.zone)
    if hours == WORKING:
        return _keys(working, zone)
    edges = {
        weekday * 1440 + at.hour * 60 + at.minute
        for weekday, spans in calendar.hours.items()
        for span in spans
        for at in span
        if at.second or at.microsecond
    }
    outside = [not inside or minute in edges for minute, inside in enumerate(working)]
    if len(calendar.holidays) > MOST_HOLIDAYS:
        return None
    days = {day + timedelta(offset) for day in calendar.holidays for offset in (-1, 0, 1)}
    return [*_keys(outside, zone), *(tokens.day_key(day) for day in sorted(days))]


def _keys(minutes: Sequence[bool], zone: tzinfo) -> list[str]:
    """Return the hours in UTC of which some minute may be one of these minutes of a week in a zone."""
    counted = [0]
    for inside in (*minutes, *minutes):
        counted.append(counted[-1] + inside)
    found = {BEYOND}
    for hour in range(168):
        for low, high in offsets_of(zone):
            start = (hour * 60 + low) % WEEK
            if counted[start + 60 + high - low] > counted[start]:
                found.add(_KEYS[hour])
                break
    return sorted(found)


@lru_cache(maxsize=64)
def offsets_of(zone: tzinfo) -> tuple[tuple[int, int], ...]:
    """Return every offset of a zone from UTC in whole minutes, rounded down and up."""
    found = {timedelta(0)}  # what lies beyond a calendar in the zone is taken in UTC
    day = date(FIRST_YEAR, 1, 1)
    while day.year <= LAST_YEAR:
        found.add(datetime(day.year, day.month, day.day, tzinfo=zone).utcoffset() or timedelta(0))
        day += timedelta(days=7)
    minute = timedelta(minutes=1)
    return tuple(sorted({(offset // minute, -(-offset // minute)) for offset in found}))
