"""Spans of time as documents hold them ("P3D", "PT72H", "-P2D"), and the moment that lies so much later.

* Years, months, weeks and days are counted on the calendar of the organisation's zone: a day later is the same time
  on the clock tomorrow, also where the clock is changed in between. A month later is the same-numbered day, or the
  month's last one.
* Hours and minutes are real ones: 72 hours are 72 hours, whatever the clock on the wall does.
* With `working`, days are working days and hours are office hours. Years, months and weeks stay what they are.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from indelible.events.office import WorkCalendar

DAY: Final = timedelta(days=1)
FARTHEST: Final = 4_000  # days that are looked at for a working one, in either direction
LAST_SECOND: Final = time(23, 59, 59)
_SPAN: Final = re.compile(
    r"(-?)P(?=\d|T\d)(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,4})D)?"
    r"(?:T(?=\d)(?:(\d{1,4})H)?(?:(\d{1,5})M)?)?",
    re.ASCII,
)


class SpanError(ValueError):
    """The text is no span of time, or leads beyond the years there are."""


@dataclass(frozen=True, slots=True)
class Span:
    """So much time. All of it is counted backwards where `back` is set."""

    months: int = 0
    days: int = 0  # weeks come as seven each, unless they are counted as working days (`weeks`)
    weeks: int = 0
    minutes: int = 0
    back: bool = False

    @property
    def has_time(self) -> bool:
        """Whether it is told in hours or minutes, at least in part."""
        return self.minutes != 0

    @property
    def has_months(self) -> bool:
        """Whether it is told in months or years, at least in part."""
        return self.months != 0

    def __add__(self, other: Span) -> Span:
        """Return both together. Raises ValueError where they lead in different directions."""
        if self.back != other.back:
            raise ValueError("a span forward and one backward do not add up to one")
        return Span(
            self.months + other.months,
            self.days + other.days,
            self.weeks + other.weeks,
            self.minutes + other.minutes,
            self.back,
        )


def span_of(text: str) -> Span:
    """Read a span. Raises SpanError."""
    match = _SPAN.fullmatch(text)
    if match is None:
        raise SpanError(f"no span of time: {text[:40]!r}")
    years, months, weeks, days, hours, minutes = (int(part or 0) for part in match.groups()[1:])
    return Span(12 * years + months, days, weeks, 60 * hours + minutes, bool(match[1]))


def later(moment: datetime, span: str | Span, calendar: WorkCalendar, working: bool = False) -> datetime:
    """Return the moment that lies `span` after an aware one, in UTC; before it where the span says so.

    A time that does not exist because the clock is put forward counts as the same time by the old clock; of a time
    that exists twice, the first is meant. Raises SpanError.
    """
    span = span_of(span) if isinstance(span, str) else span
    try:
        return _later(moment, span, calendar, working)
    except OverflowError as beyond:
        raise SpanError("it leads beyond the years there are") from beyond


def _later(moment: datetime, span: Span, calendar: WorkCalendar, working: bool) -> datetime:
    sign = -1 if span.back else 1
    zone = ZoneInfo(calendar.zone)
    at = moment.astimezone(UTC)
    if span.months or span.weeks or span.days:
        local = at.astimezone(zone)
        day = moved(local.date(), span, calendar, working)
        if day != local.date():
            at = datetime.combine(day, local.time().replace(fold=0), zone).astimezone(UTC)
    if not span.minutes:
        return at
    much = timedelta(minutes=span.minutes)
    if not working:
        return at + sign * much
    return _earlier_working(at, much, calendar) if span.back else calendar.add_working(at, much)


def moved(day: date, span: Span, calendar: WorkCalendar, working: bool = False) -> date:
    """Return the day that lies so many months, weeks and days later, hours left aside. Raises SpanError."""
    sign = -1 if span.back else 1
    try:
        day = months_later(day, sign * span.months) + sign * span.weeks * 7 * DAY
        return (
            working_days_later(day, sign * span.days, calendar) if working else day + sign * span.days * DAY
        )
    except (OverflowError, ValueError) as beyond:
        raise SpanError("it leads beyond the years there are") from beyond


def months_later(day: date, months: int) -> date:
    """Return the same-numbered day so many months later, or that month's last day. Raises ValueError."""
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(years, month + 1, min(day.day, monthrange(years, month + 1)[1]))


def working_days_later(day: date, count: int, calendar: WorkCalendar) -> date:
    """Return the working day so many later, earlier for a count below zero; the day itself for none.

    Raises ValueError where nobody ever works.
    """
    step = DAY if count > 0 else -DAY
    left, looked = abs(count), 0
    while left:
        day += step
        looked += 1
        if calendar.is_working_day(day):
            left, looked = left - 1, 0
        elif looked > FARTHEST:
            raise ValueError("nobody ever works by these hours")
    return day


def _earlier_working(at: datetime, much: timedelta, calendar: WorkCalendar) -> datetime:
    """Return the last moment from which on `much` office time passes until `at`."""
    day = at.astimezone(ZoneInfo(calendar.zone)).date() + DAY
    for _looked in range(FARTHEST):
        for begins, ends in reversed(calendar.spans(day)):
            ends = min(ends, at)
            if ends <= begins:
                continue
            if ends - begins >= much:
                return ends - much
            much -= ends - begins
        day -= DAY
    raise SpanError("no office hours lie before it")


def due_by(moment: datetime, span: str | Span, calendar: WorkCalendar, working: bool = False) -> datetime:
    """Return by when something is due `span` after a moment: told in days, by the end of that day's office hours.

    So "within 5 working days" gives people the whole of the fifth day. Raises SpanError.
    """
    span = span_of(span) if isinstance(span, str) else span
    at = later(moment, span, calendar, working)
    if span.has_time:
        return at
    return end_of_work(at.astimezone(ZoneInfo(calendar.zone)).date(), calendar)


def start_of_day(day: date, calendar: WorkCalendar) -> datetime:
    """Return the first moment of a day in the organisation's zone, in UTC."""
    return datetime.combine(day, time(0), ZoneInfo(calendar.zone)).astimezone(UTC)


def end_of_day(day: date, calendar: WorkCalendar) -> datetime:
    """Return the last second of a day in the organisation's zone, in UTC: a deadline reads "23:59" of its own day."""
    return datetime.combine(day, LAST_SECOND.replace(fold=1), ZoneInfo(calendar.zone)).astimezone(UTC)


def end_of_work(day: date, calendar: WorkCalendar) -> datetime:
    """Return when the office hours of a day end; the end of the day where there are none."""
    last = end_of_day(day, calendar)
    spans = calendar.spans(day)
    return min(spans[-1][1], last) if spans else last
