"""The second list held against the first: what is gone, what is still there, what is new.

What was to go and is still there was not taken away, whatever anybody reported before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from django.db import transaction

from indelible.events import own_reviews
from indelible.events.folding import exact_code, plain
from indelible.features.reviews.errors import ReviewError
from indelible.features.reviews.models import AccessLine, AccessReview, Proof
from indelible.features.sources.origins import By
from indelible.storage.database.append import Draft, append

MOST_NEW: Final = 500
LONGEST: Final = 2_000


def compare(review: AccessReview, lines: Sequence[Mapping[str, str]], now: datetime) -> dict[str, int]:
    """Hold a second list against the first and mark the lines; return how many are gone, still there, and new.

    Called inside the transaction that takes the list in. Raises ReviewError (`access-not-decided`).
    """
    rows = list(AccessLine.objects.filter(review=review).order_by("place"))
    if any(not row.decision for row in rows):
        raise ReviewError("access-not-decided")
    there = {(exact_code(line["login"]), plain(line.get("right", ""))) for line in lines}
    known = {(row.code, plain(row.right)) for row in rows}
    reduced = {row.code for row in rows if row.decision == "reduce"}
    gone = still = 0
    for row in rows:
        present = (row.code, plain(row.right)) in there
        if row.decision == "keep":
            continue
        row.still_there = present
        still += present
        gone += not present
        if present:
            row.proof, row.proof_entry, row.proof_at = "", None, None
        elif not row.proof:
            row.proof, row.proof_at = Proof.LIST, now
    touched = [row for row in rows if row.decision != "keep"]
    AccessLine.objects.bulk_update(
        touched, ["still_there", "proof", "proof_entry", "proof_at"], batch_size=500
    )
    review.new = [
        {"login": line["login"], "right": line.get("right", ""), "kind": line["kind"]}
        for line in lines
        if (key := (exact_code(line["login"]), plain(line.get("right", "")))) not in known
        and key[0] not in reduced
    ][:MOST_NEW]
    return {"gone": gone, "still": still, "new": len(review.new)}


def explain_new(review: AccessReview, words: str, by: By, now: datetime) -> None:
    """Say who approved what only the second list has. Raises ReviewError (`access-why`, `access-nothing-new`)."""
    if not words.strip():
        raise ReviewError("access-why")
    with transaction.atomic():
        row = AccessReview.objects.select_for_update(of=("self",)).select_related("logbook").get(pk=review.pk)
        if not row.new or row.closed_at is not None:
            raise ReviewError("access-nothing-new")
        row.new_explained, row.stamp = words.strip()[:LONGEST], row.stamp + 1
        row.save(update_fields=["new_explained", "stamp"])
        event = own_reviews.new_explained(
            by.party, row.pk, row.system, len(row.new), row.new_explained, context=by.context
        )
        append(row.logbook, [Draft(event)])
