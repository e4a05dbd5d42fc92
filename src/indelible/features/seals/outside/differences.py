"""Two histories that were found, as pages read them: what stands, what was explained, what stops the appending."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from indelible.features.seals.models import Explanation
from indelible.features.seals.outside.own_seals import is_ours
from indelible.ledger.checkpoints import Checkpoint
from indelible.ledger.errors import LedgerError
from indelible.ledger.notes import parse_note
from indelible.storage.database import outside, reads
from indelible.storage.database.models import Conflict, Logbook


@dataclass(frozen=True, slots=True)
class Difference:
    """A conflict as pages show it, with what people wrote about it."""

    row: Conflict
    explanations: Sequence[Explanation]
    stands: bool  # whether it still contradicts the tree

    @property
    def is_explained(self) -> bool:
        """Whether somebody wrote down how it came about."""
        return bool(self.explanations)

    @property
    def is_claim(self) -> bool:
        """Whether they only say so, without their note."""
        return not self.row.their_note

    @property
    def stops(self) -> bool:
        """Whether new entries wait because of it."""
        return self.stands and not self.row.found_by_them and not self.is_claim


def differences(logbook: Logbook) -> list[Difference]:
    """Return every conflict that was ever seen, newest first, each with its explanations."""
    rows = outside.conflicts(logbook)
    if not rows:
        return []
    written: dict[int, list[Explanation]] = {}
    for one in Explanation.objects.filter(logbook=logbook).select_related("by").order_by("at", "pk"):
        written.setdefault(one.conflict_id, []).append(one)
    return [Difference(row, written.get(row.pk, []), _stands(logbook, row)) for row in reversed(rows)]


def standing_conflicts(logbook: Logbook) -> list[Conflict]:
    """Return the conflicts that still contradict the tree; one whose missing entries were brought back does not."""
    return [row for row in outside.conflicts(logbook) if _stands(logbook, row)]


def _stands(logbook: Logbook, row: Conflict) -> bool:
    if row.found_by_them:
        return True
    if not row.their_note:
        return row.size > reads.head(logbook).size or row.kind == Conflict.Kind.FORK
    try:
        return is_ours(logbook, Checkpoint.parse(parse_note(row.their_note).text)) is not True
    except LedgerError:
        return True
