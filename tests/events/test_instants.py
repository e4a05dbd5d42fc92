"""Instants keep every digit, and compare as time does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indelible.events.instants import from_datetime, is_instant, sort_key, sortable_text, to_datetime
from tests.events.lawful_events import instants


def test_two_instants_that_differ_in_the_last_nanosecond_keep_their_order() -> None:
    assert sort_key("2026-03-03T14:03:00.123456789Z") - sort_key("2026-03-03T14:03:00.123456788Z") == 1


def test_the_key_counts_nanoseconds_from_1970() -> None:
    assert sort_key("1970-01-01T00:00:00Z") == 0
    assert sort_key("1970-01-01T00:00:00.5Z") == 500_000_000
    assert sort_key("1969-12-31T23:59:59.999999999Z") == -1
    assert sort_key("1601-01-01T00:00:00Z") == -11_644_473_600 * 10**9


@given(instants, instants)
def test_text_of_one_width_sorts_as_time_does(one: str, other: str) -> None:
    assert (sortable_text(one) < sortable_text(other)) == (sort_key(one) < sort_key(other))
    assert sort_key(sortable_text(one)) == sort_key(one)


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_datetime_comes_back_as_it_went(moment: datetime) -> None:
    assert to_datetime(from_datetime(moment)) == moment


def test_a_datetime_is_cut_never_rounded_up() -> None:
    assert to_datetime("2026-03-03T14:03:00.999999999Z").microsecond == 999_999


def test_a_datetime_of_another_zone_is_told_in_utc() -> None:
    moment = datetime(2026, 3, 3, 15, 3, tzinfo=timezone(timedelta(hours=1)))
    assert from_datetime(moment) == "2026-03-03T14:03:00Z"


def test_a_datetime_without_a_zone_names_no_instant() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        from_datetime(datetime(2026, 3, 3))


@pytest.mark.parametrize(
    "text",
    ["", "2026-03-03", "2026-03-03 14:03:00Z", "2026-03-03T14:03Z", "2026-03-03T14:03:00z",
     "2026-02-29T00:00:00Z", "2026-03-03T24:00:00Z", "2026-03-03T23:59:60Z", "0000-01-01T00:00:00Z",
     "2026-03-03T14:03:00.Z", "٢٠٢٦-03-03T14:03:00Z", "2026-03-03T14:03:00Z\n"],
)  # fmt: skip
def test_what_is_no_instant_is_refused(text: str) -> None:
    assert not is_instant(text)
    with pytest.raises(ValueError, match="no"):
        sort_key(text)
