"""The small tables beside search: how many entries happened when, and how far the search table has come.

Pages read the counts for their charts, and indexing goes on from where it is said to be. Both follow from rows
that are compared with the entries elsewhere; here they are held against those rows.
"""

from __future__ import annotations

from ..search.store import DAY, QUARTER
from .place import Reader

_COLUMNS = "span, slot, entries, first_index, last_index"
# Division rounds towards zero, and a slot before 1970 begins below it.
_COUNTED = (
    "SELECT {span}, occurred / {width} - CASE WHEN occurred < 0 AND occurred / {width} * {width} <> occurred"
    ' THEN 1 ELSE 0 END, count(*), min("index"), max("index") FROM search WHERE logbook = %s GROUP BY 1, 2'
)
_TRUE = " UNION ALL ".join(_COUNTED.format(span=span, width=span * 1_000_000) for span in (QUARTER, DAY))
# One statement, so that a batch that is added meanwhile is seen whole or not at all.
_DIFFERENT = (
    f"WITH told ({_COLUMNS}) AS ({_TRUE}), held AS (SELECT {_COLUMNS} FROM search_time WHERE logbook = %s)"  # noqa: S608 - constants
    " SELECT min(first_index), max(last_index) FROM ("
    "SELECT * FROM (SELECT * FROM told EXCEPT SELECT * FROM held) AS untold"
    " UNION ALL SELECT * FROM (SELECT * FROM held EXCEPT SELECT * FROM told) AS unknown) AS wrong"
)
_INDEXED = "SELECT indexed FROM search_state WHERE logbook = %s"
_SIZE = "SELECT size FROM logbook WHERE id = %s"


def counts_differ(reader: Reader) -> tuple[int, int] | None:
    """Return the first and the last entry of the days whose counts are wrong; None where all are right."""
    for first, last in reader.fetch_search(_DIFFERENT, (reader.logbook,) * 3):
        if first is not None:
            return int(first), int(last)
    return None


def indexed_ahead(reader: Reader) -> bool:
    """Whether the search table is said to hold more entries than there are, so that it would pass new ones over.

    The head is read last: it only grows, and the search table follows it.
    """
    indexed = reader.fetch_search(_INDEXED, (reader.logbook,))
    size = reader.fetch(_SIZE, (reader.logbook,))
    return bool(indexed and size) and int(indexed[0][0]) > int(size[0][0])
