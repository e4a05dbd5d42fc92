"""What the pages about packs read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _

from indelible.explanations import Explanation, explain
from indelible.features.packs import services
from indelible.features.packs.fields import words_of
from indelible.features.packs.models import HandOver, Pack
from indelible.features.packs.orders import Order
from indelible.ledger.words import seal_words
from indelible.storage.database import outside, reads
from indelible.storage.database.errors import NotFound
from indelible.storage.database.models import Holding, Logbook

LISTED = 50
NAME_CHARACTERS = 16


@dataclass(frozen=True, slots=True)
class PackView:
    """A pack as its page shows it."""

    row: Pack
    order: Order
    question: str  # as the pack states it
    is_moving: bool
    is_here: bool  # whether its file can be downloaded
    is_whole: bool
    trouble: Explanation | None
    step: str
    words: list[str]  # of its seal
    witnesses: int
    hand_overs: list[HandOver]
    kept_until: datetime | None

    @property
    def technical(self) -> str:
        """What an engineer would want to compare."""
        lines = [f"pack {self.row.name}", f"sha256 {self.row.sha256}", f"code {self.order.code}"]
        return "\n".join([*lines, *(f"sequence {name}" for name in self.order.sequences)])

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """What is withheld in words, each with its reason."""
        return [(words_of(field), reason) for field, reason in self.order.withhold]


def packs(logbook: Logbook, *, before: int | None = None) -> list[Pack]:
    """Return the newest packs of a logbook, one more than a page shows."""
    rows = Pack.objects.filter(logbook=logbook).select_related("asked_by").order_by("-pk")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return list(rows[: LISTED + 1])


def get_pack(logbook: Logbook, name: str) -> Pack:
    """Return one pack. Raises Http404."""
    row = (
        Pack.objects.select_related("asked_by", "logbook")
        .filter(logbook=logbook, name=name[:NAME_CHARACTERS])
        .first()
    )
    if row is None or row.name != name:
        raise Http404
    return row


def pack_view(row: Pack) -> PackView:
    """Return a pack with everything its page shows."""
    order = Order.from_json(row.order)
    frozen = row.order.get("frozen") or {}
    told = Order.from_json(frozen["order"]) if frozen else order
    done = row.state == Pack.State.DONE
    facts: dict[str, Any] = row.order.get("trouble") or {}
    here = done and bool(row.held_at) and Path(row.held_at).exists()
    return PackView(
        row,
        told,
        told.words,
        row.state in services.OPEN,
        here,
        told.is_whole,
        explain(row.trouble, **facts) if row.trouble else None,
        step_words(row),
        _words(row) if done else [],
        sum(each.kind == Holding.Kind.WITNESS for each in outside.holdings_of(row.logbook, row.seal)),
        list(row.hand_overs.select_related("by")),
        row.finished_at + services.KEEP if here and row.finished_at else None,
    )


def _words(row: Pack) -> list[str]:
    try:
        note = reads.get_checkpoint(row.logbook, row.seal).note
    except NotFound:  # a check tells that it is gone
        return []
    return seal_words(note.partition("\n\n")[0] + "\n")


def step_words(row: Pack) -> str:
    """Return what is being done just now, and how far that is."""
    if row.state == Pack.State.WAITING:
        return _("Waiting for its turn")
    done, total = f"{row.done:,}", f"{row.total:,}"
    words = {
        "reading": _("Reading and checking entries: %(done)s of %(total)s"),
        "sending": _("Sending the seal to the witnesses"),
        "writing": _("Writing the entries: %(done)s of about %(total)s"),
        "table": _("Writing the tables: %(done)s of %(total)s"),
        "page": _("Writing the page that checks"),
        "packing": _("Packing"),
    }
    return words.get(row.step, _("Beginning")) % {"done": done, "total": total}
