"""What leaves as ECS keeps to its categories, and sends ours as a label."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings

from indelible.events.event import check_event
from indelible.events.mapping import to_ecs
from indelible.events.mapping.ecs import ecs_category
from indelible.events.vocabulary import CATEGORIES, VERBS
from tests.events.lawful_events import events
from tests.shared import shared_path

ALLOWED_CATEGORIES = {"authentication", "iam", "database", "file", "configuration", "intrusion_detection"}


def mapped(**event: Any) -> dict[str, Any]:
    return to_ecs(check_event(event))


@pytest.mark.parametrize("category", CATEGORIES)
def test_only_categories_of_the_schema_leave(category: str) -> None:
    told = mapped(action={"verb": "change", "category": category})
    assert set(told["event"].get("category", [])) <= ALLOWED_CATEGORIES
    assert told["labels"]["indelible_category"] == category


def test_money_is_filed_under_no_category_of_theirs() -> None:
    assert "category" not in mapped(action={"verb": "pay", "category": "money"})["event"]


def test_only_what_was_noticed_is_an_intrusion() -> None:
    assert ecs_category("incident", "detect") == ["intrusion_detection"]
    assert ecs_category("incident", "close") == []


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_has_the_types_of_the_catalogue(verb: str) -> None:
    page = shared_path("catalogue.md").read_text("utf-8")
    row = re.search(rf"^\| `{verb}` \|[^|]*\|[^|]*\| (.*?) \|", page[page.index("## 3. Mapping") :], re.M)
    assert row is not None
    expected = [word.strip() for word in re.sub(r"\(.*?\)", "", row[1]).split(",")]
    told = mapped(action={"verb": verb})["event"]
    assert (told["action"], told["type"]) == (verb, expected)


def test_a_strong_right_is_of_type_admin() -> None:
    told = mapped(action={"verb": "grant"}, targets=[{"kind": "admin_account", "name": "root"}])
    assert told["event"]["type"] == ["user", "change", "admin"]


@pytest.mark.parametrize(
    ("outcome", "theirs"),
    [("success", "success"), ("failure", "failure"), ("denied", "failure"), ("partial", "unknown"),
     ("pending", "unknown"), ("unknown", "unknown")],
)  # fmt: skip
def test_an_outcome_becomes_one_of_their_three(outcome: str, theirs: str) -> None:
    told = mapped(action={"verb": "change"}, outcome=outcome)["event"]
    assert told["outcome"] == theirs
    assert ("denied" in told["type"]) == (outcome == "denied")


def test_an_outcome_nobody_told_is_unknown() -> None:
    assert mapped(action={"verb": "change"})["event"]["outcome"] == "unknown"


def test_an_entry_is_named_by_origin_and_index() -> None:
    event = check_event({"occurred_at": "2026-03-03T14:03:00.123456789Z", "action": {"verb": "pay"}})
    told = to_ecs(event, origin="log.example/main", index=7, recorded_at="2026-03-03T14:03:01.000000Z")
    assert told["@timestamp"] == "2026-03-03T14:03:00.123456789Z"
    assert told["event"]["id"] == "log.example/main/7"
    assert told["event"]["created"] == "2026-03-03T14:03:01.000000Z"


@given(events)
@settings(max_examples=200, deadline=None)
def test_any_event_maps_to_json_without_its_original(event: dict[str, Any]) -> None:
    event["original"] = {"text": "as-received-4711-secret"}
    told = json.dumps(to_ecs(check_event(event), recorded_at="2026-03-03T14:03:01.000000Z"))
    assert "as-received-4711-secret" not in told
