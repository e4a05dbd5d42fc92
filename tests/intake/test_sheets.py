"""Workbooks: which sheets and rows are records, and what cells say."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
import xlsxwriter

from indelible.intake.errors import IntakeError
from indelible.intake.limits import Limits
from indelible.intake.sheets import cell_text, number_text
from tests.intake.files import Seen, read_bytes

Write = Callable[[xlsxwriter.Workbook], None]


def workbook(write: Write, **options: bool) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, **options}) as book:
        write(book)
    return buffer.getvalue()


def read(folder: Path, write: Write, **options: bool) -> Seen:
    return read_bytes(folder, workbook(write, **options), "export.xlsx")


def simple(book: xlsxwriter.Workbook) -> None:
    sheet = book.add_worksheet("Log")
    when = book.add_format({"num_format": "dd/mm/yyyy hh:mm:ss"})
    sheet.write_row(0, 0, ["When", "Who", "Id", "Amount", "OK"])
    sheet.write_datetime(1, 0, datetime(2026, 3, 4, 10, 15, 22, 500_000), when)
    sheet.write_row(1, 1, ["ana", "000123", 1250.5, True])
    sheet.write_row(2, 0, [46085.5, "=HYPERLINK(1)", 1.2345678901234567e19, 7.0, False])


def test_cells_become_text_and_say_what_they_were(tmp_path: Path) -> None:
    first, second = read(tmp_path, simple).records
    assert first.value == {
        "When": "2026-03-04T10:15:22.5", "Who": "ana", "Id": "000123", "Amount": "1250.5", "OK": "TRUE",
    }  # fmt: skip
    assert first.kinds == {"When": "time", "Amount": "number", "OK": "boolean"}
    assert second.value == {
        "When": "46085.5", "Who": "=HYPERLINK(1)", "Id": "1.234567890123457E+19", "Amount": "7", "OK": "FALSE",
    }  # fmt: skip
    assert (first.line, first.table) == (2, "Log")
    assert first.original == b'["2026-03-04T10:15:22.5", "ana", "000123", "1250.5", "TRUE"]'


def test_titles_totals_and_hidden_sheets_are_told_apart(tmp_path: Path) -> None:
    def write(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet("Log")
        sheet.merge_range("A1:D1", "Audit of March")
        sheet.write_row(3, 0, ["When", "Who", "What", "Which"])
        sheet.write_row(4, 0, ["2026-03-04 10:15", "ana", "login", "portal"])
        sheet.write_row(6, 0, ["2026-03-04 10:16", "ben", "login", "portal"])
        sheet.write_row(8, 0, ["Total", 2])
        book.add_worksheet("Empty")
        hidden = book.add_worksheet("Settings")
        hidden.write_row(0, 0, ["a", "b", "c"])
        hidden.hide()

    seen = read(tmp_path, write)
    assert [record.line for record in seen.records] == [5, 7]
    assert seen.codes == {"preamble_skipped", "trailing_rows_skipped", "hidden_sheet_skipped"}
    assert "Settings" in seen.messages["hidden_sheet_skipped"]
    assert seen.shapes[0].tables[0].header_line == 4


def test_several_sheets_each_have_their_own_columns(tmp_path: Path) -> None:
    def write(book: xlsxwriter.Workbook) -> None:
        book.add_worksheet("A").write_column(0, 0, ["Who", "ana"])
        sheet = book.add_worksheet("B")
        sheet.write_row(0, 0, ["User", "Action"])
        sheet.write_row(1, 0, ["ben", "login"])

    seen = read(tmp_path, write)
    assert [(record.table, record.value) for record in seen.records] == [
        ("A", {"Who": "ana"}),
        ("B", {"User": "ben", "Action": "login"}),
    ]


def test_the_epoch_of_1904_is_seen(tmp_path: Path) -> None:
    seen = read(tmp_path, simple, date_1904=True)
    assert seen.shapes[0].date_1904 and "date_system_1904" in seen.codes
    assert seen.records[0].value["When"] == "2026-03-04T10:15:22.5"  # type: ignore[index,call-overload]


def test_formulas_give_their_value_and_errors_their_name(tmp_path: Path) -> None:
    def write(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet("Märzlog")
        sheet.write_row(0, 0, ["Who", "Amount", "Note"])
        sheet.write_row(1, 0, ["ana", 1, "x"])
        sheet.write_formula(1, 1, "=1+2", None, 3)
        sheet.write_formula(1, 2, "=NA()", None, "#N/A")

    record = read(tmp_path, write).records[0]
    assert record.value == {"Who": "ana", "Amount": "3", "Note": "#N/A"}
    assert record.kinds == {"Amount": "number", "Note": "error"}


def test_rows_without_titles_keep_their_place(tmp_path: Path) -> None:
    def write(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(4, 2, ["Who", "What"])
        sheet.write_row(5, 2, ["ana", "login"])

    record = read(tmp_path, write).records[0]
    assert (record.line, record.value) == (6, {"column 1": "", "column 2": "", "Who": "ana", "What": "login"})


def test_one_cell_in_the_last_corner_is_refused_before_memory_is_taken(tmp_path: Path) -> None:
    def write(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "a")
        sheet.write(1_048_575, 16_383, "z")

    with pytest.raises(IntakeError) as refused:
        read(tmp_path, write)
    assert refused.value.code == "workbook_too_large"


def test_a_workbook_that_is_a_bomb_is_refused_by_its_directory(tmp_path: Path) -> None:
    buffer = io.BytesIO(workbook(simple))
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet9.xml", b" " * 60_000_000)
    with pytest.raises(IntakeError) as refused:
        read_bytes(tmp_path, buffer.getvalue(), "export.xlsx")
    assert refused.value.code == "expansion_too_large"
    with pytest.raises(IntakeError) as refused:
        read_bytes(tmp_path, workbook(simple), "export.xlsx", Limits(max_workbook_bytes=100))
    assert refused.value.code == "expansion_too_large"


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"])
def test_a_damaged_workbook_is_called_so(tmp_path: Path, part: str) -> None:
    source = zipfile.ZipFile(io.BytesIO(workbook(simple)))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        for info in source.infolist():
            data = source.read(info)
            target.writestr(info.filename, data[: len(data) // 2] + b"<<" if info.filename == part else data)
    with pytest.raises(IntakeError) as refused:
        read_bytes(tmp_path, buffer.getvalue(), "export.xlsx")
    assert refused.value.code in ("damaged_workbook", "empty_file")


def test_numbers_are_written_shortest() -> None:
    assert [number_text(number) for number in (7.0, 0.3, 1e15, 1e-7, -2.5)] == [
        "7",
        "0.3",
        "1000000000000000",
        "1E-07",
        "-2.5",
    ]
    assert cell_text("0012") == ("0012", "")
