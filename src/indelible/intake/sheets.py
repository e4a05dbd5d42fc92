"""Workbooks (.xlsx): every visible sheet is a table, its cells read as text.

calamine reads the cells. Before it may, the workbook is looked at from outside: how much it unpacks to,
and how large a rectangle its cells span, since a single cell in the last corner makes a reader allocate
all the room between. The same look finds what calamine does not tell: the epoch of 1904, and cells that hold an error.

Cells become text without loss of what a person typed: text stays text (leading zeros, `=...`), a date cell
becomes local ISO time, a number the shortest text that means it. What kind a cell was is kept beside it.

Source: ECMA-376 part 1, 18.2.28 (date1904), 18.3.1.4 (c), 18.18.11 (cell types).
"""

from __future__ import annotations

import html
import json
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
    WorksheetNotFound,
    XmlError,
    ZipError,
)

from indelible.intake.errors import IntakeError
from indelible.intake.headers import find_header, is_trailing
from indelible.intake.limits import Limits
from indelible.intake.notices import NoticeBook
from indelible.intake.opening import (
    USUAL_PACKING,
    DamagedZipError,
    check_directory,
    reading_zip,
    unsupported,
)
from indelible.intake.pieces import Piece, RawRecord, Skipped
from indelible.intake.shapes import Shape, Table, column_keys
from indelible.intake.tables import keyed, note_header

Cell = int | float | str | bool | time | date | datetime | timedelta
_FAULTS = (CalamineError, PasswordError, WorksheetNotFound, XmlError, ZipError)
_CELL = re.compile(rb"<(?:\w+:)?c\s([^>]*)>")
_PLACE = re.compile(rb'\br="([A-Za-z]{1,4})(\d{1,9})"')
_ERROR_CELL = re.compile(
    rb'<(?:\w+:)?c\s[^>]*?\br="([A-Z]{1,4}\d{1,9})"[^>]*?\bt="e"[^>]*>(?:(?!</(?:\w+:)?c>).)*?<(?:\w+:)?v>([^<]{1,20})<',
    re.S,
)
_CHUNK = 1 << 20
_CARRY = 1 << 13
_SAMPLE_ROWS = 200


@dataclass(slots=True)
class _Outside:
    """What a look at the packed XML tells: the epoch, and error cells by sheet name (cell -> text)."""

    date_1904: bool = False
    errors: dict[str, dict[str, str]] = field(default_factory=dict)


def survey_workbook(path: Path, limits: Limits) -> Shape:
    """Find the tables of a workbook.

    Raises IntakeError: `expansion_too_large`, `password_protected`, `workbook_too_large`,
    `damaged_workbook`.
    """
    outside = _look_from_outside(path, limits)
    book = NoticeBook()
    tables = []
    with _open(path) as workbook:
        for name in _visible_sheets(workbook, book):
            rows = _text_rows(_sheet(workbook, name), outside.errors.get(name, {}), _SAMPLE_ROWS)
            if table := _survey_sheet(name, rows, book):
                tables.append(table)
    if outside.date_1904:
        book.add("date_system_1904")
    if not tables:
        raise IntakeError("empty_file", "no sheet with rows")
    return Shape("xlsx", "", tables=tuple(tables), date_1904=outside.date_1904, notices=tuple(book))


def _visible_sheets(workbook: CalamineWorkbook, book: NoticeBook) -> list[str]:
    visible = []
    for sheet in workbook.sheets_metadata:
        if sheet.typ != SheetTypeEnum.WorkSheet:
            continue
        if sheet.visible == SheetVisibleEnum.Visible:
            visible.append(sheet.name)
        else:
            book.add("hidden_sheet_skipped", names=[sheet.name])
    return visible


def _survey_sheet(name: str, rows: Iterable[_SheetRow], book: NoticeBook) -> Table | None:
    filled = [row for row in rows if not row.is_blank]
    if not filled:
        return None
    cells = [row.trimmed for row in filled]
    found = find_header(cells)
    if found is None:
        width = max(len(row) for row in cells)
        return Table(name, ("",) * width, column_keys((), width), 0, (), _first(cells))
    names = tuple(cells[found])
    below = cells[found + 1 :]
    width = max([len(names), *(len(row) for row in below[:-2])])
    above = tuple(" ".join(cell for cell in row if cell) for row in cells[:found])
    named, names = len(names), (*names, *[""] * (width - len(names)))
    table = Table(name, names, column_keys(names, width), filled[found].number, above, _first(below))
    note_header(table, named, width, book)
    return table


