"""A file is read with every record accounted for, whatever its columns are called."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from indelible.intake import reading
from indelible.intake.reading import Given, Mapping, Record, Rejected, Repeat


def survey(folder: Path, text: str, name: str = "file.csv", **more: Any) -> reading.Survey:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return reading.survey(path, name, **more)


def outcomes(folder: Path, text: str, name: str = "file.csv", **more: Any) -> list[reading.Outcome]:
    return list(reading.read(survey(folder, text, name, **more)))


def events(folder: Path, text: str, name: str = "file.csv", **more: Any) -> list[Any]:
    return [each.event for each in outcomes(folder, text, name, **more) if isinstance(each, Record)]


TABLE = (
    "id,time,user,action,object\n1,2026-03-04T10:00:00Z,ana,update,a\n2,2026-03-04T10:00:01Z,ben,delete,b\n"
)


def test_columns_are_shown_with_role_first_values_and_whether_it_is_a_guess(tmp_path: Path) -> None:
    found = survey(tmp_path, TABLE)
    first = found.columns[0]
    assert (first.name, first.role, first.guess, first.samples) == ("id", "source_id", True, ["1", "2"])
    assert [event["actor"]["name"] for event in found.preview] == ["ana", "ben"]
    assert found.expected == 2


def test_a_persons_choice_of_columns_overrules_the_guess(tmp_path: Path) -> None:
    chosen = Mapping({"user": "target", "object": "actor", "action": "leave_out"})
    event = events(tmp_path, TABLE, mapping=chosen)[0]
    assert event["actor"] == {"name": "a"}
    assert event["targets"][0]["name"] == "ana"
    assert "action" not in event
    assert "extra" not in event


def test_columns_without_a_role_are_kept_by_their_name(tmp_path: Path) -> None:
    text = "time,user,action,approval_ref,Cost centre\n2026-03-04T10:00:00Z,ana,approve,PO-7,4711\n"
    assert events(tmp_path, text)[0]["extra"] == {"approval_ref": "PO-7", "Cost centre": "4711"}


def test_without_a_column_of_times_a_person_is_asked(tmp_path: Path) -> None:
    found = survey(tmp_path, "user,action\nana,update\n")
    assert [question.code for question in found.questions] == ["time_column_unknown"]
    assert found.questions[0].choices == ["user", "action"]
    told = survey(tmp_path, "user,action\nana,update\n", mapping=Mapping({"user": "actor"}))
    assert told.ready


def test_a_damaged_time_header_never_becomes_the_time_of_import(tmp_path: Path) -> None:
    found = survey(tmp_path, TABLE.replace("time", "t1me"))
    assert not found.ready


def test_amounts_that_can_be_read_in_two_ways_are_asked_about(tmp_path: Path) -> None:
    text = "time,user,action,amount\n2026-03-04T10:00:00Z,ana,pay,1.234\n"
    assert [question.given for question in survey(tmp_path, text).questions] == ["decimal"]
    event = events(tmp_path, text, given=Given(decimal=","))[0]
    assert event["extra"] == {"amount": "1234"}


def test_a_column_of_repeated_numbers_is_no_id(tmp_path: Path) -> None:
    rows = "".join(f"{n % 250},2026-03-04T10:00:00Z,ana,update,{n}\n" for n in range(600))
    found = survey(tmp_path, "id,time,user,action,object\n" + rows)
    records = list(reading.read(found))
    assert len(records) == 600
    assert all(isinstance(each, Record) and each.identity is None for each in records)
    assert all(each.event["extra"]["id"] for each in records if isinstance(each, Record))


def test_the_same_id_with_the_same_content_is_a_repeat_with_other_content_a_record(tmp_path: Path) -> None:
    rows = [f"{n},2026-03-04T10:00:00Z,ana,update,{n}\n" for n in range(300)]
    text = "id,time,user,action,object\n" + "".join(rows) + rows[4] + "5,2026-03-04T10:00:00Z,ana,delete,5\n"
    *_, repeat, contradiction = outcomes(tmp_path, text)
    assert repeat == Repeat(302, 5)
    assert isinstance(contradiction, Record)
    assert contradiction.row == 301


def test_equal_rows_without_ids_are_kept_and_known_again(tmp_path: Path) -> None:
    text = "time,user,action\n" + 3 * "2026-03-04T10:00:00Z,ana,view\n"
    found = survey(tmp_path, text)
    first = [each.fingerprint for each in reading.read(found) if isinstance(each, Record)]
    assert len(set(first)) == 3
    assert {notice.code: notice.count for notice in found.notices}["identical_rows_kept"] == 2
    again = [each.fingerprint for each in reading.read(survey(tmp_path, text)) if isinstance(each, Record)]
    assert again == first


def test_the_same_id_in_lists_with_other_columns_is_another_record(tmp_path: Path) -> None:
    one = outcomes(tmp_path, "id,time,user,action\nA1,2026-03-04T10:00:00Z,ana,view\n")
    two = outcomes(tmp_path, "id,time,user,action,site\nA1,2026-03-04T10:00:00Z,ana,view,Oslo\n")
    reordered = outcomes(tmp_path, "user,action,time,id\nana,view,2026-03-04T10:00:00Z,A1\n")
    assert isinstance(one[0], Record) and isinstance(two[0], Record) and isinstance(reordered[0], Record)
    assert one[0].identity != two[0].identity
    assert one[0].identity == reordered[0].identity


def test_small_numbers_are_no_proof_across_lists_with_equal_columns(tmp_path: Path) -> None:
    first = outcomes(tmp_path, "id,time,user,action\n1,2026-03-04T10:00:00Z,ana,view\n")[0]
    second = outcomes(tmp_path, "id,time,user,action\n1,2026-04-04T10:00:00Z,ben,view\n")[0]
    assert isinstance(first, Record) and isinstance(second, Record)
    assert first.identity != second.identity


@pytest.mark.parametrize("value", ["7", '"text"', "null", "{}", "[]"])
def test_what_is_no_record_is_rejected_with_its_text(tmp_path: Path, value: str) -> None:
    good = json.dumps({"time": "2026-03-04T10:00:00Z", "user": "ana", "action": "view"})
    first, second = outcomes(tmp_path, f"{good}\n{value}\n", "file.ndjson")
    assert isinstance(first, Record)
    assert isinstance(second, Rejected)
    assert second.text == value


def test_a_nested_record_of_an_unknown_system_loses_nothing(tmp_path: Path) -> None:
    record = {
        "time": "2026-03-04T10:00:00Z",
        "actor": {"email": "ana@example.com", "team": "Finance"},
        "verb": "update",
        "target": {"kind": "greenhouse tray", "name": "T7"},
        "big": 2**60,
        "half": 0.5,
    }
    event = events(tmp_path, json.dumps(record), "file.ndjson")[0]
    assert event["actor"] == {"email": "ana@example.com"}
    assert event["targets"] == [{"name": "T7"}]
    assert event["extra"] == {
        "actor.team": "Finance",
        "target.kind": "greenhouse tray",
        "big": str(2**60),
        "half": "0.5",
    }


def test_a_reading_can_be_repeated_and_gives_the_same(tmp_path: Path) -> None:
    found = survey(tmp_path, TABLE)
    first = list(reading.read(found))
    notices = found.notices
    assert list(reading.read(found)) == first
    assert found.notices == notices


@pytest.mark.parametrize(("behind", "whole"), [(20, False), (0, True)])
def test_a_row_cut_off_with_its_packing_is_no_record_though_it_looks_like_one(
    tmp_path: Path, behind: int, whole: bool
) -> None:
    rows = [f"{n},2026-03-04T10:00:0{n}Z,ana,update,a{n}\n" for n in range(5)]
    packed = gzip.compress(("id,time,user,action,object\n" + "".join(rows)).encode(), 0, mtime=0)
    path = tmp_path / "log.csv.gz"
    path.write_bytes(packed[: packed.index(b"4,2026") + behind])
    found = reading.survey(path, path.name)
    assert found.ready  # half a time raises no question about its zone
    seen = list(reading.read(found))
    assert [each.row for each in seen if isinstance(each, Record)] == [1, 2, 3, 4]
    rejected = [(each.line, each.reason) for each in seen if isinstance(each, Rejected)]
    assert rejected == ([] if whole else [(6, "broken_last_line")])
    assert "truncated_gzip" in {notice.code for notice in found.notices}


def test_records_of_the_same_values_under_other_names_are_two_records(tmp_path: Path) -> None:
    def known(text: str) -> list[bytes]:
        return [each.fingerprint for each in outcomes(tmp_path, text, "x.ndjson") if isinstance(each, Record)]

    first = known('{"time":"2026-03-04T10:00:00Z","granted":"ana"}\n' * 2)
    second = known('{"time":"2026-03-04T10:00:00Z","revoked":"ana"}\n' * 2)
    assert len({*first, *second}) == 4


def test_a_column_without_a_name_can_be_given_a_role_like_any_other(tmp_path: Path) -> None:
    text = "time,user,action\n" + "".join(f"2026-03-04T10:00:0{n}Z,ana,update,doc-{n}\n" for n in range(5))
    assert [column.name for column in survey(tmp_path, text).columns][3:] == ["column 4"]
    event = events(tmp_path, text, mapping=Mapping({"column 4": "target"}))[2]
    assert event["targets"][0]["name"] == "doc-2"
