"""When it happened: between two moments, on which weekdays, at which hours. Days are those of the organisation."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

from indelible.language.matching_seen import Seen, microseconds, moment_at
from indelible.language.pattern import DAYS, When
from indelible.language.world import World

WORKING: Final = "working hours"
OUTSIDE: Final = "outside working hours"
_HOURS: Final = re.compile(r"([01]?\d|2[0-4]):([0-5]\d) ?[-–] ?([01]?\d|2[0-4]):([0-5]\d)", re.ASCII)
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)

Bounds = tuple[int | None, int | None]  # microseconds since 1970, the second not included


def time_tests(when: When, world: World) -> list[Callable[[Seen], bool]]:
    """Return the tests of a time, the cheap ones first. A moving period must have been settled (`periods.settle`).

    Raises ValueError for what is no moment, weekday or hours.
    """
    tests: list[Callable[[Seen], bool]] = []
    start, end = bounds_of(when, world)
    if start is not None or end is not None:
        low, high = start, end

        def within(seen: Seen) -> bool:
            moment = seen.moment
            return moment is not None and (low is None or low <= moment) and (high is None or moment < high)

        tests.append(within)
    if when.days:
        weekdays = frozenset(DAYS.index(day) for day in when.days)
        zone = zone_of(world)
        tests.append(lambda seen: seen.moment is not None and local(seen.moment, zone).weekday() in weekdays)
    if when.hours:
        at_hours = hours_test(when.hours, world)
        tests.append(lambda seen: seen.moment is not None and at_hours(moment_at(seen.moment)))
    return tests


def bounds_of(when: When, world: World) -> Bounds:
    """Return from when to when; None where open. Raises ValueError for what is neither a day nor an instant."""
    zone = zone_of(world)
    return _moment(when.start, zone, after=False), _moment(when.end, zone, after=True)


def _moment(text: str, zone: tzinfo, *, after: bool) -> int | None:
    if not text:
        return None
    if not _DAY.fullmatch(text):
        return microseconds(text)
    day = date.fromisoformat(text)
    if after:
        if day == date.max:
            return None
        day += timedelta(days=1)
    return midnight(day, zone)


def midnight(day: date, zone: tzinfo) -> int:
    """Return when a day begins in a zone, in microseconds since 1970."""
    local_start = datetime.combine(day, time(), zone)
    offset = local_start.utcoffset() or timedelta(0)
    naive = datetime.combine(day, time()) - datetime(1970, 1, 1)
    return (naive - offset) // timedelta(microseconds=1)


def zone_of(world: World) -> tzinfo:
    """Return the zone in which days begin and end."""
    return UTC if world.zone is None else world.zone


def local(moment: int, zone: tzinfo) -> datetime:
    """Return a moment as the clocks of a zone show it; in UTC where that is beyond any calendar."""
    at = moment_at(moment)
    try:
        return at.astimezone(zone)
    except OverflowError:
        return at


def hours_test(hours: str, world: World) -> Callable[[datetime], bool]:
    """Return the test whether a moment lies in such hours. Raises ValueError for what names none."""
    if hours == WORKING:
        return world.calendar.is_working
    if hours == OUTSIDE:
        return lambda at: not world.calendar.is_working(at)
    begin, end = clock_hours(hours)
    zone = zone_of(world)

    def test(at: datetime) -> bool:
        try:
            shown = at.astimezone(zone)
        except OverflowError:
            shown = at
        minute = shown.hour * 60 + shown.minute
        return begin <= minute < end if begin < end else minute >= begin or minute < end

    return test


def clock_hours(hours: str) -> tuple[int, int]:
    """Return first minute of the day and first minute after; the second is smaller where midnight lies between.

    Raises ValueError for what is no span of hours.
    """
    match = _HOURS.fullmatch(hours.strip())
    if match is None:
        raise ValueError(f"no hours of a day: {hours!r}")
    begin, end = int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])
    if begin > 1440 or end > 1440:
        raise ValueError(f"no hours of a day: {hours!r}")
    return begin % 1440, end
