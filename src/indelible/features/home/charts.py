"""Bars a day, drawn on the server: places and heights, no more. The same figures stand in a table beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

WIDTH, HEIGHT, STEP, BAR = 300, 96, 10, 7
SCALES = (5, 10, 20, 50)


@dataclass(frozen=True, slots=True)
class Bar:
    """One day: where its bar stands and how high it is, in the units of the drawing."""

    day: date
    entries: int
    x: int
    y: float
    height: float
    is_rest: bool  # a day of the weekend


@dataclass(frozen=True, slots=True)
class Chart:
    """The bars, and the number that the full height stands for."""

    bars: list[Bar]
    top: int

    @property
    def total(self) -> int:
        """How many entries in all."""
        return sum(bar.entries for bar in self.bars)


def bars_a_day(days: Sequence[tuple[date, int]]) -> Chart:
    """Return the bars of consecutive days, oldest first, against a round number above the largest."""
    top = round_above(max((entries for _day, entries in days), default=0))
    bars = [
        Bar(
            day,
            entries,
            place * STEP + 1,
            round(HEIGHT - _height(entries, top), 1),
            round(_height(entries, top), 1),
            day.weekday() >= 5,
        )
        for place, (day, entries) in enumerate(days)
    ]
    return Chart(bars, top)


def _height(entries: int, top: int) -> float:
    return max(1.5, HEIGHT * entries / top) if entries else 0.0


def round_above(number: int) -> int:
    """Return the smallest of 5, 10, 20, 50, 100, 200, 500, ... that is not below `number`."""
    power = 1
    while True:
        for scale in SCALES:
            if number <= scale * power:
                return scale * power
        power *= 10
