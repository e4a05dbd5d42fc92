"""The end of a review: its owner signs the whole, then somebody witnesses who decided no line; or sends it back."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.db import transaction

from indelible.events import own_reviews
from indelible.events.event import Context
from indelible.features.people.models import User
from indelible.features.people.second.selves import same_person
from indelible.features.reviews.access import queries
from indelible.features.reviews.access.deciding import is_reviewer
from indelible.features.reviews.access.queries import Standing
from indelible.features.reviews.errors import ReviewError
from indelible.features.reviews.models import AccessReview
from indelible.features.signoffs import signing
from indelible.features.signoffs.models import SignOff
from indelible.features.signoffs.signers import Signer
from indelible.features.sources.origins import By
from indelible.storage.database.append import Draft, append

LONGEST: Final = 2_000


def bar_to_sign(review: AccessReview, user: User) -> str:
    """Return why somebody may not sign the whole (a key of explanations.toml); empty where they may."""
    return "" if review.owner_id == user.pk else "access-owner-signs"


def bar_to_witness(review: AccessReview, user: User) -> str:
    """Return why somebody may not witness: they decided lines, or answer for it, by whichever account."""
    if is_reviewer(review, user):
        return "access-witness-reviewed"
    if same_person(user, review.owner) or same_person(user, review.by):
        return "access-witness-owner"
    return ""


def sign_whole(
    review: AccessReview, user: User, reason: str, now: datetime, *, seen: int, context: Context
) -> SignOff:
    """Sign the whole review, as whoever answers for the system. The password was asked before, by the view.

    What is not removed yet, still there, or late needs words: who has the exception, and until when.
    Raises ReviewError: `access-owner-signs`, `access-changed-meanwhile`, `access-not-decided`,
    `access-not-compared`, `access-exceptions-why`, `access-signed`.
    """
    with transaction.atomic():
        row, standing = _held(review, seen, now)
        if code := bar_to_sign(row, user):
            raise ReviewError(code, name=row.owner.name)
        if row.signed_id is not None:
            raise ReviewError("access-signed")
        if not standing.decided:
            raise ReviewError("access-not-decided")
        if not standing.compared:
            raise ReviewError("access-not-compared")
        if standing.exceptions and not reason.strip():
            raise ReviewError("access-exceptions-why", n=standing.exceptions)
        row.signed = _sign(row, standing, user, "approved", reason, now, context)
        row.stamp += 1
        row.save(update_fields=["signed", "stamp"])
    return row.signed


def witness(review: AccessReview, user: User, reason: str, now: datetime, *, seen: int, by: By) -> SignOff:
    """Look over the review as somebody who decided nothing in it, and close it. The password was asked before.

    Raises ReviewError: `access-not-signed`, `access-closed`, `access-witness-reviewed`, `access-witness-owner`,
    `access-changed-meanwhile`.
    """
    with transaction.atomic():
        row, standing = _held(review, seen, now)
        _check_witness(row, user)
        row.witnessed = _sign(row, standing, user, "witnessed", reason, now, by.context or {})
        row.closed_at, row.stamp = now, row.stamp + 1
        row.save(update_fields=["witnessed", "closed_at", "stamp"])
        event = own_reviews.review_closed(
            by.party,
            row.pk,
            row.system,
            standing.counts,
            reason=reason.strip()[:LONGEST] or None,
            context=by.context,
        )
        append(row.logbook, [Draft(event)])
    return row.witnessed


def send_back(review: AccessReview, user: User, reason: str, now: datetime, *, seen: int, by: By) -> None:
    """Send the review back to its owner, with the reason. Raises ReviewError as `witness`, and `access-why`."""
    if not reason.strip():
        raise ReviewError("access-why")
    with transaction.atomic():
        row, _standing = _held(review, seen, now)
        _check_witness(row, user)
        row.signed, row.stamp = None, row.stamp + 1
        row.save(update_fields=["signed", "stamp"])
        event = own_reviews.review_sent_back(
            by.party, row.pk, row.system, reason.strip()[:LONGEST], context=by.context
        )
        append(row.logbook, [Draft(event)])


def _check_witness(row: AccessReview, user: User) -> None:
    if row.closed_at is not None:
        raise ReviewError("access-closed")
    if row.signed_id is None:
        raise ReviewError("access-not-signed", name=row.owner.name)
    if code := bar_to_witness(row, user):
        raise ReviewError(code)


def _held(review: AccessReview, seen: int, now: datetime) -> tuple[AccessReview, Standing]:
    row = (
        AccessReview.objects.select_for_update(of=("self",))
        .select_related("logbook", "owner", "by", "first", "second")
        .get(pk=review.pk)
    )
    if row.stamp != seen:
        raise ReviewError("access-changed-meanwhile")
    return row, queries.standing(row, now)


def _sign(
    row: AccessReview,
    standing: Standing,
    user: User,
    means: str,
    reason: str,
    now: datetime,
    context: Context,
) -> SignOff:
    covers: dict[str, Any] = {
        "access_review": row.pk,
        "system": row.system,
        "scope": row.scope,
        "left_out": row.left_out,
        "counts": standing.counts,
        "first_list": bytes(row.first.root).hex() if row.first else "",
        "second_list": bytes(row.second.root).hex() if row.second else "",
        "parts": [share.sign_off_id for share in row.shares.order_by("pk")],
        "new": row.new,
        "new_explained": row.new_explained,
    }
    return signing.sign(
        row.logbook,
        Signer.of_user(user),
        now,
        subject=f"access review {row.pk}",
        title=f"the access review of {row.system}",
        means=means,
        covers=covers,
        more={"counts": standing.counts},
        reason=reason.strip()[:LONGEST],
        context=context,
        kind="access_review",
    )
