"""Real exports of known systems, bent: every record is recorded, a repeat or rejected, and no time is made up."""

from __future__ import annotations

import base64
import copy
import csv
import io
import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indelible.events.event import Event, check_event
from indelible.intake import reading
from tests.intake.test_samples import EXPECTED, told
from tests.shared import shared_path

DOCUMENTS = """
slack-audit-logs.json docusign-audit-events.json dropbox-team-log.json onepassword-audit-events.json
shopify-events.json jira-audit-records.json keycloak-admin-events.json gcp-audit-log.json
okta-system-log.json google-admin-activities.json stripe-events.json github-org-audit.json
""".split()
LINES = "azure-activity-PT1H.json ocsf-events.ndjson ecs-broken-last-line.ndjson".split()
TABLES = """
entra-signins-interactive.csv azure-activity-log.csv salesforce-eventlogfile-login.csv hubspot-audit-log.csv
gitlab-audit-events.csv
""".split()
WORKBOOKS = ["workday-audit-trail-1904.xlsx"]
TEXTS = DOCUMENTS + LINES + TABLES
SEVERAL_IN_ONE = {"google-admin-activities.json"}
ANSWERS = {
    "timezone": "Europe/Berlin",
    "date_order": "DMY",
    "received": "2026-03-05T00:00:00Z",
    "target": "x",
    "decimal": ".",
}
ODD = [
    None,
    True,
    0,
    -1,
    10**30,
    1.5e300,
    "",
    " ",
    "null",
    "\u202e",
    [],
    {},
    [None],
    [[]],
    {"a": {"b": []}},
    ["x", 1],
    "=1+1",
    "x" * 5000,
]
bent = settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

Read = tuple[reading.Survey, list[reading.Outcome]]


def sample(name: str) -> bytes:
    return shared_path(f"samples/{name}").read_bytes()


def take(folder: Path, name: str, data: bytes) -> Read | None:
    """Read bytes as a file, every question answered; None where it is refused with a reason."""
    path = folder / f"bent{Path(name).suffix}"
    path.write_bytes(data)
    told_at_import = reading.Given.parse(f"{key}={value}" for key, value in EXPECTED[name]["given"].items())
    try:
        found = reading.survey(path, name, given=told_at_import)
        for question in found.questions:
            if question.given == "mapping":  # a person has to say which column is the time
                found.close()
                return None
            told_at_import = told_at_import.with_answer(question.given, ANSWERS[question.given])
        if found.questions:
            found = reading.survey(path, name, given=told_at_import)
        assert found.ready
        return found, list(reading.read(found))
    except reading.IntakeError as refused:
        assert refused.code
        return None


def records(read: Read | None) -> list[reading.Record]:
    assert read is not None
    return [outcome for outcome in read[1] if isinstance(outcome, reading.Record)]


def check(read: Read | None, data: bytes, name: str) -> None:
    """Check that all is accounted for, that events are lawful, and that every time stands in the file."""
    if read is None:
        return
    found, outcomes = read
    if name in SEVERAL_IN_ONE:
        assert len(outcomes) >= found.expected
    else:
        assert len(outcomes) == found.expected
    for outcome in outcomes:
        if isinstance(outcome, reading.Record):
            check_event(outcome.event)
            check_time(outcome.event)
            assert outcome.identity is None or outcome.identity.strip("\x1f")


def check_time(event: Event) -> None:
    """An instant has a text that it was read from, and that text is a part of the record as received."""
    time = event.get("time")
    if "occurred_at" not in event:
        return
    assert time is not None
    original = event["original"]
    raw = original.get("text") or base64.b64decode(original["base64"]).decode("utf-16", "replace")
    said = time["said"].strip()
    assert said in raw or said in json.dumps(raw) or json.dumps(said)[1:-1] in raw, (said, raw[:300])


def known_as(found: list[reading.Record]) -> Counter[Any]:
    return Counter(record.identity or record.fingerprint for record in found)


def told_by(found: list[reading.Record]) -> list[str]:
    return sorted(json.dumps(told(record.event), sort_keys=True, default=str) for record in found)


@pytest.fixture(autouse=True)
def _material() -> None:
    shared_path("samples/expected.json")


@pytest.mark.parametrize("name", TEXTS + WORKBOOKS)
@bent
@given(data=st.data())
def test_an_export_cut_anywhere_is_accounted_for(tmp_path: Path, name: str, data: st.DataObject) -> None:
    whole = sample(name)
    cut = whole[: data.draw(st.integers(0, len(whole)))]
    check(take(tmp_path, name, cut), cut, name)


@pytest.mark.parametrize("name", TEXTS + WORKBOOKS)
@bent
@given(data=st.data())
def test_an_export_with_bytes_changed_is_accounted_for(
    tmp_path: Path, name: str, data: st.DataObject
) -> None:
    changed = bytearray(sample(name))
    places = st.lists(
        st.tuples(st.integers(0, len(changed) - 1), st.integers(32, 126)), min_size=1, max_size=4
    )
    for place, value in data.draw(places):
        changed[place] = value
    check(take(tmp_path, name, bytes(changed)), bytes(changed), name)


