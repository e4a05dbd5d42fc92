"""Every read of the record is itself recorded, gathered by person for a minute at most.

A look is first a row of the database, so that it survives a crash, and then part of one entry: who looked, at how
many entries, with which questions. The minute begins with the first look; it is told at the next look after it, or
by the clock (jobs.py), whichever comes first.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from django.db import transaction

from indelible.events import own
from indelible.events.event import Event
from indelible.features.people.models import User
from indelible.features.record.models import PendingLook
from indelible.storage.database.append import Draft, append
from indelible.storage.database.errors import AppendFailed, AppendRefused
from indelible.storage.database.models import Logbook
from indelible.web.acts import party_of

logger = logging.getLogger("indelible.record")

GATHERED_FOR = timedelta(seconds=60)
MOST_ENTRIES = 500
MOST_QUERIES = 20


def look(
    logbook: Logbook, user: User, entries: Iterable[int], now: datetime, question: str | None = None
) -> None:
    """Remember that `user` was shown these entries, and by which question (in words) if it was a list.

    People can read even while nothing can be sealed: what they looked at is then gathered on.
    """
    seen = list(entries)
    with transaction.atomic():
        pending = _pending(user, now)
        if _is_full(pending, now) and _tell_if_possible(logbook, pending):
            pending = _pending(user, now)
        pending.entries = sorted({*pending.entries, *seen})
        if question is not None:
            pending.lists += 1
            if question not in pending.queries:
                pending.queries = [*pending.queries, question]
        pending.save()


def _pending(user: User, now: datetime) -> PendingLook:
    """Return what the person looked at so far, locked; made anew where there is nothing, or it was just told."""
    while True:
        PendingLook.objects.get_or_create(owner=user, defaults={"began_at": now})
        if pending := PendingLook.objects.select_for_update().filter(owner=user).first():
            return pending


def tell_due(logbook: Logbook, now: datetime) -> int:
    """Record the looks whose minute is over; return how many people's that were."""
    due = list(
        PendingLook.objects.filter(began_at__lte=now - GATHERED_FOR).values_list("pk", flat=True)[:100]
    )
    told = 0
    for key in due:
        with transaction.atomic():
            pending = PendingLook.objects.select_for_update().filter(pk=key).first()
            told += pending is not None and _tell_if_possible(logbook, pending)
    return told


def _is_full(pending: PendingLook, now: datetime) -> bool:
    return (
        now - pending.began_at >= GATHERED_FOR
        or len(pending.entries) >= MOST_ENTRIES
        or len(pending.queries) >= MOST_QUERIES
    )


def _tell_if_possible(logbook: Logbook, pending: PendingLook) -> bool:
    """Record the looks and forget them; False where nothing can be sealed at present, which is logged."""
    try:
        with transaction.atomic():
            append(logbook, [Draft(event_of(pending))])
            pending.delete()
    except (AppendRefused, AppendFailed) as refusal:
        logger.warning("looks are not recorded yet: %s", refusal.code)
        return False
    return True


def event_of(pending: PendingLook) -> Event:
    """Return the event that tells what one person looked at."""
    return own.entries_looked_at(
        party_of(pending.owner),
        pending.entries,
        "; ".join(pending.queries) or None,
        occurred_at=pending.began_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    )
