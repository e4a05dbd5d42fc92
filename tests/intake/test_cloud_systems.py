"""Exports of cloud platforms and event schemas: other forms and other acts than those of the samples."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.intake.readings import read_json, read_table, read_text

CLAIM = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn"


def gcp(**more: Any) -> dict[str, Any]:
    payload = {
        "methodName": "google.pubsub.v1.Publisher.DeleteTopic",
        "resourceName": "projects/p/topics/t",
        "authenticationInfo": {"principalEmail": "ana@example.com"},
    }
    entry = {
        "insertId": "i1", "logName": "projects/p/logs/activity", "timestamp": "2026-03-04T10:00:00.000000001Z",
        "severity": "NOTICE", "resource": {"type": "project"}, "protoPayload": payload,
    }  # fmt: skip
    return entry | more


def test_a_cloud_method_that_is_on_no_list_is_told_by_its_last_word(tmp_path: Path) -> None:
    payload = {"methodName": "google.example.v9.Frobnicator.Frobnicate", "resourceName": "x"}
    taken = read_json(tmp_path, gcp(), gcp(insertId="i2", protoPayload=payload))
    assert taken.system == "gcp_audit"
    assert taken.acts == [
        ("delete", "google.pubsub.v1.Publisher.DeleteTopic", "success"),
        (None, "google.example.v9.Frobnicator.Frobnicate", "success"),
    ]
    assert "actor_unknown" in taken.events[1]["flags"]


def test_entries_without_an_insert_id_are_never_taken_for_one_another(tmp_path: Path) -> None:
    one, two = gcp(), gcp(severity="ERROR")
    del one["insertId"], two["insertId"]
    taken = read_json(tmp_path, gcp(), one, two)
    assert len(taken.records) == len(taken.known_as) == 3
    assert [record.identity is None for record in taken.records] == [False, True, True]


def test_an_entry_that_is_no_audit_entry_keeps_its_text(tmp_path: Path) -> None:
    plain = gcp(insertId="i9", textPayload="disk is nearly full")
    del plain["protoPayload"]
    event = read_json(tmp_path, gcp(), plain).events[1]
    assert event["extra"]["message"] == "disk is nearly full"
    assert "action" not in event


def test_a_role_that_two_members_got_is_one_change(tmp_path: Path) -> None:
    deltas = [{"action": "ADD", "role": "roles/owner", "member": f"user:{who}"} for who in ("ana", "ben")]
    payload = gcp()["protoPayload"] | {
        "methodName": "SetIamPolicy",
        "serviceData": {"policyDelta": {"bindingDeltas": deltas}},
    }
    changes = read_json(tmp_path, gcp(protoPayload=payload)).events[0]["changes"]
    assert changes == [{"field": "roles/owner", "after": ["user:ana", "user:ben"]}]


@pytest.mark.parametrize(
    ("status", "outcome", "flags"),
    [
        ("Start", "unknown", ["in_progress"]),
        ("Accept", "unknown", ["in_progress"]),
        ("Success", "success", []),
        ("Failure", "failure", []),
        ("0", "success", []),
        ("50126", "failure", []),
        ("Frobbed", "unknown", []),
    ],
)
def test_an_azure_operation_that_has_only_begun_is_no_success(
    tmp_path: Path, status: str, outcome: str, flags: list[str]
) -> None:
    record = {
        "time": "2026-03-04T09:20:00.4410029Z", "resourceId": "/SUBSCRIPTIONS/S/R", "category": "Administrative",
        "operationName": "MICROSOFT.SQL/SERVERS/DELETE", "resultType": status, "resultSignature": "Why.Not",
        "correlationId": "c1", "identity": {"claims": {CLAIM: "ana@example.com"}},
    }  # fmt: skip
    event = read_json(tmp_path, record).events[0]
    assert (event["outcome"], event.get("flags", [])) == (outcome, flags)
    assert event["actor"] == {"email": "ana@example.com"}
    # An explanation beside a success or a beginning is filler.
    assert ("reason" in event) == (not flags and outcome != "success")


def test_azure_records_listed_by_the_command_line_are_the_same_system(tmp_path: Path) -> None:
    record = {
        "eventTimestamp": "2026-03-04T09:20:00.1Z", "caller": "ana@example.com", "correlationId": "c",
        "eventDataId": "e1",
        "operationName": {"value": "Microsoft.Sql/servers/write", "localizedValue": "Update SQL server"},
        "resourceId": "/subscriptions/s/r", "status": {"value": "Succeeded"}, "claims": {"ipaddr": "192.0.2.1"},
    }  # fmt: skip
    taken = read_json(tmp_path, record)
    assert taken.system == "azure_activity"
    assert taken.acts == [("change", "Update SQL server", "success")]
    assert taken.events[0]["source"]["id"] == "e1"


def test_pages_that_lie_one_a_line_give_their_records(tmp_path: Path) -> None:
    def page(*numbers: int) -> str:
        same = {"resourceId": "/S/R", "category": "Administrative", "operationName": "X/DELETE", "level": "4"}
        records = [
            {"time": f"2026-03-04T09:00:0{n}Z", "resultType": "Success", "correlationId": str(n), **same}
            for n in numbers
        ]
        return json.dumps({"records": records}) + "\n"

    taken = read_text(tmp_path, page(1, 2) + page(3) + '{"records": [{"time": "2026', "capture.json")
    assert taken.system == "azure_activity"
    assert len(taken.events) == 3
    assert len(taken.outcomes) == 4


@pytest.mark.parametrize(
    ("code", "outcome"), [(0, "success"), (50126, "failure"), (50074, "partial"), (53003, "denied")]
)
def test_sign_ins_from_the_graph_read_like_those_of_the_portal(
    tmp_path: Path, code: int, outcome: str
) -> None:
    record = {
        "id": "s1", "createdDateTime": "2026-03-04T08:00:00Z", "userPrincipalName": "ana@example.com",
        "ipAddress": "192.0.2.1", "appDisplayName": "Portal", "clientAppUsed": "Browser",
        "status": {"errorCode": code, "failureReason": "Why"},
        "location": {"city": "Oslo", "countryOrRegion": "NO"},
    }  # fmt: skip
    taken = read_text(tmp_path, json.dumps({"value": [record], "@odata.nextLink": "https://example.com/2"}))
    assert taken.system == "entra_signin"
    assert taken.acts == [("sign_in", "Sign-in", outcome)]
    assert ("reason" in taken.events[0]) == (outcome != "success")
    assert "more_pages_at_source" in taken.codes


def test_directory_changes_tell_before_and_after(tmp_path: Path) -> None:
    record = {
        "id": "d1", "activityDateTime": "2026-03-04T08:00:00.1234567Z", "activityDisplayName": "Update user",
        "result": "success",
        "initiatedBy": {"user": {"userPrincipalName": "ana@example.com", "id": "u1"}},
        "targetResources": [{"id": "u2", "type": "User", "userPrincipalName": "ben@example.com", "modifiedProperties": [
            {"displayName": "Department", "oldValue": '"Sales"', "newValue": '["Finance"]'},
            {"displayName": "Included Updated Properties", "oldValue": None, "newValue": '"Department"'},
        ]}],
    }  # fmt: skip
    event = read_json(tmp_path, record).events[0]
    assert event["changes"] == [{"field": "Department", "before": "Sales", "after": ["Finance"]}]
    assert event["targets"][0] == {"kind": "user_account", "id": "u2", "name": "ben@example.com"}


def ocsf(**more: Any) -> dict[str, Any]:
    event = {
        "class_uid": 3002, "activity_id": 1, "type_uid": 300201, "time": 1772619322123, "severity_id": 1,
        "status_id": 1,
        "metadata": {"uid": "m1", "product": {"name": "P"}}, "user": {"name": "ana", "uid": "u1"},
    }  # fmt: skip
    return event | more


def test_a_sign_in_that_names_its_user_only_was_done_by_that_user(tmp_path: Path) -> None:
    taken = read_json(tmp_path, ocsf())
    assert taken.events[0]["actor"] == {"id": "u1", "name": "ana"}
    # The name of the activity is optional; the number tells it.
    assert taken.acts == [("sign_in", "300201", "success")]


def test_an_activity_without_a_number_of_ours_keeps_its_own_name(tmp_path: Path) -> None:
    odd = ocsf(class_uid=6005, type_uid=600599, activity_name="Frobnicate", status_id=99)
    assert read_json(tmp_path, odd).acts == [(None, "Frobnicate", "unknown")]


def test_equal_ids_of_two_products_are_two_events(tmp_path: Path) -> None:
    other = {"uid": "m1", "product": {"name": "Q"}}
    assert len(read_json(tmp_path, ocsf(), ocsf(metadata=other)).known_as) == 2


HIT = {"_index": "audit", "_id": "h1", "_source": {
    "@timestamp": "2026-03-04T10:15:22.123Z", "event": {"action": "file-deleted", "outcome": "success"},
    "user.name": "ana", "user": {"id": "7"}, "file": {"path": "/a"},
}}  # fmt: skip


def test_hits_of_a_search_are_events(tmp_path: Path) -> None:
    taken = read_text(
        tmp_path,
        json.dumps({"took": 3, "hits": {"total": {"value": 900}, "hits": [HIT, HIT | {"_id": "h2"}]}}),
    )
    assert taken.system == "ecs"
    assert [event["source"]["id"] for event in taken.events] == ["h1", "h2"]
    assert "source_says_more_rows" in taken.codes
    assert taken.events[0]["actor"] == {"id": "7", "name": "ana"}
    assert taken.acts[0] == ("delete", "file-deleted", "success")


def test_a_table_with_keys_of_the_schema_is_read_by_it(tmp_path: Path) -> None:
    row = {
        "@timestamp": "Mar 4, 2026 @ 10:15:22.123",
        "event.action": "user-login",
        "event.outcome": "failure",
        "user.name": "ana",
        "source.ip": "192.0.2.1",
    }
    taken = read_table(tmp_path, row, timezone="UTC")
    assert taken.system == "ecs"
    assert taken.events[0]["occurred_at"] == "2026-03-04T10:15:22.123Z"
    assert taken.events[0]["context"]["ip"] == "192.0.2.1"
    assert taken.acts == [("sign_in", "user-login", "failure")]


def test_a_table_that_only_sounds_like_the_schema_is_not_read_by_it(tmp_path: Path) -> None:
    row = {
        "Timestamp": "2026-03-04T10:15:22Z",
        "User name": "ana",
        "Event type": "update",
        "Source IP": "192.0.2.1",
        "Object": "o-1",
    }
    taken = read_table(tmp_path, row)
    assert taken.system == "generic_csv"
    assert taken.events[0]["targets"][0]["name"] == "o-1"
