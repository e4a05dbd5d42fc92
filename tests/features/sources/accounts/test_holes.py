"""Running numbers: whatever order they come in, the holes are exactly the numbers that never came."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from indelible.features.sources.accounts.holes import Run, filled, take


def feed(batches: list[list[int]]) -> tuple[Run | None, set[Run]]:
    """Take batches in, keeping holes as the tables do."""
    ends: Run | None = None
    holes: set[Run] = set()
    for batch in batches:
        if not batch:
            continue
        low, high = min(batch), max(batch)
        near = sorted(hole for hole in holes if hole[0] <= high and hole[1] >= low)
        moved = take(ends, near, batch)
        ends = (moved.lowest, moved.highest)
        for hole, left in moved.left.items():
            holes.remove(hole)
            holes.update(left)
            parts = sorted([*left, *filled(hole, left)])
            assert parts[0][0] == hole[0] and parts[-1][1] == hole[1]
            assert all(after[0] == before[1] + 1 for before, after in pairwise(parts))
        holes.update(moved.opened)
    return ends, holes


def missing(runs: set[Run]) -> set[int]:
    return {number for first, last in runs for number in range(first, last + 1)}


@settings(max_examples=300, deadline=None)
@given(st.lists(st.lists(st.integers(0, 60), max_size=12), max_size=15))
def test_any_order_of_arrival_ends_with_exactly_the_true_holes(batches: list[list[int]]) -> None:
    ends, holes = feed(batches)
    came = {number for batch in batches for number in batch}
    if not came:
        assert ends is None
        return
    assert ends == (min(came), max(came))
    assert missing(holes) == set(range(min(came), max(came) + 1)) - came
    assert len(missing(holes)) == sum(last - first + 1 for first, last in holes), "no two holes overlap"


def test_a_leap_of_a_quadrillion_is_one_hole() -> None:
    moved = take((1, 5), [], [10**15 - 1])
    assert moved.opened == [(6, 10**15 - 2)]


def test_a_batch_in_order_touches_nothing() -> None:
    moved = take((1, 5), [], [6, 7, 8])
    assert (moved.lowest, moved.highest, moved.opened, moved.left) == (1, 8, [], {})
