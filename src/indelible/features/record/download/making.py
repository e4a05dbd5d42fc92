"""Makes the file of a download: CSV or a workbook, in a file without a name that is gone when it is closed.

The rows are written aside first, since only then it is known how many of the entries read as they were sealed, which
is said above them. Neither the entries nor the rows are ever all in memory.
"""

from __future__ import annotations

import csv
import io
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import file_digest
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO, Any, Final, Literal

import xlsxwriter
from django.utils.translation import gettext as _

from indelible.features.record import queries
from indelible.features.record.download import SCRATCH
from indelible.features.record.download.table import WIDTHS, Head, cells, head_lines, titles
from indelible.features.settings.services import calendar
from indelible.features.sources.left_out import harmless_cell
from indelible.storage.database.models import Logbook
from indelible.web.moments import Reader

Kind = Literal["csv", "xlsx"]
MEDIA_TYPES: Final[dict[str, str]] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
CELL: Final = 32_767  # characters that a cell of a workbook holds
_AT_ONCE: Final = 100
_BOM: Final = b"\xef\xbb\xbf"  # without it spreadsheets take UTF-8 for something else


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a download, written aside."""

    file: IO[str]
    altered: int
    unknown: int


def write_rows(logbook: Logbook, indexes: array[int], reader: Reader, folder: Path) -> Rows:
    """Write the entries aside, one row each: its number and its cells. The caller closes the file."""
    file = TemporaryFile("w+", encoding="utf-8", errors="replace", newline="", dir=folder)  # noqa: SIM115
    altered, unknown, hours = 0, 0, calendar()
    translate = cache(_)  # a file is of one language: each phrase is looked up once, not once an entry
    try:
        lines = csv.writer(file)
        for start in range(0, len(indexes), _AT_ONCE):
            block = indexes[start : start + _AT_ONCE].tolist()
            for row in queries.rows_of(logbook, block, hours=hours):
                altered += row.state in ("altered", "removed")
                unknown += row.state == "could not be checked"
                lines.writerow([row.index + 1, *cells(row, reader, translate)])
    except BaseException:
        file.close()
        raise
    return Rows(file, altered, unknown)


def make_file(kind: Kind, rows: Rows, head: Head, reader: Reader, folder: Path) -> tuple[IO[bytes], str]:
    """Return the file of a download, open at its beginning, and its SHA-256 in hex. The caller closes it."""
    file = TemporaryFile(dir=folder)  # noqa: SIM115 - the caller closes it
    try:
        rows.file.seek(0)
        read = csv.reader(rows.file)
        if kind == "csv":
            _write_csv(file, read, head, reader)
        else:
            with TemporaryDirectory(prefix=SCRATCH, dir=folder) as scratch:
                _write_workbook(file, read, head, reader, scratch)
        file.seek(0)
        digest = file_digest(file, "sha256").hexdigest()
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file, digest


def _write_csv(file: IO[bytes], rows: Iterator[list[str]], head: Head, reader: Reader) -> None:
    file.write(_BOM)
    text = io.TextIOWrapper(file, encoding="utf-8", errors="replace", newline="", write_through=True)
    lines = csv.writer(text)
    for label, words in head_lines(head, reader):
        lines.writerow([label, harmless_cell(words)])
    lines.writerow([])
    lines.writerow(titles(reader))
    for number, *told in rows:
        lines.writerow([number, *map(harmless_cell, told)])
    text.detach()


def _write_workbook(
    file: IO[bytes], rows: Iterator[list[str]], head: Head, reader: Reader, scratch: str
) -> None:
    """Write one sheet. Each cell is text or a plain number: nothing is a formula or a link, whatever it says."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "tmpdir": scratch,
    }
    book = xlsxwriter.Workbook(file, options)
    bold = book.add_format({"bold": True})
    sheet = book.add_worksheet(_("Entries"))
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    at = 0
    for label, words in head_lines(head, reader):
        sheet.write_string(at, 0, label, bold)
        sheet.write_string(at, 1, _fitting(words))
        at += 1
    at += 1
    _write_strings(sheet, at, titles(reader), bold)
    sheet.freeze_panes(at + 1, 1)
    for at, (number, *told) in enumerate(rows, at + 1):  # noqa: B020
        sheet.write_number(at, 0, int(number))
        _write_strings(sheet, at, told, None, first=1)
    book.close()


def _write_strings(sheet: Any, at: int, texts: Sequence[str], form: Any, first: int = 0) -> None:
    for column, text in enumerate(texts, first):
        if text:
            sheet.write_string(at, column, _fitting(text), form)


def _fitting(text: str) -> str:
    """Return text as a cell can hold it; what was cut is marked."""
    if len(text) <= CELL // 2 or len(text.encode("utf-16-le")) // 2 <= CELL:
        return text
    mark = _(" [cut here: the page of the entry has it whole]")
    return text[: (CELL - 2 * len(mark)) // 2] + mark
