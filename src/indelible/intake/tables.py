"""Text tables: CSV, TSV and their cousins.

Exports put titles above the column names, totals and print marks below, name columns twice or not at
all, and let single rows run longer or shorter. Nothing of that may lose a record or pass in silence. So
the table is read in physical lines, each row keeps exactly the lines it was made of, and what is no
record is counted and named.

Two passes: `survey_table` looks at the beginning and decides on delimiter and header; `read_table`
streams the rows. Totals below are recognised by holding back suspicious rows until a plain one follows.

Source for quoting: RFC 4180 section 2; what is beyond it follows Python's csv module.
"""

from __future__ import annotations

import csv
import math
import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, takewhile
from pathlib import Path

from indelible.intake.encodings import Line, end_bytes, open_lines
from indelible.intake.headers import find_header, is_trailing, usual_width
from indelible.intake.limits import Limits
from indelible.intake.notices import NoticeBook
from indelible.intake.pieces import Json, Piece, RawRecord, RawReject, Skipped
from indelible.intake.shapes import Dialect, Shape, Table, column_keys

# Python's own bound is 131,072 characters a cell, which real exports exceed; lines are bounded here.
csv.field_size_limit(2**31 - 1)

_DELIMITERS = ",;\t|"
_SAMPLE_LINES = 400
_SAMPLE_ROWS = 200
_HELD_BACK = 20


@dataclass(slots=True)
class Row:
    """One row: its cells, the physical lines it was made of, and whether its last quote never closed."""

    cells: list[str]
    lines: list[Line]
    open_quote: bool = False

    @property
    def number(self) -> int:
        return self.lines[0].number

    def original(self, codec: str) -> bytes:
        """Return the bytes of the row's lines, without the end of the last."""
        if len(self.lines) == 1:
            return self.lines[0].original
        *inner, last = self.lines
        return b"".join(line.original + end_bytes(line.end, codec) for line in inner) + last.original

    @property
    def is_blank(self) -> bool:
        return not any(cell.strip() for cell in self.cells)


class _TooLong(Exception):
    """A row within quotes grew beyond what a record may be."""


class _Feed:
    """Hands lines to the csv reader and remembers which ones the present row has taken."""

    def __init__(self, lines: Iterable[Line], max_bytes: int) -> None:
        self._lines = iter(lines)
        self._waiting: deque[Line] = deque()
        self._max_bytes = max_bytes
        self._size = 0
        self.taken: list[Line] = []
        self.ran_out = False

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        # The csv reader asks for a further line only within quotes.
        if self.taken and (self._size > self._max_bytes or self.taken[-1].cut):
            raise _TooLong
        line = self._waiting.popleft() if self._waiting else next(self._lines, None)
        if line is None:
            self.ran_out = bool(self.taken)
            raise StopIteration
        self.taken.append(line)
        self._size += len(line.original)
        return line.text + line.end

    def next_row(self) -> None:
        self.taken = []
        self._size = 0

    def give_back(self, lines: Sequence[Line]) -> None:
        self._waiting.extendleft(reversed(lines))
        self.ran_out = False


def rows_of(lines: Iterable[Line], dialect: Dialect, max_bytes: int) -> Iterator[Row]:
    """Gather physical lines into rows.

    A quote that is never closed would swallow the rest of the file. Where a row reaches the end of the
    file or `max_bytes` within quotes, only its first line is given up (`open_quote`), and reading goes
    on with the next.
    """
    feed = _Feed(lines, max_bytes)
    reader = _reader(feed, dialect)
    while True:
        feed.next_row()
        try:
            cells = next(reader, None)
            broken = feed.ran_out
        except _TooLong:
            cells, broken = [], True
        if not feed.taken:
            return
        if broken:
            first, *others = feed.taken
            feed.give_back(others)
            reader = _reader(feed, dialect)
            yield Row([first.text], [first], open_quote=True)
        elif cells is not None:
            yield Row(cells, feed.taken)


def _reader(feed: Iterator[str], dialect: Dialect) -> Iterator[list[str]]:
    return csv.reader(
        feed,
        delimiter=dialect.delimiter,
        quotechar=dialect.quote,
        doublequote=True,
        skipinitialspace=dialect.skip_space,
    )


