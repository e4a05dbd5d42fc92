"""Under which rules an entry is counted, and what is taken out of it first: asked of a feature, kept true by a
mark.

Rules belong to a feature, the log to storage. The feature registers with `provide_tagger` a function that reads the
rules in force and gives a `Tagger`: what it says of an event is done before anything of it is hashed, outside any
lock.

Whoever changes what a tagger goes by calls `rules_changed` in the transaction of the change, after the entry that
tells of it. It gives the logbook's head another mark. The mark is read under the head's lock (sealing.py): drafts
that were tagged under another are not sealed but tagged anew, whichever process changed the rules. So every entry
before the one that tells of a change is counted by the old version, and every entry after it by the new one.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from functools import partial
from typing import Final, Protocol

from django.db import transaction

from indelible.events.event import Event

from .errors import StorageError
from .logbooks import alias_of
from .models import Logbook

_MARK_BITS: Final = 62
ATTEMPTS: Final = 5  # at tagging under a mark that still holds under the lock


class Tagger(Protocol):
    """The rules in force at one moment."""

    def __call__(self, event: Event, source: int, /) -> tuple[Event, tuple[str, ...]]:
        """Return the event as it is to be sealed, and id and version of each rule that it is counted under.

        The event is not changed in place. `source` is the id of its source, 0 for Indelible's own acts. Called once
        a draft, from any thread; what it raises stops the append.
        """
        ...


class RulesChanged(StorageError):
    """The rules are not those that the drafts were tagged with. `mark` is the one in force."""

    def __init__(self, mark: int) -> None:
        super().__init__("rules-changed", f"the rules in force have the mark {mark}")
        self.mark = mark


_provided: list[Callable[[Logbook, int], Tagger]] = []
_kept: dict[tuple[str, int, str], tuple[int, Tagger]] = {}  # guarded by _lock; alias, logbook -> mark, tagger
_lock = threading.Lock()


def provide_tagger(make: Callable[[Logbook, int], Tagger] | None) -> None:
    """Register the function that reads the rules in force of a logbook; the last one registered holds.

    It is given the logbook and the mark of its rules: 0 where none were ever begun, so that nothing need be read.
    None takes the function away.
    """
    with _lock:
        _provided[:] = [] if make is None else [make]
        _kept.clear()


def tagger_of(logbook: Logbook) -> tuple[int | None, Tagger | None]:
    """Return the mark and the tagger that this process last knew; both None where nobody tags.

    The mark may be old. Whether it still holds is told by the head, under its lock.
    """
    if not _provided:
        return None, None
    place = alias_of(logbook), logbook.pk, logbook.name
    with _lock:
        if (kept := _kept.get(place)) is not None:
            return kept
    return read_anew(logbook)


def read_anew(logbook: Logbook) -> tuple[int | None, Tagger | None]:
    """Read the rules in force now.

    The mark is read first: should the rules change in between, the mark is the old one, and the head tells so.
    """
    if not _provided:
        return None, None
    alias = alias_of(logbook)
    mark = Logbook.objects.using(alias).values_list("rule_change", flat=True).get(pk=logbook.pk)
    tagger = _provided[0](logbook, mark)
    # What is read inside a transaction may never come to be, so it is kept once that is committed.
    transaction.on_commit(partial(_keep, (alias, logbook.pk, logbook.name), mark, tagger), using=alias)
    return mark, tagger


def _keep(place: tuple[str, int, str], mark: int, tagger: Tagger) -> None:
    with _lock:
        _kept[place] = mark, tagger


def cleaned(logbook: Logbook, event: Event, source: int) -> Event:
    """Return an event as it would be sealed now, for whoever compares it with one that was."""
    _mark, tagger = tagger_of(logbook)
    return event if tagger is None else tagger(event, source)[0]


def rules_changed(logbook: Logbook) -> None:
    """Tell every process that what taggers go by has changed. Inside the transaction of the change, last of all.

    The mark is a random number: one that is rolled back is never seen again.
    """
    mark = secrets.randbits(_MARK_BITS) | 1
    Logbook.objects.using(alias_of(logbook)).filter(pk=logbook.pk).update(rule_change=mark)
