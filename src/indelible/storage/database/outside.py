"""What others hold of this log: the one place where holdings and conflicts are written and read.

Who they are and how they are reached is the matter of features/seals; what their word means for a check is that
of checking. A checkpoint is *held outside* once somebody beyond this machine has it.
"""

from __future__ import annotations

from collections.abc import Iterable

from indelible.ledger.checkpoints import Checkpoint
from indelible.ledger.notes import parse_note

from .clock import now
from .logbooks import alias_of
from .models import Conflict, Holding, Logbook


def hold(
    logbook: Logbook,
    note: str,
    kind: Holding.Kind,
    holder: str,
    evidence: bytes,
    *,
    held_at: str | None = None,
    nonce: str = "",
) -> Holding:
    """Keep that `holder` has the checkpoint of `note` (the bare note that left). Again: brought up to date."""
    checkpoint = Checkpoint.parse(parse_note(note).text)
    row, _is_new = Holding.objects.using(alias_of(logbook)).update_or_create(
        logbook=logbook,
        kind=kind,
        holder=holder,
        size=checkpoint.size,
        defaults={
            "root": checkpoint.root,
            "note": note,
            "held_at": held_at or now(),
            "evidence": evidence,
            "nonce": nonce,
        },
    )
    return row


def newest_held(logbook: Logbook, kinds: Iterable[str] = ()) -> Holding | None:
    """Return the holding that covers most entries (of these kinds, else of any); None where there is none."""
    rows = Holding.objects.using(alias_of(logbook)).filter(logbook=logbook)
    if wanted := list(kinds):
        rows = rows.filter(kind__in=wanted)
    return rows.order_by("-size", "pk").first()


def holdings_of(logbook: Logbook, size: int) -> list[Holding]:
    """Return who holds the checkpoint of exactly that size, witnesses first, then by time."""
    rows = Holding.objects.using(alias_of(logbook)).filter(logbook=logbook, size=size)
    return sorted(rows, key=lambda row: (row.kind != Holding.Kind.WITNESS, row.held_at, row.pk))


def first_holding_over(logbook: Logbook, index: int) -> Holding | None:
    """Return the smallest holding that covers the entry: the first that took it beyond this machine."""
    rows = Holding.objects.using(alias_of(logbook)).filter(logbook=logbook, size__gt=index)
    return rows.order_by("size", "held_at").first()


def cosigned(logbook: Logbook, note: str, size: int) -> str:
    """Return a checkpoint's note with the cosignature lines gathered for it, oldest first."""
    lines = [
        bytes(row.evidence).decode("utf-8")
        for row in holdings_of(logbook, size)
        if row.kind == Holding.Kind.WITNESS and row.note == note
    ]
    return note + "".join(line for line in lines if line not in note)


def keep_conflict(
    logbook: Logbook,
    kind: Conflict.Kind,
    holder: str,
    their_note: str,
    our_note: str = "",
    *,
    found_by_them: bool = False,
    size: int | None = None,
) -> tuple[Conflict, bool]:
    """Keep the proof that somebody holds another history; return it, and whether it is new.

    `size` is told where they only say so and show no note (`their_note` empty): a claim, which stops nothing.
    """
    if their_note:
        size = Checkpoint.parse(parse_note(their_note).text).size
    elif size is None:
        raise ValueError("neither their note nor the size that they speak of")
    return Conflict.objects.using(alias_of(logbook)).get_or_create(
        logbook=logbook,
        kind=kind,
        holder=holder,
        size=size,
        their_note=their_note,
        defaults={"our_note": our_note, "seen_at": now(), "found_by_them": found_by_them},
    )


def conflicts(logbook: Logbook) -> list[Conflict]:
    """Return every conflict that was ever seen, oldest first."""
    return list(Conflict.objects.using(alias_of(logbook)).filter(logbook=logbook).order_by("seen_at", "pk"))