def _first(cells: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(row) for row in cells[:20])


def read_sheets(path: Path, shape: Shape, limits: Limits, book: NoticeBook) -> Iterator[Piece]:
    """Read the rows of all tables of a workbook, sheet after sheet."""
    outside = _look_from_outside(path, limits)
    with _open(path) as workbook:
        for table in shape.tables:
            name = table.name or workbook.sheet_names[0]
            rows = _text_rows(_sheet(workbook, name), outside.errors.get(name, {}))
            yield from _read_sheet(rows, table, book)


def _read_sheet(rows: Iterator[_SheetRow], table: Table, book: NoticeBook) -> Iterator[Piece]:
    held: list[_SheetRow] = []
    width = len(table.columns)
    for row in rows:
        if row.number <= table.header_line:
            if not row.is_blank:
                why = "header" if row.number == table.header_line else "preamble"
                yield Skipped(row.number, row.original, why)
        elif row.is_blank or is_trailing(row.cells, width):
            held.append(row)
        else:
            for earlier in held:
                yield _blank(earlier) if earlier.is_blank else _record(earlier, table)
            held.clear()
            yield _record(row, table)
    for row in held:
        if not row.is_blank:
            book.add("trailing_rows_skipped", names=[" ".join(cell for cell in row.cells if cell)])
            yield Skipped(row.number, row.original, "trailing")


def _blank(row: _SheetRow) -> Skipped:
    return Skipped(row.number, row.original, "blank")


def _record(row: _SheetRow, table: Table) -> RawRecord:
    cells = row.trimmed
    cells = cells + [""] * (len(table.columns) - len(cells))
    value = keyed(cells, table.columns)
    kinds = {key: row.kinds[place] for place, key in enumerate(value) if place in row.kinds}
    return RawRecord(row.number, row.original, value, (), table.name, kinds)


@dataclass(slots=True)
class _SheetRow:
    """A row's cells as text, and by place (from 0) what kind those were that are not text."""

    number: int
    cells: list[str]
    kinds: dict[int, str]

    @property
    def is_blank(self) -> bool:
        return not any(cell.strip() for cell in self.cells)

    @property
    def trimmed(self) -> list[str]:
        """The cells without empty ones at the end, which a sheet does not tell from none."""
        end = len(self.cells)
        while end and not self.cells[end - 1]:
            end -= 1
        return self.cells[:end]

    @property
    def original(self) -> bytes:
        return json.dumps(self.trimmed, ensure_ascii=False).encode("utf-8", "replace")


def _text_rows(sheet: CalamineSheet, errors: dict[str, str], most: int | None = None) -> Iterator[_SheetRow]:
    """Give the rows of a sheet that hold anything, with the empty ones between them."""
    if sheet.start is None or sheet.end is None:
        return
    first_row, first_column = sheet.start
    # The rows come from the sheet's first on, but their cells only from the first filled column on.
    for offset, cells in enumerate(sheet.iter_rows()):
        if offset < first_row:
            continue
        if most is not None and offset >= first_row + most:
            return
        number = offset + 1
        row = _SheetRow(number, [""] * first_column, {})
        for cell in cells:
            text, kind = cell_text(cell)
            place = len(row.cells)
            if not text and errors and (error := errors.get(f"{_letters(place)}{number}")):
                text, kind = error, "error"
            row.cells.append(text)
            if kind:
                row.kinds[place] = kind
        yield row


def cell_text(cell: Cell) -> tuple[str, str]:
    """Return a cell as text, and its kind where it was not text.

    Kinds: "boolean", "number", "time" (an instant in no zone, as local ISO text), "clock" (a time of day
    or a duration).
    """
    if isinstance(cell, str):
        return cell.replace("\x00", ""), ""
    if isinstance(cell, bool):
        return ("TRUE" if cell else "FALSE"), "boolean"
    if isinstance(cell, datetime):
        text = cell.isoformat()
        return (text.rstrip("0") if "." in text else text), "time"
    if isinstance(cell, date):
        return f"{cell.isoformat()}T00:00:00", "time"
    if isinstance(cell, time | timedelta):
        return str(cell), "clock"
    return number_text(cell), "number"


