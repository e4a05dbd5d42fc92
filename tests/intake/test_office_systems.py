"""Exports of the systems that teams work with: other forms and other acts than those of the samples."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from indelible.intake import reading
from tests.intake.readings import read_json, read_table, read_text
from tests.intake.test_sheets import workbook


def slack(action: str, number: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "id": f"s{number}", "date_create": 1772626140, "action": action, "details": {},
        "actor": {"type": "user", "user": {"id": "U1", "name": "Ana", "email": "ana@example.com"}},
        "entity": {"type": "channel", "channel": {"id": "C1", "name": "general"}}, "context": {"ip_address": None},
    } | more  # fmt: skip


def test_slack_acts_off_the_list_are_told_by_their_ending_or_by_their_own_word(tmp_path: Path) -> None:
    said = ["pref.some_new_pref", "workflow_deleted", "huddle_frobnicated", "app_resources_failed"]
    taken = read_json(tmp_path, *(slack(word, number) for number, word in enumerate(said)))
    assert taken.system == "slack"
    assert taken.acts == [
        ("change", said[0], "success"), ("delete", said[1], "success"),
        (None, said[2], "success"), (None, said[3], "failure"),
    ]  # fmt: skip


def test_an_entity_of_a_new_type_is_still_named_and_one_without_details_is_none(tmp_path: Path) -> None:
    new = slack("orb_created", entity={"type": "orb", "orb": {"id": "O1", "name": "crystal"}})
    bare = slack(
        "orb_created", 2, entity={"type": "orb"}, actor={"type": "app", "app": {"id": "A1", "name": "Bot"}}
    )
    first, second = read_json(tmp_path, new, bare).events
    assert first["targets"] == [{"id": "O1", "name": "crystal"}]
    assert "targets" not in second
    assert second["actor"] == {"id": "A1", "name": "Bot", "kind": "service"}


def test_an_entry_alone_in_its_file_is_one_record(tmp_path: Path) -> None:
    entry = slack("user_login", details={"channels": [{"id": "C1"}, {"id": "C2"}]})
    for text in (json.dumps(entry), json.dumps(entry, indent=2)):
        assert [event["source"]["id"] for event in read_text(tmp_path, text).events] == ["s1"]
    two = json.dumps(entry, indent=2) + json.dumps(entry | {"id": "s2"}, indent=2)
    assert [event["source"]["id"] for event in read_text(tmp_path, two).events] == ["s1", "s2"]


def test_a_live_cursor_says_that_there_is_more(tmp_path: Path) -> None:
    for cursor, told in (("dXNlcjpV", True), ("", False)):
        page = {"entries": [slack("user_login")], "response_metadata": {"next_cursor": cursor}}
        assert ("more_pages_at_source" in read_text(tmp_path, json.dumps(page)).codes) == told


def dropbox(event: str, **more: Any) -> dict[str, Any]:
    return {
        "timestamp": "2026-03-04T08:00:00Z", "event_category": {".tag": "x"}, "event_type": {".tag": event},
        "actor": {".tag": "app", "app": {".tag": "team_app", "app_id": "a:1", "display_name": "Sync"}},
        "details": {".tag": "d"}, "assets": [], "participants": [], "origin": {},
    } | more  # fmt: skip


def test_dropbox_settings_and_apps_off_the_list_are_told(tmp_path: Path) -> None:
    pair = {"previous_value": {".tag": "on"}, "new_value": {".tag": "off"}}
    taken = read_json(tmp_path, dropbox("two_account_change_policy", details=pair), dropbox("zorch"))
    assert taken.acts == [("change", "two_account_change_policy", "success"), (None, "zorch", "success")]
    first = taken.events[0]
    assert first["changes"] == [{"before": "on", "after": "off"}]
    assert first["actor"] == {"id": "a:1", "name": "Sync", "kind": "service"}


def test_a_group_that_took_part_is_a_role_and_a_move_needs_both_ends(tmp_path: Path) -> None:
    group = [{".tag": "group", "group": {"group_id": "g:1", "display_name": "Finance"}}]
    lost_end = {"relocate_action_details": [{"src_asset_index": 7, "dest_asset_index": True}]}
    first, second = read_json(
        tmp_path, dropbox("group_add_member", participants=group), dropbox("file_move", details=lost_end)
    ).events
    assert first["targets"] == [{"kind": "role", "id": "g:1", "name": "Finance"}]
    assert "changes" not in second


@pytest.mark.parametrize(
    ("category", "kind", "outcome"),
    [
        ("success", "credentials_ok", "success"),
        ("credentials_failed", "password_secret_bad", "failure"),
        ("firewall_failed", "continent_rejected", "denied"),
        ("something_new", "odd", "unknown"),
    ],
)
def test_sign_in_attempts_of_1password(tmp_path: Path, category: str, kind: str, outcome: str) -> None:
    attempt = {
        "uuid": "a1", "timestamp": "2026-03-04T07:00:00Z", "category": category, "type": kind, "country": "NO",
        "target_user": {"uuid": "U1", "name": "Ana", "email": "ana@example.com"}, "client": {"ip_address": "192.0.2.1"},
    }  # fmt: skip
    event = read_json(tmp_path, attempt).events[0]
    assert (event["outcome"], event["actor"]["email"], event["context"]["ip"]) == (
        outcome,
        "ana@example.com",
        "192.0.2.1",
    )
    assert event.get("reason") == (kind if outcome != "success" else None)


def test_use_of_an_item_is_a_view_of_a_credential(tmp_path: Path) -> None:
    usage = {
        "uuid": "i1", "timestamp": "2026-03-04T07:00:00Z", "vault_uuid": "V", "item_uuid": "I", "used_version": 2,
        "action": "reveal", "user": {"uuid": "U1", "email": "ana@example.com"}, "client": {"ip_address": "192.0.2.1"},
    }  # fmt: skip
    event = read_json(tmp_path, usage).events[0]
    assert event["targets"] == [{"kind": "credential", "id": "I"}]
    assert event["action"]["verb"] == "view"


def test_an_envelope_has_to_be_told_and_a_new_step_of_it_keeps_its_word(tmp_path: Path) -> None:
    pairs = {"logTime": "2026-03-03T15:00:01.1234567Z", "Action": "Blessed", "UserName": "Ana"}
    record = {"eventFields": [{"name": name, "value": value} for name, value in pairs.items()]}
    path = tmp_path / "x.json"
    path.write_text(json.dumps({"auditEvents": [record, record]}))
    assert [question.given for question in reading.survey(path, "x.json").questions] == ["target"]
    taken = read_json(tmp_path, record, target="env-1")
    assert taken.acts == [(None, "Blessed", "success")]
    assert taken.events[0]["targets"] == [{"kind": "signature_envelope", "id": "env-1"}]


def test_a_user_event_of_keycloak_that_failed_says_why(tmp_path: Path) -> None:
    event = {
        "time": 1772600400001, "type": "LOGIN_ERROR", "realmId": "r", "clientId": "c", "userId": None,
        "ipAddress": "192.0.2.1", "error": "invalid_user_credentials", "details": {"username": "ana"},
    }  # fmt: skip
    taken = read_json(tmp_path, event)
    assert taken.acts == [("sign_in", "LOGIN_ERROR", "failure")]
    assert taken.events[0]["reason"] == "invalid_user_credentials"
    assert taken.events[0]["actor"] == {"name": "ana"}


def test_what_keycloak_took_away_is_the_state_before(tmp_path: Path) -> None:
    event = {
        "time": 1772600400001, "operationType": "DELETE", "resourceType": "REALM_ROLE_MAPPING", "realmId": "r",
        "authDetails": {"userId": "u1"}, "resourcePath": "users/1/role-mappings/realm",
        "representation": '[{"name": "admin"}]',
    }  # fmt: skip
    taken = read_json(tmp_path, event)
    assert taken.acts == [("revoke", "DELETE", "success")]
    assert taken.events[0]["changes"] == [{"before": [{"name": "admin"}]}]


def test_confluence_says_the_same_as_jira_in_other_words(tmp_path: Path) -> None:
    record = {
        "author": {"displayName": "Ana", "accountId": "5b"}, "creationDate": 1772619322611,
        "summary": "Space permission added", "remoteAddress": "192.0.2.1",
        "affectedObject": {"name": "HR", "objectType": "Space"},
        "changedValues": [{"name": "Type", "oldValue": "", "newValue": "ADMINISTER"}],
    }  # fmt: skip
    event = read_json(tmp_path, record).events[0]
    assert event["source"]["system"] == "atlassian_confluence"
    assert event["changes"] == [{"field": "Type", "before": "", "after": "ADMINISTER"}]
    assert event["occurred_at"] == "2026-03-04T10:15:22.611Z"


def test_the_last_of_several_pages_still_lacks_what_the_others_hold(tmp_path: Path) -> None:
    record = {
        "id": 1, "summary": "User created", "created": "2026-03-04T10:15:22.611+0000", "category": "x",
        "authorKey": "a", "objectItem": {"name": "b"},
    }  # fmt: skip
    for total, told in ((2, True), (1, False)):
        page = {"offset": 0, "limit": 1000, "total": total, "records": [record]}
        assert ("source_says_more_rows" in read_text(tmp_path, json.dumps(page)).codes) == told


def test_shop_events_fail_by_their_verb(tmp_path: Path) -> None:
    event = {
        "id": 9007199254740995, "subject_id": 1, "subject_type": "Order", "verb": "capture_failure", "author": "Sam",
        "created_at": "2026-03-08T01:59:59-05:00", "arguments": [], "message": "x",
    }  # fmt: skip
    taken = read_json(tmp_path, event)
    assert taken.acts == [("pay", "capture_failure", "failure")]
    assert taken.events[0]["targets"] == [{"kind": "order", "id": "1"}]


def elf(event: str, **more: str) -> dict[str, str]:
    return {
        "EVENT_TYPE": event, "TIMESTAMP": "20260304071911.207", "REQUEST_ID": "r", "ORGANIZATION_ID": "o",
        "USER_ID": "005", "TIMESTAMP_DERIVED": "", "CLIENT_IP": "192.0.2.1",
    } | more  # fmt: skip


@pytest.mark.parametrize(
    ("row", "act"),
    [
        (elf("ReportExport", REPORT_ID="00O1"), ("export", "ReportExport", "success")),
        (elf("Login", LOGIN_STATUS="LOGIN_ERROR_RESTRICTED_IP"), ("sign_in", "Login", "denied")),
        (elf("ApexExecution", REQUEST_STATUS="F"), (None, "ApexExecution", "failure")),
        (elf("NewThing"), (None, "NewThing", "success")),
    ],
)
def test_log_files_of_other_event_types(tmp_path: Path, row: dict[str, str], act: tuple[Any, ...]) -> None:
    taken = read_table(tmp_path, row)
    assert taken.system == "salesforce_elf"
    assert taken.acts == [act]
    assert taken.events[0]["occurred_at"] == "2026-03-04T07:19:11.207Z"


def hubspot(category: str, part: str, action: str) -> dict[str, str]:
    return {"Category": category, "Subcategory": part, "Action": action, "Modified by": "ana@example.com",
            "Date": "2026-03-04 10:17 CET", "Object ID": "", "Event source": "Web", "Location": ""}  # fmt: skip


def test_acts_of_the_customer_system_follow_from_three_columns(tmp_path: Path) -> None:
    taken = read_table(
        tmp_path, hubspot("Login", "Login Succeeded", "Perform"), hubspot("Login", "Login Failed", "Perform"),
        hubspot("CRM object", "Contact", "Delete"), hubspot("Zorch", "Zorch", "Zorch"),
    )  # fmt: skip
    assert taken.acts == [
        ("sign_in", "Perform", "success"), ("sign_in", "Perform", "failure"),
        ("delete", "Delete", "success"), (None, "Zorch", "success"),
    ]  # fmt: skip
    assert taken.events[2]["targets"][0] == {"kind": "customer", "name": "Contact"}


def trail(first_line: str, moment: float, **options: bool) -> bytes:
    def write(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet("Audit Trail")
        sheet.write(0, 0, first_line)
        sheet.write_row(2, 0, ["Business Process Transaction", "Effective Date", "Entry Moment", "By User",
                               "Changed Attribute", "Old Value", "New Value"])  # fmt: skip
        sheet.write_row(3, 0, ["Change Job: Ana", 1, moment, "Ben", "Pay", 5000, 5200.5])
        sheet.write_row(4, 0, ["Change Job: Ana", 1, moment + 0.5, "Ben", "Grade", "7", -8])

    return workbook(write, **options)


@pytest.mark.parametrize(("epoch_1904", "moment"), [(False, 46085.42733796296), (True, 44623.42733796296)])
def test_both_epochs_of_excel_give_the_same_instant(tmp_path: Path, epoch_1904: bool, moment: float) -> None:
    data = trail("Time zone (UTC+01:00) Central European Time", moment, date_1904=epoch_1904)
    taken = read_text(tmp_path, data, "trail.xlsx", timezone="Europe/Berlin")
    assert taken.system == "workday"
    assert taken.events[0]["occurred_at"] == "2026-03-04T09:15:22Z"
    assert ("date_system_1904" in taken.codes) == epoch_1904
    # A whole number in its sheet is a number; a text of digits is text; a fraction is kept as it is shown.
    assert taken.events[0]["changes"] == [{"before": 5000, "after": "5200.5"}]
    assert taken.events[1]["changes"] == [{"before": "7", "after": -8}]


@pytest.mark.parametrize(
    ("line", "choices", "told"),
    [
        ("Time zone (UTC+01:00) Central European Time", ["Europe/Berlin"], True),
        ("Zeitzone: Mitteleuropäische Zeit", ["Europe/Berlin"], True),
        ("Time zone (UTC-05:00) Eastern Time (US & Canada)", ["America/New_York"], True),
        ("Time zone: local", [], True),
        ("View Audit Trail", [], False),
    ],
)
def test_a_zone_above_the_columns_is_offered_never_taken(
    tmp_path: Path, line: str, choices: list[str], told: bool
) -> None:
    path = tmp_path / "trail.xlsx"
    path.write_bytes(trail(line, 46085.5))
    found = reading.survey(path, "trail.xlsx")
    (question,) = found.questions
    assert (question.given, question.choices) == ("timezone", choices)
    assert (question.example == line) == told
    assert ("time_zone_from_preamble" in {notice.code for notice in found.notices}) == told


def test_a_zone_of_the_database_above_the_columns_is_taken(tmp_path: Path) -> None:
    taken = read_text(tmp_path, trail("Time zone: America/New_York", 46085.5), "trail.xlsx")
    assert taken.events[0]["occurred_at"] == "2026-03-04T17:00:00Z"
    assert taken.events[0]["time"]["basis"] == "source"
    assert "time_zone_from_preamble" in taken.codes
