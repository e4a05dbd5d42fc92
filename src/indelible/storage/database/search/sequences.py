"""Finds the entries that carry a running number of one name, however many there are.

Other than the filters `source:` and `rule:`, which people type and which find by name too, this is exact. The
search table is derived, so whoever claims that nothing is missing holds the running numbers of what it finds
against each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..models import Logbook
from . import tokens
from .indexing import catch_up, store_of
from .store import Slice
from .terms import KEYS, Group, Term

AT_ONCE = 10_000


def places_of(
    logbook: Logbook, sequence: str, low: int, high: int, *, kinds: Sequence[str] = ()
) -> Iterator[int]:
    """Yield the positions from `low` up to `high` of the entries of a sequence, oldest first.

    A sequence is `sources/7`, `rules/3.2`, or `rules/3` for all versions of the rule. With `kinds` only of those
    that are about a thing of one of these kinds.
    """
    catch_up(logbook)
    table = store_of(logbook)
    groups: tuple[Group, ...] = (_group(sequence),)
    if kinds:
        groups += (tuple(Term(KEYS, tokens.kind_key(kind)) for kind in kinds),)
    while low < high:
        found = table.places(logbook.pk, Slice(low, high, groups), AT_ONCE, newest_first=False)
        yield from found
        if len(found) < AT_ONCE:
            return
        low = found[-1] + 1


def last_place_of(logbook: Logbook, sequence: str, before: int) -> int | None:
    """Return the newest position below `before` of an entry of a sequence; None where there is none."""
    catch_up(logbook)
    part = Slice(0, before, (_group(sequence),))
    return next(iter(store_of(logbook).places(logbook.pk, part, 1, newest_first=True)), None)


def first_place_of(logbook: Logbook, sequence: str, low: int, high: int) -> int | None:
    """Return the oldest position from `low` up to `high` of an entry of a sequence; None where there is none."""
    catch_up(logbook)
    part = Slice(low, high, (_group(sequence),))
    return next(iter(store_of(logbook).places(logbook.pk, part, 1, newest_first=False)), None)


def _group(sequence: str) -> Group:
    family, _slash, identity = sequence.partition("/")
    key = tokens.source_key(identity) if family == "sources" else tokens.rule_key(identity)
    return (Term(KEYS, key),)
