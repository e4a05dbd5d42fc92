"""Finds the entries of one source by the id that its running numbers go by, however many there are.

Other than the filter `source:`, which people type and which finds by name too, this is exact. The search table is
derived, so whoever claims that nothing is missing holds the running numbers of what it finds against each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..models import Logbook
from . import tokens
from .indexing import catch_up, store_of
from .store import Slice
from .terms import KEYS, Group, Term

AT_ONCE = 10_000


def places_of_source(
    logbook: Logbook, source: str, low: int, high: int, *, kinds: Sequence[str] = ()
) -> Iterator[int]:
    """Yield the positions from `low` up to `high` of the entries of a source, oldest first.

    With `kinds` only of those that are about a thing of one of these kinds.
    """
    catch_up(logbook)
    table = store_of(logbook)
    groups: tuple[Group, ...] = ((Term(KEYS, tokens.source_key(source)),),)
    if kinds:
        groups += (tuple(Term(KEYS, tokens.kind_key(kind)) for kind in kinds),)
    while low < high:
        found = table.places(logbook.pk, Slice(low, high, groups), AT_ONCE, newest_first=False)
        yield from found
        if len(found) < AT_ONCE:
            return
        low = found[-1] + 1


def last_place_of_source(logbook: Logbook, source: str, before: int) -> int | None:
    """Return the newest position below `before` of an entry of a source; None where there is none."""
    catch_up(logbook)
    part = Slice(0, before, ((Term(KEYS, tokens.source_key(source)),),))
    found = store_of(logbook).places(logbook.pk, part, 1, newest_first=True)
    return found[0] if found else None
