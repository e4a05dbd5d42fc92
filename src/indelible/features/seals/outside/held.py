"""Do others hold the same seal? The fourth fact about an entry, computed anew from what is stored now.

A row that says "somebody holds it" is not believed: the seal must carry a signature of ours and have the root that our
tree has there, and the holder's own line or stamp must hold over it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from indelible.features.seals.models import Authority, Witness
from indelible.features.seals.outside import differences, states
from indelible.features.seals.outside.own_seals import is_ours, signed_by_us
from indelible.features.seals.outside.states import OUTSIDE, OutsiderView
from indelible.ledger.errors import LedgerError
from indelible.ledger.keys import VerifierKey
from indelible.ledger.notes import open_note
from indelible.ledger.stamps import check_stamp, read_roots
from indelible.storage.database.logbooks import alias_of
from indelible.storage.database.models import Holding, Logbook

Code = Literal["held", "on_its_way", "nobody", "troubled", "late", "other_history", "spoiled"]
LATE_AFTER = timedelta(seconds=30)
_LOOKED_AT = 20  # of the first holdings over an entry: one that holds is enough


@dataclass(frozen=True, slots=True)
class HeldFact:
    """Whether somebody outside holds a seal that covers an entry.

    `code` says which case it is; `holder`, `size` and `at` (UTC) tell the first that took it outside; `holders` is how
    many hold it by now; `view` is whoever does not answer, where that is why nobody holds it.
    """

    code: Code
    holder: str = ""
    size: int = 0
    at: str = ""
    holders: int = 0
    view: OutsiderView | None = None
    detail: str = ""

    @property
    def verdict(self) -> str:
        """A name of web.states: the shape that stands before the fact."""
        if self.code == "held":
            return "matches"
        if self.code in ("other_history", "spoiled"):
            return "does not match"
        if self.code == "nobody":
            return "off"
        return "waiting" if self.code == "on_its_way" else "could not be checked"


def held_fact(logbook: Logbook, index: int, recorded_at: datetime | None, now: datetime) -> HeldFact:
    """Compute the fourth fact for the entry at `index`."""
    for found in differences.standing_conflicts(logbook):
        if not found.found_by_them and found.their_note and found.size > index:
            return HeldFact("other_history", found.holder, found.size, found.seen_at)
    rows = (
        Holding.objects.using(alias_of(logbook))
        .filter(logbook=logbook, kind__in=OUTSIDE, size__gt=index)
        .order_by("size", "held_at")[:_LOOKED_AT]
    )
    detail = ""
    for row in rows:
        detail = _fault(logbook, row)
        if not detail:
            return HeldFact("held", row.holder, row.size, row.held_at, _holders(logbook, index))
    if detail:
        return HeldFact("spoiled", detail=detail)
    return _not_yet(logbook, recorded_at, now)


def _holders(logbook: Logbook, index: int) -> int:
    """Return how many hold a seal over the entry by now: those whose newest covers it."""
    return sum(kind.objects.filter(logbook=logbook, size__gt=index).count() for kind in (Witness, Authority))


def _fault(logbook: Logbook, row: Holding) -> str:
    """Return why a holding does not hold; empty where it does."""
    seal = signed_by_us(logbook, row.note)
    if seal is None or (seal.size, seal.root) != (row.size, bytes(row.root)):
        return f"the seal of {row.size} that {row.holder} is said to hold is not signed by our key"
    if is_ours(logbook, seal) is not True:
        return f"the tree has another root for {row.size} entries than the seal that {row.holder} holds"
    try:
        _check_evidence(logbook, row)
    except (LedgerError, UnicodeDecodeError, ValueError) as fault:
        return f"{row.holder}, {row.size}: {fault}"
    return ""


def _check_evidence(logbook: Logbook, row: Holding) -> None:
    """Check the holder's own word; that of one nobody knows is taken as it stands. Raises LedgerError."""
    evidence = bytes(row.evidence)
    if row.kind == Holding.Kind.WITNESS:
        witness = Witness.objects.filter(logbook=logbook, name=row.holder).first()
        if witness is not None:
            open_note(row.note + evidence.decode("utf-8"), [VerifierKey.parse(witness.key)])
        return
    authority = Authority.objects.filter(logbook=logbook, name=row.holder).first()
    if authority is not None:
        nonce = int(row.nonce) if row.nonce else None
        roots = read_roots(authority.roots)
        check_stamp(evidence, row.note.encode(), roots, policy=authority.policy or None, nonce=nonce)


def _not_yet(logbook: Logbook, recorded_at: datetime | None, now: datetime) -> HeldFact:
    outside = states.overview(logbook, now)
    if not outside.anybody:
        return HeldFact("nobody")
    if outside.troubled and not any(view.is_good for view in outside.witnesses):
        return HeldFact("troubled", view=outside.troubled[0])
    if recorded_at is not None and now - recorded_at > LATE_AFTER and outside.witnesses:
        return HeldFact("late")
    return HeldFact("on_its_way")
