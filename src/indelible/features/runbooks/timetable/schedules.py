"""The days on which a schedule is due.

A schedule goes by units: days, weeks (from Monday), months, quarters, half years, years of the calendar. Each unit is
due once: without `months` in its first month ("last" and "last working": in its last one), with `months` in each
listed month that lies in it. Where that day is free, it moves before or after, or stays.

An occurrence is known by its unit, not by its day: a holiday that is added moves the day, and nothing is due twice or
never for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Final

from indelible.events.office import LAST_DAY, WorkCalendar
from indelible.features.runbooks.document.runbook import Schedule

from .spans import DAY, end_of_work, later, months_later, moved, span_of, start_of_day

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MONTHS: Final = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
FARTHEST: Final = 60  # days that a due day is moved at most
_NAMES: Final = (
    "January February March April May June July August September October November December".split()
)
_QUARTERS: Final = ("first", "second", "third", "fourth")


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time that a schedule is due."""

    key: str  # the same however often it is worked out, whatever became of the holidays: "month 2025-05-01 last"
    day: date
    due_at: datetime  # in UTC: the end of that day's office hours, or of the day where there are none
    opens_at: datetime
    period_from: date | None  # what the run is about, both days included; None: no period
    period_to: date | None
    label: str  # "May 2025", as titles and entries say it

    @property
    def period(self) -> tuple[date, date] | None:
        """From which day to which the run is about."""
        if self.period_from is None or self.period_to is None:
            return None
        return self.period_from, self.period_to


def due_dates(schedule: Schedule, calendar: WorkCalendar, after: date, count: int) -> list[Occurrence]:
    """Return the next `count` occurrences whose day lies after that day; fewer where none follow."""
    return list(islice(occurrences(schedule, calendar, after), count))


def occurrences(schedule: Schedule, calendar: WorkCalendar, after: date) -> Iterator[Occurrence]:
    """Yield the occurrences whose day lies after that day, in order, up to the end of the years there are."""
    for unit in _units(schedule, max(after, date(1, 6, 1)) - (FARTHEST + 1) * DAY):
        if unit >= LAST_DAY:
            return
        for nominal in _days_in(schedule, unit, calendar):
            day = _moved(schedule, nominal, calendar)
            if day > after:
                yield _occurrence(schedule, unit, nominal, day, calendar)


# Units ----------------------------------------------------------------------------------------------------


def unit_of(schedule: Schedule, day: date) -> tuple[date, date]:
    """Return the first and last day of the unit that a day lies in."""
    if schedule.every in ("day", "working_day"):
        return day, day
    if schedule.every == "week":
        first = day - day.weekday() * DAY
        return first, first + 6 * DAY
    months = MONTHS[schedule.every]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    return first, months_later(first, months) - DAY


def _units(schedule: Schedule, start: date) -> Iterator[date]:
    """Yield the first days of units, from the one before that a day lies in."""
    first, _last = unit_of(schedule, start)
    while first < LAST_DAY:
        yield first
        first = unit_of(schedule, first)[1] + DAY


def _days_in(schedule: Schedule, unit: date, calendar: WorkCalendar) -> Iterator[date]:
    """Yield the days that a unit names, before holidays move them."""
    every, months = schedule.every, schedule.months
    if every in ("day", "working_day"):
        if (not months or unit.month in months) and (every == "day" or calendar.is_working_day(unit)):
            yield unit
        return
    first, last = unit_of(schedule, unit)
    if every == "week":
        day = _named(schedule.on or "first", first, last, calendar)
        if not months or day.month in months:
            yield day
        return
    starts = [months_later(first, step) for step in range(MONTHS[every])]
    if months:
        starts = [start for start in starts if start.month in months]
    elif schedule.on in ("last", "last working"):
        starts = starts[-1:]
    else:
        starts = starts[:1]
    for start in starts:
        yield _named(schedule.on or "first", start, months_later(start, 1) - DAY, calendar)


def _named(on: str, first: date, last: date, calendar: WorkCalendar) -> date:
    """Return the day between two that is called "first", "last", "working 5", "last working", "15" or "mon"."""
    if on == "last":
        return last
    if on in WEEKDAYS:
        return first + (WEEKDAYS.index(on) - first.weekday()) % 7 * DAY
    if on == "last working" or on.startswith("working "):
        count = -1 if on == "last working" else int(on.removeprefix("working ")) - 1
        days = [first + step * DAY for step in range((last - first).days + 1)]
        # Where nobody works at all, each day counts.
        working = [day for day in days if calendar.is_working_day(day)] or days
        return working[-1] if count < 0 else working[min(count, len(working) - 1)]
    number = 1 if on == "first" else int(on)
    return min(first + (number - 1) * DAY, last)