@pytest.mark.parametrize("name", TEXTS)
def test_an_export_twice_in_one_file_is_accounted_for(tmp_path: Path, name: str) -> None:
    once = take(tmp_path, name, sample(name))
    doubled = sample(name) + b"\n" + sample(name)
    twice = take(tmp_path, name, doubled)
    check(twice, doubled, name)
    assert once is not None and twice is not None
    headers = 1 if name in TABLES else 0
    assert len(twice[1]) == 2 * len(once[1]) + headers
    # What has an id is recorded once; equal rows without one may be separate events, so they are kept.
    assert known_as(records(once)) <= known_as(records(twice))
    if all(record.identity for record in records(once)) and not headers:
        assert len(records(twice)) == len(records(once))


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-16-le"])
def test_an_export_in_another_encoding_is_the_same_records(tmp_path: Path, name: str, codec: str) -> None:
    plain = records(take(tmp_path, name, sample(name)))
    coded = sample(name).decode("utf-8-sig").encode(codec)
    read = take(tmp_path, name, coded)
    check(read, coded, name)
    assert told_by(records(read)) == told_by(plain)
    assert known_as(records(read)) == known_as(plain)


@pytest.mark.parametrize("name", DOCUMENTS)
@pytest.mark.parametrize("seed", [1, 2])
def test_json_spaced_and_ordered_otherwise_is_the_same_records(tmp_path: Path, name: str, seed: int) -> None:
    shuffled = random.Random(seed)

    def mixed(value: Any) -> Any:
        if isinstance(value, dict):
            keys = list(value)
            shuffled.shuffle(keys)
            return {key: mixed(value[key]) for key in keys}
        return [mixed(each) for each in value] if isinstance(value, list) else value

    again = json.dumps(mixed(json.loads(sample(name), parse_float=str)), indent=3 if seed == 1 else None)
    plain, read = (records(take(tmp_path, name, data)) for data in (sample(name), again.encode()))
    assert told_by(read) == told_by(plain)
    assert known_as(read) == known_as(plain)


def rows_of(name: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(sample(name).decode("utf-8-sig"), newline="")))


def as_csv(rows: list[list[str]], delimiter: str = ",") -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode()


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_with_columns_moved_and_rows_shuffled_is_the_same_records(
    tmp_path: Path, name: str, delimiter: str
) -> None:
    header, *rows = rows_of(name)
    shuffled = random.Random(len(name) + ord(delimiter))
    order = list(range(len(header)))
    shuffled.shuffle(order)
    shuffled.shuffle(rows)
    moved = as_csv([[row[place] for place in order] for row in [header, *rows]], delimiter)
    plain, read = records(take(tmp_path, name, sample(name))), take(tmp_path, name, moved)
    check(read, moved, name)
    assert told_by(records(read)) == told_by(plain)
    if len(set(header)) == len(header):
        assert known_as(records(read)) == known_as(plain)


@pytest.mark.parametrize("name", TABLES)
@bent
@given(data=st.data())
def test_a_table_with_columns_lost_is_read_or_asked_about(
    tmp_path: Path, name: str, data: st.DataObject
) -> None:
    header, *rows = rows_of(name)
    kept = data.draw(st.sets(st.integers(0, len(header) - 1), min_size=2))
    less = as_csv([[row[place] for place in sorted(kept)] for row in [header, *rows]])
    check(take(tmp_path, name, less), less, name)


@pytest.mark.parametrize("name", DOCUMENTS + LINES)
@bent
@given(data=st.data())
def test_any_value_in_any_place_of_a_record_is_read(tmp_path: Path, name: str, data: st.DataObject) -> None:
    if name in LINES:
        lines = [line for line in sample(name).splitlines() if line.endswith(b"}")]
        value: Any = [json.loads(line) for line in lines]
    else:
        value = json.loads(sample(name))
    for _ in range(data.draw(st.integers(1, 8))):
        spoil(value, data)
    if name in LINES:
        spoiled = b"".join(json.dumps(each).encode() + b"\n" for each in value)
    else:
        spoiled = json.dumps(value).encode()
    check(take(tmp_path, name, spoiled), spoiled, name)


def spoil(value: Any, data: st.DataObject) -> None:
    """Put something odd in the place of one value within a document, wherever it may be."""
    here = value
    while True:
        keys = list(here) if isinstance(here, dict) else list(range(len(here)))
        if not keys:
            return
        key = data.draw(st.sampled_from(keys))
        inner = here[key]
        deeper = isinstance(inner, dict | list) and inner
        if deeper and (here is value or data.draw(st.integers(0, 5)) > 0):
            here = inner
            continue
        here[key] = copy.deepcopy(data.draw(st.sampled_from(ODD)))
        return
