"""Who decides about which line: the line manager, whoever answers for a machine account, else the system's owner.

Nobody gets a line about their own access, whichever account it is; it goes to the owner, and the owner's to the next
one above them. When the lines are sent out, each reviewer's share is frozen as they will be shown it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction

from indelible.events import own_reviews
from indelible.events.folding import plain
from indelible.features.alarms.answering import names_of
from indelible.features.people.access import Role
from indelible.features.people.models import User
from indelible.features.people.queries import owners
from indelible.features.people.second.selves import same_person
from indelible.features.reviews.access import queries
from indelible.features.reviews.access.columns import ABOUT
from indelible.features.reviews.errors import ReviewError
from indelible.features.reviews.models import AccessLine, AccessReview, AccessShare
from indelible.features.reviews.queue.whom import everybody
from indelible.features.signoffs.deciding import decide
from indelible.features.signoffs.freezing import freeze_lines
from indelible.features.signoffs.signers import Signer
from indelible.features.sources.origins import By
from indelible.storage.database.append import Draft, append

TO_DECIDE: Final = timedelta(days=10)
KEEP, REDUCE, REMOVE, ASK, PASSED = "keep", "reduce", "remove", "ask", "passed"
ASKS: Final = {"choices": [KEEP, REDUCE, REMOVE, ASK, PASSED], "reason_for": [REDUCE, ASK, PASSED]}


class Selves:
    """Whether lines are about somebody's own access. What is known of people is read once."""

    def __init__(self) -> None:
        self._names: dict[int, frozenset[str]] = {}
        self._same: dict[tuple[int, int], bool] = {}

    def is_own(self, line: AccessLine, user: User) -> bool:
        """Whether a line is about the access of this person, by whichever account, login or name."""
        if user.pk not in self._names:
            self._names[user.pk] = names_of(user)
        told = {plain(text) for text in (line.login, line.name) if text}
        if told & self._names[user.pk]:
            return True
        if line.person is None or line.answers_for:  # whoever answers for a machine decides about it
            return False
        if plain(line.person.name) in self._names[user.pk]:
            return True
        account = line.person.account
        if account is None:
            return bool(line.person.email) and plain(line.person.email) in self._names[user.pk]
        pair = user.pk, account.pk
        if pair not in self._same:
            self._same[pair] = same_person(user, account)
        return self._same[pair]


def suggest(review: AccessReview) -> int:
    """Give each line that has nobody yet to whom it belongs; return how many still have nobody."""
    lines = list(_lines(review).filter(reviewer=None))
    selves, people = Selves(), everybody()
    by_name: dict[str, User] = {}
    for user in people:
        for name in (plain(user.name), plain(user.email)):
            by_name.setdefault(name, user)
    heads = [review.owner, *(one for one in owners() if one.pk != review.owner_id)]
    left = 0
    for line in lines:
        wanted = [by_name.get(plain(line.manager))] if line.manager else []
        if line.answers_for and line.person is not None and line.person.account is not None:
            wanted.insert(0, line.person.account)
        offered = (one for one in (*wanted, *heads) if one is not None and one.is_active)
        line.reviewer = next((one for one in offered if not selves.is_own(line, one)), None)
        left += line.reviewer is None
    by_reviewer: dict[int, list[int]] = {}
    for line in lines:
        if line.reviewer is not None:
            by_reviewer.setdefault(line.reviewer.pk, []).append(line.pk)
    for key, places in by_reviewer.items():
        update(places, reviewer=key)
    return left


def assign(review: AccessReview, places: Sequence[int], reviewer: User) -> int:
    """Give some lines to somebody, before they are sent out; return how many.

    Raises ReviewError (`access-sent`, `access-nothing-chosen`, `access-own-line`, `access-reviewer`).
    """
    if not reviewer.is_active:
        raise ReviewError("access-reviewer")
    with transaction.atomic():
        row = AccessReview.objects.select_for_update(of=("self",)).get(pk=review.pk)
        if row.sent_at is not None:
            raise ReviewError("access-sent")
        chosen, selves = set(places), Selves()
        lines = [line for line in _lines(review) if line.place in chosen]
        if not lines:
            raise ReviewError("access-nothing-chosen")
        for line in lines:
            if selves.is_own(line, reviewer):
                raise ReviewError("access-own-line", name=reviewer.name, login=line.login)
            line.reviewer = reviewer
        update([line.pk for line in lines], reviewer=reviewer)
    return len(lines)


def places_with(review: AccessReview, words: str) -> list[int]:
    """Return the places of the lines that contain these words: a right, a kind, a manager, part of a login."""
    wanted = plain(words)
    return [
        line.place
        for line in _lines(review)
        if wanted
        and any(
            wanted in plain(text)
            for text in (line.login, line.name, line.right, line.manager, str(line.get_kind_display()))
        )
    ]


