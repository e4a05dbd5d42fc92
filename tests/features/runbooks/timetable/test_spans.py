"""Spans, the moments they lead to, and the deadlines of laws."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indelible.events.office import WorkCalendar
from indelible.features.runbooks.timetable import Span, SpanError, due_by, later, span_of
from indelible.features.runbooks.timetable.legal import Stop, begins_on, ends_at, extended

PLACE = ZoneInfo("Europe/Madrid")
MADRID = WorkCalendar("Europe/Madrid", holidays=frozenset({date(2025, 5, 1), date(2025, 5, 2)}))
BERLIN = "Europe/Berlin"


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PLACE)


def after(text: str, span: str, working: bool = False) -> str:
    return later(local(text), span, MADRID, working).astimezone(PLACE).strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("start", "span", "working", "end"),
    [
        ("2025-03-29T10:00", "P1D", False, "2025-03-30 10:00"),  # 23 hours
        ("2025-03-29T10:00", "PT24H", False, "2025-03-30 11:00"),
        ("2025-10-25T10:00", "PT72H", False, "2025-10-28 09:00"),
        ("2025-03-29T02:30", "P1D", False, "2025-03-30 03:30"),  # half past two is left out
        ("2025-01-31T12:00", "P1M", False, "2025-02-28 12:00"),
        ("2024-02-29T12:00", "P1Y", False, "2025-02-28 12:00"),
        ("2025-12-31T12:00", "P2M", False, "2026-02-28 12:00"),
        ("2025-01-31T12:00", "P1M1D", False, "2025-03-01 12:00"),
        ("2025-06-10T12:00", "-P2D", False, "2025-06-08 12:00"),
        ("2025-04-29T12:00", "P3D", True, "2025-05-06 12:00"),  # two holidays and a weekend
        ("2025-05-03T12:00", "P1D", True, "2025-05-05 12:00"),  # from a Saturday
        ("2025-05-05T12:00", "-P2D", True, "2025-04-29 12:00"),
        ("2025-04-30T16:00", "PT4H", True, "2025-05-05 10:00"),
        ("2025-05-05T10:00", "-PT4H", True, "2025-04-30 16:00"),
        ("2025-05-05T10:00", "P1W", True, "2025-05-12 10:00"),
        ("2025-05-05T10:00", "P0D", True, "2025-05-05 10:00"),
    ],
)
def test_moments_worked_out_by_hand(start: str, span: str, working: bool, end: str) -> None:
    assert after(start, span, working) == end


def test_what_is_due_within_days_is_due_at_the_end_of_the_office_hours_of_the_last() -> None:
    start = local("2025-04-29T09:00")
    assert due_by(start, "P3D", MADRID, True) == local("2025-05-06T18:00")
    assert due_by(start, "P3D", MADRID) == local("2025-05-02T23:59:59")
    assert due_by(start, "PT3H", MADRID, True) == local("2025-04-29T12:00")


@pytest.mark.parametrize(
    "text", ["", "P", "PT", "P1", "3D", "P-1D", "P1DT", "p1d", "P1.5D", "P99999D", "P١D"]
)
def test_what_is_no_span_is_refused(text: str) -> None:
    with pytest.raises(SpanError):
        span_of(text)


def test_a_span_beyond_all_years_or_hours_is_refused() -> None:
    never = WorkCalendar("UTC", hours={})
    for span, calendar, working in (
        ("P9999Y", MADRID, False),
        ("-P9999Y", MADRID, False),
        ("P1D", never, True),
        ("-PT1H", never, True),
    ):
        with pytest.raises(SpanError):
            later(local("2025-05-05T10:00"), span, calendar, working)


MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2038, 1, 1), timezones=st.just(UTC))


@given(MOMENTS, st.integers(0, 2000))
def test_hours_are_real_and_days_keep_the_time_on_the_clock(moment: datetime, count: int) -> None:
    assert later(moment, f"PT{count}H", MADRID) - moment == timedelta(hours=count)
    found = later(moment, f"P{count}D", MADRID).astimezone(PLACE)
    wanted = moment.astimezone(PLACE)
    assert found.date() == wanted.date() + timedelta(days=count)
    assert abs(found.replace(tzinfo=None, fold=0) - wanted.replace(tzinfo=None, fold=0)) <= timedelta(
        days=count, hours=1
    )


@given(MOMENTS, st.integers(1, 90))
def test_working_time_backwards_is_working_time_forwards(moment: datetime, hours: int) -> None:
    before = later(moment, f"-PT{hours}H", MADRID, True)
    assert MADRID.working_seconds(before, moment) == hours * 3600
    day = later(moment, f"-P{hours}D", MADRID, True).astimezone(PLACE).date()
    assert MADRID.is_working_day(day)


# Laws ------------------------------------------------------------------------------------------------------


def ends(
    start: str, within: str | Span, *, public: tuple[date, ...] = (), stops: tuple[Stop, ...] = ()
) -> str:
    start_at = datetime.fromisoformat(start).replace(tzinfo=ZoneInfo(BERLIN))
    found = ends_at(start_at, within, BERLIN, public=public, stops=stops)
    return "" if found is None else found.astimezone(ZoneInfo(BERLIN)).strftime("%Y-%m-%d %H:%M")


def stop(begins: str, until: str | None) -> Stop:
    zone = ZoneInfo(BERLIN)
    end = datetime.fromisoformat(until).replace(tzinfo=zone) if until else None
    return Stop(datetime.fromisoformat(begins).replace(tzinfo=zone), end)


@pytest.mark.parametrize(
    ("start", "within", "end"),
    [
        # Hours are real ones, across both changes of the clock, weekends and holidays.
        ("2025-03-28T14:00", "PT72H", "2025-03-31 15:00"),
        ("2025-10-24T14:00", "PT72H", "2025-10-27 13:00"),
        ("2025-12-24T14:00", "PT72H", "2025-12-27 14:00"),
        ("2025-06-06T09:30", "PT4H", "2025-06-06 13:30"),
        # A month ends with the same-numbered day, or the last one; never on a Saturday or Sunday.
        ("2025-03-05T09:00", "P1M", "2025-04-07 23:59"),  # 5 April is a Saturday
        ("2025-06-05T09:00", "P1M", "2025-07-07 23:59"),
        ("2025-07-05T09:00", "P1M", "2025-08-05 23:59"),
        ("2025-01-31T23:59", "P1M", "2025-02-28 23:59"),
        ("2024-01-31T00:00", "P1M", "2024-02-29 23:59"),
        ("2025-08-31T09:00", "P1M", "2025-09-30 23:59"),
        ("2024-02-29T09:00", "P1Y", "2025-02-28 23:59"),
        # Days count as they come.
        ("2025-01-01T09:00", "P60D", "2025-03-02 23:59"),  # a Sunday
        ("2024-01-01T09:00", "P60D", "2024-03-01 23:59"),
        ("2025-12-31T09:00", "P60D", "2026-03-01 23:59"),
    ],
)
def test_deadlines_worked_out_by_hand(start: str, within: str, end: str) -> None:
    assert ends(start, within) == end


def test_a_public_holiday_moves_the_end_of_a_month_and_not_of_hours() -> None:
    christmas = tuple(date(2025, 12, day) for day in (24, 25, 26))
    assert ends("2025-11-25T09:00", "P1M", public=christmas) == "2025-12-29 23:59"
    assert ends("2025-11-25T09:00", "P1M") == "2025-12-25 23:59"  # not known: the earlier day
    assert ends("2025-12-22T09:00", "PT72H", public=christmas) == "2025-12-25 09:00"
    assert ends("2025-10-26T09:00", "P60D", public=christmas) == "2025-12-25 23:59"


def test_an_extension_counts_from_the_same_start() -> None:
    assert extended("P1M", "P2M") == span_of("P3M")
    assert ends("2025-01-31T09:00", extended("P1M", "P2M")) == "2025-04-30 23:59"
    with pytest.raises(ValueError, match="add up"):
        extended("P1M", "-P1M")


def test_a_stop_keeps_what_remains() -> None:
    assert ends("2025-06-02T09:00", "P1M") == "2025-07-02 23:59"
    week = stop("2025-06-04T10:00", "2025-06-09T16:00")
    assert ends("2025-06-02T09:00", "P1M", stops=(week,)) == "2025-07-07 23:59"
    assert ends("2025-06-02T09:00", "P1M", stops=(week, stop("2025-06-20T10:00", None))) == ""
    assert ends("2025-06-02T09:00", "P1M", stops=(stop("2025-06-04T10:00", "2025-06-04T16:00"),)) == (
        "2025-07-02 23:59"
    )
    # Hours to the second, over a change of the clock; what overlaps or lies before the start counts once, or not.
    stops = (
        stop("2025-03-27T10:00", "2025-03-28T15:00"),
        stop("2025-03-29T22:00", "2025-03-30T04:00"),
        stop("2025-03-30T00:00", "2025-03-30T05:00"),
    )
    assert ends("2025-03-28T14:00", "PT72H", stops=stops) == "2025-03-31 22:00"  # 1 hour, and 6 real ones


def test_a_period_begins_with_the_day_after() -> None:
    start = datetime(2025, 3, 29, 12, tzinfo=ZoneInfo(BERLIN))
    assert begins_on(start, BERLIN) == datetime(2025, 3, 29, 23, tzinfo=UTC)
    with pytest.raises(SpanError):
        ends_at(start, "-P1M", BERLIN)
    with pytest.raises(SpanError):
        ends_at(start, "P9999Y", BERLIN)


@given(MOMENTS, st.integers(1, 40), st.sampled_from(["UTC", BERLIN, "America/New_York", "Pacific/Auckland"]))
def test_a_month_is_never_shorter_than_its_days_nor_ends_on_a_weekend(
    moment: datetime, months: int, zone: str
) -> None:
    found = ends_at(moment, f"P{months}M", zone)
    assert found is not None
    first, last = moment.astimezone(ZoneInfo(zone)).date(), found.astimezone(ZoneInfo(zone)).date()
    assert last.weekday() < 5
    same = (last.year - first.year) * 12 + last.month - first.month
    assert same in (months, months + 1) and (last - first).days >= 28 * months


@given(MOMENTS, st.lists(st.tuples(st.integers(0, 500), st.integers(0, 100)), max_size=4))
def test_stops_of_hours_add_what_they_took_and_nothing_twice(
    moment: datetime, told: list[tuple[int, int]]
) -> None:
    stops = [Stop(moment + timedelta(minutes=a), moment + timedelta(minutes=a + much)) for a, much in told]
    minutes = {minute for a, much in told for minute in range(a, a + much)}
    found = ends_at(moment, "PT72H", BERLIN, stops=stops)
    assert found == moment + timedelta(hours=72, minutes=len(minutes))
