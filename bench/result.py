"""What a target gave: a ratio of two figures taken in the same run, and whether that is good enough.

A machine that others share is never quiet, so every comparison runs in rounds that take both sides in
turn. The ratio is the median of the rounds' ratios; figure and bound are the medians of their own.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

AT_MOST = "at most"
AT_LEAST = "at least"


@dataclass(frozen=True, slots=True)
class Result:
    """One target, measured."""

    target: str  # such as T1
    what: str
    figure: float
    bound: float  # what it is held against, in the same unit
    unit: str
    ratio: float  # figure to bound
    sense: str  # AT_MOST or AT_LEAST
    goal: float | None  # for the ratio; None where the figure is only told
    rounds: list[float] = field(default_factory=list)  # the ratio of each round
    family: str = (
        ""  # of results that answer one question together: people are shown the worst and the missed
    )

    @property
    def met(self) -> bool | None:
        """Whether the goal was reached; None where there is none."""
        if self.goal is None:
            return None
        return self.ratio <= self.goal if self.sense == AT_MOST else self.ratio >= self.goal

    @property
    def badness(self) -> float:
        """How far from its goal: above 1 is a miss."""
        if not self.goal:
            return 0.0
        return self.ratio / self.goal if self.sense == AT_MOST else self.goal / self.ratio


@dataclass(frozen=True, slots=True)
class NotMeasured:
    """A target that could not be measured here, and why."""

    target: str
    what: str
    why: str


def in_rounds(
    target: str,
    what: str,
    pair: Callable[[], tuple[float, float]],
    *,
    unit: str,
    sense: str,
    goal: float | None,
    rounds: int,
) -> Result:
    """Measure figure and bound by `pair`, so many times, and put the rounds together."""
    return of_pairs(target, what, [pair() for _ in range(rounds)], unit=unit, sense=sense, goal=goal)


def of_pairs(
    target: str,
    what: str,
    pairs: Sequence[tuple[float, float]],
    *,
    unit: str,
    sense: str,
    goal: float | None,
) -> Result:
    """Return the result of rounds that each gave (figure, bound)."""
    ratios = [figure / bound for figure, bound in pairs]
    return Result(
        target,
        what,
        statistics.median(figure for figure, _ in pairs),
        statistics.median(bound for _, bound in pairs),
        unit,
        statistics.median(ratios),
        sense,
        goal,
        ratios,
    )


def share(values: Sequence[float], part: float) -> float:
    """Return the value below which that part of the values lies: 0.95 for the p95."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]
