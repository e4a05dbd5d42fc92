"""Holds the entries that are there against those that were sealed, as two lists of hashes.

An entry that was taken out, with all later ones renumbered, makes every later place differ. Compared as
lists, only one thing happened: so this finds what was removed, inserted, moved and altered, by the longest
run of entries that still stand in their order.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

Sealed = tuple[int, bytes]  # place in the log, leaf hash
Row = tuple[int, bytes | None]  # index of a row, leaf hash as it stands (None where it can be no leaf)


@dataclass(slots=True)
class Differences:
    """What happened to the entries. Places are where they were sealed; rows where they stand now."""

    altered: list[tuple[int, int]] = field(default_factory=list)  # (place, row)
    removed: list[int] = field(default_factory=list)  # places
    inserted: list[int] = field(default_factory=list)  # rows
    moved: list[tuple[int, int]] = field(default_factory=list)  # (place, row)


def align(sealed: Sequence[Sealed], rows: Sequence[Row]) -> Differences:
    """Return what was done to `sealed` to make `rows`. Both are in order of place and index."""
    where = {leaf: place for place, leaf in sealed}
    matched: list[int | None] = []
    seen: set[int] = set()
    for _, leaf in rows:
        place = where.get(leaf) if leaf is not None else None
        matched.append(None if place in seen else place)  # a copy of an entry is a foreign row
        if place is not None:
            seen.add(place)
    anchors = _longest_run(matched)
    found = Differences()
    found.moved = [
        (place, rows[at][0]) for at, place in enumerate(matched) if place is not None and at not in anchors
    ]
    missing = [place for place, _ in sealed if place not in seen]
    foreign = [at for at, place in enumerate(matched) if place is None]
    _pair(missing, foreign, rows, [(at, matched[at] or 0) for at in sorted(anchors)], found)
    return found


def _longest_run(matched: Sequence[int | None]) -> set[int]:
    """Return where in `matched` the longest run of growing places stands."""
    ends: list[int] = []  # the smallest place that ends a run of each length
    at_end: list[int] = []
    before: dict[int, int] = {}
    for at, place in enumerate(matched):
        if place is None:
            continue
        length = bisect_left(ends, place)
        if length == len(ends):
            ends.append(place)
            at_end.append(at)
        else:
            ends[length], at_end[length] = place, at
        before[at] = at_end[length - 1] if length else -1
    run: set[int] = set()
    at = at_end[-1] if at_end else -1
    while at >= 0:
        run.add(at)
        at = before[at]
    return run


def _pair(
    missing: Sequence[int],
    foreign: Sequence[int],
    rows: Sequence[Row],
    anchors: Iterable[tuple[int, int]],
    found: Differences,
) -> None:
    """Between two entries that still stand in order, pair what is missing with what is foreign: altered."""
    m = f = 0
    for at, place in (*anchors, (len(rows), 1 << 62)):
        gap_places: list[int] = []
        while m < len(missing) and missing[m] < place:
            gap_places.append(missing[m])
            m += 1
        gap_rows: list[int] = []
        while f < len(foreign) and foreign[f] < at:
            gap_rows.append(rows[foreign[f]][0])
            f += 1
        _pair_gap(gap_places, gap_rows, found)


def _pair_gap(places: list[int], indexes: list[int], found: Differences) -> None:
    same = set(places) & set(indexes) if len(places) != len(indexes) else set()
    for place in sorted(same):  # a row that kept its index is the altered one; the others came or went
        found.altered.append((place, place))
    left_places = [one for one in places if one not in same]
    left_rows = [one for one in indexes if one not in same]
    pairs = min(len(left_places), len(left_rows)) if not same else 0
    found.altered += zip(left_places[:pairs], left_rows[:pairs], strict=True)
    found.removed += left_places[pairs:]
    found.inserted += left_rows[pairs:]
