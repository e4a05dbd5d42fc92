"""Which instants written times are, decided for whole columns, and what stays without one."""

from __future__ import annotations

import json
from datetime import datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from indelible.intake.times import TimeReader, direction_of, period_of, survey
from indelible.intake.timetext import parse_time
from tests.shared import shared_path


def read_all(values: list[str], header: str = "", **told: object) -> list[str | None]:
    reader = TimeReader(survey(values, header), **told)  # type: ignore[arg-type]
    return [reader.read(value).occurred_at for value in values]


def read_one(value: str, header: str = "", **told: object) -> tuple[str | None, set[str]]:
    read = TimeReader(survey([value], header), **told).read(value)  # type: ignore[arg-type]
    return read.occurred_at, set(read.flags)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-03-04T10:15:22Z", "2026-03-04T10:15:22Z"),
        ("2026-03-04T10:15:22.123456789Z", "2026-03-04T10:15:22.123456789Z"),
        ("2026-03-04T06:53:17.0000000Z ", "2026-03-04T06:53:17.0000000Z"),
        ("2026-03-04 10:15:22,5+01:00", "2026-03-04T09:15:22.5Z"),
        ("2026-03-04T10:15:22+0545", "2026-03-04T04:30:22Z"),
        ("2026-03-04 10:15:22 GMT+5:30", "2026-03-04T04:45:22Z"),
        ("2026-03-04 10:15:22 UTC−03", "2026-03-04T13:15:22Z"),
        ("2026-03-04 10:15:22 america/sao_paulo", "2026-03-04T13:15:22Z"),
        ("2026-03-04 10:15:22 Pacific Standard Time", "2026-03-04T18:15:22Z"),
        ("2026-07-04 10:15:22 GMT Standard Time", "2026-07-04T09:15:22Z"),
        ("Wed, 04 Mar 2026 10:15:22 -0500", "2026-03-04T15:15:22Z"),
        ("Wed Mar 04 2026 10:15:22 GMT+0100 (Central European Standard Time)", "2026-03-04T09:15:22Z"),
        ("Wed Mar  4 10:15:22 PST 2026", "2026-03-04T18:15:22Z"),
        ("Mar 4, 2026, 12:00:05\u202fAM PST", "2026-03-04T08:00:05Z"),
        ("4 mars 2026 10:15:22 UTC", "2026-03-04T10:15:22Z"),
        ("4. März 2026 10:15:22 MEZ", "2026-03-04T09:15:22Z"),
        ("04-Mar-2026 10:15:22 Z", "2026-03-04T10:15:22Z"),
        ("20260304T101522Z", "2026-03-04T10:15:22Z"),
        ("2026-03-04T24:00:00Z", "2026-03-05T00:00:00Z"),
        ("1772619322", "2026-03-04T10:15:22Z"),
        ("1772619322123", "2026-03-04T10:15:22.123Z"),
        ("1772619322.5", "2026-03-04T10:15:22.5Z"),
        ("1.772619322E+12", "2026-03-04T10:15:22Z"),
        ("134170929221234567", "2026-03-04T10:15:22.1234567Z"),
        ("'1772619322", "2026-03-04T10:15:22Z"),
    ],
)
def test_a_time_with_its_zone_is_an_instant(text: str, instant: str) -> None:
    assert read_one(text)[0] == instant


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("", "time_missing"),
        ("N/A", "time_missing"),
        ("-", "time_missing"),
        ("yesterday", "time_unreadable"),
        ("now", "time_unreadable"),
        ("today 10:15", "time_unreadable"),
        ("10:15:22", "time_unreadable"),
        ("2026-03-04", "date_only"),
        ("2026-03-04 10:15:22", "time_zone_unknown"),
        ("2026-02-30 10:00:00Z", "date_implausible"),
        ("2026-13-01 10:00:00Z", "date_implausible"),
        ("0000-00-00 00:00:00", "date_implausible"),
        ("1970-01-01T00:00:00Z", "date_implausible"),
        ("9999-12-31T23:59:59.9999999Z", "date_implausible"),
        ("0", "date_implausible"),
        ("-1", "date_implausible"),
        ("-62135596800000", "date_implausible"),
        ("1e999", "date_implausible"),
        ("2026-03-04 10:15:22 IST", "zone_ambiguous"),
        ("2026-03-04 10:15:22 Mars Central", "zone_unknown"),
        ("Mar 4, 2:14 pm PST", "year_missing"),
        ("2026-03-04T25:00:00Z", "date_implausible"),
    ],
)
def test_what_is_no_usable_time_has_no_instant_and_says_why(text: str, flag: str) -> None:
    instant, flags = read_one(text)
    assert instant is None
    assert flag in flags


def test_one_proof_settles_the_order_of_the_whole_column() -> None:
    months = ["04/03/2026 12:05 AM", "12/01/2026 11:59 PM", "03/31/2026 12:00 PM"]
    assert read_all(months, zone="UTC") == [
        "2026-04-03T00:05:00Z",
        "2026-12-01T23:59:00Z",
        "2026-03-31T12:00:00Z",
    ]
    days = ["03/04/2026 00:05", "31/03/2026 12:00"]
    assert read_all(days, zone="UTC") == ["2026-04-03T00:05:00Z", "2026-03-31T12:00:00Z"]


