"""One line by itself: read as the same line of a file, with who sent it, and nothing made up."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indelible.events.event import check_event
from indelible.intake.logs.live import HELD_LINES, HELD_SECONDS, Arrived, LineReader, Told
from indelible.intake.reading import Record, Rejected

AT = datetime(2026, 1, 2, 8, tzinfo=UTC)


def arrived(data: bytes | str, number: int = 1, sender: str = "192.0.2.9") -> Arrived:
    return Arrived(data.encode() if isinstance(data, str) else data, AT, sender, f"run/{number}", number)


def read(*lines: str | bytes, zone: str | None = "Europe/Oslo", now: float = 0.0) -> list[Told]:
    reader = LineReader(zone)
    found = [each for at, line in enumerate(lines, 1) for each in reader.take(arrived(line, at), now)]
    return [*found, *reader.rest()]


def event(*lines: str | bytes, zone: str | None = "Europe/Oslo") -> Any:
    (told,) = read(*lines, zone=zone)
    assert isinstance(told.outcome, Record), told.outcome
    check_event(told.outcome.event)
    return told.outcome.event


def test_the_senders_address_stands_beside_the_host_that_the_line_claims() -> None:
    found = event("<34>1 2026-03-04T10:15:22.020304056Z bank.example.com app - - - hello")
    assert found["extra"]["host"] == "bank.example.com"
    assert found["extra"]["received_from"] == "192.0.2.9"
    assert found["occurred_at"] == "2026-03-04T10:15:22.020304056Z"
    assert found["original"]["text"].endswith("- hello")


def test_no_time_is_made_up() -> None:
    assert "occurred_at" not in event("<34>1 - dev7 door 12 OPEN - clock not set")
    assert "time_zone_unknown" in event("<34>Jan  1 00:00:02 host1 su: hello", zone=None)["flags"]
    assert "occurred_at" not in event("<34>Jan  1 00:00:02 host1 su: hello", zone=None)
    old = event("<34>Dec 31 23:58:01 host1 su: hello")
    assert old["occurred_at"] == "2025-12-31T22:58:01Z"
    assert {"year_inferred", "time_zone_assumed"} <= set(old["flags"])


def test_a_running_number_in_structured_data_is_a_fact_of_its_stream() -> None:
    line = '<34>1 2026-03-04T10:15:22Z {} app - - [meta sequenceId="{}"] hello'
    found = event(line.format("gate1", 7))
    assert (found["extra"]["sequence"], found["extra"]["sequence_of"]) == (7, "gate1 (192.0.2.9)")
    assert event(line.format("-", 7))["extra"]["sequence_of"] == "192.0.2.9"
    for said in ("0", "-1", "2147483648", "x", ""):
        assert "sequence" not in event(line.format("gate1", said))["extra"]


OCSF = {
    "class_uid": 3002, "activity_id": 1, "activity_name": "Logon", "category_uid": 3, "type_uid": 300201,
    "time": 1772619322123, "severity_id": 1, "status_id": 1,
    "metadata": {"uid": "ocsf-1", "version": "1.1.0", "product": {"name": "Gate"}},
    "user": {"name": "grace"},
}  # fmt: skip
ECS = {"@timestamp": "2026-03-04T10:15:22Z", "event": {"action": "user-login", "outcome": "success", "id": "e-1"},
       "user": {"name": "grace"}}  # fmt: skip


@pytest.mark.parametrize(
    "around", ["<13>1 2026-03-04T10:15:23Z h app - - - {}", "<13>Mar  4 10:15:23 h app: @cee: {}", "{}"]
)
@pytest.mark.parametrize(("body", "system", "id"), [(OCSF, "ocsf", "ocsf-1"), (ECS, "ecs", "e-1")])
def test_a_body_of_json_is_read_by_its_own_system(
    around: str, body: dict[str, Any], system: str, id: str
) -> None:
    (told,) = read(around.format(json.dumps(body)))
    assert isinstance(told.outcome, Record)
    found: Any = told.outcome.event
    assert found["source"]["system"] == system
    assert found["action"]["verb"] == "sign_in"
    assert found["occurred_at"].startswith("2026-03-04T10:15:22")
    assert id in (told.outcome.identity or "")
    assert ("sent_by" in found["extra"]) == (around != "{}")


def test_json_of_nobody_we_know_stays_a_message_and_alone_it_is_no_line() -> None:
    assert event('<13>1 2026-03-04T10:15:23Z h app - - - {"a": 1}')["extra"]["message"] == '{"a": 1}'
    (told,) = read('{"a": 1}')
    assert isinstance(told.outcome, Rejected)
    assert told.outcome.reason == "unknown_line"


def test_what_pgaudit_writes_into_the_log_says_who_read_what() -> None:
    found = event(
        "<134>1 2026-03-04T10:15:22Z db1 postgres 812 - - [5-1] 2026-03-04 10:15:22.003 UTC [812] grace@payroll LOG:  "
        'AUDIT: SESSION,1,1,READ,SELECT,TABLE,public.salary,"SELECT * FROM salary",<none>'
    )
    assert found["action"]["verb"] == "view"
    assert found["actor"]["name"] == "grace"
    assert found["targets"][0]["name"] == "public.salary"


SYSCALL = "type=SYSCALL msg=audit(1772619327.000:{}): arch=c000003e syscall=263 success=yes auid=1001 uid=0"
PATH = 'type=PATH msg=audit(1772619327.000:{}): item=0 name="/srv/pay.csv" nametype=DELETE'
END = "type=EOE msg=audit(1772619327.000:{}): "


def test_audit_lines_are_told_at_their_end_or_after_a_moment() -> None:
    reader = LineReader(None)
    assert reader.take(arrived(SYSCALL.format(1), 1), 0.0) == []
    assert reader.take(arrived(PATH.format(1), 2), 0.0) == []
    (told,) = reader.take(arrived(END.format(1), 3), 0.0)
    assert [line.number for line in told.lines] == [1, 2, 3]
    assert isinstance(told.outcome, Record)
    assert told.outcome.event["targets"] == [{"kind": "file", "name": "/srv/pay.csv"}]
    reader.take(arrived(SYSCALL.format(2), 4), 1.0)
    assert reader.due(1.0 + HELD_SECONDS / 2) == []
    (due,) = reader.due(1.0 + HELD_SECONDS)
    assert [line.number for line in due.lines] == [4]
    (late,) = reader.take(arrived(PATH.format(2), 5), 9.0)
    assert isinstance(late.outcome, Rejected)
    assert late.outcome.reason == "event_already_told"
    (end,) = reader.take(arrived(END.format(2), 6), 9.0)
    assert end.outcome is None


def test_a_flood_of_audit_lines_is_not_held_without_bound() -> None:
    reader = LineReader(None)
    told = [each for n in range(HELD_LINES + 50) for each in reader.take(arrived(SYSCALL.format(n), n), 0.0)]
    assert len(told) == 50


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.binary(max_size=300), st.text(max_size=200).map(lambda text: b"<34>1 " + text.encode())))
def test_any_line_is_a_record_or_told_why_not(data: bytes) -> None:
    for told in read(data):
        assert len(told.lines) == 1
        if isinstance(told.outcome, Record):
            check_event(told.outcome.event)
        elif told.outcome is None:
            assert not data.decode("utf-8", "replace").replace("\0", "").strip()