def survey_table(path: Path, base: Shape, limits: Limits) -> Shape | None:
    """Decide how to read a text as a table; None where it is none.

    Looks at the first few hundred lines only.
    """
    for most in (_SAMPLE_LINES, _SAMPLE_LINES * 50):
        head = list(islice(open_lines(path, base, limits.max_record_bytes), most))
        whole = len(head) < most
        # A single cell may hold thousands of lines: only then more of the file is looked at.
        shape = _survey_head(head, whole, base, limits)
        if shape is not None or whole:
            return shape
    return None


def _survey_head(head: Sequence[Line], whole: bool, base: Shape, limits: Limits) -> Shape | None:
    stated, above = _stated_delimiter(head)
    body = head[above:]
    dialect = stated or _find_dialect(body, limits)
    if dialect is None:
        return None
    rows = list(rows_of(body, dialect, limits.max_record_bytes))
    if not whole:
        # The sample may end within quotes: what then follows was only given up for want of more lines.
        rows = list(takewhile(lambda row: not row.open_quote, rows))
    rows = rows[:_SAMPLE_ROWS]
    if not rows or usual_width([row.cells for row in rows]) < 2:
        return None
    if max(len(row.cells) for row in rows) > limits.max_columns:
        return None
    if not whole and len(rows) < 3:
        return None
    notices = NoticeBook(base.notices)
    table = _survey_rows(rows, head[:above], notices)
    return replace(base, kind="csv", dialect=dialect, tables=(table,), notices=tuple(notices))


def _survey_rows(rows: list[Row], above: Sequence[Line], book: NoticeBook) -> Table:
    cells = [row.cells for row in rows]
    found = find_header(cells)
    width = usual_width(cells[found or 0 :])
    if found is None:
        keys = column_keys((), width)
        return Table("", ("",) * width, keys, 0, (), _first(cells))
    names = tuple(cells[found])
    below = [row for row in cells[found + 1 :] if any(cell.strip() for cell in row)]
    width = max(len(names), _width_below(below))
    preamble = [line.text for line in above] + [
        " ".join(cell for cell in row.cells if cell) for row in rows[:found] if not row.is_blank
    ]
    named, names = len(names), (*names, *[""] * (width - len(names)))
    table = Table("", names, column_keys(names, width), rows[found].number, tuple(preamble), _first(below))
    note_header(table, named, width, book)
    return table


def _width_below(rows: Sequence[Sequence[str]]) -> int:
    """Return the usual width of rows below a header, if it is settled by most of them."""
    widths = Counter(len(row) for row in rows)
    if not widths:
        return 0
    width, count = widths.most_common(1)[0]
    return width if count * 2 > len(rows) else 0


def note_header(table: Table, named: int, width: int, book: NoticeBook) -> None:
    """Note what is odd about a table's column names."""
    if table.preamble:
        book.add("preamble_skipped", len(table.preamble), names=table.preamble)
    stripped = Counter(" ".join(name.split()) for name in table.names)
    if repeated := [name for name, count in stripped.items() if name and count > 1]:
        book.add("duplicate_headers", len(repeated), names=repeated)
    if width > named:
        book.add("header_shorter_than_rows")


def _first(cells: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(row) for row in cells[:20])


def _stated_delimiter(head: Sequence[Line]) -> tuple[Dialect | None, int]:
    """Read the lines that some programs put first: `sep=;` and `#TYPE ...`; give how many they are."""
    if head and (match := re.fullmatch(r'"?sep=(.)"?', head[0].text)):
        return Dialect(match[1]), 1
    if head and head[0].text.strip('"').startswith("#TYPE "):
        return None, 1
    return None, 0


def _find_dialect(lines: Sequence[Line], limits: Limits) -> Dialect | None:
    """Choose the delimiter by which most rows have the same number of cells, and more than one."""
    best: tuple[float, Dialect] | None = None
    for skip_space in (False, True):
        for delimiter in _DELIMITERS:
            dialect = Dialect(delimiter, skip_space=skip_space)
            score = _evenness(lines, dialect, limits)
            if score > 0 and (best is None or score > best[0] * 1.05):
                best = (score, dialect)
    return best[1] if best else None