def test_an_order_that_is_nowhere_proven_is_a_question() -> None:
    column = survey(["03/04/2026 10:15:22 PM", "03/05/2026 01:00:00 AM"])
    assert (column.order, column.order_ambiguous, column.example) == (None, True, "03/04/2026 10:15:22 PM")
    assert read_one("03/04/2026 10:15:22 PM", zone="UTC") == (None, {"date_order_ambiguous"})
    answered = read_one("03/04/2026 10:15:22 PM", zone="UTC", order="DMY")
    assert answered == ("2026-04-03T22:15:22Z", {"date_order_assumed", "time_zone_assumed"})


def test_proofs_that_contradict_each_other_prove_nothing() -> None:
    column = survey(["31/03/2026 10:00", "03/31/2026 10:00", "03/04/2026 10:00"])
    assert column.order is None and column.order_ambiguous


def test_dots_are_day_first() -> None:
    assert read_one("04.03.2026 10:15:22", zone="UTC")[0] == "2026-03-04T10:15:22Z"
    assert not survey(["04.03.2026 10:15:22"]).order_ambiguous


def test_a_column_name_may_state_the_zone() -> None:
    for header in ("Local time (Europe/Berlin)", "Time [UTC+1]", "Zeit (MEZ)"):
        column = survey(["2026-03-04 10:15:22"], header)
        assert not column.needs_zone
        assert read_one("2026-03-04 10:15:22", header) == ("2026-03-04T09:15:22Z", set())
    assert survey(["2026-03-04 10:15:22"], "Time (local)").needs_zone


def test_the_repeated_hour_is_told_by_the_order_of_rows() -> None:
    rows = [
        f"2026-10-25 {clock}"
        for clock in ("01:59:59", "02:30:00", "02:59:59", "02:00:00", "02:30:00", "03:00:00")
    ]
    instants = [
        f"2026-10-{day}Z"
        for day in ("24T23:59:59", "25T00:30:00", "25T00:59:59", "25T01:00:00", "25T01:30:00", "25T02:00:00")
    ]
    assert read_all(rows, zone="Europe/Berlin", direction="rising") == instants
    assert read_all(rows[::-1], zone="Europe/Berlin", direction="falling") == instants[::-1]
    assert read_all(rows, zone="Europe/Berlin")[3] == "2026-10-25T00:00:00Z"
    assert "time_ambiguous_fold" in read_one(rows[1], zone="Europe/Berlin")[1]


def test_a_skipped_hour_has_no_instant() -> None:
    instant, flags = read_one("2026-03-29 02:30:00", zone="Europe/Berlin")
    assert instant is None and "time_nonexistent_gap" in flags


def test_running_ids_tell_the_direction() -> None:
    assert direction_of(["100", "101", "105"]) == "rising"
    assert direction_of(["9", "8"]) == "falling"
    assert direction_of(["1", "x"]) is None
    assert direction_of(["3", "1", "2"]) is None


def test_an_abbreviation_with_several_meanings_is_settled_only_by_a_zone_that_uses_it() -> None:
    assert read_one("2026-03-04 10:15:22 IST", zone="Asia/Kolkata")[0] == "2026-03-04T04:45:22Z"
    assert read_one("2026-03-04 10:15:22 IST", zone="Europe/Oslo") == (None, {"zone_ambiguous"})


def test_a_winter_zone_in_summer_is_read_as_written_and_flagged() -> None:
    assert read_one("2026-07-04 10:15:22 EST") == ("2026-07-04T15:15:22Z", {"zone_odd_for_season"})
    assert read_one("2026-07-04 10:15:22 EDT") == ("2026-07-04T14:15:22Z", set())


def test_a_missing_year_comes_from_the_title_or_the_day_of_receipt() -> None:
    period = period_of(["Example Books Ltd", "March 1-4, 2026"])
    assert read_one("Mar 4, 2:14 pm PST", period=period) == (
        "2026-03-04T22:14:00Z",
        {"year_inferred", "minute_precision"},
    )
    assert read_one("May 4, 2:14 pm PST", period=period)[0] is None
    over_new_year = period_of(["December 2025 to January 2026"])
    assert read_one("Dec 31 23:59:01 UTC", period=over_new_year)[0] == "2025-12-31T23:59:01Z"
    assert read_one("Dec 31 23:59:01 UTC", received="2026-01-02T08:00:00Z")[0] == "2025-12-31T23:59:01Z"
    assert read_one("Jan  1 00:00:01 UTC", received="2026-01-02T08:00:00Z")[0] == "2026-01-01T00:00:01Z"


def test_days_of_a_spreadsheet_are_local_and_good_to_the_millisecond() -> None:
    assert read_one("46085.427337963", zone="Europe/Oslo")[0] == "2026-03-04T09:15:22Z"
    assert read_one("44623.42733796296", zone="Europe/Berlin", epoch_1904=True)[0] == "2026-03-04T09:15:22Z"
    assert survey(["46085.427337963"]).needs_zone