def send(review: AccessReview, by: By, now: datetime) -> list[AccessShare]:
    """Send the lines out: each reviewer's share is frozen.

    Raises ReviewError: `access-sent`, `access-not-whole`, `access-not-matched`, `access-not-assigned`,
    `access-own-line`.
    """
    with transaction.atomic():
        row = _held(review)
        if row.sent_at is not None:
            raise ReviewError("access-sent")
        standing = queries.standing(row)
        if not standing.whole:
            raise ReviewError("access-not-whole", why=standing.differs)
        if not standing.matched:
            raise ReviewError("access-not-matched", n=standing.unmatched)
        lines, selves = list(_lines(row).order_by("place")), Selves()
        shares: dict[int, list[AccessLine]] = {}
        for line in lines:
            if line.reviewer is None or not line.reviewer.is_active:
                raise ReviewError("access-not-assigned", login=line.login)
            if selves.is_own(line, line.reviewer):
                raise ReviewError("access-own-line", name=line.reviewer.name, login=line.login)
            shares.setdefault(line.reviewer.pk, []).append(line)
        made = [_share(row, mine, mine[0].reviewer, now) for mine in shares.values()]
        row.sent_at, row.stamp = now, row.stamp + 1
        row.save(update_fields=["sent_at", "stamp"])
        told = {share.reviewer.name: share.frozen.count for share in made}
        event = own_reviews.lines_assigned(by.party, row.pk, row.system, told, context=by.context)
        append(row.logbook, [Draft(event)])
    return made


def pass_on(
    share: AccessShare, places: Sequence[int], to: User, reason: str, user: User, by: By, now: datetime
) -> AccessShare:
    """Give lines of a share to somebody who knows better. They stay in the share, as passed on, with the reason.

    Whoever answers for the system, and an owner, may do so for a reviewer who cannot any more.

    Raises ReviewError (`access-not-yours`, `access-part-signed`, `access-nothing-chosen`, `access-own-line`,
    `access-why`, `access-reviewer`), SignOffError.
    """
    if not reason.strip():
        raise ReviewError("access-why")
    if not to.is_active or same_person(to, user):
        raise ReviewError("access-reviewer")
    with transaction.atomic():
        row = _held(share.review)
        held = AccessShare.objects.select_related("frozen", "review").get(pk=share.pk)
        if not may_pass_on(held, user):
            raise ReviewError("access-not-yours")
        if held.sign_off_id is not None:
            raise ReviewError("access-part-signed")
        chosen, selves = set(places), Selves()
        lines = [line for line in _lines(row).filter(share=held).order_by("place") if line.at in chosen]
        if not lines:
            raise ReviewError("access-nothing-chosen")
        for line in lines:
            if selves.is_own(line, to):
                raise ReviewError("access-own-line", name=to.name, login=line.login)
        decide(held.frozen, [line.at or 0 for line in lines], PASSED, reason, Signer.of_user(user), now)
        for line in lines:
            line.reviewer = to
        made = _share(row, lines, to, now)
        told = {to.name: len(lines)}
        event = own_reviews.lines_assigned(
            by.party, row.pk, row.system, told, reason=reason.strip(), context=by.context
        )
        append(row.logbook, [Draft(event)])
    return made


def may_pass_on(share: AccessShare, user: User) -> bool:
    """Whether somebody may give lines of a share to somebody else."""
    return user.pk in (share.reviewer_id, share.review.owner_id) or user.role == Role.OWNER


def _share(
    row: AccessReview, lines: Sequence[AccessLine], reviewer: User | None, now: datetime
) -> AccessShare:
    assert reviewer is not None
    frozen = freeze_lines(
        row.logbook,
        [shown_line(line) for line in lines],
        None,
        now,
        title=f"{len(lines)} lines of the access review of {row.system}, for {reviewer.name}",
        code={"access_review": row.pk, "reviewer": reviewer.pk, "about": ABOUT, "of": row.first_id or 0},
        asks=ASKS,
    )
    share = AccessShare.objects.create(
        review=row, reviewer=reviewer, frozen=frozen, sent_at=now, due_at=now + TO_DECIDE
    )
    for at, line in enumerate(lines):
        line.share, line.at, line.reviewer = share, at, reviewer
    update([line.pk for line in lines], share=share, reviewer=reviewer)
    AccessLine.objects.bulk_update(lines, ["at"], batch_size=500)
    return share


def update(keys: Sequence[int], **values: Any) -> None:
    """Give lines the same values, a few hundred at a time."""
    for start in range(0, len(keys), 500):
        AccessLine.objects.filter(pk__in=keys[start : start + 500]).update(**values)


def shown_line(line: AccessLine) -> dict[str, Any]:
    """Return a line as its reviewer is shown it, and as it is sealed."""
    person = line.person
    told = {
        "place": line.place,
        "login": line.login,
        "name": line.name,
        "right": line.right,
        "kind": line.kind,
        "person": person.name if person is not None and not line.answers_for else "",
        "answers_for": person.name if person is not None and line.answers_for else "",
        "left_on": person.left_on.isoformat() if person is not None and person.left_on is not None else "",
        "nobodys": line.nobodys or None,
        "strong": line.strong or None,
    }
    return {name: value for name, value in told.items() if value not in ("", None)}


def _lines(review: AccessReview) -> Any:
    return AccessLine.objects.filter(review=review).select_related("person__account", "reviewer")


def _held(review: AccessReview) -> AccessReview:
    return (
        AccessReview.objects.select_for_update(of=("self",))
        .select_related("logbook", "owner", "first", "second")
        .get(pk=review.pk)
    )
