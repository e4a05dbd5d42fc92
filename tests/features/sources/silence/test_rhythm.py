"""When something is expected: working days, holidays, changes of the clock, announced quiet, deadlines, learning."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from indelible.events.office import WorkCalendar
from indelible.features.sources.silence.rhythm import (
    Quiet,
    Rhythm,
    Spell,
    expected,
    learn,
    whole_days,
)

MADRID = ZoneInfo("Europe/Madrid")
HOLIDAYS = frozenset({date(2026, 1, 1), date(2026, 1, 6), date(2026, 4, 3), date(2026, 12, 25)})
CALENDAR = WorkCalendar("Europe/Madrid", holidays=HOLIDAYS)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=MADRID)  # type: ignore[arg-type,misc]


DAILY = Rhythm("days", 1, working=True, grace=2 * HOUR)
MONDAYS = Rhythm("weekdays", weekdays=(0,), by=time(12), grace=3 * HOUR)


@pytest.mark.parametrize(
    ("rhythm", "heard", "due"),
    [
        (Rhythm("minutes", 30), local(2026, 6, 12, 9), local(2026, 6, 12, 9, 30)),
        (Rhythm("hours", 6), local(2026, 10, 25, 0), local(2026, 10, 25, 5)),  # the night had an hour more
        (Rhythm("days", 1), local(2026, 3, 28, 2, 30), local(2026, 3, 29, 3, 30)),  # 02:30 did not exist
        (Rhythm("days", 1), local(2026, 10, 24, 9), local(2026, 10, 25, 9)),  # 25 hours later
        (DAILY, local(2026, 6, 12, 9), local(2026, 6, 15, 9)),  # from Friday to Monday
        (DAILY, local(2026, 4, 2, 9), local(2026, 4, 6, 9)),  # a holiday before the weekend
        (DAILY, local(2026, 6, 13, 9), local(2026, 6, 15, 9)),  # heard on a Saturday
        (Rhythm("hours", 24, working=True), local(2026, 6, 12, 9), local(2026, 6, 15, 9)),
        (Rhythm("weeks", 1), local(2026, 6, 12, 9), local(2026, 6, 19, 9)),
        (MONDAYS, local(2026, 6, 8, 9), local(2026, 6, 15, 12)),  # this Monday's came
        (MONDAYS, local(2026, 6, 8, 18), local(2026, 6, 15, 12)),  # and late
        (MONDAYS, local(2026, 6, 10, 9), local(2026, 6, 15, 12)),  # later still
        (MONDAYS, local(2026, 6, 14, 18), local(2026, 6, 22, 12)),  # Sunday evening: early for Monday
        (Rhythm("weekdays", weekdays=(1,), by=time(12), working=True), local(2025, 12, 31, 9), local(2026, 1, 7, 12)),
    ],
)  # fmt: skip
def test_when_something_is_due(rhythm: Rhythm, heard: datetime, due: datetime) -> None:
    found = expected(rhythm, heard, CALENDAR)
    assert found.due.astimezone(UTC) == due.astimezone(UTC)
    assert Rhythm.from_json(rhythm.as_json()) == rhythm
    if rhythm.grace and rhythm.working:
        assert found.silent_from.astimezone(UTC) == (due + rhythm.grace).astimezone(UTC)


def test_within_announced_quiet_nothing_is_due_and_afterwards_expectation_begins_anew() -> None:
    rhythm = Rhythm("hours", 1, grace=10 * timedelta(minutes=1))
    heard = datetime(2026, 6, 12, 9, tzinfo=UTC)
    quiet = Quiet(heard + HOUR / 2, heard + 5 * HOUR)
    assert expected(rhythm, heard, CALENDAR, [quiet]).due == heard + 6 * HOUR
    later = Quiet(heard + 5 * HOUR, heard + 9 * HOUR)
    assert expected(rhythm, heard, CALENDAR, [later]).due == heard + HOUR, "it was silent before"
    assert expected(rhythm, heard, CALENDAR, [later, quiet]).due == heard + 10 * HOUR, "one after the other"
    past = Quiet(heard - 5 * HOUR, heard - HOUR)
    assert expected(rhythm, heard, CALENDAR, [past]).due == heard + HOUR


def test_a_calendar_without_any_working_day_waits_for_none() -> None:
    nobody = WorkCalendar("UTC", hours={})
    assert expected(DAILY, local(2026, 6, 12, 9), nobody).due is not None
    assert expected(Rhythm("hours", 5, working=True), local(2026, 6, 12, 9), nobody).due == local(
        2026, 6, 12, 14
    )


# Learning ------------------------------------------------------------------------------------------------


def daily(start: datetime, days: int, skip: set[int] = frozenset()) -> list[Spell]:  # type: ignore[assignment]
    at = [start + n * DAY for n in range(days) if n not in skip]
    return [Spell(one, one) for one in at]


def test_too_little_teaches_nothing() -> None:
    start = local(2026, 6, 1, 9)
    assert learn([], start, CALENDAR) is None
    assert learn(daily(start, 10), start + 10 * DAY, CALENDAR) is None
    assert learn([Spell(start, start), Spell(start + DAY, start + DAY)], start + 20 * DAY, CALENDAR) is None


def test_what_comes_every_day_is_learned_as_that() -> None:
    start = local(2026, 6, 1, 9)
    found = learn(daily(start, 28), start + 28 * DAY, CALENDAR)
    assert found is not None and not found.working
    assert abs(found.usual_seconds - 86_400) < 2 and abs(found.every - 86_400) < 3
    assert found.learned_days == 28 and found.is_learned


def test_working_days_are_told_apart() -> None:
    start = local(2026, 6, 1, 9)  # a Monday
    weekends = {n for n in range(28) if n % 7 in (5, 6)}
    found = learn(daily(start, 28, weekends), start + 28 * DAY, CALENDAR)
    assert found is not None and found.working
    assert abs(found.every - 86_400) < 3, "a weekend is no pause"
    friday = start + 25 * DAY
    assert expected(found, friday, CALENDAR).due.astimezone(MADRID).weekday() == 0


def test_a_busy_source_with_nights_learns_its_nights() -> None:
    start = local(2026, 6, 1, 8)
    spells = [
        Spell(start + n * DAY, start + n * DAY + 10 * HOUR, arrivals=121, longest=420.0) for n in range(28)
    ]
    found = learn(spells, start + 28 * DAY, CALENDAR)
    assert found is not None
    assert abs(found.usual_seconds - 297) < 10, "about every five minutes"
    assert abs(found.every - 14 * 3600) < 60, "and silent by night"


def test_known_gaps_teach_nothing_and_one_unknown_outage_does_neither() -> None:
    start = local(2026, 6, 1, 9)
    outage = set(range(10, 15))
    found = learn(daily(start, 28, outage), start + 28 * DAY, CALENDAR)
    assert found is not None and found.every < 2 * 86_400
    gap = Quiet(start + 9 * DAY, start + 15 * DAY)
    sparse = learn(daily(start, 28, outage), start + 28 * DAY, CALENDAR, [gap])
    assert sparse is not None and sparse.every < 2 * 86_400


def test_whole_days_are_whole_also_when_the_clock_changes() -> None:
    days = whole_days(CALENDAR)
    assert days.working_seconds(local(2026, 3, 27, 0), local(2026, 3, 30, 0)) == 86_400


def test_a_year_of_random_arrivals_never_expects_anything_before_the_last_arrival() -> None:
    luck = random.Random(7)
    rhythms = [
        DAILY,
        MONDAYS,
        Rhythm("minutes", 20),
        Rhythm("weeks", 2, working=True),
        Rhythm("hours", 30, working=True),
    ]
    for _ in range(400):
        at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=luck.randrange(525_600))
        for rhythm in rhythms:
            found = expected(rhythm, at, CALENDAR)
            assert at < found.due <= found.silent_from
            assert found.due - at < 40 * DAY


def test_a_day_of_the_month_is_waited_for_and_a_short_month_has_it_as_its_last() -> None:
    payroll = Rhythm("monthdays", monthdays=(30,), by=time(18), working=True, grace=timedelta(days=2))
    calendar = WorkCalendar("UTC")
    came = datetime(2026, 1, 30, 9, tzinfo=UTC)  # a Friday
    due = expected(payroll, came, calendar).due
    assert due == datetime(2026, 3, 2, 18, tzinfo=UTC), (
        "the last of February, a Saturday, so the Monday after"
    )
    early = datetime(2026, 2, 26, 9, tzinfo=UTC)
    assert expected(payroll, early, calendar).due == datetime(2026, 3, 30, 18, tzinfo=UTC)
    assert Rhythm.from_json(payroll.as_json()) == payroll
    monthly = Rhythm("months", 1)
    assert expected(monthly, datetime(2026, 1, 31, 9, tzinfo=UTC), calendar).due.day == 28
