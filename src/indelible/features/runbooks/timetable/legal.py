"""Deadlines of laws: when a clock ends, and what a stop of it does.

* A period in **hours** is counted to the second, whatever the clock on the wall does and whatever day it is: 72 hours
  are 72 real hours. Regulation (EEC, Euratom) No 1182/71, article 3(1) leaves the hour in which it began out of
  count; Indelible does not, so that what it shows is never later than the law.
* A period in **months or years** ends with the last hour of the same-numbered day; where that month has no such day,
  of its last day (article 3(2)(c)). It was begun by the day after the event, which is why the event's own number is
  the last day (article 3(1)). Where the last day is a public holiday, a Sunday or a Saturday, it ends with the next
  working day (article 3(4), which holds for periods told otherwise than in hours).
* A period in **days** ends with the last hour of that day and is not moved: 60 calendar days (45 CFR 164.404(b)) know
  no such rule, and under the regulation the day shown is then the earlier one.

Public holidays are those of the place, never days on which only the organisation is closed: these would make a
deadline look later than it is. Whoever does not hand any in gets the earlier day.

A stop of the clock keeps what remains: hours to the second, months and days as whole days.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from .spans import DAY, LAST_SECOND, Span, SpanError, months_later, span_of

SATURDAY: Final = 5
MOST_DAYS_ON: Final = 30  # that an end is moved, however many holidays are handed in


@dataclass(frozen=True, slots=True)
class Stop:
    """From when to when a clock stood still; it still does where `to` is None."""

    begins: datetime
    ends: datetime | None


def ends_at(
    starts_at: datetime,
    within: str | Span,
    zone: str,
    *,
    public: Collection[date] = (),
    stops: Sequence[Stop] = (),
) -> datetime | None:
    """Return when a clock of a law ends, in UTC; None while it stands still.

    `within` is a span that leads forward ("P1M"); "P1M" and an extension by two months are "P3M", counted from the
    same start (`extended`). Raises SpanError.
    """
    span = span_of(within) if isinstance(within, str) else within
    if span.back:
        raise SpanError("a clock of a law leads forward")
    if any(stop.ends is None for stop in stops):
        return None
    place = ZoneInfo(zone)
    try:
        return _ends_at(starts_at, span, place, public, stops)
    except (OverflowError, ValueError) as beyond:
        raise SpanError("it leads beyond the years there are") from beyond


def extended(within: str | Span, by: str | Span) -> Span:
    """Return a period with its extension, both counted from the one start: one month and two more are three months.

    Counted one after the other, a month from 31 January and two more would end on 28 April, two days early.
    """
    first, more = (span_of(one) if isinstance(one, str) else one for one in (within, by))
    return first + more


def _ends_at(
    starts_at: datetime, span: Span, place: ZoneInfo, public: Collection[date], stops: Sequence[Stop]
) -> datetime:
    stood = _merged(starts_at, stops)
    day = months_later(starts_at.astimezone(place).date(), span.months) + (span.days + 7 * span.weeks) * DAY
    if span.has_time:
        at = starts_at.astimezone(UTC)
        if span.months or span.days or span.weeks:
            at = _end_of(day, place)
        return at + timedelta(minutes=span.minutes) + sum((end - begin for begin, end in stood), timedelta())
    day += sum(_whole_days(begin, end, place) for begin, end in stood) * DAY
    if span.has_months:
        day = _not_free(day, public)
    return _end_of(day, place)


def _not_free(day: date, public: Collection[date]) -> date:
    """Return the day, or the next that is neither Saturday, Sunday nor public holiday."""
    for count in range(MOST_DAYS_ON):
        if (day + count * DAY).weekday() < SATURDAY and day + count * DAY not in public:
            return day + count * DAY
    return day


def _merged(starts_at: datetime, stops: Sequence[Stop]) -> list[tuple[datetime, datetime]]:
    """Return when the clock stood, from its start on, nothing counted twice where stops overlap."""
    found: list[tuple[datetime, datetime]] = []
    # In UTC: two moments of one zone are subtracted by what the clock on the wall says.
    start = starts_at.astimezone(UTC)
    spans = [
        (max(one.begins.astimezone(UTC), start), one.ends.astimezone(UTC))
        for one in stops
        if one.ends is not None
    ]
    for begin, end in sorted(span for span in spans if span[1] > span[0]):
        if found and begin <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((begin, end))
    return found


def _whole_days(begin: datetime, end: datetime, place: ZoneInfo) -> int:
    """Return how many days went by: a stop that ends on the day it began gives none."""
    return (end.astimezone(place).date() - begin.astimezone(place).date()).days


def _end_of(day: date, place: ZoneInfo) -> datetime:
    return datetime.combine(day, LAST_SECOND.replace(fold=1), place).astimezone(UTC)


def begins_on(starts_at: datetime, zone: str) -> datetime:
    """Return when a period in days or months begins to count: with the day after the event (article 3(1))."""
    day = starts_at.astimezone(ZoneInfo(zone)).date() + DAY
    return datetime.combine(day, time(0), ZoneInfo(zone)).astimezone(UTC)
