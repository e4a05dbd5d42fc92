"""When people are at work: office hours by weekday, holidays, and time counted in working hours alone.

A silence of 26 hours over a weekend means nothing; the same silence on a Tuesday does. So whoever measures a
silence, or says by when something is due, asks a `WorkCalendar`.

* Hours are wall-clock times of one zone. Each becomes one instant, the same whether a span begins or ends
  there: the first of two where the clock is put back, the moment of the jump where it is put forward and the
  time does not exist. So spans never overlap, and a night in which the clock changes counts as long as it was.
* A span that ends at 00:00 ends with its day. A night shift is two spans, one a day.
* On a holiday nobody works.
* Counting over years stays quick: a week with no holiday in it, at whose two ends the clock stood the same,
  counts as a usual week without a look at its days. (A clock put forward and back within one such week would
  be missed; no zone has done that for working people to notice.)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

Hours = tuple[tuple[time, time], ...]
Span = tuple[datetime, datetime]  # in UTC, the end not included

MIDNIGHT: Final = time(0)
USUAL: Final[Mapping[int, Hours]] = dict.fromkeys(range(5), ((time(8), time(18)),))
DAY: Final = timedelta(days=1)
WEEK: Final = timedelta(weeks=1)
# Moments beyond these count as these: nobody's office hours reach further, and a wrong year costs no time.
FIRST_DAY: Final = date(1900, 1, 1)
LAST_DAY: Final = date(2400, 1, 1)
KEPT_DAYS: Final = 5_000


@dataclass(frozen=True)
class WorkCalendar:
    """Office hours of one zone. `hours` goes by weekday, Monday being 0; a weekday that is missing is free.

    Raises ValueError for hours that overlap or end before they begin; ZoneInfoNotFoundError (a KeyError) for a
    zone that this machine does not know.
    """

    zone: str = "UTC"
    hours: Mapping[int, Hours] = field(default_factory=lambda: USUAL, hash=False)
    holidays: frozenset[date] = frozenset()
    _tz: ZoneInfo = field(init=False, repr=False, compare=False)
    _week: tuple[Hours, ...] = field(init=False, repr=False, compare=False)
    _known: dict[date, tuple[Span, ...]] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        week = tuple(tuple(sorted(self.hours.get(weekday, ()))) for weekday in range(7))
        for spans in week:
            check_hours(spans)
        object.__setattr__(self, "_tz", ZoneInfo(self.zone))
        object.__setattr__(self, "_week", week)

    def is_working_day(self, day: date) -> bool:
        """Whether anybody works on that day at all."""
        return bool(self._week[day.weekday()]) and day not in self.holidays

    def is_working(self, at: datetime) -> bool:
        """Whether that moment (an aware datetime) lies within office hours."""
        moment = _instant(at)
        return any(start <= moment < end for start, end in self._spans_near(moment))

    def working_seconds(self, start: datetime, end: datetime) -> float:
        """Return how much working time lies between two moments; below zero where `end` comes first."""
        first, last = _instant(start), _instant(end)
        if last < first:
            return -self._between(last, first).total_seconds()
        return self._between(first, last).total_seconds()

    def add_working(self, start: datetime, span: timedelta) -> datetime:
        """Return the first moment by which `span` of working time has passed since `start`, in `start`'s zone.

        Raises ValueError for a span below zero, and where no working time follows.
        """
        if span < timedelta(0):
            raise ValueError("working time cannot be counted backwards")
        if not any(self._week):
            raise ValueError("nobody ever works by these hours")
        if not span:
            return start
        at, step = _instant(start), WEEK
        while step > DAY / 2:  # stride on while the whole stride is needed, ever longer; then ever shorter
            if at + step > _latest():
                if step <= WEEK:
                    raise ValueError("no working time follows")
                step /= 2
                continue
            passed = self._between(at, at + step)
            if passed < span:
                at, span, step = at + step, span - passed, step * 2
            else:
                step /= 2
        for begins, ends in self._spans_near(at):
            if ends > at:
                begins = max(begins, at)
                if ends - begins >= span:
                    return (begins + span).astimezone(start.tzinfo)
                span -= ends - begins
        raise ValueError("no working time follows")

    def spans(self, day: date) -> tuple[Span, ...]:
        """Return the office hours of one day as instants (UTC, the end not included); none on a free day."""
        if (known := self._known.get(day)) is not None:
            return known
        found: list[Span] = []
        if self.is_working_day(day) and FIRST_DAY <= day <= LAST_DAY:
            for begins, ends in self._week[day.weekday()]:
                start = self._instant_of(day, begins)
                end = self._instant_of(day + DAY if ends == MIDNIGHT else day, ends)
                if start < end:
                    found.append((start, end))
        if len(self._known) >= KEPT_DAYS:
            self._known.clear()
        self._known[day] = spans = tuple(found)
        return spans

    def _spans_near(self, moment: datetime) -> Iterator[Span]:
        """Yield the spans of the days around a moment, in order."""
        day = moment.astimezone(self._tz).date()
        for offset in (-1, 0, 1):
            yield from self.spans(day + offset * DAY)

    def _between(self, start: datetime, end: datetime) -> timedelta:
        """Return the working time from `start` to the later `end`: the parts of days, whole days, whole weeks."""
        total = timedelta(0)
        day, last = (moment.astimezone(self._tz).date() for moment in (start, end))
        day, beyond = day - DAY, last + 2 * DAY
        whole_from, whole_until = (
            day + 3 * DAY,
            last - 2 * DAY,
        )  # whole days, whatever the clock did at midnight
        while day < beyond:
            if whole_from <= day and day + WEEK <= whole_until:
                total += self._week_from(day)
                day += WEEK
            else:
                for begins, ends in self.spans(day):
                    total += max(min(ends, end) - max(begins, start), timedelta(0))
                day += DAY
        return total

    def _week_from(self, day: date) -> timedelta:
        """Return the working time of the seven days from `day`."""
        days = [day + offset * DAY for offset in range(7)]
        if self._offset(day) == self._offset(day + WEEK) and self.holidays.isdisjoint(days):
            return self._usual_week
        return sum((end - start for one in days for start, end in self.spans(one)), timedelta(0))

    @property
    def _usual_week(self) -> timedelta:
        """The working time of a week without a holiday in which the clock is not changed."""
        return sum((_length(begins, ends) for spans in self._week for begins, ends in spans), timedelta(0))

    def _offset(self, day: date) -> timedelta | None:
        return datetime.combine(day, MIDNIGHT, self._tz).utcoffset()

    def _instant_of(self, day: date, at: time) -> datetime:
        """Return the one instant that a wall-clock time of a day stands for (see the top of this module)."""
        local = datetime.combine(day, at, self._tz)
        before, after = local.astimezone(UTC), local.replace(fold=1).astimezone(UTC)
        if before <= after:
            return before
        # The time does not exist. The jump lies between the two readings of it; close in on it.
        low, high = after.replace(microsecond=0), before.replace(microsecond=0) + timedelta(seconds=1)
        offset_after = high.astimezone(self._tz).utcoffset()
        while high - low > timedelta(seconds=1):
            middle = low + timedelta(seconds=(high - low) // timedelta(seconds=1) // 2)
            if middle.astimezone(self._tz).utcoffset() == offset_after:
                high = middle
            else:
                low = middle
        return high


def check_hours(spans: Hours) -> None:
    """Check that the spans of one day, in order, neither overlap nor end before they begin. Raises ValueError."""
    for begins, ends in spans:
        if begins >= ends and ends != MIDNIGHT:
            raise ValueError(f"hours that end before they begin: {begins:%H:%M} to {ends:%H:%M}")
    for (_, ends), (begins, _) in pairwise(spans):
        if ends == MIDNIGHT or begins < ends:
            raise ValueError(f"hours that overlap: one until {ends:%H:%M}, one from {begins:%H:%M}")


def _length(begins: time, ends: time) -> timedelta:
    until = 24 * 3600 if ends == MIDNIGHT else _seconds(ends)
    return timedelta(seconds=until - _seconds(begins))


def _seconds(at: time) -> float:
    return at.hour * 3600 + at.minute * 60 + at.second + at.microsecond / 1e6


def _instant(at: datetime) -> datetime:
    """Return a moment in UTC, within the years that can be reckoned with. Raises ValueError without a zone."""
    if at.tzinfo is None:
        raise ValueError("a moment without a zone lies in no office hours")
    try:
        moment = at.astimezone(UTC)
    except OverflowError:
        moment = _latest() if at.year > FIRST_DAY.year else datetime.combine(FIRST_DAY, MIDNIGHT, UTC)
    return min(max(moment, datetime.combine(FIRST_DAY, MIDNIGHT, UTC)), _latest())


def _latest() -> datetime:
    return datetime.combine(LAST_DAY, MIDNIGHT, UTC)
