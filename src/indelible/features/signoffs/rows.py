"""The rows of a list as places and leaf hashes: of entries as they stand, as the log holds them, and of lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from indelible.ledger import canonical
from indelible.ledger.entries import leaf_hashes_of
from indelible.ledger.hashing import HASH_SIZE, leaf_hash
from indelible.ledger.proofs import KeptTiles
from indelible.ledger.tree import TILE_WIDTH
from indelible.storage.database import reads
from indelible.storage.database.models import Logbook
from indelible.storage.database.reads import StoredEntry

_AT_ONCE = 500


def runs_of(indexes: Iterable[int]) -> list[list[int]]:
    """Return indexes, in their order, as runs: [[12, 19], [23, 23]]."""
    runs: list[list[int]] = []
    for index in indexes:
        if runs and index == runs[-1][1] + 1:
            runs[-1][1] = index
        else:
            runs.append([index, index])
    return runs


def expanded(runs: Iterable[Sequence[int]], most: int) -> list[int]:
    """Return the indexes of runs. They come from tables or files where anything may stand by now: raises ValueError
    for what are no runs, or for more than `most` indexes."""
    indexes: list[int] = []
    for run in runs:
        if not isinstance(run, list | tuple) or len(run) != 2 or any(type(end) is not int for end in run):
            raise ValueError("no run of indexes")
        first, last = run
        if not 0 <= first <= last or last - first >= most - len(indexes):
            raise ValueError(f"no run of at most {most} indexes: {first} to {last}")
        indexes.extend(range(first, last + 1))
    return indexes


def stored(logbook: Logbook, indexes: Sequence[int]) -> Iterator[dict[int, StoredEntry]]:
    """Yield the entries that stand at these indexes, some hundred at a time."""
    for start in range(0, len(indexes), _AT_ONCE):
        yield reads.find_entries(logbook, indexes[start : start + _AT_ONCE])


Columns = tuple[str, str, bytes]
"""Content, time and secret of an entry as they stand."""


def columns(logbook: Logbook, indexes: Sequence[int]) -> Iterator[dict[int, Columns]]:
    """Yield what stands at these indexes, some hundred at a time, as `leaves_of` wants it."""
    for start in range(0, len(indexes), _AT_ONCE):
        yield reads.find_columns(logbook, indexes[start : start + _AT_ONCE])


def columns_of(entry: StoredEntry) -> Columns:
    """Return the columns of an entry that was read."""
    return entry.stored, entry.recorded_at, entry.secret


def leaves_of(entries: Mapping[int, Columns]) -> dict[int, bytes | None]:
    """Return the leaf hash of each entry as it stands; None where none can be built from it."""
    found = list(entries.values())
    hashes = leaf_hashes_of([one[0] for one in found], [one[2] for one in found], [one[1] for one in found])
    return {
        index: each if isinstance(each, bytes) else None for index, each in zip(entries, hashes, strict=True)
    }


class HeldLeaves:
    """The leaf hashes that the log's own tree holds: what was sealed, whatever became of the entries' contents."""

    def __init__(self, logbook: Logbook) -> None:
        self._tiles = KeptTiles(reads.stored_hashes(logbook))

    def of(self, index: int) -> bytes | None:
        """Return the leaf hash at an index; None where the tree holds none."""
        at = index % TILE_WIDTH * HASH_SIZE
        found = self._tiles.hashes(0, index // TILE_WIDTH)[at : at + HASH_SIZE]
        return found if len(found) == HASH_SIZE else None


def line_leaf(data: Mapping[str, Any]) -> bytes:
    """Return the leaf hash of a line that came from elsewhere: that of its canonical JSON."""
    return leaf_hash(canonical.encode(dict(data)))


def cut(leaves: bytes) -> list[bytes]:
    """Return leaf hashes that stand one behind the other, one by one."""
    return [leaves[at : at + HASH_SIZE] for at in range(0, len(leaves), HASH_SIZE)]
