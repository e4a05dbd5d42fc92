"""JSON: lines, lists and lists within objects, read exactly and within bounds."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path

import pytest

from indelible.intake.documents import skim
from indelible.intake.errors import IntakeError
from indelible.intake.jsontext import JsonFault, NumberText, nesting, parse_json
from indelible.intake.limits import Limits
from indelible.intake.shapes import Shape
from tests.intake.files import read_bytes

EVENTS = [
    {"id": 1, "who": "ana"},
    {"id": 2, "who": "ben", "tags": ["a", {"b": "]}"}]},
    {"id": 3, "who": 'zoë "x"'},
]


def read(folder: Path, text: str | bytes, **limits: int):  # type: ignore[no-untyped-def]
    data = text.encode() if isinstance(text, str) else text
    return read_bytes(folder, data, "export.json", Limits(**limits))


@pytest.mark.parametrize("indent", [None, 1, 4])
@pytest.mark.parametrize("key", ["", "Records", "value", "events", "items", "data", "somethingElse"])
def test_the_list_of_records_is_found(tmp_path: Path, indent: int | None, key: str) -> None:
    document = {"kind": "x", key: EVENTS, "next": "page2", "empty": []} if key else EVENTS
    seen = read(tmp_path, json.dumps(document, indent=indent))
    assert seen.values == EVENTS
    assert seen.shapes[0].list_path == ((key,) if key else ())
    if key:
        assert seen.shapes[0].envelope == {"kind": "x", "next": "page2"}


def test_a_list_one_level_further_in_is_found_too(tmp_path: Path) -> None:
    document = {"took": 3, "hits": {"total": 2, "hits": EVENTS}}
    seen = read(tmp_path, json.dumps(document))
    assert seen.values == EVENTS
    assert seen.shapes[0].envelope == {"took": 3, "hits": {"total": 2}}


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_json_lines_are_read_one_a_line(tmp_path: Path, end: str) -> None:
    text = end.join(json.dumps(event, ensure_ascii=False) for event in EVENTS) + end + end
    seen = read(tmp_path, text)
    assert seen.shapes[0].kind == "ndjson"
    assert seen.values == EVENTS
    assert [record.line for record in seen.records] == [1, 2, 3]
    assert seen.records[2].original == json.dumps(EVENTS[2], ensure_ascii=False).encode()


def test_one_object_is_one_record(tmp_path: Path) -> None:
    assert read(tmp_path, '{"time": 1, "who": "ana"}').values == [{"time": 1, "who": "ana"}]


def test_objects_over_several_lines_one_after_another_are_records(tmp_path: Path) -> None:
    assert read(tmp_path, "\n".join(json.dumps(event, indent=2) for event in EVENTS)).values == EVENTS


def test_each_element_keeps_its_own_text(tmp_path: Path) -> None:
    seen = read(tmp_path, '{"items": [\n {"a" : 1.0},\n\n {"a":"\\u00e9"} ]}')
    assert [record.original for record in seen.records] == [b'{"a" : 1.0}', b'{"a":"\\u00e9"}']
    assert [record.line for record in seen.records] == [2, 4]


def test_numbers_stay_as_the_source_wrote_them() -> None:
    value, _ = parse_json("[1.50, 1e3, 9007199254740993, -9007199254740993, 9007199254740992, 7, 0.1]")
    assert value == ["1.50", "1e3", "9007199254740993", "-9007199254740993", 9007199254740992, 7, "0.1"]
    assert isinstance(value, list) and isinstance(value[0], NumberText)


def test_a_number_of_a_million_digits_costs_nothing() -> None:
    assert parse_json("9" * 1_000_000)[0] == "9" * 1_000_000


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"a": 1, "a": 2}', "duplicate_keys"),
        ('{"a": {"b": 1, "b": 1}}', "duplicate_keys"),
        ('{"a": NaN}', "not_a_number"),
        ("[Infinity]", "not_a_number"),
        ("{'a': 1}", "not_json"),
        ('{"a": 1,}', "not_json"),
        ("[" * 60 + "]" * 60, "nested_too_deep"),
        ("[" * 100_000, "nested_too_deep"),
    ],
)
def test_what_is_not_strict_json_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(JsonFault) as refused:
        parse_json(text)
    assert refused.value.reason == reason


def test_brackets_within_strings_do_not_count_as_nesting() -> None:
    assert nesting('{"a": "[[[[\\"[[[", "b": [1]}') == 2


def test_half_a_character_and_nul_are_kept_out_of_values(tmp_path: Path) -> None:
    seen = read(tmp_path, '{"a": "x\\ud800y", "b": "\\ud83d\\ude00"}\n{"a": "n\\u0000l"}\n')
    assert seen.values == [{"a": "x\ufffdy", "b": "😀"}, {"a": "nl"}]
    assert [record.flags for record in seen.records] == [("lone_surrogate",), ("nul_removed",)]
    assert seen.records[0].original == b'{"a": "x\\ud800y", "b": "\\ud83d\\ude00"}'
    assert {"lone_surrogate", "nul_bytes"} <= seen.codes


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000 + "]" * 100_000,
        '{"a":' * 100_000 + "1" + "}" * 100_000,
        '{"items": ' + "[" * 100_000 + "]" * 100_000 + "}",
    ],
)
def test_nesting_without_end_is_refused_and_does_not_crash(tmp_path: Path, text: str) -> None:
    with pytest.raises(IntakeError) as refused:
        read(tmp_path, text)
    assert refused.value.code == "nested_too_deep"


def test_a_record_nested_too_deep_is_rejected_and_the_others_are_read(tmp_path: Path) -> None:
    deep = '{"a":' * 100 + "1" + "}" * 100
    for text in (f'[{{"b": 1}}, {deep}, {{"b": 2}}]', f'{{"b": 1}}\n{deep}\n{{"b": 2}}\n'):
        seen = read(tmp_path, text)
        assert seen.values == [{"b": 1}, {"b": 2}]
        assert [reject.reason for reject in seen.rejects] == ["nested_too_deep"]


def test_unclosed_nesting_is_no_crash_either(tmp_path: Path) -> None:
    seen = read(tmp_path, "[" * 100_000)
    assert not seen.records and len(seen.rejects) == 1


def test_a_list_that_ends_early_gives_its_whole_records(tmp_path: Path) -> None:
    text = json.dumps({"Records": EVENTS})
    for cut in range(len('{"Records": [' + json.dumps(EVENTS[0])), len(text) - 2):
        seen = read(tmp_path, text[:cut])
        assert seen.values == EVENTS[: len(seen.values)]
        assert "json_recovered" in seen.codes
        assert len(seen.rejects) <= 1
    seen = read(tmp_path, json.dumps(EVENTS)[:-1] + ",\n")
    assert (seen.values, seen.rejects, seen.codes) == (EVENTS, [], {"json_recovered"})


def test_a_broken_line_between_good_ones_is_rejected_with_its_text(tmp_path: Path) -> None:
    seen = read(tmp_path, '{"a": 1}\n{"a": \n{"a": 3}\n{"a": 4, "b')
    assert seen.values == [{"a": 1}, {"a": 3}]
    assert [(r.line, r.reason, r.text) for r in seen.rejects] == [
        (2, "not_json", '{"a": '),
        (4, "broken_last_line", '{"a": 4, "b'),
    ]


def test_one_enormous_element_is_refused_before_it_fills_memory(tmp_path: Path) -> None:
    with pytest.raises(IntakeError) as refused:
        read(tmp_path, '[{"a": "' + "x" * 300_000 + '"}]', max_record_bytes=100_000)
    assert refused.value.code == "record_too_large"


def test_a_large_list_is_streamed_with_flat_memory(tmp_path: Path) -> None:
    from indelible.intake.detection import detect
    from indelible.intake.opening import open_members
    from indelible.intake.records import read_raw

    path = tmp_path / "large.json"
    with path.open("w") as file:
        file.write('{"events": [')
        file.writelines(
            f'{{"id": {n}, "who": "user{n}@example.com", "what": "view"}},\n' for n in range(20_000)
        )
        file.write('{"id": -1}], "total": 20001}')
    with open_members(path, "large.json") as opened:
        tracemalloc.start()
        shape = detect(opened.members[0])
        count = sum(1 for _ in read_raw(opened.members[0], shape))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert (count, shape.envelope) == (20_001, {"total": 20_001})
    assert peak < 4 * 1024 * 1024


def page(*names: str) -> str:
    return json.dumps({"entries": [{"name": name} for name in names], "next": None})


@pytest.mark.parametrize("between", ["", " ", "\n\n", ","])
def test_pages_saved_into_one_file_are_all_read(tmp_path: Path, between: str) -> None:
    pretty = json.dumps(json.loads(page("a", "b")), indent=2)
    seen = read(tmp_path, pretty + between.replace(",", "\n") + page("c"))
    assert seen.values == [{"name": name} for name in "abc"]
    assert not seen.rejects


def test_what_follows_a_document_and_is_none_is_not_passed_over_in_silence(tmp_path: Path) -> None:
    seen = read(tmp_path, json.dumps(json.loads(page("a")), indent=2) + "\ngarbage")
    assert seen.values == [{"name": "a"}]
    assert [reject.original for reject in seen.rejects] == [b"garbage"]
    assert "broken_last_line" in seen.codes


def test_pages_one_a_line_give_their_records_and_a_cut_one_is_rejected_whole(tmp_path: Path) -> None:
    text = page("a", "b") + "\n" + page("c") + "\n" + page("d", "e")[:-9]
    seen = read(tmp_path, text)
    assert [(piece.line, piece.value) for piece in seen.records] == [
        (1, {"name": "a"}), (1, {"name": "b"}), (2, {"name": "c"}),
    ]  # fmt: skip
    assert [reject.line for reject in seen.rejects] == [3]
    assert all(piece.original in text.encode() for piece in seen.pieces)


def test_a_record_with_a_list_in_it_is_no_list_of_records(tmp_path: Path) -> None:
    event = {
        "time": "2026-03-04T10:00:00Z",
        "user": "ana",
        "action": "share",
        "with": [{"name": "b"}, {"name": "c"}],
    }
    assert read(tmp_path, json.dumps(event)).values == [event]
    assert read(tmp_path, json.dumps(event, indent=1) * 2).values == [event, event]
    assert read(tmp_path, (json.dumps(event) + "\n") * 3).values == [event] * 3


def test_a_report_of_its_own_date_is_no_record(tmp_path: Path) -> None:
    report = {"time": "2026-03-04T10:00:00Z", "title": "Audit", "changed": EVENTS}
    assert read(tmp_path, json.dumps(report)).values == EVENTS


def test_a_document_of_many_objects_by_name_costs_no_more_memory_than_its_longest_part(
    tmp_path: Path,
) -> None:
    inner = "{" + ",".join(f'"a{n}": "{"x" * 900}"' for n in range(100)) + "}"
    text = "{" + ",".join(f'"k{n}": {inner}' for n in range(100)) + "}"
    path = tmp_path / "big.json"
    path.write_text(text)
    tracemalloc.start()
    skim(path, Shape("json"), Limits())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2_000_000
