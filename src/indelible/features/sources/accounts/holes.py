"""Which running numbers are missing: pure arithmetic on runs, whatever order they come in.

What is known of a stream is its lowest and highest number, and the holes between, each a first and a last number. A
batch of numbers moves the ends and fills or splits holes; it costs what the batch and the holes it touches cost,
never what came before. So any order of arrival ends with exactly the numbers that never came.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

Run = tuple[int, int]  # first and last, both included


@dataclass(frozen=True, slots=True)
class Moved:
    """What a batch did: the new ends, holes that are new, and for each touched hole what is left of it."""

    lowest: int
    highest: int
    opened: list[Run]
    left: dict[Run, list[Run]]


def take(ends: Run | None, holes: Sequence[Run], numbers: Iterable[int]) -> Moved:
    """Take a batch in. `ends` are lowest and highest so far, None at first; `holes` those it may touch.

    `holes` needs to hold each open hole between the batch's own lowest and highest; others may be left out.
    """
    batch = sorted(set(numbers))
    if not batch:
        if ends is None:
            raise ValueError("no number, and none known before")
        return Moved(*ends, [], {})
    lowest, highest = ends or (batch[0], batch[0])
    above = batch[bisect_right(batch, highest) :]
    below = batch[: bisect_left(batch, lowest)]
    opened = _between([*below, lowest]) + _between([highest, *above])
    left: dict[Run, list[Run]] = {}
    for first, last in holes:
        inside = batch[bisect_left(batch, first) : bisect_right(batch, last)]
        if inside:
            left[first, last] = _between([first - 1, *inside, last + 1])
    return Moved(min(lowest, batch[0]), max(highest, batch[-1]), opened, left)


def _between(numbers: Sequence[int]) -> list[Run]:
    """Return the runs that lie between neighbouring numbers, which rise."""
    return [(low + 1, high - 1) for low, high in pairwise(numbers) if high > low + 1]


def filled(hole: Run, left: Sequence[Run]) -> list[Run]:
    """Return the parts of a hole that came, given what is left of it, in order."""
    at, found = hole[0], []
    for first, last in left:
        if first > at:
            found.append((at, first - 1))
        at = last + 1
    if at <= hole[1]:
        found.append((at, hole[1]))
    return found
