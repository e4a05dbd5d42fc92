"""The times that a search can ask for: how they are typed, and which instants they take in.

A period is given in somebody's zone and holds its last day whole. `period_of` reads a day
(`2025-06-12`), a month, a year, an instant, `today`, `yesterday`, `this-month`, `last-7-days`, and two of
these with dots between (`2025-06-01..`, `..2025-06-12`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

_DAY = timedelta(days=1)
_LAST = re.compile(r"last-([1-9][0-9]{0,3})-(day|week|month|year)s?")
_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{1,2})(?:-([0-9]{1,2}))?)?")


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of time: from `start`, up to but without `end`; either may be open. `text` says it again."""

    text: str  # as typed, in its one canonical spelling
    start: datetime | None  # aware
    end: datetime | None  # aware


def period_of(text: str, now: datetime, zone: tzinfo) -> Period | None:
    """Return the period that `text` names, for somebody in `zone` at the instant `now`; None if none."""
    said = "-".join(text.strip().lower().replace("_", " ").replace("-", " - ").split()).replace("---", "-")
    if ".." in said:
        left, _, right = said.partition("..")
        left, right = left.strip("-"), right.strip("-")
        from_ = _span(left, now, zone) if left else (None, None)
        until = _span(right, now, zone) if right else (None, None)
        if from_ is None or until is None or not (left or right):
            return None
        period = Period(f"{left}..{right}", from_[0], until[1])
        backwards = period.start is not None and period.end is not None and period.start >= period.end
        return None if backwards else period
    span = _span(said, now, zone)
    return None if span is None else Period(said, *span)


def _span(said: str, now: datetime, zone: tzinfo) -> tuple[datetime, datetime | None] | None:
    """Return first instant and first instant after of one named stretch; None for the end of all years."""
    today = now.astimezone(zone).date()
    try:
        days = _named_days(said, today) or _dated_days(said)
        if days is not None:
            return _midnight(days[0], zone), None if days[1] is None else _midnight(days[1], zone)
        moment = datetime.fromisoformat(said.upper().replace("-T", "T"))
        moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)
        return moment.astimezone(UTC), (moment + _precision(said)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _named_days(said: str, today: date) -> tuple[date, date] | None:
    """Read a stretch that is named from today's place: first day, and the day after the last."""
    monday = today - today.weekday() * _DAY
    first = today.replace(day=1)
    named = {
        "today": (today, today + _DAY),
        "yesterday": (today - _DAY, today),
        "this-week": (monday, monday + 7 * _DAY),
        "last-week": (monday - 7 * _DAY, monday),
        "this-month": (first, _months_on(first, 1)),
        "last-month": (_months_on(first, -1), first),
        "this-year": (date(today.year, 1, 1), date(today.year + 1, 1, 1)),
        "last-year": (date(today.year - 1, 1, 1), date(today.year, 1, 1)),
    }
    if said in named:
        return named[said]
    if match := _LAST.fullmatch(said):
        count, unit = int(match[1]), match[2]
        if unit in ("day", "week"):
            return today - (count * (7 if unit == "week" else 1) - 1) * _DAY, today + _DAY
        return _months_on(today, -count * (12 if unit == "year" else 1)) + _DAY, today + _DAY
    return None


def _dated_days(said: str) -> tuple[date, date | None] | None:
    """Read a year, a month or a day: first day, and the day after the last, where a calendar has one."""
    match = _DATE.fullmatch(said)
    if match is None:
        return None
    year, month, day = int(match[1]), match[2], match[3]
    first = date(year, int(month or 1), int(day or 1))
    try:
        return first, first + _DAY if day else _months_on(first, 1 if month else 12)
    except (ValueError, OverflowError):
        return first, None


def _months_on(day: date, months: int) -> date:
    """Return the same day some months on, or the last of that month where it is shorter."""
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return min(date(year, month + 1, 1) + (day.day - 1) * _DAY, following - _DAY)


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _precision(said: str) -> timedelta:
    """Return how long the typed instant is: a minute where it has no seconds, else a second or less."""
    clock = said.partition("t")[2]
    if "." in clock:
        return timedelta(microseconds=1)
    return (
        timedelta(seconds=1)
        if clock.count(":") >= 2 and not re.search(r"^\d\d:\d\d[+-]", clock)
        else timedelta(minutes=1)
    )
