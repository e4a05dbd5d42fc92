"""Every sample export is read exactly as its expectations say.

The expectations lie beside the checkout (tests/shared.py). What `actor`, `target` and the others mean is
fixed there; the functions below turn an event into those terms.
"""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from indelible.events.event import Event, check_event
from indelible.intake import reading
from tests.shared import FOLDER, shared_path

# What only whoever keeps the log can know: these notices and flags are the import service's.
SAID_BY_THE_IMPORT = {"conflict_with_held", "already_held"}
# Before and after read out of prose is more than is asked; the fields asked for must still hold.
MAY_TELL_MORE = {
    "xero-history-notes.xlsx",
    "salesforce-setup-audit-trail.csv",
    "zoom-admin-activity-ambiguous.csv",
}


def _expectations() -> list[dict[str, Any]]:
    path = FOLDER / "samples" / "expected.json"
    if not path.exists():
        return []
    files: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["files"]
    return files


EXPECTED = {entry["file"]: entry for entry in _expectations()}
DUE = list(EXPECTED)


def given_of(expected: dict[str, Any]) -> reading.Given:
    return reading.Given.parse(f"{key}={value}" for key, value in expected["given"].items())


def survey_of(name: str) -> reading.Survey:
    return reading.survey(shared_path(f"samples/{name}"), name, given=given_of(EXPECTED[name]))


def outcomes_of(name: str) -> tuple[reading.Survey, list[reading.Outcome]]:
    found = survey_of(name)
    assert found.questions == []
    return found, list(reading.read(found))


def records_of(name: str) -> list[reading.Record]:
    return [outcome for outcome in outcomes_of(name)[1] if isinstance(outcome, reading.Record)]


def named(party: Any) -> str | None:
    return party and (party.get("email") or party.get("name") or party.get("id"))


def told(event: Event) -> dict[str, Any]:
    """Return an event in the terms of the expectations."""
    first = event.get("targets", [{}])[0]
    return {
        "time": event.get("occurred_at"),
        "actor": named(event.get("actor")),
        "action": event.get("action", {}).get("said"),
        "target": first.get("name") or first.get("id"),
        "source_ip": event.get("context", {}).get("ip"),
        "outcome": event.get("outcome"),
        "reason": event.get("reason"),
        "source_id": event.get("source", {}).get("id"),
    }


def side_of(event: Event, side: str, expected: Any) -> Any:
    """Return the values before or after: an object where the expectation names fields."""
    changes: list[Any] = [change for change in event.get("changes", []) if side in change]
    if isinstance(expected, dict):
        return {change["field"]: change[side] for change in changes}
    return changes[0][side] if changes else None


@pytest.fixture(scope="module", autouse=True)
def _material() -> None:
    shared_path("samples/expected.json")


@pytest.mark.parametrize("name", DUE)
def test_a_sample_gives_the_expected_counts_notices_and_system(name: str) -> None:
    expected = EXPECTED[name]
    try:
        found, outcomes = outcomes_of(name)
    except reading.IntakeError as refused:
        assert [refused.code] == expected["warnings"]
        assert expected["events"] == expected["rejected"] == 0
        return
    records = [outcome for outcome in outcomes if isinstance(outcome, reading.Record)]
    rejected = [outcome for outcome in outcomes if isinstance(outcome, reading.Rejected)]
    assert (len(records), len(rejected)) == (expected["events"], expected["rejected"])
    assert found.system == expected["slug"]
    codes = {notice.code for notice in found.notices}
    assert set(expected["warnings"]) - codes <= SAID_BY_THE_IMPORT
    assert all(notice.message for notice in found.notices)
    assert [record.row for record in records] == list(range(1, len(records) + 1))


@pytest.mark.parametrize("name", [name for name in DUE if EXPECTED[name]["records"]])
def test_each_chosen_record_has_the_expected_fields(name: str) -> None:
    records = records_of(name)
    for wanted in EXPECTED[name]["records"]:
        event = records[wanted["row"] - 1].event
        got = told(event)
        if beginning := wanted.get("target_starts_with"):
            assert got["target"].replace(".", "").startswith(beginning)
            got["target"] = wanted["target"]
        assert got == {key: wanted[key] for key in got}
        assert set(wanted["flags"]) - set(event.get("flags", [])) <= SAID_BY_THE_IMPORT
        for side in ("before", "after"):
            if wanted[side] is not None or name not in MAY_TELL_MORE:
                assert side_of(event, side, wanted[side]) == wanted[side]
        if "on_behalf" in wanted:
            assert named(event.get("on_behalf_of")) == wanted["on_behalf"]


