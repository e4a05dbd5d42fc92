"""Reading a list of accounts from a file that somebody sends: CSV or a workbook, within bounds, every row or none."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from indelible.features.reviews.errors import ReviewError
from indelible.intake.detection import detect
from indelible.intake.errors import IntakeError
from indelible.intake.limits import MIB, Limits
from indelible.intake.opening import open_members
from indelible.intake.pieces import RawRecord
from indelible.intake.records import read_raw

MOST_BYTES: Final = 10 * MIB
MOST_ROWS: Final = 5_000
MOST_COLUMNS: Final = 60
LONGEST_CELL: Final = 254
_LIMITS: Final = Limits(
    max_bytes=MOST_BYTES,
    max_unpacked_bytes=8 * MOST_BYTES,
    max_members=1,
    max_workbook_bytes=8 * MOST_BYTES,
    max_workbook_cells=2_000_000,
    max_record_bytes=MIB,
    max_columns=MOST_COLUMNS,
)


@dataclass(frozen=True, slots=True)
class Read:
    """The columns of a list and its rows, each cell as text."""

    columns: list[str]
    rows: list[list[str]]


def read(file: IO[bytes], name: str) -> Read:
    """Return the table in a file. A review of half a list is worth nothing, so a row that cannot be read refuses all.

    Raises ReviewError: `access-file-unreadable`, `access-file-row`, `access-file-empty`, `access-file-too-long`.
    """
    with _on_disk(file) as path:
        try:
            with open_members(path, name, _LIMITS) as opened:
                if opened.is_archive or len(opened.members) != 1:
                    raise ReviewError("access-file-unreadable", name=name)
                member = opened.members[0]
                shape = detect(member, _LIMITS)
                if (
                    shape.kind not in ("csv", "xlsx")
                    or len([one for one in shape.tables if one.columns]) != 1
                ):
                    raise ReviewError("access-file-unreadable", name=name)
                columns = list(shape.columns)[:MOST_COLUMNS]
                rows: list[list[str]] = []
                for piece in read_raw(member, shape, _LIMITS):
                    if not isinstance(piece, RawRecord) or not isinstance(piece.value, dict):
                        raise ReviewError("access-file-row", name=name, line=piece.line)
                    if len(rows) == MOST_ROWS:
                        raise ReviewError("access-file-too-long", name=name, most=f"{MOST_ROWS:,}")
                    rows.append([_cell(piece.value.get(column)) for column in columns])
        except IntakeError as refused:
            raise ReviewError("access-file-unreadable", name=name) from refused
    if not rows:
        raise ReviewError("access-file-empty", name=name)
    return Read(columns, rows)


def _cell(value: object) -> str:
    return " ".join(str(value or "").replace("\0", " ").split())[:LONGEST_CELL]


@contextmanager
def _on_disk(file: IO[bytes]) -> Iterator[Path]:
    """Yield a path where the bytes of a file lie, no more of them than a list may have."""
    with tempfile.NamedTemporaryFile(prefix="accounts-") as copy:
        left = MOST_BYTES + 1
        while left > 0 and (chunk := file.read(min(left, 1 << 16))):
            copy.write(chunk)
            left -= len(chunk)
        copy.flush()
        yield Path(copy.name)
