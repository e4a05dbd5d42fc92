"""Holding what came back against the record: is it the same history, another one, or none of ours?

A seal that left this machine is worth something only if it is compared when it comes back. Compared is with the
tree as it stands, at the size that the seal names: no row of the table of seals is needed, nor believed. Three
things are kept apart. *Same*: the tree leads to it. *Differs* and *ahead*: our own key vouches for a history that
this record does not hold; that is kept for good, since nobody can make it up. *Other*: not signed by our key, or
of another log, which says nothing against this record.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from indelible.events import own_receipts
from indelible.events.event import Context, Party
from indelible.features.seals.ours import our_keys, root_at
from indelible.ledger.checkpoints import Checkpoint, open_checkpoint
from indelible.ledger.errors import LedgerError, MalformedInput, SignatureError
from indelible.ledger.notes import parse_note
from indelible.storage.database import outside, reads
from indelible.storage.database.append import Draft, append
from indelible.storage.database.errors import AppendFailed, AppendRefused, StorageError
from indelible.storage.database.models import Conflict, Logbook
from indelible.web.acts import OWN_SOURCE

SAME, DIFFERS, AHEAD, OTHER, UNREADABLE = "same", "differs", "ahead", "other", "unreadable"
CONFLICTS = {DIFFERS: Conflict.Kind.FORK, AHEAD: Conflict.Kind.AHEAD}


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came of holding one seal against the record.

    `verdict`: `same`, `differs` (another root at a size that the log reached), `ahead` (more entries than the
    log has), `other` (not ours), `unreadable`. `code` says why: of `other`, `other-log` or `not-signed`; of
    `same`, `unsigned` where no signature came along; of `differs`, `tree-differs` where our own stored tree no
    longer leads to our own seal, so that nothing was forked: a check tells what was altered.
    """

    verdict: str
    size: int | None = None
    code: str = ""
    their_note: str = ""
    our_note: str = ""  # ours of that size, or the newest below it
    detail: str = ""

    @property
    def is_conflict(self) -> bool:
        """Whether somebody holds, signed by our key, what this record does not hold."""
        return self.verdict in CONFLICTS and self.code != "tree-differs"


def compare_note(logbook: Logbook, note_text: str) -> Comparison:
    """Hold a seal (signed note, or its three lines alone) against the tree as it stands. Changes nothing."""
    try:
        note = parse_note(note_text) if "\n\n" in note_text else None
        theirs = Checkpoint.parse(note.text if note else note_text)
    except MalformedInput as unreadable:
        return Comparison(UNREADABLE, detail=str(unreadable))
    if theirs.origin != logbook.origin:
        return Comparison(OTHER, theirs.size, "other-log", note_text, detail=f"a seal of {theirs.origin}")
    trouble = _unsigned(logbook, note_text, theirs) if note else "no signature came along"
    size = reads.head(logbook).size
    ours = _our_note(logbook, theirs.size)
    if theirs.size <= size:
        try:
            root = root_at(logbook, theirs.size)
        except StorageError as differs:
            return Comparison(DIFFERS, theirs.size, "tree-differs", note_text, ours, str(differs))
        if root == theirs.root:
            return Comparison(SAME, theirs.size, "unsigned" if trouble else "", note_text, ours, trouble)
        if _row_says(logbook, theirs):
            detail = f"the tree leads to {root.hex()} at {theirs.size}, our own seal says {theirs.root.hex()}"
            return Comparison(DIFFERS, theirs.size, "tree-differs", note_text, ours, detail)
        detail = f"our root at {theirs.size} is {root.hex()}, theirs {theirs.root.hex()}"
    else:
        detail = f"their seal covers {theirs.size} entries, the log has {size}"
    if trouble:
        return Comparison(OTHER, theirs.size, "not-signed", note_text, ours, f"{detail}; {trouble}")
    return Comparison(DIFFERS if theirs.size <= size else AHEAD, theirs.size, "", note_text, ours, detail)


def _unsigned(logbook: Logbook, note: str, theirs: Checkpoint) -> str:
    """Return why a note is not vouched for by our key; empty where it is."""
    try:
        open_checkpoint(note, logbook.origin, our_keys(logbook, theirs.size))
    except (MalformedInput, SignatureError) as refusal:
        return str(refusal)
    return ""


def _our_note(logbook: Logbook, size: int) -> str:
    found = reads.checkpoints(logbook, before=size + 1, limit=1)
    return found[0].note if found else ""


def _row_says(logbook: Logbook, theirs: Checkpoint) -> bool:
    """Whether our own signed seal of that size says the same as theirs, so that it is our tree that moved."""
    for row in reads.checkpoints(logbook, before=theirs.size + 1, limit=1):
        try:
            return open_checkpoint(row.note, logbook.origin, our_keys(logbook, row.size)) == theirs
        except LedgerError:
            return False
    return False


def keep(
    logbook: Logbook,
    comparison: Comparison,
    holder: str,
    *,
    by: Party | None = None,
    context: Context | None = None,
) -> None:
    """Keep what a comparison found: a conflict for good, and the act itself on the record where that can be.

    `holder`: what whoever held the seal is called.
    """
    if comparison.verdict == UNREADABLE:
        return
    event = own_receipts.receipt_compared(by, comparison.verdict, comparison.size, holder, context=context)
    try:
        with transaction.atomic():
            # The entry first: once a conflict is kept, nothing is appended until the histories agree (guard.py).
            append(logbook, [Draft(event, source=OWN_SOURCE)])
            _keep_conflict(logbook, comparison, holder)
    except (AppendRefused, AppendFailed):
        _keep_conflict(logbook, comparison, holder)


def _keep_conflict(logbook: Logbook, comparison: Comparison, holder: str) -> None:
    if comparison.is_conflict:
        kind = CONFLICTS[comparison.verdict]
        outside.keep_conflict(logbook, kind, holder, comparison.their_note, comparison.our_note)
