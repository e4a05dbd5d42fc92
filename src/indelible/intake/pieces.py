"""What a file is made of before anybody knows what its columns mean.

A `RawRecord` is one row, line or element with its values as the source wrote them and its own
bytes. A `RawReject` is a piece that cannot be one, with the reason and its bytes. A `Skipped` piece is
no record by its nature: a title above the column names, a total below, an empty line. Together the
three account for every line of the file; `RawReader` counts them. What the columns mean is the matter
of mappings and profiles.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from indelible.intake.notices import Notice, NoticeBook

# What strict JSON reading gives: numbers that a float would bend are `NumberText` (documents.py).
Json = None | bool | int | str | list["Json"] | dict[str, "Json"]


@dataclass(slots=True)
class RawRecord:
    """One record as the source wrote it.

    `line` counts physical lines (or rows of a sheet) from 1. `original` is the record's own bytes, without
    a line end that merely separates it from the next; for a row of a workbook, which has no bytes of its
    own, a JSON list of its cells. `value` is, for tables, a dict of unique column key -> text of the cell
    (every column is present; what goes beyond the columns is under `column <n>`); for JSON whatever the
    element is; for plain lines the text. `kinds` says which cells of a workbook were not text
    (key -> "time", "number", "boolean" or "error").
    """

    line: int
    original: bytes
    value: Json
    flags: tuple[str, ...] = ()
    table: str = ""  # the sheet, where there are several
    kinds: dict[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str | bytes:
        """The original as text where it is UTF-8 without NUL, else its bytes."""
        return text_or_bytes(self.original)

    @property
    def cells(self) -> list[str] | None:
        """The cells in order, where the record is a row of a table."""
        if not isinstance(self.value, dict):
            return None
        return [cell for cell in self.value.values() if isinstance(cell, str)]


@dataclass(slots=True)
class RawReject:
    """A piece of the file that cannot become a record; `reason` is a code, `original` its bytes.

    Where the piece is larger than a record may be, `original` is its beginning only.
    """

    line: int
    original: bytes
    reason: str
    table: str = ""

    @property
    def text(self) -> str:
        """The piece for people: bytes that are no text show as replacement characters."""
        return self.original.decode("utf-8", "replace").replace("\x00", "")


@dataclass(slots=True)
class Skipped:
    """A piece that is no record by its nature; `why` is "preamble", "trailing", "blank" or "nul"."""

    line: int
    original: bytes
    why: str


Piece = RawRecord | RawReject | Skipped


class RawReader:
    """Reads one member once, from its beginning, and accounts for all of it.

    Iterating gives records and rejects in the file's order. After that, `notices` is complete and
    `skipped` counts, by their reason, the pieces that are no records.
    """

    def __init__(self, pieces: Iterator[Piece], book: NoticeBook) -> None:
        self._pieces = pieces
        self._book = book
        self.skipped: dict[str, int] = {}
        self.records = 0
        self.rejected = 0

    def __iter__(self) -> Iterator[RawRecord | RawReject]:
        for piece in self._pieces:
            if isinstance(piece, Skipped):
                self.skipped[piece.why] = self.skipped.get(piece.why, 0) + 1
                continue
            if isinstance(piece, RawRecord):
                self.records += 1
            else:
                self.rejected += 1
            yield piece
        if not self.records and not self.rejected:
            self._book.add("no_rows")

    @property
    def notices(self) -> list[Notice]:
        """The remarks so far; complete when the reader is exhausted."""
        return list(self._book)


def text_or_bytes(original: bytes) -> str | bytes:
    """Return the text of bytes that are UTF-8, else the bytes themselves.

    English in UTF-16 is lawful UTF-8 too, with a NUL beside each letter; that is no text to anybody.
    """
    if b"\x00" in original:
        return original
    try:
        return original.decode("utf-8")
    except UnicodeDecodeError:
        return original
