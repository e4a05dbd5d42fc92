"""A year of arrivals with outages, holidays, late messages, changed clocks and a replaced source.

Silence is found exactly where something that was to come did not come within its grace, and nowhere else.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from indelible.events.office import WorkCalendar
from indelible.features.sources.silence.rhythm import Quiet, Rhythm, Spell, expected, learn

MADRID = ZoneInfo("Europe/Madrid")
HOLIDAYS = frozenset(
    {date(2026, 1, 1), date(2026, 1, 6), date(2026, 4, 3), date(2026, 5, 1), date(2026, 12, 25)}
)
CALENDAR = WorkCalendar("Europe/Madrid", holidays=HOLIDAYS)
FIRST, LAST = date(2026, 1, 2), date(2026, 12, 31)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def every_day(at: time, wanted: Callable[[date], bool]) -> list[datetime]:
    """The moments of a wall-clock time on the days that are wanted."""
    days = (FIRST + n * DAY for n in range((LAST - FIRST).days + 1))
    return [datetime.combine(day, at, MADRID).astimezone(UTC) for day in days if wanted(day)]


def found(rhythm: Rhythm, arrivals: list[datetime], quiet: list[Quiet]) -> list[tuple[datetime, datetime]]:
    """The silences that the watch finds: from the last arrival, and when it is noticed."""
    silences = []
    for before, after in pairwise(arrivals):
        due = expected(rhythm, before, CALENDAR, quiet)
        if due.is_silent(after):
            silences.append((before, due.silent_from))
    return silences


SCHEDULES = {
    "each working day at 02:30, which one night does not have": (
        Rhythm("days", 1, working=True, grace=3 * HOUR),
        every_day(time(2, 30), CALENDAR.is_working_day),
        3 * HOUR,
    ),
    "each day at noon": (Rhythm("days", 1, grace=2 * HOUR), every_day(time(12), lambda day: True), 2 * HOUR),
    "each Monday and Thursday by six": (
        Rhythm("weekdays", weekdays=(0, 3), by=time(18), grace=6 * HOUR),
        every_day(time(16), lambda day: day.weekday() in (0, 3)),
        8 * HOUR,
    ),
    "every four hours": (
        Rhythm("hours", 4, grace=HOUR),
        [datetime(2026, 1, 2, tzinfo=UTC) + n * 4 * HOUR for n in range(363 * 6)],
        HOUR,
    ),
}


@pytest.mark.parametrize("name", SCHEDULES)
def test_every_missed_arrival_is_found_within_its_grace_and_no_other(name: str) -> None:
    rhythm, planned, grace = SCHEDULES[name]
    luck = random.Random(name)
    quiet = [Quiet(datetime(2026, 8, 3, tzinfo=UTC), datetime(2026, 8, 24, tzinfo=UTC))]
    outages = sorted(luck.sample(range(5, len(planned) - 5), len(planned) // 25))
    lost = {n + more for n in outages for more in range(luck.randrange(1, 4))}
    lost |= {n for n, at in enumerate(planned) if quiet[0].start <= at < quiet[0].end}
    jitter = grace / 3
    came = {n: at + jitter * luck.random() for n, at in enumerate(planned) if n not in lost}
    silences = found(rhythm, sorted(came.values()), quiet)

    wanted = []
    for before, after in pairwise(sorted(came)):
        missed = [n for n in range(before + 1, after) if not quiet[0].start <= planned[n] < quiet[0].end]
        if missed:
            wanted.append((came[before], planned[missed[0]]))
    # What is missed right after quiet that was announced is measured from its end: one full turn more.
    by_start = dict(silences)
    assert set(by_start) <= {start for start, _ in wanted}, "no silence where nothing was missed"
    for start, planned_at in wanted:
        near_quiet = quiet[0].start - 5 * DAY <= planned_at <= quiet[0].end + 5 * DAY
        if start not in by_start:
            assert near_quiet, f"missed on {planned_at} and not found"
            continue
        assert planned_at < by_start[start] <= planned_at + 2 * grace + jitter or near_quiet


def test_a_source_that_learned_its_pace_is_missed_when_it_stops_and_not_on_holidays() -> None:
    arrivals = every_day(time(9), CALENDAR.is_working_day)
    learned = None
    for at in every_day(time(0, 1), lambda day: day.day == 1 and day.month > 1):
        recent = [one for one in arrivals if at - 28 * DAY <= one < at]
        learned = learn([Spell(one, one) for one in recent], at, CALENDAR)
        assert learned is not None and learned.working, at
        for before, after in pairwise(one for one in arrivals if at <= one < at + 31 * DAY):
            assert not expected(learned, before, CALENDAR).is_silent(after), "no false one"
        stopped = recent[-1]
        assert expected(learned, stopped, CALENDAR).is_silent(stopped + 6 * DAY)


def test_a_source_that_took_anothers_place_is_expected_from_its_own_beginning() -> None:
    rhythm = Rhythm("days", 1, grace=HOUR)
    began = datetime(2026, 9, 1, 7, tzinfo=UTC)
    assert expected(rhythm, began, CALENDAR).due == began + DAY
