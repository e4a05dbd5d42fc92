"""Periods of time: what people type for one, and which instants that takes in."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indelible.language.pattern import Pattern, When
from indelible.language.periods import period_of, settle

NOW = datetime(2026, 11, 30, 9, 30, tzinfo=UTC)  # a Monday
MADRID = ZoneInfo("Europe/Madrid")


@pytest.mark.parametrize(
    ("said", "start", "end"),
    [
        ("today", "2026-11-30", "2026-12-01"),
        ("Yesterday", "2026-11-29", "2026-11-30"),
        ("this week", "2026-11-30", "2026-12-07"),
        ("last-week", "2026-11-23", "2026-11-30"),
        ("last weekend", "2026-11-28", "2026-11-30"),
        ("last monday", "2026-11-23", "2026-11-24"),
        ("last friday", "2026-11-27", "2026-11-28"),
        ("last month", "2026-10-01", "2026-11-01"),
        ("in the last month", "2026-10-01", "2026-11-01"),
        ("this-month", "2026-11-01", "2026-12-01"),
        ("this quarter", "2026-10-01", "2027-01-01"),
        ("last quarter", "2026-07-01", "2026-10-01"),
        ("this year", "2026-01-01", "2027-01-01"),
        ("last year", "2025-01-01", "2026-01-01"),
        ("last 7 days", "2026-11-24", "2026-12-01"),
        ("last-7-days", "2026-11-24", "2026-12-01"),
        ("over the past two weeks", "2026-11-17", "2026-12-01"),
        ("the last 3 months", "2026-08-31", "2026-12-01"),
        ("3 days ago", "2026-11-27", "2026-11-28"),
        ("a month ago", "2026-10-01", "2026-11-01"),
        ("2025", "2025-01-01", "2026-01-01"),
        ("2025-06", "2025-06-01", "2025-07-01"),
        ("2025-06-12", "2025-06-12", "2025-06-13"),
        ("12.6.2025", "2025-06-12", "2025-06-13"),
        ("June 2025", "2025-06-01", "2025-07-01"),
        ("in June", "2026-06-01", "2026-07-01"),
        ("December", "2025-12-01", "2026-01-01"),  # this year's has not begun
        ("12 June 2025", "2025-06-12", "2025-06-13"),
        ("on 12th of June 2025", "2025-06-12", "2025-06-13"),
        ("June 12, 2025", "2025-06-12", "2025-06-13"),
        ("29 February", "2024-02-29", "2024-03-01"),
        ("1-5 June 2025", "2025-06-01", "2025-06-06"),
        ("Q1 2026", "2026-01-01", "2026-04-01"),
        ("2026-Q1", "2026-01-01", "2026-04-01"),
        ("the first quarter of 2026", "2026-01-01", "2026-04-01"),
        ("2025-06-01..", "2025-06-01", None),
        ("..2025-06-12", None, "2025-06-13"),
        ("2025-06-01..2025-06-12", "2025-06-01", "2025-06-13"),
        ("since 1 June", "2026-06-01", None),
        ("from 1 June 2025 on", "2025-06-01", None),
        ("between 1 June 2025 and 12 June 2025", "2025-06-01", "2025-06-13"),
        ("from March to May 2025", "2025-03-01", "2025-06-01"),
        ("between November and January 2026", "2025-11-01", "2026-02-01"),
        ("until 12 June 2025", None, "2025-06-13"),
        ("before 2025", None, "2025-01-01"),
        ("after June 2025", "2025-07-01", None),
        ("9999", "9999-01-01", None),
    ],
)
def test_a_period_is_understood(said, start, end):
    found = period_of(said, NOW, UTC)
    assert found is not None
    assert [None if one is None else f"{one:%Y-%m-%d}".rjust(10, "0") for one in found] == [start, end]


@pytest.mark.parametrize(
    ("said", "start", "end"),
    [
        ("2025-06-12T10:00", "2025-06-12T08:00:00", "2025-06-12T08:01:00"),
        ("2025-06-12 10:00:30", "2025-06-12T08:00:30", "2025-06-12T08:00:31"),
        ("2025-06-12T10:00:30.5Z", "2025-06-12T10:00:30.500000", "2025-06-12T10:00:30.500001"),
        ("2025-06-12T10:00..2025-06-12T10:30", "2025-06-12T08:00:00", "2025-06-12T08:31:00"),
        ("2025-06-12T08:00:00Z..2025-06-12T08:30:00Z", "2025-06-12T08:00:00", "2025-06-12T08:30:00"),
        ("..2025-06-12T08:30:00Z", None, "2025-06-12T08:30:00"),
        ("last 24 hours", "2026-11-29T09:30:00", "2026-11-30T09:30:00"),
        ("today", "2026-11-29T23:00:00", "2026-11-30T23:00:00"),
        ("2025-03-30", "2025-03-29T23:00:00", "2025-03-30T22:00:00"),  # the clock is put forward
    ],
)
def test_days_and_times_of_day_are_those_of_the_zone(said, start, end):
    found = period_of(said, NOW, MADRID)
    assert found is not None
    assert [one and one.replace(tzinfo=None).isoformat() for one in found] == [start, end]


@pytest.mark.parametrize(
    "said", ["", "soon", "..", "2025-13", "2025-02-30", "31 June", "2025-06-12..2025-06-01", "0 days ago x",
             "last 0 days", "03/04/2025", "since", "between and", "99999999999999999999"],
)  # fmt: skip
def test_what_names_no_period_is_none(said):
    assert period_of(said, NOW, UTC) is None


@given(
    st.text(max_size=30)
    | st.lists(st.sampled_from("last 3 9999 june q1 days to since . .. - 29 year t10:00 0001".split())).map(
        " ".join
    )
)
def test_any_text_is_a_period_or_none(said):
    found = period_of(said, NOW, MADRID)
    assert found is None or found[0] is None or found[1] is None or found[0] < found[1]


def test_a_moving_period_is_settled_when_it_is_asked():
    moving = Pattern.of(verbs=["pay"], when=When(text="last month", days=("sat",)))
    assert settle(moving, NOW, MADRID).when == When("2026-09-30T22:00:00Z", "2026-10-31T23:00:00Z", ("sat",))
    fixed = Pattern.of(when=When("2026-06-01"))
    assert settle(fixed, NOW, UTC) is fixed
    with pytest.raises(ValueError, match="no period"):
        settle(Pattern.of(when=When(text="soon")), NOW, UTC)
