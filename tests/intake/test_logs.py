# ruff: noqa: E501 - lines of logs stand here as their programs write them
"""Lines of logs: syslog of both generations, CEF and LEEF, Linux audit records, Jamf."""

from pathlib import Path
from typing import Any

import pytest

from indelible.events.event import check_event
from indelible.intake import reading
from indelible.intake.errors import IntakeError
from indelible.intake.logs import read_line
from indelible.intake.logs.auditd import _HELD_LINES
from indelible.intake.reading import Given, Record, Rejected

HERE = Given(timezone="Europe/Oslo", received="2026-01-02T08:00:00Z")


def outcomes(folder: Path, text: str | bytes, given: Given = HERE) -> list[reading.Outcome]:
    path = folder / "app.log"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    found = reading.survey(path, path.name, given=given)
    assert found.questions == []
    results = list(reading.read(found))
    assert len(results) == found.expected
    return results


def events(folder: Path, text: str | bytes, given: Given = HERE) -> list[Any]:
    found = [each.event for each in outcomes(folder, text, given) if isinstance(each, Record)]
    for event in found:
        check_event(event)
    return found


def told(line: str) -> dict[str, Any]:
    found = read_line(line)
    assert found is not None
    return found[1].record


def test_structured_data_is_unescaped_and_what_is_not_said_is_left_out() -> None:
    record = told(
        r'<34>1 2026-03-04T10:15:22Z - app - - [a@1 x="1 \"q\" \] \\ \n"][b@1 Y="2" Y="3"] ' + "\ufefftext"
    )
    assert record["structured_data"] == {"a@1": {"x": '1 "q" ] \\ \\n'}, "b@1": {"Y": "2, 3"}}
    assert record["data"] == {"x": '1 "q" ] \\ \\n', "y": "2, 3"}
    assert record["message"] == "text"
    assert not {"host", "process_id", "msgid"} & record.keys()


def test_what_the_standard_says_about_the_message_is_no_fact_of_the_act(tmp_path: Path) -> None:
    line = (
        '<34>1 2026-03-04T10:15:22Z h app - ID [origin ip="192.0.2.1" user="x"][timeQuality tzKnown="0"] m\n'
    )
    event = events(tmp_path, line)[0]
    assert "context" not in event
    assert "actor" not in event
    assert event["extra"]["structured_data"]["origin"]["ip"] == "192.0.2.1"


def test_broken_structured_data_is_kept_as_text_and_flagged(tmp_path: Path) -> None:
    event = events(tmp_path, '<34>1 2026-03-04T10:15:22Z h app - ID [a@1 x="1] oh\n')[0]
    assert "structured_data_unreadable" in event["flags"]
    assert event["extra"]["message"] == '[a@1 x="1] oh'


@pytest.mark.parametrize(
    ("line", "time"),
    [
        ("<34>Oct 11 22:14:15 mymachine su: 'su root' failed", "Oct 11 22:14:15"),
        ("Oct 11 22:14:15 mymachine su: x", "Oct 11 22:14:15"),
        ("Jan  1 2026 00:00:01 host app[1]: x", "Jan  1 2026 00:00:01"),
        ("2026-03-04T10:15:22.003456+01:00 host sshd[1]: x", "2026-03-04T10:15:22.003456+01:00"),
        ("<13>just a message", None),
    ],
)
def test_the_older_syslog_is_read_as_servers_really_write_it(line: str, time: str | None) -> None:
    found = read_line(line)
    assert found is not None
    assert found[0] == "syslog_3164"
    assert found[1].record.get("timestamp") == time


def test_a_year_is_asked_for_and_never_invented(tmp_path: Path) -> None:
    path = tmp_path / "auth.log"
    path.write_text("Feb 29 12:00:00 h sshd[1]: x\nMar  1 12:00:00 h sshd[1]: x\n")
    found = reading.survey(path, path.name)
    assert {question.code for question in found.questions} == {"year_needed", "time_zone_needed"}
    read = [
        [event.get("occurred_at") for event in events(tmp_path, path.read_bytes(), Given("UTC", None, day))]
        for day in ("2026-03-02T00:00:00Z", "2024-03-02T00:00:00Z", "2025-03-02T00:00:00Z")
    ]
    assert read == [
        [None, "2026-03-01T12:00:00Z"],
        ["2024-02-29T12:00:00Z", "2024-03-01T12:00:00Z"],
        [None, "2025-03-01T12:00:00Z"],
    ]


def test_a_name_with_from_in_it_cannot_put_another_address_into_the_record(tmp_path: Path) -> None:
    line = "Jan  1 00:00:01 h sshd[1]: Failed password for invalid user a from 192.0.2.1 port 1 from 203.0.113.9 port 22 ssh2\n"
    event = events(tmp_path, line)[0]
    assert event["context"]["ip"] == "203.0.113.9"
    assert event["actor"]["name"] == "a from 192.0.2.1 port 1"