def _evenness(lines: Sequence[Line], dialect: Dialect, limits: Limits) -> float:
    closed = takewhile(lambda row: not row.open_quote, rows_of(lines, dialect, limits.max_record_bytes))
    rows = list(islice((row for row in closed if not row.is_blank), _SAMPLE_ROWS))
    widths = Counter(len(row.cells) for row in rows)
    if not widths:
        return 0.0
    width = max(widths, key=lambda width: (widths[width] if width > 1 else 0, width))
    share = widths[width] / len(rows)
    if width < 2 or (share < 0.5 and widths[width] < 3) or share < 0.2:
        return 0.0
    # Rows that continue over line breaks count with all of their lines: a wrong delimiter breaks them up.
    covered = sum(len(row.lines) for row in rows if len(row.cells) == width)
    return share * math.log2(width + 1) * (covered / sum(len(row.lines) for row in rows))


def read_table(path: Path, shape: Shape, limits: Limits, book: NoticeBook) -> Iterator[Piece]:
    """Stream the rows of a text table."""
    table = shape.tables[0]
    lines = open_lines(path, shape, limits.max_record_bytes)
    if table.header_line:
        above = islice(lines, table.header_line - 1)
        yield from (Skipped(line.number, line.original, "preamble") for line in above)
    rows = rows_of(lines, shape.dialect, limits.max_record_bytes)
    if table.header_line and (header := next(rows, None)):
        yield Skipped(header.number, header.original(shape.encoding), "header")
    yield from _rows_with_end(rows, shape, table, book)


def _rows_with_end(rows: Iterator[Row], shape: Shape, table: Table, book: NoticeBook) -> Iterator[Piece]:
    """Read rows, holding back those that may be totals until a plain one follows."""
    held: deque[Row] = deque()
    width = len(table.columns)
    for row in rows:
        if not row.open_quote and (row.is_blank or is_trailing(row.cells, width)):
            held.append(row)
            if len(held) > _HELD_BACK:
                yield _piece(held.popleft(), shape, table, book)
            continue
        while held:
            yield _piece(held.popleft(), shape, table, book)
        yield _piece(row, shape, table, book)
    for row in held:
        yield _trailing(row, shape, book)


def _trailing(row: Row, shape: Shape, book: NoticeBook) -> Skipped:
    original = row.original(shape.encoding)
    if row.is_blank:
        return _blank(row, original, book)
    book.add("trailing_rows_skipped", names=[" ".join(cell for cell in row.cells if cell)])
    return Skipped(row.number, original, "trailing")


def _blank(row: Row, original: bytes, book: NoticeBook) -> Skipped:
    if any("nul_removed" in line.flags for line in row.lines):
        book.add("nul_bytes")
        return Skipped(row.number, original, "nul")
    return Skipped(row.number, original, "blank")


def _piece(row: Row, shape: Shape, table: Table, book: NoticeBook) -> Piece:
    """Make a record of a row, or say why it cannot be one."""
    original = row.original(shape.encoding)
    if row.lines[-1].cut:
        return RawReject(row.number, original, "record_too_large")
    if row.open_quote:
        book.add("quote_not_closed")
        return RawReject(row.number, original, "quote_not_closed")
    if row.is_blank:
        return _blank(row, original, book)
    flags = list(dict.fromkeys(flag for line in row.lines for flag in line.flags))
    for flag in flags:
        book.add({"nul_removed": "nul_bytes"}.get(flag, "encoding_damaged"))
    if len(row.cells) != len(table.columns):
        book.add("ragged_rows")
        if len(row.cells) < len(table.columns):
            flags.append("short_row")
    return RawRecord(row.number, original, keyed(row.cells, table.columns), tuple(flags))


def keyed(cells: Sequence[str], columns: Sequence[str]) -> dict[str, Json]:
    """Pair cells with column keys; missing cells are empty, cells beyond go by their place."""
    value: dict[str, Json] = dict(zip(columns, cells, strict=False))
    for key in columns[len(cells) :]:
        value[key] = ""
    for place in range(len(columns), len(cells)):
        value[f"column {place + 1}"] = cells[place]
    return value
