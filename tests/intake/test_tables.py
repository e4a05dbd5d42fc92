"""Text tables: where the columns are, what each row is, and what is no record."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest

from indelible.intake.detection import detect
from indelible.intake.limits import Limits
from indelible.intake.opening import open_members
from indelible.intake.records import read_raw
from indelible.intake.shapes import column_keys, without_header
from tests.intake.files import read_bytes

ROW = "2026-03-04T10:00:00Z,ana@example.com,login,portal\r\n"
HEADER = "time,user,action,object\r\n"


def read(folder: Path, text: str, **limits: int):  # type: ignore[no-untyped-def]
    return read_bytes(folder, text.encode(), limits=Limits(**limits))


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    seen = read(tmp_path, (HEADER + ROW * 3).replace(",", delimiter))
    assert seen.shapes[0].dialect.delimiter == delimiter
    assert seen.records[0].value == {
        "time": "2026-03-04T10:00:00Z",
        "user": "ana@example.com",
        "action": "login",
        "object": "portal",
    }


def test_a_blank_behind_the_delimiter_does_not_hide_a_quote(tmp_path: Path) -> None:
    seen = read(tmp_path, 'a, b, c\r\n1, "x, y", z\r\n2, "p, q", r\r\n')
    assert seen.records[0].value == {"a": "1", "b": "x, y", "c": "z"}


def test_line_breaks_tabs_and_doubled_quotes_in_cells_are_kept(tmp_path: Path) -> None:
    seen = read(tmp_path, HEADER + 't,"a ""b"" c","x\r\ny\nz","p\tq"\r\n' + ROW)
    first, second = seen.records
    assert first.value == {"time": "t", "user": 'a "b" c', "action": "x\r\ny\nz", "object": "p\tq"}
    assert first.original == b't,"a ""b"" c","x\r\ny\nz","p\tq"'
    assert (first.line, second.line) == (2, 5)


def test_a_cell_may_be_larger_than_the_csv_module_likes(tmp_path: Path) -> None:
    big = "x" * 500_000
    seen = read(tmp_path, HEADER + f't,u,"{big}",o\r\n' + ROW)
    assert [len(str(record.value["action"])) for record in seen.records] == [500_000, 5]  # type: ignore[index,call-overload]


def test_an_unclosed_quote_costs_one_line_and_not_the_rest(tmp_path: Path) -> None:
    seen = read(tmp_path, HEADER + ROW + 't,"broken,x,y\r\n' + ROW * 5)
    assert len(seen.records) == 6
    assert [(reject.reason, reject.line, reject.text) for reject in seen.rejects] == [
        ("quote_not_closed", 3, 't,"broken,x,y')
    ]


def test_a_line_beyond_the_bound_is_rejected_and_the_next_is_read(tmp_path: Path) -> None:
    seen = read(tmp_path, HEADER + ROW + "x" * 5000 + "\r\n" + ROW, max_record_bytes=1000)
    assert len(seen.records) == 2
    assert [reject.reason for reject in seen.rejects] == ["record_too_large"]


def test_a_row_of_many_lines_is_bounded_too(tmp_path: Path) -> None:
    seen = read(tmp_path, HEADER + ROW * 50 + 't,"' + "a,b,c,d\r\n" * 900 + ROW * 2, max_record_bytes=2000)
    assert len(seen.records) + len(seen.rejects) == 50 + 900 + 2
    assert [reject.text for reject in seen.rejects] == ['t,"a,b,c,d']


def test_lines_above_the_names_are_counted_and_named(tmp_path: Path) -> None:
    seen = read(tmp_path, "Access report\r\nFor March\r\n\r\n" + HEADER + ROW * 2)
    assert seen.shapes[0].preamble == ("Access report", "For March")
    assert "Access report" in seen.messages["preamble_skipped"]
    assert seen.skipped == {"preamble": 3, "header": 1}


@pytest.mark.parametrize("first", ["sep=,\r\n", "#TYPE Some.Thing\r\n"])
def test_first_lines_meant_for_programs_are_passed_over(tmp_path: Path, first: str) -> None:
    assert len(read(tmp_path, first + HEADER + ROW * 2).records) == 2


@pytest.mark.parametrize(
    "last",
    [
        "Total,,,4\r\n",
        "TOTAL,4,,\r\n",
        "Summe;;;\r\n",
        "\r\nEnd of report\r\n",
        "Printed on 4 March 2026\r\n",
    ],
)
def test_totals_and_print_marks_at_the_end_are_no_records(tmp_path: Path, last: str) -> None:
    seen = read(tmp_path, HEADER + ROW * 3 + last)
    assert len(seen.records) == 3
    assert "trailing_rows_skipped" in seen.codes


def test_the_same_words_in_the_middle_are_records(tmp_path: Path) -> None:
    assert len(read(tmp_path, HEADER + ROW + "Total,,,4\r\n" + ROW).records) == 3


def test_a_last_row_that_is_mostly_filled_is_a_record(tmp_path: Path) -> None:
    assert len(read(tmp_path, HEADER + ROW + "Total,ana@example.com,view,x\r\n").records) == 2


def test_short_and_long_rows_are_kept_and_said(tmp_path: Path) -> None:
    seen = read(tmp_path, HEADER + ROW * 3 + "t,u\r\n" + "t,u,a,o,more\r\n")
    assert seen.records[3].flags == ("short_row",)
    assert seen.records[3].value == {"time": "t", "user": "u", "action": "", "object": ""}
    assert seen.records[4].value["column 5"] == "more"  # type: ignore[index,call-overload]
    assert "ragged_rows" in seen.codes


def test_names_may_repeat_or_be_missing(tmp_path: Path) -> None:
    seen = read(tmp_path, "Name,Date,Name, ,IP \r\na,2026-03-04 10:15,b,c,192.0.2.1\r\n")
    assert seen.shapes[0].columns == ("Name", "Date", "Name (2)", "column 4", "IP")
    assert seen.shapes[0].tables[0].names == ("Name", "Date", "Name", " ", "IP ")
    assert "Name" in seen.messages["duplicate_headers"]


def test_keys_stay_unique_whatever_the_names() -> None:
    assert column_keys(["a", "a (2)", "a", "", "column 4"], 6) == (
        "a", "a (2)", "a (3)", "column 4", "column 4 (2)", "column 6",
    )  # fmt: skip


def test_a_table_without_names_is_read_from_its_first_line(tmp_path: Path) -> None:
    seen = read(tmp_path, ROW * 3)
    assert len(seen.records) == 3
    assert seen.shapes[0].columns == ("column 1", "column 2", "column 3", "column 4")


def test_names_can_be_given_to_a_table_that_was_taken_to_have_some(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_text("login,ana,portal\nlogout,ben,portal\n")
    shape = without_header(detect(path), ["what", "who", "where"])
    with open_members(path, "x.csv") as opened:
        values = [record.value for record in read_raw(opened.members[0], shape)]  # type: ignore[union-attr]
    assert values[0] == {"what": "login", "who": "ana", "where": "portal"}
    assert len(values) == 2


def test_names_alone_are_a_good_file_with_nothing_in_it(tmp_path: Path) -> None:
    seen = read(tmp_path, HEADER)
    assert (seen.records, seen.codes) == ([], {"no_rows"})


def test_nul_bytes_leave_the_values_but_not_the_original(tmp_path: Path) -> None:
    seen = read_bytes(tmp_path, (HEADER + ROW).encode() + b"t,a\x00na,b\x00,c\r\n" + b"\x00" * 512)
    assert seen.records[1].value["user"] == "ana"  # type: ignore[index,call-overload]
    assert seen.records[1].original == b"t,a\x00na,b\x00,c"
    assert seen.records[1].flags == ("nul_removed",)
    assert "nul_bytes" in seen.codes and seen.skipped["nul"] == 1


def test_old_mac_line_ends_are_line_ends(tmp_path: Path) -> None:
    assert len(read(tmp_path, (HEADER + ROW * 3).replace("\r\n", "\r")).records) == 3


def test_a_large_table_is_streamed_with_flat_memory(tmp_path: Path) -> None:
    def peak(rows: int) -> int:
        path = tmp_path / f"{rows}.csv"
        with path.open("w") as file:
            file.write(HEADER)
            file.writelines(f"2026-03-04T10:00:00Z,user{n}@example.com,view,doc-{n}\n" for n in range(rows))
        with open_members(path, path.name) as opened:
            tracemalloc.start()
            reader = read_raw(opened.members[0], detect(opened.members[0]))
            count = sum(1 for _ in reader)
            most = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        assert count == rows
        return most

    few, many = peak(30_000), peak(90_000)
    assert many < few * 1.2 + 100_000, f"{few} bytes for 30,000 rows, {many} for 90,000"