@pytest.mark.parametrize(
    ("message", "actor", "target", "outcome", "verb"),
    [
        ("sshd[1]: Accepted publickey for ana from 192.0.2.1 port 9 ssh2: ED25519 SHA256:x", "ana", "h", "success", "sign_in"),
        ("sshd[1]: Invalid user bob from 192.0.2.1 port 22", "bob", "h", "failure", "sign_in"),
        ("sudo: ben : user NOT in sudoers ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/sh -c x", "ben", "/bin/sh -c x", "denied", None),
        ("sudo: ben : 3 incorrect password attempts ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/sh", "ben", "/bin/sh", "failure", None),
        ("su: (to root) ana on pts/1", "ana", "root", "success", "sign_in"),
        ("userdel[3]: delete user 'temp'", None, "temp", "success", "delete"),
        ("usermod[3]: add 'ben' to group 'sudo'", None, "ben", "success", "grant"),
        ("passwd[3]: pam_unix(passwd:chauthtok): password changed for ana", None, "ana", "success", "reset"),
        ("systemd-logind[3]: New session 7 of user ana.", "ana", "h", "success", "sign_in"),
        ("kernel: something else entirely", None, "h", "unknown", None),
    ],
)  # fmt: skip
def test_well_known_sentences_say_who_did_what(
    tmp_path: Path, message: str, actor: str | None, target: str, outcome: str, verb: str | None
) -> None:
    event = events(tmp_path, f"Jan  1 00:00:01 h {message}\n")[0]
    got = (event.get("actor", {}).get("name"), event["targets"][0]["name"], event["outcome"])
    assert got == (actor, target, outcome)
    assert event["action"].get("verb") == verb


def test_one_file_may_hold_several_kinds_of_lines_and_an_unknown_one_is_given_back(tmp_path: Path) -> None:
    text = (
        "<34>1 2026-03-04T10:15:22Z h app - ID1 - hello\n"
        "Jan  1 00:00:01 h sshd[1]: hello\n"
        "CEF:0|V|P|1|7|Login|3|rt=1772619322123 suser=ana\n"
        "\tat com.example.Stack(Trace.java:1)\n"
        "\n"
    )
    found = outcomes(tmp_path, text)
    systems = [each.event["source"]["system"] for each in found if isinstance(each, Record)]
    assert systems == ["syslog_5424", "syslog_3164", "cef_leef"]
    rejected = [each for each in found if isinstance(each, Rejected)]
    assert [(each.line, each.reason) for each in rejected] == [(4, "unknown_line")]
    assert rejected[0].text == "\tat com.example.Stack(Trace.java:1)"


def test_a_text_without_lines_of_a_known_kind_is_no_log(tmp_path: Path) -> None:
    path = tmp_path / "notes.log"
    path.write_text(
        "Dear Ana\nthe meeting is at ten\nand lasts an hour\n<34>1 2026-03-04T10:15:22Z h a - I - x\n"
    )
    with pytest.raises(IntakeError) as refused:
        reading.survey(path, path.name)
    assert refused.value.code == "unknown_lines"


@pytest.mark.parametrize(
    ("line", "pairs"),
    [
        (r"CEF:0|a\|b|c\\d|1|7|N|3|msg=one \= two \\ three\nfour five= key=v ", {"msg": "one = two \\ three\nfour", "five": "", "key": "v"}),
        ("CEF:0|v|p|1|7|N|3|request=http://x/?a=b&c=d e=f", {"request": "http://x/?a=b&c=d", "e": "f"}),
        ("CEF:0|v|p|1|7|N|3|", {}),
        ("LEEF:1.0|v|p|1|E|a=1\tb=2 2\tc=x=y", {"a": "1", "b": "2 2", "c": "x=y"}),
        ("LEEF:2.0|v|p|1|E|^|a=1^b=2", {"a": "1", "b": "2"}),
        ("LEEF:2.0|v|p|1|E|x09|a=1\tb=2", {"a": "1", "b": "2"}),
        ("LEEF:2.0|v|p|1|E||a=1\tb=2", {"a": "1", "b": "2"}),
        ("LEEF:2.0|v|p|1|E|0x7c|a=1|b=2", {"a": "1", "b": "2"}),
        ("LEEF:2.0|v|p|1|E|a=1\tb=2", {"a": "1", "b": "2"}),
    ],
)  # fmt: skip
def test_names_and_values_of_cef_and_leef(line: str, pairs: dict[str, str]) -> None:
    record = told(line)
    assert record["pairs"] == pairs
    if r"\|" in line:
        assert (record["header"]["vendor"], record["header"]["product"]) == ("a|b", "c\\d")


