"""What waits in access reviews: each reviewer's share, rights that are not gone, and the review for its own signatures.

Who cannot be told any more is stood in for by whoever answers for the system, and they by the owners of the
organisation. A share that is overdue is told to whoever answers for the system, which is an entry.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, Exists, Min, OuterRef, Q

from indelible.events import own_reviews
from indelible.events.event import Event
from indelible.features.people.access import Role
from indelible.features.people.models import User
from indelible.features.people.second.selves import selves_among
from indelible.features.reviews.models import AccessLine, AccessReview, AccessShare
from indelible.features.reviews.reminding.wording import REMOVALS, REVIEW, SHARE, SIGN, WITNESS
from indelible.features.runbooks.reminding.days import Person
from indelible.features.runbooks.reminding.planning import Task
from indelible.storage.database.models import Logbook

MOST_REVIEWS: Final = 200
MOST_SHARES: Final = 2_000


def tasks(
    logbook: Logbook, people: Mapping[str, Person], organisation: tuple[str, ...], now: datetime
) -> list[Task]:
    """Return what waits in the access reviews that are under way. Half a dozen queries, however many there are."""
    reviews = list(
        AccessReview.objects.filter(logbook=logbook, closed_at=None).order_by("due_at")[:MOST_REVIEWS]
    )
    if not reviews:
        return []
    counts = _counts(reviews, now)
    owners = {row.pk: _owner(row, people, organisation) for row in reviews}
    shares = list(
        AccessShare.objects.filter(review__in=[row.pk for row in reviews])
        .annotate(held=Exists(AccessLine.objects.filter(share=OuterRef("pk"))))
        .order_by("due_at", "pk")[:MOST_SHARES]
    )
    found = _shares(shares, {row.pk: row for row in reviews}, owners, people, organisation)
    witnesses = _witnesses(reviews, shares, people)
    for row in reviews:
        told: Mapping[str, Any] = counts.get(row.pk, {"undecided": 1, "late": 0, "first": None})
        if told["late"] and row.signed_id is None:
            found.append(
                _of(row, REMOVALS, "", owners[row.pk], told["first"], count=told["late"], since=told["first"])
            )
        found.append(_whole(row, told, owners[row.pk], witnesses.get(row.pk, ())))
    return found


def _counts(reviews: Sequence[AccessReview], now: datetime) -> dict[int, Mapping[str, Any]]:
    late = Q(decision__in=("remove", "reduce"), proof="", remove_by__lt=now)
    rows = (
        AccessLine.objects.filter(review__in=[row.pk for row in reviews])
        .order_by()
        .values("review")
        .annotate(
            undecided=Count("pk", filter=Q(decision="")),
            late=Count("pk", filter=late),
            first=Min("remove_by", filter=late),
        )
    )
    return {row["review"]: row for row in rows}


def _owner(row: AccessReview, people: Mapping[str, Person], organisation: tuple[str, ...]) -> tuple[str, ...]:
    owner = f"user {row.owner_id}"
    return (owner,) if owner in people else organisation


def _shares(
    shares: Sequence[AccessShare],
    reviews: Mapping[int, AccessReview],
    owners: Mapping[int, tuple[str, ...]],
    people: Mapping[str, Person],
    organisation: tuple[str, ...],
) -> list[Task]:
    found = []
    for share in shares:
        if share.sign_off_id is not None or not share.held:  # type: ignore[attr-defined]  # annotated
            continue
        reviewer, owner = f"user {share.reviewer_id}", owners[share.review_id]
        holders = (reviewer,) if reviewer in people else owner
        above = tuple(one for one in owner if one not in holders)
        above = above or tuple(one for one in organisation if one not in holders)
        found.append(
            Task(
                key=f"{SHARE}{share.pk}",
                run=0,
                step="",
                due_at=share.due_at,
                holders=holders,
                owners=above,
                further=SHARE,
                subject=share.pk,
                title=reviews[share.review_id].system,
                since=share.sent_at,
                stages=1,
            )
        )
    return found


def _whole(
    row: AccessReview, told: Mapping[str, Any], owner: tuple[str, ...], witnesses: tuple[str, ...]
) -> Task:
    """Return what a review as a whole waits for: its witness, its owner's signature, or that somebody goes on."""
    if row.signed_id is not None:
        return _of(row, WITNESS, f".{row.signed_id}", witnesses or owner, row.due_at, begins=True)
    compared = row.second_id is not None and (not row.new or bool(row.new_explained))
    if row.sent_at is not None and not told["undecided"] and compared:
        return _of(row, SIGN, f".{row.stamp}", owner, row.due_at, begins=True)
    return _of(row, REVIEW, "", owner, row.due_at)


def _of(
    row: AccessReview,
    what: str,
    state: str,
    holders: tuple[str, ...],
    due_at: datetime | None,
    *,
    count: int = 1,
    begins: bool = False,
    since: datetime | None = None,
) -> Task:
    return Task(
        key=f"{what}{row.pk}{state}",
        run=0,
        step="",
        due_at=due_at,
        holders=holders,
        further=what,
        subject=row.pk,
        title=row.system,
        count=count,
        since=since or row.started_at,
        begins=begins,
        stages=0,
    )


def _witnesses(
    reviews: Sequence[AccessReview], shares: Sequence[AccessShare], people: Mapping[str, Person]
) -> dict[int, tuple[str, ...]]:
    """Return who can look over each review that its owner signed: nobody who decided a line or answers for it.

    Owners and reviewers of the organisation; members only where nobody else is left.
    """
    signed = [row for row in reviews if row.signed_id is not None]
    if not signed:
        return {}
    users = list(User.objects.all())  # ended ones too: they may be somebody's first account
    selves = selves_among(users)
    able = [user for user in users if f"user {user.pk}" in people]
    found = {}
    for row in signed:
        hands = {row.owner_id, row.by_id, *(one.reviewer_id for one in shares if one.review_id == row.pk)}
        barred = {other for hand in hands for other in selves.get(hand, ())}
        free = [user for user in able if user.pk not in barred]
        first = [user for user in free if user.role in (Role.OWNER, Role.REVIEWER)]
        found[row.pk] = tuple(f"user {user.pk}" for user in first or free)
    return found


def escalated(task: Task, deadline: str, people: Sequence[str], stage: int) -> Event | None:
    """Return the entry that a share was told to whoever answers for the system; None where it is signed by now."""
    if task.further != SHARE:
        return None
    share = (
        AccessShare.objects.select_for_update(of=("self",))
        .select_related("review", "reviewer")
        .filter(pk=task.subject, sign_off=None, review__closed_at=None)
        .first()
    )
    if share is None:
        return None
    return own_reviews.part_escalated(
        share.review_id, share.review.system, share.reviewer.name, deadline, people, stage
    )
