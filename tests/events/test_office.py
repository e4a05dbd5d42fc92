"""Working time: right over nights, weekends, holidays and changes of the clock, and quick over years."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from indelible.events.office import MIDNIGHT, WorkCalendar

MADRID = ZoneInfo("Europe/Madrid")
NINE_TO_FIVE = ((time(9), time(17)),)
ALL_DAY = dict.fromkeys(range(7), ((MIDNIGHT, MIDNIGHT),))
# Put back at midnight or by half an hour, a day left out, a month of other time within summer, plain ones.
ZONES = (
    "UTC",
    "Europe/Madrid",
    "America/Havana",
    "Asia/Beirut",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Africa/Casablanca",
    "America/St_Johns",
    "Asia/Kathmandu",
)


def madrid(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=MADRID)


def test_without_other_word_people_work_from_monday_to_friday_from_eight_to_six():
    usual = WorkCalendar("Europe/Madrid")
    assert usual.is_working_day(date(2025, 6, 13)) and not usual.is_working_day(date(2025, 6, 14))
    assert not usual.is_working(madrid("2025-06-13 07:59:59"))
    assert usual.is_working(madrid("2025-06-13 08:00"))
    assert usual.is_working(madrid("2025-06-13 17:59:59"))
    assert not usual.is_working(madrid("2025-06-13 18:00"))


def test_nights_weekends_and_holidays_count_for_nothing():
    calendar = WorkCalendar("Europe/Madrid", holidays=frozenset({date(2025, 6, 16)}))
    friday_to_tuesday = calendar.working_seconds(madrid("2025-06-13 17:00"), madrid("2025-06-17 09:30"))
    assert friday_to_tuesday == 2.5 * 3600
    assert calendar.add_working(madrid("2025-06-13 17:00"), timedelta(hours=2)) == madrid("2025-06-17 09:00")
    assert not calendar.is_working(madrid("2025-06-16 10:00"))


def test_what_is_due_is_due_when_the_hours_are_full_not_when_the_next_day_begins():
    due = WorkCalendar("Europe/Madrid").add_working(madrid("2025-06-13 17:00"), timedelta(hours=1))
    assert due == madrid("2025-06-13 18:00")
    assert due.tzinfo is MADRID


def test_a_lunch_break_is_two_spans():
    hours = {0: ((time(14), time(18)), (time(8), time(12)))}
    calendar = WorkCalendar("UTC", hours)
    monday = datetime(2025, 6, 16, tzinfo=UTC)
    assert not calendar.is_working(monday.replace(hour=13))
    assert calendar.working_seconds(monday, monday + timedelta(days=7)) == 8 * 3600


def test_a_night_shift_crosses_midnight_in_two_spans():
    calendar = WorkCalendar("UTC", {0: ((time(22), MIDNIGHT),), 1: ((MIDNIGHT, time(6)),)})
    evening = datetime(2025, 6, 16, 21, tzinfo=UTC)
    assert calendar.add_working(evening, timedelta(hours=3)) == datetime(2025, 6, 17, 1, tzinfo=UTC)
    assert calendar.is_working(datetime(2025, 6, 17, tzinfo=UTC))


@pytest.mark.parametrize(
    ("night", "hours"),
    [("2025-03-30", 23), ("2025-10-26", 25), ("2025-06-15", 24)],
)
def test_a_day_on_which_the_clock_changes_is_as_long_as_it_was(night: str, hours: int):
    start = madrid(f"{night} 00:00")
    end = madrid(f"{date.fromisoformat(night) + timedelta(days=1)} 00:00")
    calendar = WorkCalendar("Europe/Madrid", ALL_DAY)
    assert calendar.working_seconds(start, end) == hours * 3600
    assert len(calendar.spans(start.date())) == 1


def test_hours_that_do_not_exist_that_night_are_not_worked():
    sunday = {6: ((time(2, 15), time(2, 45)), (time(2, 45), time(4)))}
    spans = WorkCalendar("Europe/Madrid", sunday).spans(date(2025, 3, 30))
    assert spans == ((datetime(2025, 3, 30, 1, tzinfo=UTC), datetime(2025, 3, 30, 2, tzinfo=UTC)),)


def test_a_day_that_a_country_left_out_has_no_hours():
    assert WorkCalendar("Pacific/Apia", ALL_DAY).spans(date(2011, 12, 30)) == ()


def test_a_century_is_counted_week_by_week():
    calendar = WorkCalendar("Europe/Madrid")
    begin = madrid("1990-01-01 00:00")
    days = sum(calendar.is_working_day(begin.date() + timedelta(days=n)) for n in range(36_524))
    assert calendar.working_seconds(begin, madrid("2089-12-31 00:00")) == days * 10 * 3600
    assert len(calendar._known) < 3_500  # the days of the weeks in which the clock changed, and no others


def test_years_beyond_reckoning_neither_fail_nor_take_long():
    calendar = WorkCalendar("Pacific/Apia")
    first, last = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    assert calendar.working_seconds(first, last) > 499 * 260 * 10 * 3600
    assert calendar.working_seconds(last - timedelta(days=400), last) == 0
    assert calendar.is_working(first) == calendar.is_working(datetime(1900, 1, 1, tzinfo=UTC))
    with pytest.raises(ValueError, match="no working time follows"):
        calendar.add_working(datetime(2025, 1, 1, tzinfo=UTC), timedelta(days=100_000))
    with pytest.raises(ValueError, match="no working time follows"):
        calendar.add_working(last, timedelta(seconds=1))


def test_what_makes_no_sense_is_refused():
    with pytest.raises(ValueError, match="end before"):
        WorkCalendar("UTC", {0: ((time(18), time(8)),)})
    with pytest.raises(ValueError, match="overlap"):
        WorkCalendar("UTC", {0: ((time(8), time(12)), (time(11), time(13)))})
    with pytest.raises(ValueError, match="overlap"):
        WorkCalendar("UTC", {0: ((time(8), MIDNIGHT), (time(23), MIDNIGHT))})
    with pytest.raises(KeyError):
        WorkCalendar("Europe/Nowhere")
    with pytest.raises(ValueError, match="without a zone"):
        WorkCalendar().is_working(datetime(2025, 6, 16))
    with pytest.raises(ValueError, match="ever works"):
        WorkCalendar("UTC", {}).add_working(datetime(2025, 6, 16, tzinfo=UTC), timedelta(hours=1))
    with pytest.raises(ValueError, match="backwards"):
        WorkCalendar().add_working(datetime(2025, 6, 16, tzinfo=UTC), timedelta(hours=-1))


# Any calendar, any moments -----------------------------------------------------------------------------

moments = st.datetimes(datetime(2009, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))


@st.composite
def calendars(draw: st.DrawFn) -> WorkCalendar:
    """Any zone, up to two spans a day, to the quarter of an hour, at least one in the week."""
    week = {}
    for weekday in range(7):
        quarters = draw(st.lists(st.integers(0, 96), max_size=4, unique=True).map(sorted))
        pairs = list(zip(quarters[::2], quarters[1::2], strict=False))
        week[weekday] = tuple((clock(begins), clock(ends)) for begins, ends in pairs)
    if not any(week.values()):
        week[0] = NINE_TO_FIVE
    days = st.dates(date(2009, 1, 1), date(2027, 1, 1))
    return WorkCalendar(draw(st.sampled_from(ZONES)), week, frozenset(draw(st.sets(days, max_size=20))))


def clock(quarters: int) -> time:
    return time(quarters % 96 // 4, quarters % 4 * 15)


@given(calendars(), moments, moments, moments)
def test_working_time_adds_up(calendar: WorkCalendar, a: datetime, b: datetime, c: datetime):
    whole = calendar.working_seconds(a, b) + calendar.working_seconds(b, c)
    assert whole == pytest.approx(calendar.working_seconds(a, c), abs=1e-3)


@given(calendars(), moments, st.timedeltas(timedelta(seconds=1), timedelta(days=400)))
def test_adding_working_time_and_counting_it_are_each_others_inverse(
    calendar: WorkCalendar, start: datetime, span: timedelta
):
    a_year = calendar.working_seconds(start, start + timedelta(days=365))
    assume(
        span.total_seconds() < a_year * 200
    )  # by a quarter of an hour a week, 213 days are not over before 2400
    due = calendar.add_working(start, span)
    assert calendar.working_seconds(start, due) == pytest.approx(span.total_seconds(), abs=1e-3)
    moment_before = due - timedelta(microseconds=1)
    assert calendar.working_seconds(start, moment_before) < span.total_seconds()  # it was the first
    assert calendar.is_working(moment_before)


@given(calendars(), moments, st.integers(0, 120))
def test_counting_by_weeks_is_counting_day_by_day(calendar: WorkCalendar, start: datetime, days: int):
    end = start + timedelta(days=days)
    spans = (span for n in range(-2, days + 3) for span in calendar.spans(start.date() + timedelta(days=n)))
    slowly = sum(max((min(ends, end) - max(begins, start)).total_seconds(), 0.0) for begins, ends in spans)
    assert calendar.working_seconds(start, end) == pytest.approx(slowly, abs=1e-3)


@given(calendars(), moments)
def test_whoever_works_now_is_within_a_span_whose_days_are_in_order(calendar: WorkCalendar, at: datetime):
    around = [span for n in range(-3, 4) for span in calendar.spans(at.date() + timedelta(days=n))]
    assert all(begins < ends for begins, ends in around)
    assert all(left[1] <= right[0] for left, right in pairwise(around))
    assert calendar.is_working(at) == any(begins <= at < ends for begins, ends in around)