def test_an_action_of_the_device_is_how_it_ended(tmp_path: Path) -> None:
    line = "CEF:0|V|Firewall|1|7|Connection|3|rt=1772619322123 src=192.0.2.1 dst=192.0.2.2 act=blocked cs1Label=policy cs1=x\n"
    event = events(tmp_path, line)[0]
    assert (event["action"]["said"], event["outcome"]) == ("Connection", "denied")
    assert "outcome_implied" not in event.get("flags", [])
    assert event["extra"]["policy"] == "x"
    assert event["targets"] == [{"name": "192.0.2.2"}]


def test_a_cef_event_without_a_time_has_that_of_the_line_around_it(tmp_path: Path) -> None:
    event = events(tmp_path, "<134>1 2026-03-04T10:15:25Z h app - - - CEF:0|V|P|1|7|N|3|suser=ana\n")[0]
    assert event["occurred_at"] == "2026-03-04T10:15:25Z"


AUDIT = 'type=SYSCALL msg=audit(1772619322.101:{n}): arch=c000003e syscall=87 success=yes exit=0 auid=1001 uid=0 comm="rm"'
PATH = 'type=PATH msg=audit(1772619322.101:{n}): item=1 name="doc-{n}" nametype=DELETE'


def test_lines_of_audit_events_are_joined_across_others_and_paths_are_whole(tmp_path: Path) -> None:
    lines = [AUDIT.format(n=n) for n in range(20)]
    lines += [f'type=CWD msg=audit(1772619322.101:{n}): cwd="/srv"' for n in range(20)]
    lines += [PATH.format(n=n) for n in range(20)][::-1]
    found = events(tmp_path, "\n".join(lines) + "\n")
    assert [event["source"]["id"] for event in found] == [str(n) for n in range(20)]
    assert [event["targets"][0]["name"] for event in found] == [f"/srv/doc-{n}" for n in range(20)]
    assert {event["action"]["said"] for event in found} == {"unlink"}
    assert found[0]["original"]["text"].count("\n") == 2


def test_hexadecimal_is_only_decoded_where_a_text_was_encoded(tmp_path: Path) -> None:
    line = (
        "type=EXECVE msg=audit(1772619322.101:7): argc=2 a0=6C73 a1=2D6C\n"
        "type=SYSCALL msg=audit(1772619322.101:7): arch=c000003e syscall=59 success=yes exit=0 a0=6C73 auid=1001 "
        "exe=2F62696E2FC3A4 key=(null)\n"
    )
    event = events(tmp_path, line)[0]
    assert event["targets"][0]["name"] == "ls -l"
    assert event["extra"]["program"] == "/bin/ä"
    assert "rule" not in event["extra"]


def test_a_line_that_comes_long_after_its_event_is_given_back_not_told_as_another(tmp_path: Path) -> None:
    lines = [
        f"type=LOGIN msg=audit(1772619322.101:{n}): pid=1 uid=0 auid=1001 res=1"
        for n in range(_HELD_LINES + 5)
    ]
    lines += ['type=PATH msg=audit(1772619322.101:0): name="late"', "type=EOE msg=audit(1772619322.101:1): "]
    found = outcomes(tmp_path, "\n".join(lines) + "\n")
    assert sum(isinstance(each, Record) for each in found) == _HELD_LINES + 5
    assert [each.reason for each in found if isinstance(each, Rejected)] == ["event_already_told"]


def test_audit_records_of_a_forwarder_are_found_behind_its_own_beginning(tmp_path: Path) -> None:
    line = "Mar  4 10:15:22 h audispd: node=h2 type=USER_LOGIN msg=audit(1772619322.101:7): pid=1 uid=0 auid=4294967295 msg='op=login id=1001 acct=\"ana\" addr=192.0.2.1 res=success'\n"
    event = events(tmp_path, line)[0]
    assert (event["actor"], event["context"]["ip"], event["outcome"]) == (
        {"name": "ana"},
        "192.0.2.1",
        "success",
    )
    assert event["extra"]["node"] == "h2"


def test_a_value_of_jamf_may_hold_a_comma_and_an_equals_sign(tmp_path: Path) -> None:
    line = "[JSSCHANGELOG] 2026-03-04T08:46:00,000 - username=ana, objectType=Policy, objectName=a, b=c, action=Edited, details=x\n"
    event = events(tmp_path, line)[0]
    assert event["targets"][0]["name"] == "a, b=c"
    assert event["occurred_at"] == "2026-03-04T07:46:00.000Z"
