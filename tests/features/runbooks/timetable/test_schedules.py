"""On which days a schedule is due: known answers, and what holds of every one."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indelible.events.office import WorkCalendar
from indelible.features.runbooks.document.runbook import Schedule
from indelible.features.runbooks.timetable import due_dates
from indelible.features.runbooks.timetable.schedules import is_named, label_of

DAY = timedelta(days=1)
# Of Madrid, 2025: New Year, Epiphany, Good Friday, 1 and 2 May, 15 August, Christmas.
FREE = frozenset(
    date(2025, *day) for day in ((1, 1), (1, 6), (4, 17), (4, 18), (5, 1), (5, 2), (8, 15), (12, 25))
)
MADRID = WorkCalendar("Europe/Madrid", holidays=FREE)


def days(schedule: Schedule, after: date, count: int, calendar: WorkCalendar = MADRID) -> list[str]:
    return [one.day.isoformat() for one in due_dates(schedule, calendar, after, count)]


@pytest.mark.parametrize(
    ("schedule", "after", "due"),
    [
        (
            Schedule(every="month", on="last working"),
            date(2025, 6, 1),
            ["2025-06-30", "2025-07-31", "2025-08-29"],
        ),
        (
            Schedule(every="month", on="working 5"),
            date(2025, 4, 7),
            ["2025-05-09", "2025-06-06", "2025-07-07"],
        ),
        (Schedule(every="month", on="31"), date(2024, 1, 31), ["2024-02-29", "2024-04-01", "2024-04-30"]),
        (
            Schedule(every="month", on="31", holiday="keep"),
            date(2025, 1, 31),
            ["2025-02-28", "2025-03-31", "2025-04-30"],
        ),
        (
            Schedule(every="month", on="first", holiday="before"),
            date(2024, 12, 2),
            ["2024-12-31", "2025-01-31", "2025-02-28"],
        ),
        (
            Schedule(every="month", on="mon"),
            date(2025, 1, 1),
            ["2025-01-07", "2025-02-03", "2025-03-03"],
        ),
        (
            Schedule(every="quarter", on="last working"),
            date(2025, 1, 1),
            ["2025-03-31", "2025-06-30", "2025-09-30"],
        ),
        (
            Schedule(every="quarter", on="working 10"),
            date(2025, 1, 1),
            ["2025-01-16", "2025-04-14", "2025-07-14"],
        ),
        (
            Schedule(every="half_year", on="15"),
            date(2025, 1, 15),
            ["2025-07-15", "2026-01-15", "2026-07-15"],
        ),
        (
            Schedule(every="year", on="last working"),
            date(2025, 1, 1),
            ["2025-12-31", "2026-12-31", "2027-12-31"],
        ),
        (Schedule(every="year", on="29", months=(2,)), date(2023, 3, 1), ["2024-02-29", "2025-02-28"]),
        (Schedule(every="month", months=(3, 9)), date(2025, 3, 3), ["2025-09-01", "2026-03-02"]),
        (Schedule(every="week", on="fri"), date(2025, 4, 11), ["2025-04-21", "2025-04-25", "2025-05-05"]),
        (
            Schedule(every="working_day"),
            date(2025, 4, 16),
            ["2025-04-21", "2025-04-22", "2025-04-23"],
        ),
        (Schedule(every="day"), date(2024, 2, 27), ["2024-02-28", "2024-02-29", "2024-03-01"]),
        (Schedule(every="week"), date(2024, 12, 28), ["2024-12-30", "2025-01-07", "2025-01-13"]),
    ],
)
def test_days_worked_out_by_hand(schedule: Schedule, after: date, due: list[str]) -> None:
    assert days(schedule, after, len(due)) == due


def test_it_is_due_at_the_end_of_office_hours_before_and_after_the_clock_is_changed() -> None:
    spring = due_dates(Schedule(every="working_day"), MADRID, date(2025, 3, 27), 2)
    assert [one.due_at for one in spring] == [
        datetime(2025, 3, 28, 17, tzinfo=UTC),
        datetime(2025, 3, 31, 16, tzinfo=UTC),
    ]
    autumn = due_dates(Schedule(every="day"), MADRID, date(2025, 10, 24), 3)
    assert [one.due_at for one in autumn] == [
        datetime(2025, 10, 25, 21, 59, 59, tzinfo=UTC),  # a Saturday: until the end of the day
        datetime(2025, 10, 26, 22, 59, 59, tzinfo=UTC),  # a Sunday of 25 hours
        datetime(2025, 10, 27, 17, tzinfo=UTC),
    ]
    assert [one.opens_at for one in autumn] == [
        datetime(2025, 10, 24, 22, tzinfo=UTC),
        datetime(2025, 10, 25, 22, tzinfo=UTC),
        datetime(2025, 10, 26, 23, tzinfo=UTC),
    ]
    # In Cairo the clock is put forward at midnight: the day begins with the hour after it.
    cairo = due_dates(Schedule(every="day"), WorkCalendar("Africa/Cairo"), date(2025, 4, 24), 1)[0]
    assert cairo.opens_at == datetime(2025, 4, 24, 22, tzinfo=UTC)


def test_a_run_opens_so_many_days_before() -> None:
    def opened(**more: Any) -> str:
        schedule = Schedule(every="month", on="working 5", **more)
        return due_dates(schedule, MADRID, date(2025, 5, 1), 1)[0].opens_at.isoformat()

    assert opened() == "2025-05-08T22:00:00+00:00"
    assert opened(opens="P5D") == "2025-05-03T22:00:00+00:00"
    assert opened(opens="P5D", working=True) == "2025-04-29T22:00:00+00:00"  # 2 days of May are free
    assert opened(opens="P1M") == "2025-04-08T22:00:00+00:00"
    assert opened(opens="PT4H") == "2025-05-09T12:00:00+00:00"
    assert opened(opens="PT12H", working=True) == "2025-05-08T14:00:00+00:00"


@pytest.mark.parametrize(
    ("every", "covers", "period", "label"),
    [
        ("month", "previous", ("2025-05-01", "2025-05-31"), "May 2025"),
        ("month", "current", ("2025-06-01", "2025-06-30"), "June 2025"),
        ("month", "", None, "June 2025"),
        ("week", "previous", ("2025-06-02", "2025-06-08"), "week of 2 June 2025"),
        ("day", "previous", ("2025-06-08", "2025-06-08"), "8 June 2025"),
        ("day", "current", ("2025-06-09", "2025-06-09"), "9 June 2025"),
        ("working_day", "previous", ("2025-06-06", "2025-06-08"), "6 to 8 June 2025"),
        ("working_day", "current", ("2025-06-07", "2025-06-09"), "7 to 9 June 2025"),
        ("quarter", "previous", ("2025-04-01", "2025-06-30"), "second quarter of 2025"),
        ("half_year", "previous", ("2025-01-01", "2025-06-30"), "first half of 2025"),
        ("year", "previous", ("2025-01-01", "2025-12-31"), "2025"),
    ],
)
def test_what_a_run_is_about(every: Any, covers: Any, period: tuple[str, str] | None, label: str) -> None:
    after = date(2025, 6, 8) if every not in ("month",) else date(2025, 5, 31)
    found = due_dates(Schedule(every=every, on="", covers=covers), MADRID, after, 1)[0]
    assert found.label == label
    assert found.period == (None if period is None else tuple(map(date.fromisoformat, period)))


def test_reviews_of_each_working_day_leave_no_day_out() -> None:
    for covers in ("previous", "current"):
        schedule = Schedule(every="working_day", covers=covers)  # type: ignore[arg-type]
        periods = [one.period for one in due_dates(schedule, MADRID, date(2024, 12, 1), 260)]
        assert all(a and b and b[0] == a[1] + DAY for a, b in pairwise(periods))


def test_a_holiday_that_is_added_moves_the_day_and_not_what_it_is_known_by() -> None:
    schedule = Schedule(every="month", on="15", covers="previous")
    before = due_dates(schedule, MADRID, date(2025, 7, 1), 1)[0]
    added = WorkCalendar("Europe/Madrid", holidays=FREE | {date(2025, 7, 15), date(2025, 7, 16)})
    after = due_dates(schedule, added, date(2025, 7, 1), 1)[0]
    assert (before.day, after.day) == (date(2025, 7, 15), date(2025, 7, 17))
    assert before.key == after.key == "month 2025-07-01 15" and before.period == after.period


def test_where_nobody_ever_works_a_schedule_still_has_days() -> None:
    never = WorkCalendar("UTC", hours={})
    assert days(Schedule(every="month", on="working 5"), date(2025, 1, 1), 2, never) == [
        "2025-01-05",
        "2025-02-05",
    ]
    assert days(Schedule(every="month", on="last working"), date(2025, 1, 1), 1, never) == ["2025-01-31"]
    assert days(Schedule(every="year", months=(1,)), date(2399, 2, 1), 1, never) == []
    assert days(Schedule(every="day"), date(1, 12, 1), 1, never) == ["0001-12-02"]


def test_what_names_a_day_and_what_does_not() -> None:
    assert all(
        map(is_named, ("", "first", "last", "last working", "working 1", "working 23", "1", "31", "sun"))
    )
    assert not any(map(is_named, ("0", "32", "working", "working 0", "working x", "monday", "-1", "١")))
    assert label_of(date(2025, 12, 30), date(2026, 1, 2)) == "30 December 2025 to 2 January 2026"
    assert label_of(date(2025, 4, 30), date(2025, 5, 2)) == "30 April to 2 May 2025"


EVERY = st.sampled_from(["day", "working_day", "week", "month", "quarter", "half_year", "year"])
ON = st.sampled_from(["", "first", "last", "last working", "15", "31", "working 1", "working 23", "wed"])
SOME_DAY = st.dates(date(1999, 1, 1), date(2040, 1, 1))
CALENDARS = st.builds(
    WorkCalendar,
    st.sampled_from(["UTC", "Europe/Madrid", "America/New_York", "Pacific/Auckland", "Africa/Cairo"]),
    st.sampled_from(
        [
            {day: ((time(8), time(18)),) for day in range(5)},
            {day: ((time(9), time(13)), (time(15), time(0))) for day in (6, 0, 1, 2, 3)},
            {},
        ]
    ),
    st.frozensets(SOME_DAY, max_size=8),
)


def unit_on(every: str, on: str) -> str:
    """Return a day that such a unit can name."""
    return "first" if every == "week" and on in ("15", "31") else on


@given(EVERY, ON, st.sampled_from(["before", "after", "keep"]), CALENDARS, SOME_DAY)
def test_occurrences_come_in_order_each_unit_once_on_days_that_people_work(
    every: Any, on: str, holiday: Any, calendar: WorkCalendar, after: date
) -> None:
    schedule = Schedule(every=every, on=unit_on(every, on), holiday=holiday, covers="current", opens="P2D")
    found = due_dates(schedule, calendar, after, 6)
    assert len({one.key for one in found}) == len(found)
    assert all(a.day <= b.day and a.due_at <= b.due_at for a, b in pairwise(found))
    for one in found:
        assert one.day > after and one.opens_at < one.due_at
        assert one.period is not None and one.period[0] <= one.period[1]
        if holiday != "keep" and every != "day" and any(map(calendar.is_working_day, around(one.day))):
            assert calendar.is_working_day(one.day)
    # Asked from the day before any of them, the rest is the same.
    assert due_dates(schedule, calendar, found[0].day - DAY, 6) == found if found else True


def around(day: date) -> list[date]:
    return [day + count * DAY for count in range(-40, 41)]