@pytest.mark.parametrize("name", DUE)
def test_every_event_of_a_sample_is_a_lawful_one(name: str) -> None:
    if EXPECTED[name]["events"]:
        for record in records_of(name):
            check_event(record.event)


def test_every_record_of_the_input_comes_out_once() -> None:
    """Where no record holds several events, outcomes and input records are as many."""
    several = {"google-admin-activities.json"}
    for name in DUE:
        if EXPECTED[name]["events"] and name not in several:
            found, outcomes = outcomes_of(name)
            assert len(outcomes) == found.expected, name


@pytest.mark.parametrize("name", [name for name in DUE if EXPECTED[name]["given"]])
def test_what_the_file_does_not_say_is_asked_for(name: str) -> None:
    path = shared_path(f"samples/{name}")
    if name in {"timezone-notations.csv"}:
        return
    found = reading.survey(path, name)
    asked = {question.given for question in found.questions}
    assert asked == set(EXPECTED[name]["given"])
    with pytest.raises(ValueError):
        reading.read(found)


class Store:
    """The least that whoever keeps the log does: knows records again, and compares what is told anew."""

    def __init__(self) -> None:
        self.held: dict[tuple[str, str | bytes], Event] = {}
        self.conflicts = 0
        self.already = 0

    def take(self, name: str) -> int:
        """Take a file in; return how many records are new."""
        before = len(self.held)
        for record in records_of(name):
            key = (record.event["source"]["system"], record.identity or record.fingerprint)
            held = self.held.setdefault(key, record.event)
            if held is not record.event:
                self.already += 1
                self.conflicts += bool(reading.facts_differ(held, record.event))
        return len(self.held) - before


def test_okta_json_and_csv_are_the_same_ten_events() -> None:
    for order in (
        ["okta-system-log.json", "okta-system-log.csv"],
        ["okta-system-log.csv", "okta-system-log.json"],
    ):
        store = Store()
        assert [store.take(name) for name in order] == [10, 0]
        assert (store.already, store.conflicts) == (10, 0)


def test_two_overlapping_exports_give_32_events_and_one_conflict() -> None:
    store = Store()
    assert store.take("overlap-week1.csv") == 20
    assert store.take("overlap-week2.csv") == 12
    assert (store.already, store.conflicts) == (8, 1)
    assert store.take("overlap-week1.csv") == 0


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_whole_folder_in_any_order_twice_adds_nothing_the_second_time(seed: int) -> None:
    names = [name for name in DUE if EXPECTED[name]["events"]]
    random.Random(seed).shuffle(names)
    store = Store()
    events = sum(EXPECTED[name]["events"] for name in names)
    assert sum(store.take(name) for name in names) == events - 10 - 8
    assert sum(store.take(name) for name in names) == 0


def test_a_truncated_record_keeps_its_text() -> None:
    record = records_of("m365-purview-audit.csv")[8]
    assert '"Operation":"FileDeleted"'.replace('"', '""') in record.event["original"]["text"]


def test_a_very_long_value_is_kept_whole() -> None:
    changes: list[Any] = records_of("huge-field.csv")[0].event["changes"]
    assert len(changes[0]["before"]) == 330_780


def test_the_original_of_other_encodings_is_kept_byte_for_byte() -> None:
    name = "erp-aenderungen-semicolon-cp1252.csv"
    data = Path(shared_path(f"samples/{name}")).read_bytes()
    record = records_of(name)[0]
    assert record.original in data
    assert "base64" in record.event["original"]


def test_steady_files_count_as_their_notes_say() -> None:
    table = [record.event for record in records_of("steady-500.csv")]
    assert sum(event["outcome"] == "failure" for event in table) == 19
    assert sum(event["action"].get("verb") == "delete" for event in table) == 76
    lines = [record.event for record in records_of("steady-500.ndjson")]
    assert sum(event["outcome"] == "failure" for event in lines) == 46
