"""Days as they are for somebody: the organisation's working days and hours, as the clock stands where they are.

Pure: no tables, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from indelible.events.office import USUAL, WorkCalendar
from indelible.features.runbooks.timetable.spans import DAY

SOON: Final = 2 * DAY
FARTHEST: Final = 60  # days that are looked back for a working one


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can be told. `key` is "user 3" or "outsider 7"."""

    key: str
    zone: str


def calendar_of(person: Person, calendar: WorkCalendar) -> WorkCalendar:
    """Return the organisation's hours and holidays as the clock stands where somebody is.

    An organisation that named no hours at all has the usual ones for this: somebody has to be told at some time.
    """
    hours = calendar.hours if any(calendar.hours.values()) else USUAL
    key = (person.zone, frozenset(calendar.holidays), repr(sorted(hours.items())))
    if key not in _calendars:
        if len(_calendars) > 500:
            _calendars.clear()
        _calendars[key] = WorkCalendar(person.zone, hours, key[1])
    return _calendars[key]


_calendars: dict[tuple[str, frozenset[date], str], WorkCalendar] = {}


def day_at_work(person: Person, calendar: WorkCalendar, now: datetime) -> date | None:
    """Return the day it is for somebody, where they are at work now."""
    theirs = calendar_of(person, calendar)
    return now.astimezone(ZoneInfo(person.zone)).date() if theirs.is_working(now) else None


def last_day(person: Person, calendar: WorkCalendar, due_at: datetime) -> date:
    """Return the last working day on which somebody is at work before something is due."""
    theirs = calendar_of(person, calendar)
    day = due_at.astimezone(ZoneInfo(person.zone)).date()
    for count in range(FARTHEST):
        spans = theirs.spans(day - count * DAY)
        if spans and spans[0][0] < due_at:
            return day - count * DAY
    return day


def soon_day(person: Person, calendar: WorkCalendar, last: date) -> date:
    """Return the day on which somebody is told that the last day is near: two days before, on a working day."""
    theirs = calendar_of(person, calendar)
    day = last - SOON
    for count in range(FARTHEST):
        if theirs.is_working_day(day - count * DAY):
            return day - count * DAY
    return day