def is_named(on: str) -> bool:
    """Whether a text names a day, as `Schedule.on` holds it."""
    if on in ("", "first", "last", "last working", *WEEKDAYS):
        return True
    number = on.removeprefix("working ")
    return number.isascii() and number.isdigit() and 1 <= int(number) <= 31


def _moved(schedule: Schedule, day: date, calendar: WorkCalendar) -> date:
    """Return the working day that stands for a free one."""
    if schedule.every == "day" or schedule.holiday == "keep" or calendar.is_working_day(day):
        return day
    step = DAY if schedule.holiday == "after" else -DAY
    for count in range(1, FARTHEST + 1):
        if calendar.is_working_day(day + count * step):
            return day + count * step
    return day


# What an occurrence is -------------------------------------------------------------------------------------


def _occurrence(
    schedule: Schedule, unit: date, nominal: date, day: date, calendar: WorkCalendar
) -> Occurrence:
    due_at = end_of_work(day, calendar)
    about = _period(schedule, unit, calendar)
    month = nominal.replace(day=1) if schedule.every in MONTHS else unit
    return Occurrence(
        key=f"{schedule.every} {month.isoformat()} {schedule.on or 'first'}",
        day=day,
        due_at=due_at,
        opens_at=_opens_at(schedule, day, due_at, calendar),
        period_from=about[0] if schedule.covers else None,
        period_to=about[1] if schedule.covers else None,
        label=label_of(*about),
    )


def _opens_at(schedule: Schedule, day: date, due_at: datetime, calendar: WorkCalendar) -> datetime:
    if not schedule.opens:
        return start_of_day(day, calendar)
    span = span_of("-" + schedule.opens.removeprefix("-"))
    if span.has_time:
        return later(due_at, span, calendar, schedule.working)
    return start_of_day(moved(day, span, calendar, schedule.working), calendar)


def _period(schedule: Schedule, unit: date, calendar: WorkCalendar) -> tuple[date, date]:
    """Return which days the run is about: the unit, or the one before.

    Reviews of every working day leave no weekend out: each goes from the working day before.
    """
    before = schedule.covers == "previous"
    if schedule.every == "working_day":
        last = _working_day_before(unit, calendar)
        return (last, unit - DAY) if before else (last + DAY, unit)
    first, last = unit_of(schedule, unit)
    return unit_of(schedule, first - DAY) if before else (first, last)


def _working_day_before(day: date, calendar: WorkCalendar) -> date:
    for count in range(1, FARTHEST + 1):
        if calendar.is_working_day(day - count * DAY):
            return day - count * DAY
    return day - DAY


def label_of(first: date, last: date) -> str:
    """Return what a period is called: "12 June 2025", "May 2025", "second quarter of 2025", "2025"."""
    days = (last - first) // timedelta(days=1) + 1
    if days == 1:
        return f"{first.day} {_NAMES[first.month - 1]} {first.year}"
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    whole = first.day == 1 and (last + DAY).day == 1
    if whole and months == 1:
        return f"{_NAMES[first.month - 1]} {first.year}"
    if whole and months == 3 and first.month % 3 == 1:
        return f"{_QUARTERS[first.month // 3]} quarter of {first.year}"
    if whole and months == 6 and first.month in (1, 7):
        return f"{'first' if first.month == 1 else 'second'} half of {first.year}"
    if whole and months == 12 and first.month == 1:
        return str(first.year)
    begins = f"{first.day} {_NAMES[first.month - 1]} {first.year}"
    if days == 7 and first.weekday() == 0:
        return f"week of {begins}"
    if first.year != last.year:
        return f"{begins} to {last.day} {_NAMES[last.month - 1]} {last.year}"
    if first.month != last.month:
        begins = f"{first.day} {_NAMES[first.month - 1]}"
        return f"{begins} to {last.day} {_NAMES[last.month - 1]} {last.year}"
    return f"{first.day} to {last.day} {_NAMES[last.month - 1]} {last.year}"
