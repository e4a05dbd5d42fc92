"""Office hours as people write them, and own holidays as they paste them."""

from __future__ import annotations

from datetime import date

import pytest

from indelible.features.settings.hours import HoursError, as_json, from_json, parse_hours, write_hours
from indelible.features.settings.pasted_days import PastedDaysError, read_days
from indelible.features.settings.public_holidays import countries, guess_country, public_holidays, regions


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("9-17", "09:00 to 17:00"),
        ("14:00 to 18:00, 09.00–13.00", "09:00 to 13:00, 14:00 to 18:00"),
        ("9h30 a 14h and 16 till 20", "09:30 to 14:00, 16:00 to 20:00"),
        ("22:00 to 24:00", "22:00 to 24:00"),
        ("0:00-24:00", "00:00 to 24:00"),
        ("  ", ""),
    ],
)
def test_hours_are_read_in_the_ways_people_write_them(typed: str, read: str) -> None:
    spans = parse_hours(typed)
    assert write_hours(spans) == read
    assert parse_hours(read) == spans
    assert from_json(as_json({3: spans}))[3] == spans


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("nine to five", "Write hours such as"),
        ("9-25", "is no time of day"),
        ("9:75-12", "is no time of day"),
        ("18-9", "For a night, write until 24:00"),
        ("8-12, 11-14", "overlap"),
        ("1-2,3-4,5-6,7-8,9-10,11-12,13-14", "up to 6 spans"),
        ("9" * 5000, "Write hours such as"),
    ],
)
def test_what_is_no_hours_is_said_in_words(typed: str, words: str) -> None:
    with pytest.raises(HoursError, match=words):
        parse_hours(typed)


def test_days_are_pasted_one_a_line_as_csv_or_as_a_calendar() -> None:
    eve = {date(2026, 12, 24): "Christmas Eve"}
    assert read_days("2026-12-24 Christmas Eve\n\n") == eve
    assert read_days('date,name\n"2026-12-24","Christmas Eve"\n') == eve
    assert read_days("20261224;Christmas Eve") == eve
    assert read_days("2026-12-31") == {date(2026, 12, 31): "Holiday"}
    calendar = (
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20261224\r\nDTEND;VALUE=DATE:20261227\r\n"
        "SUMMARY:Closed\\, the whole\r\n  office\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    assert read_days(calendar) == dict.fromkeys(
        (date(2026, 12, 24), date(2026, 12, 25), date(2026, 12, 26)), "Closed, the whole office"
    )


@pytest.mark.parametrize(
    ("pasted", "words"),
    [
        ("24.12.2026 Christmas Eve", "Line 1 does not begin with a date"),
        ("2026-12-24 fine\n2026-13-01 not", "Line 2"),
        ("   \n", "no day in this"),
        (
            "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Friday\nDTSTART:20261204\nRRULE:FREQ=WEEKLY\nEND:VEVENT",
            "repeats",
        ),
        ("BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Some day\nEND:VEVENT", "no date that can be read"),
        (
            "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Long\nDTSTART:20260101\nDTEND:20261231\nEND:VEVENT",
            "two months",
        ),
        ("\n".join(f"{2000 + n // 300}-{n % 12 + 1:02d}-{n % 25 + 1:02d} x" for n in range(9000)), "at once"),
    ],
)
def test_days_that_cannot_be_read_are_named_and_none_is_taken(pasted: str, words: str) -> None:
    with pytest.raises(PastedDaysError, match=words):
        read_days(pasted)


def test_public_holidays_are_known_by_country_and_region() -> None:
    assert countries()["ES"] == "Spain"
    assert regions("ES")["MD"] == "Madrid"
    assert regions("XX") == {} == public_holidays("XX", "", 2026, 2026)
    whole, madrid = public_holidays("ES", "", 2026, 2026), public_holidays("ES", "MD", 2026, 2026)
    assert whole[date(2026, 1, 1)] == "New Year's Day"
    assert date(2026, 5, 2) in madrid and date(2026, 5, 2) not in whole
    assert guess_country("Europe/Madrid") == "ES" and guess_country("UTC") == ""
