"""Asking for the password once more before somebody signs off, so that a browser left open signs nothing.

A try is taken before the password is looked at, in a transaction of its own: many at once are no more tries than one
after another. After three wrong ones sign-offs of that account pause, which is recorded.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import F

from indelible.events import own_people
from indelible.events.event import Context
from indelible.features.people.models import SignOffTries, User
from indelible.web import acts

TRIES: Final = 3
PAUSE: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a password does not open: `code` is a key of explanations.toml, `facts` fill its words."""

    code: str
    left: int = 0
    minutes: int = 0


def check(user: User, password: str, context: Context, *, now: datetime | None = None) -> Refusal | None:
    """Return None where the password is theirs, else why nothing is signed."""
    now = now or datetime.now(UTC)
    if (refusal := _take_a_try(user, now)) is not None:
        return refusal
    if user.check_password(password):
        SignOffTries.objects.filter(user=user).update(taken=0, paused_until=None)
        return None
    with transaction.atomic():
        row = SignOffTries.objects.select_for_update().get(user=user)
        if row.taken < TRIES:
            return Refusal("sign-off-password", left=TRIES - row.taken)
        if row.paused_until is None:
            row.paused_until = now + PAUSE
            row.save(update_fields=["paused_until"])
            minutes = int(PAUSE.total_seconds() // 60)
            acts.record_if_possible(
                own_people.sign_offs_paused(acts.actor_of(user), TRIES, minutes, context=context)
            )
    return _paused(row.paused_until or now, now)


def _take_a_try(user: User, now: datetime) -> Refusal | None:
    """Count a try; refuse where none is left, or while sign-offs pause."""
    with transaction.atomic():
        SignOffTries.objects.get_or_create(user=user)
        row = SignOffTries.objects.select_for_update().get(user=user)
        if row.paused_until is not None and row.paused_until <= now:
            row.taken, row.paused_until = 0, None
            row.save(update_fields=["taken", "paused_until"])
        if row.paused_until is not None or row.taken >= TRIES:
            return _paused(row.paused_until or now + PAUSE, now)
        SignOffTries.objects.filter(user=user).update(taken=F("taken") + 1)
    return None


def _paused(until: datetime, now: datetime) -> Refusal:
    return Refusal("sign-off-paused", minutes=max(1, round((until - now).total_seconds() / 60)))
