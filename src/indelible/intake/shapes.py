"""What kind of file a member is, and how to read it.

A `Shape` holds the encoding, and for tables the dialect, the preamble and the column names, for
documents where the list of records lies and what stands around it. It is plain data, so that a person
or a profile may correct it (no header at all, for instance) before the second pass reads by it. How
it is told from the content is detection.py's matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from indelible.intake.notices import Notice
from indelible.intake.pieces import Json

# "lines" are those of no known form, "log" those of the forms in logs/.
Kind = Literal["csv", "html", "json", "ndjson", "xlsx", "xml", "log", "lines"]


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the cells of a text table are told apart. Quotes are doubled inside quotes."""

    delimiter: str = ","
    quote: str = '"'
    skip_space: bool = False  # a blank behind the delimiter belongs to neither cell


@dataclass(frozen=True, slots=True)
class Table:
    """The columns of one table (one sheet of a workbook, or the whole of a CSV file).

    `names` are the column names as written, `columns` the keys made of them: stripped, unique
    ("Date", "Date (2)"), and "column 6" where there is no name. Both have one item for every column.
    `header_line` counts physical lines from 1; 0 where the table has no header line.
    """

    name: str = ""
    names: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    header_line: int = 0
    preamble: tuple[str, ...] = ()
    first_rows: tuple[tuple[str, ...], ...] = ()  # some rows below the header, to show and to look at


@dataclass(frozen=True, slots=True)
class Shape:
    """How to read one member."""

    kind: Kind
    encoding: str = "utf-8"  # the codec's name; "" for workbooks
    bom: int = 0  # bytes to pass over at the start
    dialect: Dialect = Dialect()
    tables: tuple[Table, ...] = ()
    # Keys that lead to the list of records in a JSON document; in XML the element that is a record.
    list_path: tuple[str, ...] = ()
    layout: Literal["list", "stream"] = "list"  # a JSON document: one list, or values one after another
    envelope: dict[str, Json] | None = None  # what stands beside the list of records
    sample: Json = None  # the first record (JSON) or the first lines (plain lines)
    date_1904: bool = False
    notices: tuple[Notice, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The unique column keys of the first table that has any."""
        return next((table.columns for table in self.tables if table.columns), ())

    @property
    def preamble(self) -> tuple[str, ...]:
        """The lines above the column names, of all tables."""
        return tuple(line for table in self.tables for line in table.preamble)


def without_header(shape: Shape, names: Sequence[str]) -> Shape:
    """Return the same table read with given column names and its first line as a record."""
    keys = column_keys(names, len(names))
    bare = Table(names=tuple(names), columns=keys, first_rows=shape.tables[0].first_rows)
    quiet = ("preamble_skipped", "duplicate_headers", "header_shorter_than_rows")
    notices = tuple(notice for notice in shape.notices if notice.code not in quiet)
    return replace(shape, tables=(bare,), notices=notices)


def column_keys(names: Sequence[str], width: int) -> tuple[str, ...]:
    """Make `width` unique keys of column names as written.

    Names are stripped; a name that came before gets its count ("Date (2)"); a column without a name is
    called by its place from 1 ("column 6").
    """
    keys: dict[str, None] = {}
    for place in range(width):
        name = " ".join(names[place].split()) if place < len(names) else ""
        key = name or f"column {place + 1}"
        count = 2
        while key in keys:
            key = f"{name or 'column'} ({count})"
            count += 1
        keys[key] = None
    return tuple(keys)
