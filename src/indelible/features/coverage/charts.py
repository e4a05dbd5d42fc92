"""The bar of what was seen against what was expected, drawn on the server; what is missing is hatched.

Places and lengths only. The same figures stand beside it in words and in the table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

WIDTH: Final = 200
HEIGHT: Final = 12
STROKE: Final = 5  # from one hatch to the next
LEAST: Final = 2.0  # what is there is seen, however little


@dataclass(frozen=True, slots=True)
class Bar:
    """How long the part that was seen is, from where the gap is hatched (a path), and where the expected stands.

    `expected_at` is None where nothing is expected, or nothing beyond what is expected was seen.
    """

    seen: float
    gap: str = ""
    gap_from: float = 0.0
    gap_width: float = 0.0
    expected_at: float | None = None


def bar(seen: int, expected: int | None) -> Bar | None:
    """Return the bar; None where there is nothing to measure by."""
    if expected is None or max(seen, expected) <= 0:
        return None
    whole = max(seen, expected)
    length = round(max(WIDTH * seen / whole, LEAST if seen else 0.0), 1)
    if seen >= expected:
        at = round(WIDTH * expected / whole, 1)
        return Bar(length, expected_at=at if seen > expected else None)
    return Bar(length, _hatch(length), length, round(WIDTH - length, 1))


def _hatch(start: float) -> str:
    """Return slanting strokes from `start` to the end."""
    strokes = []
    x = start
    while x < WIDTH:
        top, low = min(x + HEIGHT / 2, WIDTH), min(x, WIDTH)
        strokes.append(f"M{low:g} {HEIGHT}L{top:g} 0")
        x += STROKE
    return "".join(strokes)
