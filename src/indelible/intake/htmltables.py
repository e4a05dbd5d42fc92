"""Tables of HTML, as many systems call an "Excel export": a web page with a table, named .xls.

The page is cut into its rows (markup.py), and the cells of each are read by the standard library's parser:
text only, no script, no link is followed, no style counts. Of several tables the one with most cells is the
log; the rows of the others, such as a title, are no records. A cell that spans columns stands in the first
of them; one that spans rows stands in each, as a reader sees it.

A page without a table of at least two rows and columns is a web page, such as one gets in place of a
download when signed out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from pathlib import Path

from indelible.intake.encodings import clean_text, encode_back, open_text
from indelible.intake.headers import find_header, is_trailing, usual_width
from indelible.intake.limits import Limits
from indelible.intake.markup import Slice, Slicer
from indelible.intake.notices import NoticeBook
from indelible.intake.pieces import Piece, RawRecord, RawReject, Skipped
from indelible.intake.shapes import Shape, Table, column_keys
from indelible.intake.tables import keyed, note_header

_BEGINS = re.compile(
    r"\s*<(!doctype\s+html|html|head|meta|body|table|style|div|center|font|title|\?xml)\b", re.I
)
_TABLE = re.compile(r"<table[\s>]", re.I)
_TABLE_ROW = re.compile(r"<tr[\s>]", re.I)
_LONG_BEGINNING = 1 << 21
_LONGEST_ROW = 4 * 1024 * 1024  # characters; what the parser may have to look at more than once
_SAMPLE_ROWS = 200
_HELD_BACK = 20
# A mark that begins no whole tag is a sign like any other. The parser would look for the end of each again
# and again, which takes hours for a cell made of them.
_LOOSE = re.compile(r"<(?!/?[a-zA-Z](?:[^\"'<>]++|\"[^\"<]*+\"|'[^'<]*+')*+>)")
_MOST_SPAN = 100
_BREAKS = {"br", "p", "div", "li"}
_BLANKS = re.compile(r"[ \t\r\f\u00a0]*\n[ \t\r\f\u00a0]*|[ \t\r\f\u00a0]+")


@dataclass(slots=True)
class _Row:
    """One row: where it begins, its text, its cells; `table` counts the tables of the page from 0."""

    table: int
    piece: Slice
    cells: list[str]

    @property
    def is_blank(self) -> bool:
        return not any(cell.strip() for cell in self.cells)


@dataclass(slots=True)
class _Looked:
    """What a look at one table of a page found."""

    cells: int = 0
    rows: list[_Row] = field(default_factory=list)


def survey_html(path: Path, base: Shape, limits: Limits) -> Shape | None:
    """Find the table of records of a page; None where the text is no page, or has no such table."""
    with open_text(path, base) as source:
        head = source.read(1 << 16)
    if not _BEGINS.match(head.lstrip("\ufeff")) or not _may_have_rows(path, base, head):
        return None
    tables: dict[int, _Looked] = {}
    for item in _rows(path, base, limits, NoticeBook()):
        if isinstance(item, _Row):
            looked = tables.setdefault(item.table, _Looked())
            looked.cells += len(item.cells)
            if len(looked.rows) < _SAMPLE_ROWS and not item.is_blank:
                looked.rows.append(item)
    if not tables:
        return None
    chosen = max(tables, key=lambda table: tables[table].cells)
    rows = tables[chosen].rows
    cells = [row.cells for row in rows]
    if len(rows) < 2 or not 2 <= usual_width(cells) <= limits.max_columns:
        return None
    book = NoticeBook(base.notices)
    table = _table(
        rows, cells, [row for number in tables if number < chosen for row in tables[number].rows], book
    )
    return replace(base, kind="html", tables=(table,), list_path=(str(chosen),), notices=tuple(book))


def _may_have_rows(path: Path, base: Shape, head: str) -> bool:
    """Answer whether a row of a table begins early on; a page with a long beginning is looked at further."""
    if not _has_row(head):
        with open_text(path, base) as source:
            head = source.read(_LONG_BEGINNING)
    return _has_row(head)


def _has_row(text: str) -> bool:
    table = _TABLE.search(text)
    return table is not None and _TABLE_ROW.search(text, table.end()) is not None


def _table(rows: Sequence[_Row], cells: list[list[str]], above: Sequence[_Row], book: NoticeBook) -> Table:
    found = find_header(cells)
    if found is None:
        width = usual_width(cells)
        return Table("", ("",) * width, column_keys((), width), 0, (), _first(cells))
    below = cells[found + 1 :]
    width = max(len(cells[found]), usual_width(below))
    names = (*cells[found], *[""] * (width - len(cells[found])))
    titles = [" ".join(cell for cell in row.cells if cell) for row in (*above, *rows[:found])]
    table = Table(
        "",
        names,
        column_keys(names, width),
        rows[found].piece.line,
        tuple(filter(None, titles)),
        _first(below),
    )
    note_header(table, len(cells[found]), width, book)
    return table


def _first(cells: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(row) for row in cells[:20])


def read_html(path: Path, shape: Shape, limits: Limits, book: NoticeBook) -> Iterator[Piece]:
    """Stream the rows of the table of records; whatever else the page holds is no record."""
    table = shape.tables[0]
    chosen = int(shape.list_path[0])
    headed = not table.header_line
    held: list[_Row] = []
    for item in _rows(path, shape, limits, book):
        if not isinstance(item, _Row):
            yield item
        elif item.table != chosen:
            yield Skipped(item.piece.line, encode_back(item.piece.text, shape.encoding), "preamble")
        elif not headed:
            headed = item.piece.line >= table.header_line and not item.is_blank
            why = "header" if headed else "preamble"
            yield Skipped(item.piece.line, encode_back(item.piece.text, shape.encoding), why)
        elif item.is_blank or is_trailing(item.cells, len(table.columns)):
            held.append(item)
            if len(held) > _HELD_BACK:
                yield _piece(held.pop(0), shape, book)
        else:
            for earlier in held:
                yield _piece(earlier, shape, book)
            held.clear()
            yield _piece(item, shape, book)
    for row in held:
        if not row.is_blank:
            book.add("trailing_rows_skipped", names=[" ".join(cell for cell in row.cells if cell)])
        why = "blank" if row.is_blank else "trailing"
        yield Skipped(row.piece.line, encode_back(row.piece.text, shape.encoding), why)


def _piece(row: _Row, shape: Shape, book: NoticeBook) -> Piece:
    original = encode_back(row.piece.text, shape.encoding)
    if row.is_blank:
        return Skipped(row.piece.line, original, "blank")
    _, flags = clean_text(row.piece.text)
    for flag in flags:
        book.add({"nul_removed": "nul_bytes"}.get(flag, "encoding_damaged"))
    columns = shape.tables[0].columns
    if len(row.cells) != len(columns):
        book.add("ragged_rows")
        if len(row.cells) < len(columns):
            flags = (*flags, "short_row")
    return RawRecord(row.piece.line, original, keyed(row.cells, columns), flags)


def _rows(path: Path, shape: Shape, limits: Limits, book: NoticeBook) -> Iterator[_Row | Piece]:
    """Give the rows of all tables of a page in order; what is between them has no words that count."""
    table = -1
    spans: dict[int, tuple[int, str]] = {}
    with open_text(path, shape) as source:
        for piece in Slicer(source, "tr", min(limits.max_record_bytes, _LONGEST_ROW), html=True):
            if piece.kind == "mark":
                table += not piece.text.startswith("</")
                spans = {}
            elif piece.kind == "record" and piece.cut:
                yield RawReject(piece.line, encode_back(piece.text, shape.encoding), "record_too_large")
            elif piece.kind == "record" and not piece.closed:
                # The page ends within a row: it was cut off, and what is there is not the whole row.
                book.add("broken_last_line")
                yield RawReject(piece.line, encode_back(piece.text, shape.encoding), "broken_last_line")
            elif piece.kind == "record":
                cells = _cells(clean_text(piece.text)[0], spans, limits.max_columns)
                if len(cells) > limits.max_columns:
                    yield RawReject(piece.line, encode_back(piece.text, shape.encoding), "record_too_large")
                    continue
                yield _Row(max(table, 0), piece, cells)


def _cells(text: str, spans: dict[int, tuple[int, str]], most: int) -> list[str]:
    """Return the cells of a row, those that reach into it from rows above in their places.

    More than `most` are not looked at beyond the first one too many.
    """
    parser = _CellParser()
    parser.feed(_LOOSE.sub("&lt;", _without_comments(text)))
    parser.close()
    cells: list[str] = []
    for said, columns, rows in parser.cells:
        _reach_in(cells, spans, most)
        for place in range(min(columns, most + 1 - len(cells))):
            if rows > 1 and len(spans) < _MOST_SPAN:
                spans[len(cells)] = (rows - 1, said if place == 0 else "")
            cells.append(said if place == 0 else "")
    _reach_in(cells, spans, most)
    return cells


def _without_comments(text: str) -> str:
    kept: list[str] = []
    at = 0
    while (begin := text.find("<!--", at)) >= 0 and (end := text.find("-->", begin + 4)) >= 0:
        kept.append(text[at:begin])
        at = end + 3
    return "".join(kept) + text[at:]


def _reach_in(cells: list[str], spans: dict[int, tuple[int, str]], most: int) -> None:
    while len(cells) < most and (above := spans.pop(len(cells), None)):
        left, said = above
        if left > 1:
            spans[len(cells)] = (left - 1, said)
        cells.append(said)


class _CellParser(HTMLParser):
    """Reads the cells of one row: (text, columns, rows)."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.cells: list[tuple[str, int, int]] = []
        self._texts: list[str] | None = None
        self._spans = (1, 1)
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a cell, or note a line break within one."""
        if tag in ("td", "th"):
            self._finish()
            told = dict(attrs)
            self._texts, self._spans = [], (_span(told.get("colspan")), _span(told.get("rowspan")))
        elif tag in ("script", "style"):
            self._unseen += 1
        elif tag in _BREAKS and self._texts:
            self._texts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """End a cell."""
        if tag in ("td", "th", "tr"):
            self._finish()
        elif tag in ("script", "style"):
            self._unseen = max(self._unseen - 1, 0)

    def handle_data(self, data: str) -> None:
        """Take text that people see."""
        if self._texts is not None and not self._unseen:
            # Line breaks of the source are blanks to a reader; those of <br> are kept.
            self._texts.append(data.replace("\n", " "))

    def close(self) -> None:
        """End the row: its last cell may have no end of its own."""
        super().close()
        self._finish()

    def _finish(self) -> None:
        if self._texts is not None:
            text = _BLANKS.sub(lambda gap: "\n" if "\n" in gap[0] else " ", "".join(self._texts)).strip()
            self.cells.append((text, *self._spans))
        self._texts = None


def _span(said: str | None) -> int:
    """Return how many columns or rows a cell spans, bounded; 1 for what is no number."""
    said = (said or "").strip()
    return min(max(int(said), 1), _MOST_SPAN) if said.isascii() and said.isdecimal() and len(said) < 6 else 1
