"""Deciding line by line, and signing one's share: only whoever it was sent to, and never about their own access."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from indelible.events.event import Context
from indelible.features.people.models import User
from indelible.features.people.names.days import house_reader
from indelible.features.people.second.selves import same_person
from indelible.features.reviews.access import columns
from indelible.features.reviews.access.assigning import ASK, KEEP, PASSED, REDUCE, REMOVE, Selves, update
from indelible.features.reviews.errors import ReviewError
from indelible.features.reviews.models import AccessLine, AccessReview, AccessShare
from indelible.features.runbooks.timetable.spans import later
from indelible.features.settings.services import calendar
from indelible.features.signoffs import deciding, signing
from indelible.features.signoffs.errors import SignOffError
from indelible.features.signoffs.models import Decision, SignOff
from indelible.features.signoffs.signers import Signer

CHOICES: Final = (KEEP, REDUCE, REMOVE, ASK)
REMOVE_WITHIN: Final = "P5D"  # working days


def decide(
    share: AccessShare, places: Sequence[int], choice: str, reason: str, user: User, now: datetime
) -> int:
    """Decide about some lines of a share alike; return how many. Until the share is signed, it may be changed.

    Raises ReviewError: `access-not-yours`, `access-part-signed`, `access-own-line-yours`, `access-choice`,
    `access-must-go` (an account of somebody who left, or of nobody, is kept), `access-strong-why`,
    `access-conflict-why`, `access-passed`; SignOffError (`decide-why` for several at once without words).
    """
    if choice not in CHOICES:
        raise ReviewError("access-choice")
    words = reason.strip()
    with transaction.atomic():
        held = (
            AccessShare.objects.select_for_update(of=("self",))
            .select_related("frozen", "review")
            .get(pk=share.pk)
        )
        if held.reviewer_id != user.pk:
            raise ReviewError("access-not-yours")
        if held.sign_off_id is not None or held.review.closed_at is not None:
            raise ReviewError("access-part-signed")
        chosen = set(places)
        lines = [line for line in lines_of(held) if line.at in chosen]
        if len(lines) != len(chosen):
            raise ReviewError("access-passed")
        selves = Selves()
        for line in lines:
            if selves.is_own(line, user):
                raise ReviewError("access-own-line-yours", login=line.login)
        if choice == KEEP:
            _check_kept(held, lines, words, now)
        return deciding.decide(
            held.frozen, sorted(chosen), choice, words, Signer.of_user(user), now, in_bulk=len(chosen) > 1
        )


def _check_kept(share: AccessShare, lines: Sequence[AccessLine], words: str, now: datetime) -> None:
    for line in lines:
        if must_go(line, now):
            raise ReviewError("access-must-go", login=line.login)
    if words:
        return
    strong = next((line for line in lines if line.strong), None)
    if strong is not None:
        raise ReviewError("access-strong-why", login=strong.login, right=strong.right or strong.kind)
    clashing = conflicts_of(share.review)
    both = next((line for line in lines if line.code in clashing), None)
    if both is not None:
        raise ReviewError("access-conflict-why", login=both.login)


def must_go(line: AccessLine, now: datetime) -> bool:
    """Whether an account cannot be kept: it is nobody's, or of somebody who has left."""
    if line.nobodys or line.person is None:
        return True
    left_on = line.person.left_on
    return left_on is not None and left_on < now.astimezone(house_reader().tz).date()


def conflicts_of(review: AccessReview) -> dict[str, list[str]]:
    """Return the accounts whose rights, or whose person's rights together, can both make a thing and pay it."""
    rows = list(
        AccessLine.objects.filter(review=review).values_list("code", "person", "right", "answers_for")
    )
    rights: dict[object, list[str]] = {}
    for code, person, right, answers in rows:
        rights.setdefault(code if person is None or answers else f"person {person}", []).append(right)
    clashing = {key: told for key, told in rights.items() if columns.conflicting(told)}
    found: dict[str, list[str]] = {}
    for code, person, _right, answers in rows:
        key = code if person is None or answers else f"person {person}"
        if key in clashing:
            found[code] = clashing[key]
    return found


