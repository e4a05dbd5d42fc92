"""Runs by entries: each entry that a runbook waits for opens one run, in the order of the record.

The log is followed (`storage.database.following`): the runs of a batch and how far it has come stand in one
transaction, so that nothing is opened twice or left out. What Indelible itself records about runs, runbooks,
signatures and reviews starts nothing: a run that starts runs would go on for ever.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Final

from indelible.events import own_books, own_reminders, own_runbooks
from indelible.events.event import Event
from indelible.events.vocabulary import OWN_SYSTEM
from indelible.features.rules.world import world_of
from indelible.features.runbooks.models import Cause
from indelible.features.runbooks.starting.books import in_force
from indelible.features.runbooks.starting.opening import about_of, begin_bounded, title_of
from indelible.features.runbooks.starting.sentences import WaitingSet, waiting_set
from indelible.storage.database.following import follow, upto_of
from indelible.storage.database.models import Follower, Logbook
from indelible.storage.database.reads import StoredEntry, head

NAME: Final = "runbooks"
BATCH: Final = 200
_OURS: Final = frozenset({*own_books.TELLERS, *own_reminders.TELLERS, *own_runbooks.TELLERS})
_OUR_STARTS: Final = ("access_", "review_", "signed_", "sign_off")


def open_due(logbook: Logbook, now: datetime, *, batch: int = BATCH, most: int = 20 * BATCH) -> int:
    """Look at the entries that were not looked at yet; return how many are left."""
    size = head(logbook).size
    if upto_of(logbook, NAME) >= size:
        return 0  # the usual case takes no lock
    books = [book for book in in_force(logbook=logbook) if any(one.event for one in book.document.starts.on)]
    waiting = waiting_set(books, world_of(logbook), now) if books else None
    if waiting is None:
        Follower.objects.get_or_create(logbook=logbook, name=NAME, defaults={"upto": size})
        Follower.objects.filter(logbook=logbook, name=NAME, upto__lt=size).update(upto=size)
        return 0
    start = waiting.earliest
    return follow(logbook, NAME, partial(_take, waiting, now), start=start, batch=batch, most=most)


def _take(waiting: WaitingSet, now: datetime, entries: Sequence[StoredEntry]) -> None:
    """Open the runs of a batch. Inside the follower's transaction."""
    for entry in entries:
        if entry.problem or not entry.event or _is_ours(entry.event):
            continue
        for key in waiting.rules.matching(entry.event, _source_of(entry.event), entry.recorded_at):
            one = waiting.waiting[key]
            if entry.index <= one.since:
                continue
            begin_bounded(
                one.book,
                now,
                cause=Cause.EVENT,
                key=f"entry {entry.index}",
                title=title_of(one.trigger.title, one.book.row.title, entry.event),
                about=about_of(entry.event),
                entry=entry.index,
            )


def _is_ours(event: Event) -> bool:
    if event.get("source", {}).get("system") != OWN_SYSTEM:
        return False
    said = event.get("action", {}).get("said", "")
    return said in _OURS or said.startswith(_OUR_STARTS)


def _source_of(event: Event) -> int:
    numbers = event.get("numbers", {}).get("sources", {})
    return int(next(iter(numbers), "0"))
