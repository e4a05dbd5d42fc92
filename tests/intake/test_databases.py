# ruff: noqa: E501 - rows of logs stand here as their programs write them
"""Logs of databases: PostgreSQL's csvlog with pgAudit inside, MySQL's audit log in its three forms."""

import json
from pathlib import Path
from typing import Any

import pytest

from indelible.intake import reading
from indelible.intake.profile import parse_profile
from indelible.intake.reading import Given, Record

ROW = (
    '2026-03-04 10:15:{n:02d}.000 UTC,ana,payroll,41,"192.0.2.1:5",69a6b0c1.fa1,{n},{tag},2026-03-04 10:00:00 UTC,'
    "3/42,0,{severity},{code},{message},,,,,,,,,psql"
)


def events(folder: Path, text: str, name: str = "log") -> list[Any]:
    path = folder / "upload.part"
    path.write_text(text, encoding="utf-8")
    found = reading.survey(path, name, given=Given())
    assert found.questions == []
    return [each.event for each in reading.read(found) if isinstance(each, Record)]


def row(
    n: int, message: str, tag: str = "SELECT", severity: str = "LOG", code: str = "00000", more: str = ""
) -> str:
    quoted = '"' + message.replace('"', '""') + '"'
    return ROW.format(n=n, tag=tag, severity=severity, code=code, message=quoted) + more + "\n"


@pytest.mark.parametrize("more", ["", ",client backend", ",client backend,,0"])
def test_every_release_of_the_server_writes_columns_that_are_known(tmp_path: Path, more: str) -> None:
    text = "".join(
        row(n, f'AUDIT: SESSION,{n},1,READ,SELECT,TABLE,public.t,"select ""a"", 1",<none>', more=more)
        for n in range(9)
    )
    found = events(tmp_path, text)
    assert len(found) == 9
    assert found[0]["targets"] == [{"name": "public.t"}, {"name": "payroll"}]
    assert found[0]["extra"]["statement"] == 'select "a", 1'
    assert "parameters" not in found[0]["extra"]


def test_an_audit_message_that_cannot_be_taken_apart_is_kept_whole(tmp_path: Path) -> None:
    event = events(tmp_path, row(1, 'AUDIT: SESSION,1,1,READ,"SEL') + row(2, "x"))[0]
    assert event["extra"]["message"] == 'AUDIT: SESSION,1,1,READ,"SEL'
    assert (event["action"]["said"], event["outcome"]) == ("SELECT", "unknown")


def test_rows_of_other_tables_without_a_header_are_not_taken_for_it(tmp_path: Path) -> None:
    path = tmp_path / "upload.part"
    path.write_text("".join(row(n, "x", severity="YELLOW") for n in range(5)))
    assert reading.survey(path, "log").system == "generic_csv"


def test_names_of_columns_in_a_profile_are_checked_when_it_is_read() -> None:
    with pytest.raises(ValueError, match="no such columns"):
        parse_profile(
            'system="x"\ntitle="X"\n[[headerless]]\nnames=["a"]\n[headerless.match]\nb="1"', "x.toml"
        )


FACTS = {
    "name": "Query", "record": "3_2026-03-04T10:00:00", "timestamp": "2026-03-04T10:15:22Z", "command_class": "grant",
    "connection_id": "7", "status": 0, "sqltext": "GRANT ALL ON x.* TO ben", "user": "root[root] @ localhost [192.0.2.1]",
    "host": "localhost", "os_user": "", "ip": "192.0.2.1", "db": "payroll",
}  # fmt: skip
OLD = (
    "<AUDIT_RECORD "
    + " ".join(f'{k.upper()}="{v}"' for k, v in FACTS.items() if k != "record")
    + ' RECORD_ID="3_x"/>'
)
NEW = (
    "<AUDIT_RECORD>"
    + "".join(f"<{k.upper()}>{v}</{k.upper()}>" for k, v in FACTS.items())
    + "</AUDIT_RECORD>"
)


@pytest.mark.parametrize(
    "text",
    [
        (json.dumps({"audit_record": FACTS}) + "\n") * 2,
        f'<?xml version="1.0" encoding="UTF-8"?>\n<AUDIT>\n  {OLD}\n  {OLD}\n</AUDIT>\n',
        f'<?xml version="1.0" encoding="UTF-8"?>\n<AUDIT>\n  {NEW}\n  {NEW}\n</AUDIT>\n',
    ],
)
def test_the_older_forms_of_mysql_say_the_same(tmp_path: Path, text: str) -> None:
    found = events(tmp_path, text)
    assert len(found) == 2
    event = found[0]
    assert event["source"]["system"] == "mysql_audit"
    assert (event["actor"], event["action"]["said"], event["outcome"]) == (
        {"name": "root"},
        "grant",
        "success",
    )
    assert (event["context"]["ip"], event["occurred_at"]) == ("192.0.2.1", "2026-03-04T10:15:22Z")
    assert event["targets"] == [{"name": "payroll"}]
    assert "outcome_implied" not in event.get("flags", [])


def test_a_time_of_mysql_is_utc_as_its_documents_promise(tmp_path: Path) -> None:
    one = {"timestamp": "2026-07-04 10:15:22", "id": 0, "class": "general", "event": "status", "connection_id": 1,
           "general_data": {"sql_command": "drop_table", "status": 1051}}  # fmt: skip
    event = events(tmp_path, "[\n" + json.dumps(one) + ",\n" + json.dumps(one))[0]
    assert (event["occurred_at"], event["outcome"], event["reason"]) == (
        "2026-07-04T10:15:22Z",
        "failure",
        "1051",
    )
