"""When something is expected of a source: pure arithmetic, with every clock an argument.

A rhythm is *declared* by a person ("every 30 minutes", "every working day", "each Monday by noon", "monthly on the
28th") or *learned* from what arrived. Either way it says two moments after the last arrival: when something is due,
and when, the grace being over too, its absence is silence. Three things shift them:

* Working days. Time on days when nobody works does not pass for a rhythm that counts working days only.
* The clock of the zone. Days are counted as people do, so that a daily file at 02:00 is due at 02:00 also on the
  day after the clock was changed.
* Quiet that was announced. Nothing is due within it; afterwards expectation begins anew.

A rhythm is an expectation. That it was met proves nothing about completeness.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any, Final, Literal, Self
from zoneinfo import ZoneInfo

from indelible.events.office import WorkCalendar

Unit = Literal["seconds", "minutes", "hours", "days", "weeks", "months", "weekdays", "monthdays"]
UNITS: Final[Mapping[str, timedelta]] = {
    "seconds": timedelta(seconds=1),
    "minutes": timedelta(minutes=1),
    "hours": timedelta(hours=1),
}
MIDNIGHT: Final = time(0)
DAY: Final = timedelta(days=1)
EARLY: Final = DAY  # a file that is due on a Monday may come on the Sunday
EARLY_OF_MONTH: Final = 4 * DAY  # and a payroll of the 28th before a long weekend
MOST_GRACE: Final = timedelta(days=60)
LEAST_GRACE_LEARNED: Final = timedelta(minutes=10)
MOST_GRACE_LEARNED: Final = timedelta(days=2)

LEARNED_FROM_DAYS: Final = 28
LEAST_DAYS: Final = 14  # two weekends, so that a weekend is no surprise
LEAST_GAPS: Final = 3
ENOUGH_TO_DROP: Final = 20  # of so many pauses the longest may have been an outage that nobody saw


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What is expected: something every `every` `unit`, or on each of `weekdays` or `monthdays` by `by`.

    A month that is too short for a day of `monthdays` has it as its last. A month after the 31st is the last day too.
    `working`: days on which nobody works do not count. `learned_days` is from how many days of arrivals it was
    learned, 0 for one that a person declared; then `usual_seconds` is the median pause and `every` the longest
    that is usual.
    """

    unit: Unit
    every: int = 1
    weekdays: tuple[int, ...] = ()  # of "weekdays": Monday is 0
    by: time = MIDNIGHT
    working: bool = False
    grace: timedelta = timedelta(0)
    learned_days: int = 0
    usual_seconds: int = 0
    monthdays: tuple[int, ...] = ()  # of "monthdays", from 1

    @property
    def is_learned(self) -> bool:
        """Whether nobody declared it."""
        return self.learned_days > 0

    def as_json(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        told: dict[str, Any] = {"unit": self.unit, "every": self.every}
        told["grace_seconds"] = int(self.grace.total_seconds())
        told["working"] = self.working
        if self.unit == "weekdays":
            told |= {"weekdays": list(self.weekdays), "by": f"{self.by:%H:%M}"}
        if self.unit == "monthdays":
            told |= {"monthdays": list(self.monthdays), "by": f"{self.by:%H:%M}"}
        if self.is_learned:
            told |= {"learned_days": self.learned_days, "usual_seconds": self.usual_seconds}
        return told

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Self:
        """Return the rhythm that `as_json` wrote."""
        return cls(
            told["unit"],
            int(told["every"]),
            tuple(told.get("weekdays", ())),
            time.fromisoformat(told.get("by", "00:00")),
            bool(told.get("working")),
            timedelta(seconds=told.get("grace_seconds", 0)),
            int(told.get("learned_days", 0)),
            int(told.get("usual_seconds", 0)),
            tuple(told.get("monthdays", ())),
        )


@dataclass(frozen=True, slots=True)
class Quiet:
    """A span in which nothing is expected: from a moment up to another."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Expected:
    """When something is due, and from when on its absence is silence."""

    due: datetime
    silent_from: datetime

    def is_silent(self, now: datetime) -> bool:
        """Whether it is overdue beyond its grace."""
        return now > self.silent_from


def expected(
    rhythm: Rhythm, heard: datetime, calendar: WorkCalendar, quiet: Sequence[Quiet] = ()
) -> Expected:
    """Return what is expected after something was last heard, or after expectation began. Both are instants."""
    days = whole_days(calendar)
    base = heard.astimezone(UTC)  # spans of time are added to instants, never to the time of a wall clock
    for span in sorted(quiet, key=lambda each: each.start):
        found = _expected(rhythm, base, days)
        if span.start > found.silent_from:
            break  # it was silent before the quiet began
        base = max(base, span.end.astimezone(UTC))
    return _expected(rhythm, base, days)


def _expected(rhythm: Rhythm, base: datetime, days: WorkCalendar) -> Expected:
    due = _due(rhythm, base, days)
    return Expected(due, _later(due, rhythm.grace, rhythm.working, days))


def whole_days(calendar: WorkCalendar) -> WorkCalendar:
    """Return the calendar by whole days: a day on which anybody works counts from midnight to midnight."""
    hours = {day: ((MIDNIGHT, MIDNIGHT),) for day, spans in calendar.hours.items() if spans}
    return replace(calendar, hours=hours)


def _due(rhythm: Rhythm, base: datetime, days: WorkCalendar) -> datetime:
    if rhythm.unit in UNITS:
        return _later(base, rhythm.every * UNITS[rhythm.unit], rhythm.working, days)
    zone = ZoneInfo(days.zone)
    if rhythm.unit in ("weekdays", "monthdays"):
        return _deadline(rhythm, base, days, zone)
    local = base.astimezone(zone)
    if rhythm.unit == "weeks":
        day = _working_from(local.date() + 7 * rhythm.every * DAY, rhythm.working, days)
    elif rhythm.unit == "months":
        day = _working_from(_months_after(local.date(), rhythm.every), rhythm.working, days)
    else:
        day = local.date()
        for _ in range(rhythm.every):
            day = _working_from(day + DAY, rhythm.working, days)
    return _at(day, local.time(), zone)


def _later(base: datetime, span: timedelta, working: bool, days: WorkCalendar) -> datetime:
    """Return the moment after a span, of which working days alone may count."""
    if not working or not days.hours:
        return base + span
    try:
        return days.add_working(base, span)
    except ValueError:  # a calendar of nothing but holidays
        return base + span


def _working_from(day: date, working: bool, days: WorkCalendar) -> date:
    """Return that day, or the first working one after it. A calendar without any is not waited for."""
    if not working:
        return day
    for later in range(62):
        if days.is_working_day(day + later * DAY):
            return day + later * DAY
    return day


def _deadline(rhythm: Rhythm, base: datetime, days: WorkCalendar, zone: ZoneInfo) -> datetime:
    """Return the first deadline that the arrival at `base` did not serve.

    It serves the next deadline from a day before that one's own day on (or from half-way since the last, where they
    are closer); before that it is a late arrival for the last.
    """
    monthly = rhythm.unit == "monthdays"
    back, ahead = (40, 100) if monthly else (16, 62)
    first = base.astimezone(zone).date() - back * DAY
    previous: datetime | None = None
    for later in range(ahead + back):
        day = first + later * DAY
        if not _is_its_day(rhythm, day):
            continue
        deadline = _at(_working_from(day, rhythm.working, days), rhythm.by, zone)
        if previous is not None and deadline <= previous:
            continue  # two deadlines that a holiday moved onto one day
        opens = _at(deadline.astimezone(zone).date(), MIDNIGHT, zone) - (EARLY_OF_MONTH if monthly else EARLY)
        if previous is not None:
            opens = max(opens, previous + (deadline - previous) / 2)
        if opens > base:
            return deadline
        previous = deadline
    return base + (31 if monthly else 7) * DAY  # no day at all


def _is_its_day(rhythm: Rhythm, day: date) -> bool:
    """Whether something is due on a day, leaving aside who works then."""
    if rhythm.unit == "weekdays":
        return day.weekday() in rhythm.weekdays
    is_last = (day + DAY).month != day.month
    return day.day in rhythm.monthdays or (is_last and any(each > day.day for each in rhythm.monthdays))


def _months_after(day: date, months: int) -> date:
    """Return the same day some months on, or the last of that month where it has none."""
    place = day.year * 12 + day.month - 1 + months
    year, month = place // 12, place % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _at(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Return the instant of a wall-clock time, by whole seconds of its zone."""
    return datetime.combine(day, at.replace(tzinfo=None), zone).astimezone(UTC)


