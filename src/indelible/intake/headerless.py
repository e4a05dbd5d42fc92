"""Tables without column names whose system is known by the form of its rows.

A database's own log in CSV has no header at all. A profile lists the names of such columns in their order,
and patterns that some of them keep to (`[[headerless]]`); where the first rows fit, the names are lent.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from indelible.intake.profile import Headerless, profiles
from indelible.intake.shapes import Shape, without_header


def named(shape: Shape) -> Shape:
    """Return a table with the column names that its rows prove, else the table as it is."""
    if len(shape.tables) != 1 or shape.tables[0].header_line:
        return shape
    table = shape.tables[0]
    width = len(table.columns)
    for profile in profiles():
        for way in profile.headerless:
            if way.least <= width <= len(way.names) and _fits(way, table.first_rows):
                return without_header(shape, way.names[:width])
    return shape


def _fits(way: Headerless, rows: Sequence[Sequence[str]]) -> bool:
    """Answer whether most of the rows keep to every pattern."""
    kept = sum(all(_keeps(row, place, pattern) for place, pattern in way.patterns) for row in rows)
    return kept > 0 and kept * 4 >= len(rows) * 3


def _keeps(row: Sequence[str], place: int, pattern: re.Pattern[str]) -> bool:
    return place < len(row) and pattern.fullmatch(row[place]) is not None