def number_text(number: float) -> str:
    """Return the shortest text that means a number, whole numbers without a fraction."""
    if isinstance(number, int) or (number.is_integer() and abs(number) <= 2**53):
        return str(int(number))
    return repr(number).removesuffix(".0").replace("e", "E")


def _letters(place: int) -> str:
    """Return a column's letters by its place from 0."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _open(path: Path) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_path(str(path))
    except PasswordError as error:
        raise unsupported("password_workbook", path.name) from error
    except _FAULTS as error:
        raise IntakeError("damaged_workbook", str(error)) from error


def _sheet(workbook: CalamineWorkbook, name: str) -> CalamineSheet:
    try:
        return workbook.get_sheet_by_name(name)
    except _FAULTS as error:
        raise IntakeError("damaged_workbook", f"{name}: {error}") from error


def _look_from_outside(path: Path, limits: Limits) -> _Outside:
    outside = _Outside()
    bounds = replace(limits, max_unpacked_bytes=limits.max_workbook_bytes)
    try:
        with reading_zip(), zipfile.ZipFile(path) as archive:
            check_directory(archive, bounds)
            if odd := [each for each in archive.infolist() if each.compress_type not in USUAL_PACKING]:
                raise IntakeError("damaged_workbook", f"{odd[0].filename}: packing {odd[0].compress_type}")
            head = _part(archive, "xl/workbook.xml")
            outside.date_1904 = bool(re.search(rb'date1904\s*=\s*"(1|true|on)"', head))
            names = _sheet_names(head, _part(archive, "xl/_rels/workbook.xml.rels"))
            for info in archive.infolist():
                if re.match(r"xl/worksheets/[^/]+\.xml$", info.filename, re.I):
                    errors = _scan_sheet(archive, info, limits)
                    if errors and (name := names.get(info.filename)):
                        outside.errors[name] = errors
    except DamagedZipError as error:
        raise IntakeError("damaged_workbook", str(error)) from error
    return outside


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    try:
        with archive.open(name) as file:
            return file.read(4 << 20)
    except KeyError:
        return b""


def _sheet_names(workbook: bytes, relations: bytes) -> dict[str, str]:
    """Return part name -> sheet name; a form of XML we do not expect just gives none."""
    targets: dict[bytes, str] = {}
    for tag in re.findall(rb"<(?:\w+:)?Relationship\s[^>]*>", relations):
        ident, target = re.search(rb'\bId="([^"]+)"', tag), re.search(rb'\bTarget="([^"]+)"', tag)
        if ident and target:
            part = target[1].decode("utf-8", "replace").removeprefix("/xl/")
            targets[ident[1]] = f"xl/{part}"
    names: dict[str, str] = {}
    for tag in re.findall(rb"<(?:\w+:)?sheet\s[^>]*>", workbook):
        name, ident = re.search(rb'\bname="([^"]*)"', tag), re.search(rb'\b\w+:id="([^"]+)"', tag)
        if name and ident and ident[1] in targets:
            names[targets[ident[1]]] = html.unescape(name[1].decode("utf-8", "replace"))
    return names


def _scan_sheet(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limits: Limits) -> dict[str, str]:
    """Check the rectangle that a sheet's cells span, and return its error cells."""
    errors: dict[str, str] = {}
    last_row = last_column = read = 0
    carry = b""
    with archive.open(info) as file:
        while chunk := file.read(_CHUNK):
            read += len(chunk)
            text = carry + chunk
            for attributes in _CELL.findall(text):
                if place := _PLACE.search(attributes):
                    last_column = max(last_column, _column_number(place[1]))
                    last_row = max(last_row, int(place[2]))
            if last_row * last_column > limits.max_workbook_cells or read > limits.max_workbook_bytes:
                raise IntakeError("workbook_too_large", info.filename, limit=limits.max_workbook_cells)
            if b't="e"' in text:
                errors.update(
                    (cell.decode(), error.decode("utf-8", "replace"))
                    for cell, error in _ERROR_CELL.findall(text)
                )
            carry = text[-_CARRY:]
    return errors


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
