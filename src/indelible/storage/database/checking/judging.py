"""From what does not fit to findings: which entry, which kind, and what is a consequence of what.

One act leaves several traces: an entry taken away leaves a hole in its source's numbers and a stale search row.
Only the act is a finding; its traces are told where nothing explains them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from . import words
from .alignment import Differences, Row, Sealed, align
from .diagnosis import LeafData, diagnose
from .peaks import CHUNK, TILE
from .place import Reader
from .ranges import Chunk, entry_rows, leaves_of_rows, stored_leaves
from .report import Finding
from .truth import Truth

MOST_EXCHANGED = 60


@dataclass(slots=True)
class Judged:
    """Findings about entries, and which places and rows they explain."""

    findings: list[Finding] = field(default_factory=list)
    touched: set[int] = field(
        default_factory=set
    )  # places and rows of altered, moved, inserted, missing entries
    altered: set[int] = field(default_factory=set)  # those of them that stand at their place
    shifted_from: int | None = (
        None  # from this index on, rows stand at another place than they were sealed at
    )

    def note_shift(self, sealed: Sequence[Sealed], rows: Sequence[Row], found: Differences) -> None:
        """Note from which row on entries stand, in their order, at another index than the one they were sealed at."""
        places = {leaf: place for place, leaf in sealed}
        moved = {row for _, row in found.moved}
        for index, leaf in rows:
            place = places.get(leaf) if leaf is not None else None
            if place is not None and place != index and index not in moved:
                known = self.shifted_from
                self.shifted_from = index if known is None else min(known, index)

    def is_near(self, index: int) -> bool:
        """Whether an entry that was touched lies in the same range of the log or in the one before."""
        return any(0 <= index // CHUNK - one // CHUNK <= 1 for one in self.touched)


def judge_entries(
    reader: Reader, truth: Truth, outside: Sequence[int], size: int, leaf_data: LeafData | None
) -> Judged:
    """Say what happened to the entries of the ranges in doubt, and to rows outside the log."""
    judged = Judged()
    left_outside = list(outside)
    for first, end in _spans(truth.doubtful):
        tiles = range(first // TILE, -(-end // TILE))
        sealed: list[Sealed] = []
        for tile in tiles:
            known = truth.leaves(tile)
            if known is None:
                _whole_tile(judged, tile, min(tile * TILE + TILE, size))
                continue
            sealed += list(enumerate(known, tile * TILE))
            _compare_tile(reader, judged, tile, known, size)
        beyond = left_outside if end == size else []
        rows = _rows(reader, first, end, beyond)
        unknown = {index for index in judged.touched if first <= index < end}
        rows = [row for row in rows if row[0] not in unknown]
        if end == size:
            left_outside = []
        found = align(sealed, rows)
        judged.note_shift(sealed, rows, found)
        _tell(reader, judged, found, dict(sealed), size, leaf_data)
    for first, last in runs_of(left_outside):
        judged.findings.append(Finding("inserted", 1, words.inserted(first, last), first, last))
        judged.touched |= set(range(first, last + 1))
    return judged


def _spans(doubtful: Sequence[Chunk]) -> Iterator[tuple[int, int]]:
    """Yield the stretches that chunks in doubt make together: a renumbering runs through all of them."""
    start = end = None
    for chunk in doubtful:
        if start is None:
            start, end = chunk.first, chunk.end
        elif chunk.first == end:
            end = chunk.end
        else:
            yield start, end or start
            start, end = chunk.first, chunk.end
    if start is not None:
        yield start, end or start


def _rows(reader: Reader, first: int, end: int, beyond: Sequence[int]) -> list[Row]:
    stretches = [(start, min(start + TILE, end)) for start in range(first, end, TILE)]
    stretches += [(index, last + 1) for index, last in runs_of(beyond)]
    if first == 0:
        stretches.sort()
    rows: list[Row] = []
    for start, stop in stretches:
        found = entry_rows(reader, start, stop)
        rows += zip((row[0] for row in found), leaves_of_rows(found), strict=True)
    return rows


def _whole_tile(judged: Judged, tile: int, end: int) -> None:
    """Nothing holds the leaves of this tile any more: the narrowest that can be said is the tile."""
    first, last = tile * TILE, end - 1
    judged.findings.append(Finding("altered", 1, words.altered(first, last, "", ()), first, last))
    judged.touched |= set(range(first, end))


def _compare_tile(reader: Reader, judged: Judged, tile: int, known: Sequence[bytes], size: int) -> None:
    start, end = tile * TILE, min(tile * TILE + TILE, size)
    stored = stored_leaves(reader, start, end)
    if list(stored) != list(known):
        judged.findings.append(Finding("tile_differs", 1, words.tile_differs(start, end - 1), start, end - 1))


def _tell(
    reader: Reader,
    judged: Judged,
    found: Differences,
    leaves: dict[int, bytes],
    size: int,
    leaf_data: LeafData | None,
) -> None:
    exchanged = _exchanged(reader, found.altered, leaves)
    for first, last in sorted(exchanged):
        judged.findings.append(Finding("swapped", 1, words.swapped(first, last), first, last))
        judged.touched |= {first, last}
    swapped = {index for pair in exchanged for index in pair}
    for place, row in found.altered:
        if place in swapped:
            continue
        told = diagnose(reader, place, row, leaves[place], leaf_data)
        if told.kind == "gone":
            finding = Finding("gone", 1, words.gone(place, told.what), place, place, told.what)
        else:
            text = words.altered(place, place, told.what, told.fields)
            finding = Finding("altered", 1, text, place, place, told.what, told.fields)
        judged.findings.append(finding)
        judged.touched |= {place, row}
        judged.altered.add(row)
    for first, last in runs_of(found.removed):
        at_end = last == size - 1
        text = words.cut_off(first, last, by_file=False) if at_end else words.removed(first, last, size)
        judged.findings.append(Finding("cut_off" if at_end else "removed", 1, text, first, last))
        judged.touched |= set(range(first, last + 1))
    for first, last in runs_of(found.inserted):
        judged.findings.append(Finding("inserted", 1, words.inserted(first, last), first, last))
        judged.touched |= set(range(first, last + 1))
    for first, last in _swaps(found.moved):
        judged.findings.append(Finding("swapped", 1, words.swapped(first, last), first, last))
    for place, row in found.moved:
        judged.touched |= {place, row}


def _exchanged(
    reader: Reader, altered: Sequence[tuple[int, int]], leaves: dict[int, bytes]
) -> set[tuple[int, int]]:
    """Return pairs of entries of which each holds what the other said, only their times stayed in place."""
    if not 2 <= len(altered) <= MOST_EXCHANGED:
        return set()
    rows = [entry_rows(reader, row, row + 1)[0] for _, row in altered]
    pairs: set[tuple[int, int]] = set()
    for place, row in altered:
        at = next(one[1] for one in rows if one[0] == row)
        hashes = leaves_of_rows([(one[0], at, one[2], one[3]) for one in rows])
        for other, leaf in zip(rows, hashes, strict=True):
            if leaf == leaves[place] and other[0] != row:
                pairs.add((min(place, other[0]), max(place, other[0])))
    return pairs


def _swaps(moved: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return each exchange once, as (smaller, larger) index."""
    return sorted({(min(place, row), max(place, row)) for place, row in moved})


def runs_of(indexes: Sequence[int]) -> list[tuple[int, int]]:
    """Return runs of neighbouring indexes as (first, last)."""
    runs: list[tuple[int, int]] = []
    for index in sorted(indexes):
        if runs and index == runs[-1][1] + 1:
            runs[-1] = runs[-1][0], index
        else:
            runs.append((index, index))
    return runs
