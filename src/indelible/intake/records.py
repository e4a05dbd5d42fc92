"""Reading a member's records in the shape that was detected: the front of the five file kinds.

Each kind has a module of its own (tables, documents, sheets, lines); what they give is in pieces.py.
"""

from __future__ import annotations

from indelible.intake import documents, lines, sheets, tables
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
    "lines": lines.read_lines,
}


def read_raw(member: Member, shape: Shape, limits: Limits | None = None) -> RawReader:
    """Read a member's records in the shape that was detected (or chosen), streaming.

    Memory stays flat for CSV, JSON lines, JSON lists and plain lines; a workbook is bounded by
    `Limits.max_workbook_bytes`. Raises IntakeError where the file as a whole turns out unreadable.
    """
    book = NoticeBook(shape.notices)
    return RawReader(_READERS[shape.kind](member.path, shape, limits or Limits(), book), book)


def columns(shape: Shape) -> tuple[str, ...]:
    """Return the unique column keys of all tables of a file, in order of first appearance."""
    seen: dict[str, None] = {}
    for table in shape.tables:
        seen.update(dict.fromkeys(table.columns))
    return tuple(seen)