def test_leap_seconds_are_the_next_second() -> None:
    assert read_one("2016-12-31T23:59:60Z") == ("2017-01-01T00:00:00Z", {"leap_second"})


@given(st.text(max_size=60))
@example("1" * 400)
@example("99999999999999999999999999E-20")
@example("٣/٤/٢٠٢٦ ١٠:١٥")
@example("2026-03-04T10:15:22+99:99")
@example("0001-01-01T00:00:00+14:00")
@example("2026-03-04 10:15:22 ../../etc/passwd")
def test_any_text_is_read_without_fault_and_keeps_its_words(text: str) -> None:
    read = TimeReader(survey([text]), zone="Europe/Berlin").read(text)
    assert read.said == text
    assert (read.occurred_at is not None) or read.flags


@given(
    st.datetimes(min_value=datetime(1000, 1, 1)),
    st.sampled_from(["%Y-%m-%dT%H:%M:%S", "%d.%m.%Y %H:%M:%S", "%d %b %Y %H:%M:%S"]),
)
def test_what_is_written_is_what_is_read(moment, form: str) -> None:  # type: ignore[no-untyped-def]
    text = moment.replace(microsecond=0).strftime(form)
    read = TimeReader(survey([text]), zone="UTC").read(text)
    if read.occurred_at is not None:
        assert read.occurred_at == f"{moment:%Y-%m-%dT%H:%M:%S}Z"
    else:
        assert "date_implausible" in read.flags


def test_a_text_without_date_is_never_given_one() -> None:
    for text in ("now", "today", "12:00", "Monday 10:00", "March 10:00", "4 10:00"):
        assert parse_time(text).form == "unknown"


SAMPLE_COLUMNS = {
    "epoch-scales.csv": "ts",
    "timezone-notations.csv": "Time",
    "dst-fold-berlin.csv": "Local time (Europe/Berlin)",
    "date-extremes.csv": "Time",
    "us-dates-12h.csv": "Time",
    "eu-dates-24h.csv": "Time",
    "erp-aenderungen-semicolon-cp1252.csv": "Zeitpunkt",
    "excel-unicode-text-fr.txt": "Date",
    "quickbooks-audit-log.csv": "Date Changed",
    "xero-history-notes.xlsx": "Date",
    "salesforce-setup-audit-trail.csv": "Date",
    "duplicates-without-ids.csv": "time",
    "approvals-mixed-cells.xlsx": "When",
    "zoom-admin-activity-ambiguous.csv": "Time",
    "box-user-activity.csv": "Date",
    "netsuite-system-notes-cp1252.csv": "Date",
    "hubspot-audit-log.csv": "Date",
    "gitlab-audit-events.csv": "Created At (UTC)",
    "google-login-legacy.csv": "Date",
    "windows-security-eventviewer.csv": "Date and Time",
    "workday-audit-trail-1904.xlsx": "Entry Moment",
    "preamble-duplicate-headers.csv": "Date",
    "github-org-audit.csv": "created_at",
    "steady-500.csv": "time",
}
TIME_FLAGS = {
    "time_zone_assumed", "date_order_assumed", "minute_precision", "time_ambiguous_fold", "time_missing",
    "time_nonexistent_gap", "date_implausible", "zone_ambiguous", "zone_odd_for_season", "year_inferred",
}  # fmt: skip


@pytest.mark.parametrize("name", SAMPLE_COLUMNS)
def test_the_times_of_the_samples_are_as_expected(name: str) -> None:
    from tests.intake.files import read_file

    path = shared_path(f"samples/{name}")
    listed = json.loads(shared_path("samples/expected.json").read_text())["files"]
    expected = next(entry for entry in listed if entry["file"] == name)
    told = expected["given"]
    seen = read_file(path)
    column = SAMPLE_COLUMNS[name]
    values = [record.value[column] for record in seen.records]  # type: ignore[index,call-overload]
    reader = TimeReader(
        survey(values, column),
        zone=told.get("timezone"),
        order=told.get("date_order"),
        period=period_of(seen.shapes[0].preamble),
        direction=direction_of(str(record.value.get("id", "")) for record in seen.records),  # type: ignore[union-attr]
        epoch_1904=seen.shapes[0].date_1904,
    )
    times = [reader.read(value) for value in values]
    for row in expected["records"]:
        assert times[row["row"] - 1].occurred_at == row["time"], row
        assert TIME_FLAGS & set(row["flags"]) <= set(times[row["row"] - 1].flags), row


def test_a_date_without_a_year_never_goes_back_more_than_twelve_months() -> None:
    instant, flags = read_one("Feb 29 12:00:00 UTC", received="2026-01-02T08:00:00Z")
    assert instant is None
    assert {"year_missing", "time_missing"} <= set(flags)
    assert read_one("Feb 29 12:00:00 UTC", received="2024-03-02T08:00:00Z")[0] == "2024-02-29T12:00:00Z"


def test_zeros_that_a_source_writes_in_a_fraction_are_its_precision() -> None:
    assert read_one("1772619327.000")[0] == "2026-03-04T10:15:27.000Z"
    assert read_one("1772619327")[0] == "2026-03-04T10:15:27Z"
