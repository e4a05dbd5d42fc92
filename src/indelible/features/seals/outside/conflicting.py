"""Two histories under one key: seen, kept with both notes, and never resolved by itself.

Anybody could claim to hold another seal of ours. So a note counts only where a key of ours signed it and our tree,
read after the note, has another root there or does not reach so far. Then either we or they were shown something else,
and the two notes together prove it.

* A witness *holds* such a seal: its history is not ours. Nothing is appended any more (storage/database/guard.py).
* A witness *refused* one (`found_by_them`): ours is what it holds, and another server signs with our key.

Where a witness says that ours is no extension of its own but shows no note, the note it gave us for that size before is
the proof. Where there is none either, that is kept as a claim: it is shown, but stops nothing, or a witness at fault
could halt every log that asks it.
"""

from __future__ import annotations

from indelible.features.seals.models import Witness
from indelible.features.seals.outside.calls import CallFailed
from indelible.features.seals.outside.own_seals import is_ours, own_note, signed_by_us
from indelible.features.seals.outside.watching import Shown, Watching
from indelible.ledger.notes import parse_note
from indelible.storage.database import outside, reads
from indelible.storage.database.logbooks import alias_of
from indelible.storage.database.models import Conflict, Holding, Logbook


def keep_if_other(
    logbook: Logbook, note: str, holder: str, *, found_by_them: bool = False
) -> Conflict | None:
    """Keep a note as a conflict if it proves another history under our key; return it, or None."""
    seal = signed_by_us(logbook, note)
    if seal is None or is_ours(logbook, seal) is not False:
        return None
    kind = Conflict.Kind.AHEAD if seal.size > reads.head(logbook).size else Conflict.Kind.FORK
    known = _known(logbook, holder, seal.size, note, found_by_them)
    if known is not None:
        return known
    row, _is_new = outside.keep_conflict(
        logbook, kind, holder, note, our_note(logbook, seal.size), found_by_them=found_by_them
    )
    return row


def _known(logbook: Logbook, holder: str, size: int, note: str, found_by_them: bool) -> Conflict | None:
    """Return the conflict that this note shows, if it is kept already: a fresh cosignature is no new fact."""
    text = parse_note(note).text
    rows = Conflict.objects.using(alias_of(logbook)).filter(
        logbook=logbook, holder=holder, size=size, found_by_them=found_by_them
    )
    return next((row for row in rows if row.their_note and parse_note(row.their_note).text == text), None)


def keep_what_is_shown(logbook: Logbook, witness: Witness, shown: Shown) -> list[Conflict]:
    """Hold what a witness shows against our tree; return the conflicts that it proves."""
    found = [keep_if_other(logbook, shown.held, witness.name)] if shown.held else []
    found += [keep_if_other(logbook, note, witness.name, found_by_them=True) for note in shown.refused]
    return [row for row in found if row is not None]


def keep_difference(logbook: Logbook, witness: Witness, size: int, seconds: float) -> Conflict | None:
    """A witness said that our seal does not extend what it holds (`size`): keep the proof, as far as there is one.

    None where what it holds turns out to be on our tree after all, or our own tree cannot be read.
    """
    shown = _shown(logbook, witness, seconds)
    if shown is not None and signed_by_us(logbook, shown) is not None:
        return keep_if_other(logbook, shown, witness.name)
    for row in outside.holdings_of(logbook, size):
        if row.kind == Holding.Kind.WITNESS and row.holder == witness.name:
            note = row.note + bytes(row.evidence).decode("utf-8")
            if kept := keep_if_other(logbook, note, witness.name):
                return kept
    return _keep_claim(logbook, witness, size)


def _shown(logbook: Logbook, witness: Witness, seconds: float) -> str | None:
    try:
        return Watching(prefix_of(witness), logbook.origin, seconds, refused=False).shown().held
    except CallFailed:
        return None


def _keep_claim(logbook: Logbook, witness: Witness, size: int) -> Conflict:
    """Keep that a witness says so, without its note."""
    kind = Conflict.Kind.AHEAD if size > reads.head(logbook).size else Conflict.Kind.FORK
    row, _is_new = outside.keep_conflict(logbook, kind, witness.name, "", our_note(logbook, size), size=size)
    return row


def our_note(logbook: Logbook, size: int) -> str:
    """Return our own note of that size, else the newest below it; empty where there is none."""
    below = reads.checkpoints(logbook, before=size + 1, limit=1)
    return own_note(below[0].note, logbook.origin) if below else ""


def prefix_of(witness: Witness) -> str:
    """Return where a witness shows what it holds."""
    return witness.monitor_url or witness.url