def lines_of(share: AccessShare) -> list[AccessLine]:
    """Return the lines of a share that are still its reviewer's, in the order of the share."""
    rows = AccessLine.objects.filter(share=share).select_related("person__account", "reviewer")
    return list(rows.order_by("at"))


def sign(share: AccessShare, user: User, now: datetime, *, seen: str = "", context: Context) -> SignOff:
    """Sign one's share: every line decided, none still asked about. The password was asked before, by the view.

    Raises ReviewError (`access-not-yours`, `access-part-signed`, `access-undecided`, `access-still-asked`,
    `access-own-line-yours`), SignOffError.
    """
    with transaction.atomic():
        review = (
            AccessReview.objects.select_for_update(of=("self",))
            .select_related("logbook", "first")
            .get(pk=share.review_id)
        )
        held = AccessShare.objects.select_for_update(of=("self",)).select_related("frozen").get(pk=share.pk)
        if held.reviewer_id != user.pk:
            raise ReviewError("access-not-yours")
        if held.sign_off_id is not None:
            raise ReviewError("access-part-signed")
        decided = {each.place: each for each in Decision.objects.filter(frozen=held.frozen)}
        left = held.frozen.count - len(decided)
        if left:
            raise ReviewError("access-undecided", n=left)
        if any(each.choice == ASK for each in decided.values()):
            raise ReviewError("access-still-asked")
        lines, selves = lines_of(held), Selves()
        _check_decided(lines, decided, selves, user, now)
        made = signing.sign(
            review.logbook,
            Signer.of_user(user),
            now,
            subject=f"access review {review.pk} part {held.pk}",
            title=held.frozen.title,
            means="checked",
            covers={
                "access_review": review.pk,
                "system": review.system,
                "whole_list": bytes(review.first.root).hex() if review.first else "",
                "lines": held.frozen.count,
            },
            lists=[held.frozen],
            context=context,
            kind="access_review",
            seen=seen,
        )
        held.sign_off = made
        held.save(update_fields=["sign_off"])
        _settle(lines, decided, made, now)
        review.stamp += 1
        review.save(update_fields=["stamp"])
    return made


def _check_decided(
    lines: Sequence[AccessLine], decided: dict[int, Decision], selves: Selves, user: User, now: datetime
) -> None:
    """Hold each line against what holds now: since then somebody may have left, or been found to be oneself."""
    for line in lines:
        if selves.is_own(line, user):
            raise ReviewError("access-own-line-yours", login=line.login)
        if decided[line.at or 0].choice == KEEP and must_go(line, now):
            raise ReviewError("access-must-go", login=line.login)


def _settle(lines: Sequence[AccessLine], decided: dict[int, Decision], made: SignOff, now: datetime) -> None:
    """Let what was signed hold: from here on removals are waited for."""
    by = later(now, REMOVE_WITHIN, calendar(), True)
    chosen: dict[str, list[int]] = {}
    for line in lines:
        chosen.setdefault(decided[line.at or 0].choice, []).append(line.pk)
    for choice, keys in chosen.items():
        if choice != PASSED:
            gone = by if choice in (REMOVE, REDUCE) else None
            update(keys, decision=choice, decided_entry=made.entry, decided_at=now, remove_by=gone)


def is_reviewer(review: AccessReview, user: User) -> bool:
    """Whether somebody, by whichever account, was sent lines of a review."""
    shares: Any = AccessShare.objects.filter(review=review).select_related("reviewer")
    reviewers = {share.reviewer_id: share.reviewer for share in shares}
    return any(same_person(user, one) for one in reviewers.values())


__all__ = ["CHOICES", "SignOffError", "conflicts_of", "decide", "is_reviewer", "lines_of", "must_go", "sign"]
