"""Search: the table that lists and searches read, how it is kept, and how it is asked.

Derived from the entries and never trusted for itself: it can be made anew at any time (`rebuild`), and
verification compares it with the entries, text index included. What an entry becomes there: `rows`, with the keys of
`tokens`, `facts` and `hours`. What is asked is a pattern of `language`: `asking` turns it into `terms` of the index,
`scanning` looks closely where those cannot tell. Where it is kept: `store`, `embedded`, `postgres`, `indexing`. What is
found: `finding`, `names`, `actors`.
"""

from __future__ import annotations

from .actors import SeenActor, Sighting, actors_seen
from .finding import (
    COUNT_LIMIT,
    PAGE,
    Counted,
    Page,
    Tightest,
    count_in,
    days_with_counts,
    find,
    find_all,
    history_of,
    referring_to,
    referring_to_any,
    tightest_filter,
)
from .indexing import catch_up, entries_behind, rebuild
from .names import look_alikes
from .rows import SearchRow, row_of

__all__ = [
    "COUNT_LIMIT",
    "PAGE",
    "Counted",
    "Page",
    "SearchRow",
    "SeenActor",
    "Sighting",
    "Tightest",
    "actors_seen",
    "catch_up",
    "count_in",
    "days_with_counts",
    "entries_behind",
    "find",
    "find_all",
    "history_of",
    "look_alikes",
    "rebuild",
    "referring_to",
    "referring_to_any",
    "row_of",
    "tightest_filter",
]
