"""Messages that services send by themselves: who, what, on what and when, without asking."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from indelible.events.sentence import tell
from indelible.intake import reading
from indelible.intake.given import Given
from indelible.intake.limits import Limits

WHO = {"sender": {"login": "octocat", "type": "User"}}
WHERE = {
    "repository": {"full_name": "acme/site", "pushed_at": 1764500000, "updated_at": "2026-01-01T00:00:00Z"}
}


def read(path: Path, message: Any) -> tuple[str, list[Any]]:
    """Return the system that a message was taken for, and its records."""
    file = path / "message.json"
    file.write_text(json.dumps(message), encoding="utf-8")
    survey = reading.survey(file, "message.json", given=Given(), mapping=None, limits=Limits())
    try:
        assert not survey.questions
        return survey.system, list(reading.read(survey))
    finally:
        survey.close()


def github(event: str, body: dict[str, Any]) -> list[Any]:
    return [{"x-github-event": event, "x-github-delivery": "d-1", "body": {**WHO, **WHERE, **body}}]


@pytest.mark.parametrize(
    ("message", "sentence", "when"),
    [
        (
            github("push", {"ref": "refs/heads/main", "commits": [{"id": "1"}, {"id": "2"}]}),
            "octocat changed the code of refs/heads/main",
            "2025-11-30T10:53:20Z",
        ),
        (
            github(
                "pull_request",
                {"action": "closed", "pull_request": {"title": "Fix", "updated_at": "2026-11-01T10:00:00Z"}},
            ),
            "octocat finished a software change of Fix",
            "2026-11-01T10:00:00Z",
        ),
        # GitHub tells no moment here: none is invented from the repository's own times.
        (github("member", {"action": "added", "member": {"login": "ben"}}), "octocat granted access to ben", None),
        (github("team_add", {"team": {"name": "ops"}}), "octocat granted the role ops", None),
        # An event that nobody described keeps its own name, and is not said to have created the repository.
        (github("star", {"action": "created"}), "octocat did “star.created” on acme/site", None),
        (github("brand_new", {}), "octocat did “brand_new” on acme/site", None),
    ],
)  # fmt: skip
def test_messages_of_github_are_told(tmp_path: Path, message: Any, sentence: str, when: str | None) -> None:
    system, records = read(tmp_path, message)
    assert system == "github"
    assert [tell(record.event).text for record in records] == [sentence]
    assert records[0].event.get("occurred_at") == when
    assert records[0].event["extra"]["delivery"] == "d-1"


def slack(event: dict[str, Any]) -> list[Any]:
    return [
        {
            "team_id": "T1",
            "api_app_id": "A1",
            "type": "event_callback",
            "event_id": "Ev1",
            "event_time": 1764500000,
            "authorizations": [{"user_id": "U9"}, {"user_id": "U8"}],
            "event": event,
        }
    ]


def test_messages_of_slack_are_told_by_their_inner_event(tmp_path: Path) -> None:
    system, [record] = read(tmp_path, slack({"type": "file_shared", "user_id": "U1", "file": {"id": "F1"}}))
    assert system == "slack"
    assert tell(record.event).text == "U1 shared the file F1"
    assert record.event["source"]["id"] == "Ev1"
    assert record.event["occurred_at"] == "2025-11-30T10:53:20Z"
    _, [joined] = read(tmp_path, slack({"type": "team_join", "user": {"id": "U1", "real_name": "Ben Ito"}}))
    assert "actor" not in joined.event  # who let the new person in is not told
    assert joined.event["targets"] == [{"kind": "user_account", "id": "U1", "name": "Ben Ito"}]
    _, [limited] = read(
        tmp_path, [{"type": "app_rate_limited", "minute_rate_limited": 1764500000, "api_app_id": "A1"}]
    )
    assert limited.event["action"]["said"] == "app_rate_limited"


def test_a_message_of_stripe_is_one_record_whatever_lists_are_in_it(tmp_path: Path) -> None:
    invoice = {"id": "in_1", "object": "invoice", "lines": {"data": [{"a": 1}, {"b": 2}]}}
    event = {
        "id": "evt_1",
        "object": "event",
        "api_version": "2026-01-01",
        "created": 1764500000,
        "data": {"object": invoice},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None},
        "type": "invoice.paid",
    }
    system, [record] = read(tmp_path, [event])
    assert (system, record.event["source"]["id"]) == ("stripe", "evt_1")
    thin = {
        "id": "evt_2",
        "object": "v2.core.event",
        "type": "v2.core.account.closed",
        "livemode": False,
        "created": "2026-11-30T10:00:00Z",
        "related_object": {"id": "acct_1", "type": "v2.core.account"},
    }
    system, [record] = read(tmp_path, [thin])
    assert (system, record.event["action"]["said"]) == ("stripe", "v2.core.account.closed")
    assert record.event["targets"] == [{"id": "acct_1", "name": "v2.core.account"}]


def test_a_message_of_okta_holds_entries_of_its_system_log(tmp_path: Path) -> None:
    entry = {
        "uuid": "u-1",
        "published": "2026-11-30T09:59:58.000Z",
        "eventType": "user.lifecycle.create",
        "displayMessage": "Create okta user",
        "severity": "INFO",
        "actor": {"id": "00u", "type": "User", "alternateId": "ana@x.example", "displayName": "Ana"},
        "outcome": {"result": "SUCCESS", "reason": None},
        "target": [{"id": "00x", "type": "User", "alternateId": "ben@x.example", "displayName": "Ben"}],
    }
    message = {
        "eventType": "com.okta.event_hook",
        "eventId": "e-1",
        "eventTime": "2026-11-30T10:00:00.000Z",
        "data": {"events": [entry, {**entry, "uuid": "u-2"}]},
    }
    system, records = read(tmp_path, message)
    assert system == "okta"
    assert [record.event["source"]["id"] for record in records] == ["u-1", "u-2"]
    assert tell(records[0].event).text == "Ana created the account of ben@x.example"


def test_a_message_of_shopify_is_told_by_its_topic(tmp_path: Path) -> None:
    order = {
        "id": 1,
        "admin_graphql_api_id": "gid://shopify/Order/1",
        "name": "#1001",
        "line_items": [{"id": 2}],
    }
    message = [
        {
            "x-shopify-topic": "orders/paid",
            "x-shopify-triggered-at": "2026-11-30T10:00:00.123Z",
            "x-shopify-webhook-id": "w-1",
            "body": order,
        }
    ]
    system, [record] = read(tmp_path, message)
    assert system == "shopify"
    assert record.event["action"]["verb"] == "pay"
    assert record.event["targets"][0]["name"] == "#1001"
