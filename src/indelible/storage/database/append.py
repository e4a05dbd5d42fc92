"""The one way into the record: drafts in, sealed and durable entries out.

`append` does the dear part first, outside any lock: it checks the event, has it tagged with the rules that it is
counted under (tagging.py), cuts it into disclosures and salts and hashes them. Then, under the lock of the logbook's
head, the entries get their places, time and running numbers, the tree grows and a checkpoint is signed, all in one
transaction (sealing.py). When `append` returns, that is on the disk.

* Outside a transaction, callers share commits (group.py).
* Inside `transaction.atomic()`, entries join the caller's transaction: the act and its entry stand or
  fall together. Append last, since the head stays locked until that transaction ends.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from django.db import connections, transaction

from indelible.events.event import Event, check_event, to_content
from indelible.ledger.entries import prepare
from indelible.ledger.fields import SECRET_BYTES

from .errors import AppendFailed, IdempotencyConflict
from .group import follow, group_of
from .logbooks import alias_of, get_logbook
from .models import Logbook
from .rows import rows_of
from .sealing import FAMILY, Held, Ready, Recorded
from .tagging import ATTEMPTS, RulesChanged, Tagger, read_anew, tagger_of

_RULE = re.compile(r"(?:0|[1-9][0-9]*)\.[1-9][0-9]*")

__all__ = ["Appended", "Draft", "Held", "Recorded", "append", "append_once"]


@dataclass(slots=True)
class Draft:
    """An event to be recorded, without running numbers: those are given when it is."""

    event: Event
    source: int = 0  # its source's id; 0 is Indelible itself
    repeat: bytes | None = None  # what tells a repeat (codes.py); a code held already is not recorded again
    content_code: bytes | None = None  # what tells whether a repeat says the same
    checked: bool = False  # `check_event` was passed already, as the import does for each record
    # Id and version of rules that it is counted under whatever it says, such as "0.1"; others are found by tagging.
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Appended:
    """What became of each draft, in their order, and the signed checkpoint that covers them."""

    checkpoint: str
    entries: list[Recorded | Held]

    @property
    def recorded(self) -> list[Recorded]:
        """The entries that came to be, in order."""
        return [entry for entry in self.entries if isinstance(entry, Recorded)]


def append(logbook: Logbook | str, drafts: Sequence[Draft], *, using: str = "default") -> Appended:
    """Record drafts in order, in one commit. Durable on return, or part of the caller's transaction.

    `using` is the database's alias where the logbook is given by name. No drafts: nothing happens.

    Raises EventError for what is no event (nothing is recorded then), AppendRefused where this logbook must
    not grow as it is, AppendFailed where the commit did not come about, NotFound for an unknown logbook.
    """
    book = get_logbook(logbook, using=using) if isinstance(logbook, str) else logbook
    alias = alias_of(book)
    if not drafts:
        return Appended("", [])
    mark, tagger = tagger_of(book)
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return _append(book, alias, _make_ready(drafts, mark, tagger))
        except RulesChanged as change:
            if attempt == ATTEMPTS:
                raise AppendFailed(
                    "commit-failed", "the rules changed faster than entries came in"
                ) from change
            mark, tagger = read_anew(book)
    raise AssertionError("the loop returns or raises")


def _append(book: Logbook, alias: str, ready: Sequence[Ready]) -> Appended:
    """Seal what is ready. Raises RulesChanged, and what `append` raises."""
    group = group_of(book, alias)
    connection = connections[alias]
    if not connection.in_atomic_block:
        fates, checkpoint = group.append(ready)
        return Appended(checkpoint, fates)
    rows = rows_of(connection)
    outcome = group.sealer.seal(rows, ready)
    if outcome.commit:
        rows.write(outcome.commit)
    transaction.on_commit(partial(follow, book.name, outcome), using=alias)
    return Appended(outcome.checkpoint, outcome.fates)


def append_once(logbook: Logbook | str, draft: Draft, *, using: str = "default") -> tuple[int, bool]:
    """Record one draft unless its code is held; return its index, and whether it was recorded just now.

    For a form or a request that may be sent twice. Raises IdempotencyConflict where the code stands for
    another content, and what `append` raises.
    """
    entry = append(logbook, [draft], using=using).entries[0]
    if isinstance(entry, Recorded):
        return entry.index, True
    if not entry.same:
        raise IdempotencyConflict(entry.index)
    return entry.index, False


def _make_ready(drafts: Sequence[Draft], mark: int | None, tagger: Tagger | None) -> list[Ready]:
    """Do what needs no lock: check, tag, cut into disclosures, salt and hash."""
    for draft in drafts:
        if not draft.checked:
            check_event(draft.event)
    if tagger is None:
        tagged = [(draft.event, draft.rules) for draft in drafts]
    else:
        tagged = [_tagged(draft, tagger) for draft in drafts]
    secrets = os.urandom(SECRET_BYTES * len(drafts))
    # One tuple for each kind of draft, not one a draft: an import brings thousands of one kind.
    kinds = {(draft.source, rules) for draft, (_, rules) in zip(drafts, tagged, strict=True)}
    counted = {kind: _counted(*kind) for kind in kinds}
    prepared = prepare(
        [to_content(event) for event, _ in tagged],
        [secrets[at : at + SECRET_BYTES] for at in range(0, len(secrets), SECRET_BYTES)],
        [counted[draft.source, rules] for draft, (_, rules) in zip(drafts, tagged, strict=True)],
    )
    return [
        Ready(
            one,
            draft.source,
            counted[draft.source, rules],
            draft.repeat,
            draft.content_code,
            _blobs(event),
            mark,
        )
        for draft, (event, rules), one in zip(drafts, tagged, prepared, strict=True)
    ]


def _tagged(draft: Draft, tagger: Tagger) -> tuple[Event, tuple[str, ...]]:
    """Return a draft's event as it is to be sealed, and every rule that it is counted under."""
    event, rules = tagger(draft.event, draft.source)
    return event, (*draft.rules, *rules) if draft.rules else rules


def _counted(source: int, rules: Sequence[str]) -> tuple[str, ...]:
    """Return what a draft is counted under. Raises ValueError for what is no rule's id and version."""
    if bad := [rule for rule in rules if not _RULE.fullmatch(rule)]:
        raise ValueError(f"no id and version of a rule: {bad}")
    return (f"{FAMILY}sources/{source}", *(f"{FAMILY}rules/{rule}" for rule in dict.fromkeys(rules)))


def _blobs(event: Event) -> tuple[str, ...]:
    """Return the attachments of an event that lie in the attachments folder."""
    attached = event.get("attachments")
    return tuple(one["blob"] for one in attached if "blob" in one) if attached else ()
