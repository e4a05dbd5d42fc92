"""Reading a member's records in the shape that was detected: the front of the five file kinds.

Each kind has a module of its own (tables, documents, sheets, lines); what they give is in pieces.py.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from indelible.intake import documents, htmltables, lines, logs, sheets, tables, xmlrecords
from indelible.intake.limits import Limits
from indelible.intake.notices import NoticeBook
from indelible.intake.opening import Member
from indelible.intake.pieces import Json, Piece, RawReader, RawRecord, RawReject, Skipped, text_or_bytes
from indelible.intake.shapes import Shape

__all__ = [
    "Json",
    "Piece",
    "RawReader",
    "RawRecord",
    "RawReject",
    "Skipped",
    "columns",
    "read_raw",
    "text_or_bytes",
]

_READERS = {
    "csv": tables.read_table,
    "json": documents.read_document,
    "ndjson": documents.read_lines,
    "xlsx": sheets.read_sheets,
    "html": htmltables.read_html,
    "xml": xmlrecords.read_xml,
    "log": lines.read_lines,
    "lines": lines.read_lines,
}


def read_raw(member: Member, shape: Shape, limits: Limits | None = None) -> RawReader:
    """Read a member's records in the shape that was detected (or chosen), streaming.

    Memory stays flat for CSV, JSON lines, JSON lists and plain lines; a workbook is bounded by
    `Limits.max_workbook_bytes`. Raises IntakeError where the file as a whole turns out unreadable.
    """
    book = NoticeBook(shape.notices)
    pieces = _READERS[shape.kind](member.path, shape, limits or Limits(), book)
    if member.truncated and shape.kind in ("csv", "log", "lines") and not _ends_with_line(member.path):
        pieces = _without_cut(pieces, book)
    if shape.kind == "log":
        pieces = logs.records(pieces, limits or Limits())
    return RawReader(pieces, book)


def _ends_with_line(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(0, os.SEEK_END)
        file.seek(max(file.tell() - 4, 0))  # four bytes: the widest line end, of UTF-32
        return file.read().rstrip(b"\0").endswith((b"\n", b"\r"))


def _without_cut(pieces: Iterator[Piece], book: NoticeBook) -> Iterator[Piece]:
    """Reject the last record: it breaks off where its packing ended, though it may look whole.

    Were it taken, half a record would stand for the whole one when the whole file comes.
    """
    last: Piece | None = None
    for piece in pieces:
        if last is not None:
            yield last
        last = piece
    if isinstance(last, RawRecord):
        book.add("broken_last_line")
        last = RawReject(last.line, last.original, "broken_last_line", last.table)
    if last is not None:
        yield last


def columns(shape: Shape) -> tuple[str, ...]:
    """Return the unique column keys of all tables of a file, in order of first appearance."""
    seen: dict[str, None] = {}
    for table in shape.tables:
        seen.update(dict.fromkeys(table.columns))
    return tuple(seen)
