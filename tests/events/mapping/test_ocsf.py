"""What leaves as OCSF carries the numbers of the schema, and nothing that the receiver may not see."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings

from indelible.events.event import check_event
from indelible.events.mapping import to_ocsf
from indelible.events.mapping.ocsf import ocsf_type
from indelible.events.vocabulary import VERBS
from tests.events.lawful_events import events
from tests.shared import shared_path

DEFAULTS = {
    "create": 600301, "view": 600302, "search": 600105, "change": 600303, "delete": 600304, "restore": 600608,
    "move": 600607, "merge": 600399, "import": 600106, "export": 600107, "share": 600612, "unshare": 600613,
    "send": 400901, "receive": 400902, "sign_in": 300201, "sign_out": 300202, "grant": 300503, "revoke": 300504,
    "enable": 300102, "disable": 300105, "lock": 300109, "unlock": 300112, "reset": 300104, "assign": 300403,
    "issue": 300406, "return": 300407, "request": 600399, "submit": 600399, "approve": 600399, "reject": 600399,
    "review": 600399, "sign": 600399, "override": 600399, "pay": 600399, "post": 600301, "void": 600399,
    "refund": 600399, "open": 600399, "close": 600399, "escalate": 200502, "note": 600399, "notify": 600399,
    "start": 100806, "stop": 100807, "detect": 200401, "verify": 100899, "seal": 100899, "backup": 600399,
    "place_hold": 600399, "release_hold": 600399, "erase": 600304, "dispose": 300404, "hand_over": 600612,
    "enter": 99, "exit": 99,
}  # fmt: skip


def mapped(verb: str, *kinds: str, **more: Any) -> dict[str, Any]:
    event: dict[str, Any] = {"action": {"verb": verb}, **more}
    if kinds:
        event["targets"] = [{"kind": kind, "name": "Q"} for kind in kinds]
    return to_ocsf(check_event(event))


def test_every_verb_has_a_number() -> None:
    assert set(DEFAULTS) == set(VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_the_type_is_class_times_100_plus_activity(verb: str) -> None:
    told = mapped(verb)
    assert told["type_uid"] == DEFAULTS[verb] == told["class_uid"] * 100 + told["activity_id"]
    assert told["category_uid"] == told["class_uid"] // 1000
    assert told["type_name"] == f"{told['class_name']}: {told['activity_name']}"
    if told["activity_id"] == 99:
        assert told["activity_name"] == verb


@pytest.mark.parametrize("verb", VERBS)
def test_the_numbers_are_those_of_the_catalogue(verb: str) -> None:
    page = shared_path("catalogue.md").read_text("utf-8")
    row = re.search(rf"^\| `{verb}` \| (.*?) \| (.*?) \|", page[page.index("## 3. Mapping") :], re.M)
    assert row is not None
    told = {(int(c), int(a)) for c, a in re.findall(r"(\d{4})/(\d+)", row[1])}
    default = ocsf_type(verb, [])
    assert default in told or (default == (0, 99) and row[1].startswith("0 Base Event"))
    if row[2].startswith("3007/"):
        assert ocsf_type(verb, [], "1.9") == (3007, int(row[2].split()[0].split("/")[1]))
    else:
        assert ocsf_type(verb, [], "1.9") == default


@pytest.mark.parametrize(
    ("verb", "kind", "number"),
    [
        ("create", "user_account", 300401),
        ("view", "file", 600614),
        ("move", "device", 300405),
        ("export", "customer.file", 600602),
        ("grant", "door_right", 300501),
        ("revoke", "api_key", 300502),
        ("open", "breach", 200501),
        ("close", "safety_case", 200503),
        ("start", "service_account", 600203),
        ("stop", "ai_agent", 600204),
    ],
)
def test_some_things_have_a_class_of_their_own(verb: str, kind: str, number: int) -> None:
    assert mapped(verb, kind)["type_uid"] == number


@pytest.mark.parametrize(
    ("outcome", "status_id", "status"),
    [
        ("success", 1, "Success"),
        ("failure", 2, "Failure"),
        ("denied", 2, "Failure"),
        ("partial", 99, "partial"),
        ("pending", 99, "pending"),
        ("unknown", 0, "Unknown"),
    ],
)
def test_the_outcome_keeps_its_shade(outcome: str, status_id: int, status: str) -> None:
    told = mapped("change", outcome=outcome)
    assert (told["status_id"], told["status"]) == (status_id, status)
    assert (told.get("status_detail") == "denied") == (outcome == "denied")


def test_an_entry_is_named_by_origin_and_index() -> None:
    event = check_event({"occurred_at": "2026-03-03T14:03:00.123999Z", "action": {"said": "Invoice Edited"}})
    told = to_ocsf(event, origin="log.example/main", index=0, recorded_at="2026-03-03T14:03:01.000000Z")
    assert told["metadata"]["uid"] == "log.example/main/0"
    assert told["metadata"]["logged_time"] == told["time"] + 877
    assert told["time"] == 1772546580123
    assert (told["class_uid"], told["activity_name"]) == (0, "Invoice Edited")


def test_a_time_of_recording_is_not_passed_off_as_the_time_it_happened() -> None:
    told = to_ocsf(check_event({"action": {"verb": "pay"}}), recorded_at="2026-03-03T14:03:01.000000Z")
    assert told["unmapped"]["time_is"] == "when it was recorded"


def test_a_reason_for_a_refusal_is_not_lost() -> None:
    told = mapped("change", outcome="denied", reason="over the limit")
    assert told["status_detail"] == "denied"
    assert told["unmapped"]["reason"] == "over the limit"


@given(events)
@settings(max_examples=200, deadline=None)
def test_any_event_maps_to_json_without_its_original(event: dict[str, Any]) -> None:
    event["original"] = {"text": "as-received-4711-secret"}
    told = json.dumps(
        to_ocsf(check_event(event), origin="o", index=1, recorded_at="2026-03-03T14:03:01.000000Z")
    )
    assert "as-received-4711-secret" not in told
    assert "raw_data" not in told
