"""Moments are shown in the reader's zone and style, and what is sealed never depends on it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from indelible.web.moments import Reader, zone_choices

INSTANT = "2025-06-12T12:32:07.123456789Z"
MADRID = Reader("Europe/Madrid")


def test_a_moment_is_written_in_the_zone_of_the_reader() -> None:
    assert MADRID.moment(INSTANT) == "12 June 2025, 14:32:07"
    assert Reader("America/New_York").moment(INSTANT) == "12 June 2025, 08:32:07"


@pytest.mark.parametrize(
    ("style", "text"), [("day", "12 June 2025"), ("month", "June 12, 2025"), ("iso", "2025-06-12")]
)
def test_days_follow_the_style_of_the_reader(style: str, text: str) -> None:
    reader = Reader("Europe/Madrid", style)
    assert reader.day(reader.local(INSTANT)) == text


def test_a_zone_is_named_by_its_city_and_its_difference_on_that_day() -> None:
    assert MADRID.zone_name(datetime(2025, 6, 12, tzinfo=UTC)) == "Madrid time (UTC+02:00)"
    assert MADRID.zone_name(datetime(2025, 1, 12, tzinfo=UTC)) == "Madrid time (UTC+01:00)"
    assert Reader("America/Argentina/Buenos_Aires").zone_name() == "Buenos Aires time (UTC-03:00)"
    assert Reader("UTC").zone_name() == "UTC"


def test_an_unknown_zone_falls_back_to_utc() -> None:
    assert Reader("Middle/Earth").moment(INSTANT) == "12 June 2025, 12:32:07"


def test_a_recent_moment_is_spoken_by_its_day() -> None:
    now = datetime(2025, 6, 12, 20, 0, tzinfo=UTC)
    assert MADRID.spoken(INSTANT, now=now) == "today 14:32"
    assert MADRID.spoken("2025-06-11T22:30:00Z", now=now) == "today 00:30"
    assert MADRID.spoken("2025-06-11T12:00:00Z", now=now) == "yesterday 14:00"
    assert MADRID.spoken("2025-06-10T12:00:00Z", now=now) == "10 June 2025, 14:00"


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        MADRID.moment(datetime(2025, 6, 12))


def test_the_zones_offered_are_places_that_exist() -> None:
    names = [name for name, _label in zone_choices()]
    assert names[0] == "UTC"
    assert {"Europe/Oslo", "America/New_York", "Asia/Kolkata"} <= set(names)
    assert not any(name.startswith(("Etc/", "SystemV/", "posix")) for name in names)
