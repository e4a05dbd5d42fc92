"""Does `3 Entries.csv` say what the entries say? It is written anew from them, and compared byte for byte.

Source: docs/formats/pack.md sections 7 and 8. How a row comes about is table.py's matter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from .lines import ASKED, Line
from .report import Check
from .table import Columns, Row

_EVERY = 256  # rows between two words of progress


def rising(lines: Iterable[Line]) -> Iterator[Line]:
    """Yield lines without those that stand twice or out of order, which count for nothing."""
    last = -1
    for line in lines:
        if line.index > last:
            last = line.index
            yield line


def compare_table(
    check: Check,
    columns: Columns,
    lines: Iterable[Line],
    given: Iterator[bytes],
    row_of: Callable[[Line], Row],
    progress: Callable[[int], None],
) -> None:
    """Compare the table with the entries, and tell the first row that differs.

    `given` are the bytes of the table, `row_of` gives of a line what may stand in its row.
    """
    table = _Bytes(given)
    if not table.begins_with(columns.header().encode("utf-8")):
        check.find("table-differs")
        return
    for line in lines:
        if line.role != ASKED:
            continue
        check.count += 1
        if not table.begins_with(columns.row(row_of(line)).encode("utf-8")):
            check.find("table-differs", line.index)
            return
        if check.count % _EVERY == 0:
            progress(check.count)
    if not table.is_at_end():
        check.find("table-differs")


class _Bytes:
    """A stream that is compared piece by piece."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._held = b""

    def begins_with(self, expected: bytes) -> bool:
        """Say whether these bytes come next, and go past them."""
        while len(self._held) < len(expected):
            chunk = next(self._chunks, b"")
            if not chunk:
                return False
            self._held += chunk
        same = self._held[: len(expected)] == expected
        self._held = self._held[len(expected) :]
        return same

    def is_at_end(self) -> bool:
        """Say whether nothing is left."""
        return not self._held and not next(self._chunks, b"")