# Learning ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Spell:
    """Arrivals that lie close together: the first, the last, how many, and the longest pause among them (seconds)."""

    first: datetime
    last: datetime
    arrivals: int = 1
    longest: float = 0.0


def learn(
    spells: Sequence[Spell],
    now: datetime,
    calendar: WorkCalendar,
    left_out: Iterable[Quiet] = (),
) -> Rhythm | None:
    """Return the usual pace of what arrived lately, in order; None where there is too little to tell.

    Pauses that touch a span of `left_out` (known gaps, announced quiet) are not usual and teach nothing. Whether
    working days alone count is told from the days on which something came.
    """
    if not spells or now - spells[0].first < LEAST_DAYS * DAY:
        return None
    spells = [
        replace(each, first=each.first.astimezone(UTC), last=each.last.astimezone(UTC)) for each in spells
    ]
    days = whole_days(calendar)
    working = _comes_on_working_days(spells, now, days)
    unusual = list(left_out)
    pauses: list[tuple[float, int]] = []  # seconds, how often
    for before, after in pairwise(spells):
        if any(span.start < after.first and span.end > before.last for span in unusual):
            continue
        seconds = (
            days.working_seconds(before.last, after.first)
            if working
            else (after.first - before.last).total_seconds()
        )
        pauses.append((seconds, 1))
    for each in spells:
        if each.arrivals > 1:
            pauses.append((each.longest, 1))
        if each.arrivals > 2:
            rest = (each.last - each.first).total_seconds() - each.longest
            pauses.append((max(rest, 0.0) / (each.arrivals - 2), each.arrivals - 2))
    pauses.sort()
    number = sum(count for _seconds, count in pauses)
    if number < LEAST_GAPS:
        return None
    singles = [seconds for seconds, _count in pauses]
    longest = singles[-2] if number >= ENOUGH_TO_DROP and len(singles) > 1 else singles[-1]
    longest = max(longest, 60.0)
    grace = min(max(timedelta(seconds=longest / 2), LEAST_GRACE_LEARNED), MOST_GRACE_LEARNED)
    return Rhythm(
        "seconds",
        int(longest) + 1,
        working=working,
        grace=timedelta(seconds=int(grace.total_seconds())),
        learned_days=min(max((now - spells[0].first).days, 1), LEARNED_FROM_DAYS),
        usual_seconds=int(_median(pauses, number)),
    )


def _median(pauses: Sequence[tuple[float, int]], number: int) -> float:
    seen = 0
    for seconds, count in pauses:
        seen += count
        if seen * 2 >= number:
            return seconds
    return 0.0


def _comes_on_working_days(spells: Sequence[Spell], now: datetime, days: WorkCalendar) -> bool:
    """Whether nothing came on the free days of the time, and something on at least half of the working ones."""
    zone = ZoneInfo(days.zone)
    came = {at.astimezone(zone).date() for each in spells for at in (each.first, each.last)}
    day, last = min(came), now.astimezone(zone).date()
    free = working = served = 0
    while day < last:
        if days.is_working_day(day):
            working += 1
            served += day in came
        else:
            free += 1
            if day in came:
                return False
        day += DAY
    return free >= 4 and served * 2 >= working
