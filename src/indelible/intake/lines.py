"""Plain lines: system logs and whatever else is neither table nor document.

A line is a record; what is in it is a parser's matter. Empty lines are passed over.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from indelible.intake.encodings import Line, open_lines
from indelible.intake.limits import Limits
from indelible.intake.notices import NoticeBook
from indelible.intake.pieces import Piece, RawRecord, RawReject, Skipped
from indelible.intake.shapes import Shape


def read_lines(path: Path, shape: Shape, limits: Limits, book: NoticeBook) -> Iterator[Piece]:
    """Read every line that is not empty as one record, its text without the line end."""
    for line in open_lines(path, shape, limits.max_record_bytes):
        yield whole_line(line, book) or RawRecord(line.number, line.original, line.text, line.flags)


def whole_line(line: Line, book: NoticeBook) -> Piece | None:
    """Return what a line is that cannot be a record (empty, NUL bytes only, too long), else None."""
    if "nul_removed" in line.flags:
        book.add("nul_bytes")
    if "bytes_unreadable" in line.flags:
        book.add("encoding_damaged")
    if line.cut:
        return RawReject(line.number, line.original, "record_too_large")
    if not line.text.strip():
        return Skipped(line.number, line.original, "nul" if "nul_removed" in line.flags else "blank")
    return None
