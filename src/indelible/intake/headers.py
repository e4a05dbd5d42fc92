"""Where the column names of a table stand, and what below is no record.

Used for text tables and for sheets alike. Column names are words: no times, no numbers, no addresses;
and they are about as many as the rows have cells. What stands above is a title; a table whose first rows
already look like data has no names.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

_LOOK_AHEAD = 40
_NUMBER = re.compile(r"^[\s(+-]*[\W]{0,3}\d[\d\s.,'’]*\s*[%)€$£]?\)?$")
_DATA_LIKE = re.compile(
    r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}"  # a date
    r"|\d{1,2}:\d{2}"  # a time of day
    r"|^[^\s@]+@[^\s@]+\.[^\s@]+$"  # a mail address
    r"|^\d{1,3}(\.\d{1,3}){3}$"  # a network address
    r"|^[\[{].*[\]}]$"  # JSON
    r"|^https?://",
    re.S,
)
_TOTAL = re.compile(
    r"^\W*(grand\s+)?(sub)?(total|totals|sum|summe|gesamt|gesamtsumme|somme|totale|totaal|totalt|suma|итого|合計)\b"
    r"|^\W*(end of|ende|fin du|fin de|fine)\b",
    re.I,
)
_PRINTED = re.compile(
    r"^\W*(printed|generated|exported|created|report|run|page|gedruckt|erstellt|seite|imprimé|généré)\b"
    r"|^(mon|tues|wednes|thurs|fri|satur|sun)day,",
    re.I,
)
_MAX_NAME = 120


def usual_width(rows: Sequence[Sequence[str]]) -> int:
    """Return how many cells most rows have, blank rows left out; the wider one where it is even."""
    widths = Counter(len(row) for row in rows if any(cell.strip() for cell in row))
    return max(widths, key=lambda width: (widths[width], width)) if widths else 0


def find_header(rows: Sequence[Sequence[str]]) -> int | None:
    """Return the index of the row that holds the column names, or None where there is none."""
    width = usual_width(rows[: _LOOK_AHEAD * 5])
    needed = max(1, width * 0.6) if width < 3 else max(2, width * 0.6)
    for index, row in enumerate(rows[:_LOOK_AHEAD]):
        named = [cell.strip() for cell in row if cell.strip()]
        if len(named) < needed:
            continue
        return index if _are_names(named) else None
    # A table of rows that are mostly empty: the first row of words with at least half of the cells.
    for index, row in enumerate(rows[:_LOOK_AHEAD]):
        named = [cell.strip() for cell in row if cell.strip()]
        if len(named) >= max(2, width * 0.4):
            return index if _are_names(named) else None
    return None


def _are_names(cells: Sequence[str]) -> bool:
    words = [cell for cell in cells if is_name(cell)]
    if any(_DATA_LIKE.search(cell) and not is_name(cell) for cell in cells):
        return False
    return len(words) >= len(cells) * 0.8


def is_name(cell: str) -> bool:
    """Tell whether a cell could be the name of a column."""
    if len(cell) > _MAX_NAME or "\n" in cell.strip():
        return False
    return not (_NUMBER.match(cell) or _DATA_LIKE.search(cell)) and any(mark.isalpha() for mark in cell)


def is_trailing(cells: Sequence[str], width: int) -> bool:
    """Tell whether a row below the records is a total, a print mark or the like.

    Only the last rows of a table are passed over for it. A row that is mostly filled is never one.
    """
    # Asked of every row of a file, so that the usual answer is found without looking at the words.
    if width >= 3 and sum(map(bool, map(str.strip, cells))) > max(1, width // 2):
        return False
    filled = [cell.strip() for cell in cells if cell.strip()]
    if not filled:
        return True
    if width >= 3 and len(filled) <= max(1, width // 2) and (cells[0].strip() or len(filled) == 1):
        if _TOTAL.match(filled[0]) or _PRINTED.match(filled[0]):
            return True
        return len(filled) == 1 and len(cells) == 1 and width >= 4
    return False
