"""The rows of a file that were left out, given back as a table of the same form to be mended and sent again.

The table has the file's own columns and one more that says why. Reading knows that column as ours, so the
mended table is the same kind of file as the first, and rows that it repeats are told as repeats. Where the
file was no single text table, its pieces stand in a table of three columns.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from indelible.features.sources.models import Import
from indelible.intake.mapping import WHY_COLUMN
from indelible.intake.survey import Survey

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_NUMBER = re.compile(r"[+-]\d[\d.,]*")
_AT_ONCE = 500


def layout_of(survey: Survey) -> dict[str, Any] | None:
    """Return the column names and the delimiter of a file that is one text table, None for any other."""
    members = [taken for taken in survey.members if not taken.is_copy]
    if len(members) != 1 or members[0].shape.kind != "csv" or len(members[0].shape.tables) != 1:
        return None
    shape = members[0].shape
    table = shape.tables[0]
    return {
        "columns": list(table.columns),
        "delimiter": shape.dialect.delimiter,
        "quote": shape.dialect.quote,
    }


def lines(row: Import) -> Iterator[bytes]:
    """Give the rows left out of an import as lines of CSV in UTF-8, headed; a spreadsheet runs nothing in it."""
    layout = row.layout or {"columns": [_("Line"), _("Row as it came")], "delimiter": ","}
    names = [name for name in layout["columns"] if name != WHY_COLUMN]
    yield b"\xef\xbb\xbf" + _line([*names, WHY_COLUMN], layout["delimiter"])
    for each in row.rejects.iterator(chunk_size=_AT_ONCE):
        cells = _cells(each.text, row.layout) if row.layout else [str(each.line), each.text]
        yield _line([*map(harmless_cell, cells), each.words], layout["delimiter"])


def as_they_came(row: Import) -> Iterator[bytes]:
    """Give what was left out as it came, one a line, without the reasons: mended, it can be sent to its source again.

    A record of JSON stays one; anything else is one line of text.
    """
    for each in row.rejects.iterator(chunk_size=_AT_ONCE):
        text = " ".join(each.text.splitlines())
        try:
            told = json.loads(each.text)
        except (ValueError, RecursionError):
            told = None
        if isinstance(told, dict | list):
            text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
        yield text.encode("utf-8", "replace") + b"\n"


def _cells(text: str, layout: dict[str, Any]) -> list[str]:
    """Take a row apart as far as it can be; every column has a cell, and nothing of the row is lost."""
    columns = layout["columns"]
    reader = csv.reader(io.StringIO(text), delimiter=layout["delimiter"], quotechar=layout["quote"] or None)
    cells = [cell for part in reader for cell in part]
    if len(cells) > len(columns):
        last = len(columns) - 1
        cells[last:] = [layout["delimiter"].join(cells[last:])]
    cells += [""] * (len(columns) - len(cells))
    return [cell for name, cell in zip(columns, cells, strict=True) if name != WHY_COLUMN]


def _line(cells: Sequence[str], delimiter: str) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerow(cells)
    return text.getvalue().encode("utf-8", "replace")


def harmless_cell(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula: an apostrophe before what could begin one.

    A number stays as it is, so that it reads the same when the row is sent again.
    """
    return f"'{text}" if text.startswith(FORMULA_STARTS) and not _NUMBER.fullmatch(text) else text
