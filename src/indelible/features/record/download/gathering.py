"""Which entries a download holds: all that answer the question up to now, newest recorded first."""

from __future__ import annotations

import time
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from indelible.features.record.asking import Asked
from indelible.storage.database import search
from indelible.storage.database.models import Logbook

MOST: Final = 30_000
"""So many entries are given out as a table: it is made while somebody waits, in less than ten seconds. More is what
packs are for."""

LONGEST_SECONDS: Final = 15.0
"""So long is looked for them. A question that the index cannot tell exactly has each entry looked at closely."""

_AT_ONCE: Final = 2_000


class TooMany(Exception):
    """More entries answer than a table is made of."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """The positions of the entries that answer, newest first: 8 bytes each.

    `looked_to` is the position down to which the record was looked through, where time did not suffice for all.
    """

    indexes: array[int]
    looked_to: int | None = None


def gather(
    logbook: Logbook, asked: Asked, size: int, clock: Callable[[], float] = time.monotonic
) -> Gathered:
    """Return the entries among the first `size` that answer a question. Raises TooMany."""
    found, end = array("q"), clock() + LONGEST_SECONDS
    before: int | None = size
    while before is not None:
        if clock() > end:
            return Gathered(found, before)
        page = search.find(logbook, asked.pattern, asked.world, before=before, limit=_AT_ONCE, now=asked.now)
        found.extend(page.indexes)
        if len(found) > MOST:
            raise TooMany
        before = page.older
    return Gathered(found)
