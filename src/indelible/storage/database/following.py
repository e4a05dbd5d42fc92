"""Going through the log in its order, each entry once: for tallies, alarms, and whatever else is worked out from
entries.

How far a follower has come is kept in the same database and moved in the same transaction as what it makes of the
entries. So nothing is counted twice or left out, whenever a process dies and however many workers there are: one of
them holds the follower, the others find it taken and go on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from django.db import transaction

from .logbooks import alias_of
from .models import Follower, Logbook
from .reads import StoredEntry, get_entries, head

BATCH: Final = 500


def follow(
    logbook: Logbook,
    name: str,
    take: Callable[[Sequence[StoredEntry]], None],
    *,
    start: int = 0,
    batch: int = BATCH,
    most: int = 20 * BATCH,
) -> int:
    """Give `take` the entries that this follower has not had, in order, a batch a transaction; return how many are
    left.

    `take` is called inside the transaction, and what it raises undoes its batch alone. A follower that is new
    begins with the entry of index `start`. At most about `most` entries a call, so that a worker can do other
    things in between. Where another process holds the follower, nothing is done and what is left is returned.
    """
    alias = alias_of(logbook)
    Follower.objects.using(alias).get_or_create(logbook=logbook, name=name, defaults={"upto": start})
    done = 0
    while done < most:
        with transaction.atomic(using=alias):
            row = _held(logbook, name, alias)
            size = head(logbook).size
            if row is None or row.upto >= size:
                return 0 if row is not None else max(0, size - upto_of(logbook, name))
            last = min(row.upto + batch, size)
            take(get_entries(logbook, row.upto, last - 1))
            done += last - row.upto
            Follower.objects.using(alias).filter(logbook=logbook, name=name).update(upto=last)
    return max(0, head(logbook).size - upto_of(logbook, name))


def upto_of(logbook: Logbook, name: str) -> int:
    """Return how many entries, from the first, a follower is done with."""
    found = (
        Follower.objects.using(alias_of(logbook))
        .filter(logbook=logbook, name=name)
        .values_list("upto", flat=True)
    )
    return next(iter(found), 0)


def _held(logbook: Logbook, name: str, alias: str) -> Follower | None:
    rows = Follower.objects.using(alias).filter(logbook=logbook, name=name)
    return rows.select_for_update(skip_locked=_skips(alias)).first()


def _skips(alias: str) -> bool:
    """Whether the database can pass over what others hold. SQLite has one writer, who is waited for."""
    return bool(transaction.get_connection(alias).features.has_select_for_update_skip_locked)
