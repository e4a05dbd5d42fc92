"""Who does what in a run: filling a role, handing it over, a stand-in, somebody from outside by a link that works for
one run alone."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from indelible.events import own_runbooks
from indelible.events.event import Context
from indelible.features.people import access
from indelible.features.people.models import User
from indelible.features.runbooks.models import GOING, Outsider, Run, RunRole
from indelible.features.runbooks.running import moving
from indelible.features.runbooks.running.documents import document_of
from indelible.features.runbooks.running.doers import Doer, first_same
from indelible.features.runbooks.running.errors import RunError
from indelible.features.runbooks.running.opening import check_roles
from indelible.features.runbooks.running.telling import Story
from indelible.storage.database.codes import code_of

LINK_WORKS_FOR: Final = timedelta(days=30)
MOST_OUTSIDERS: Final = 20
MOST_PINS: Final = 5
USE_TOLD_EVERY: Final = timedelta(hours=1)
LOOKUP_BYTES: Final = 6
SECRET_BYTES: Final = 24
LONGEST_KEY: Final = 100
_LINK: Final = "link of an outsider"
_PIN: Final = "code of an outsider"


def fill(
    run: Run,
    role: str,
    by: Doer,
    now: datetime,
    *,
    user: User | None = None,
    stand_in: User | None = None,
    told: str = "",
) -> RunRole:
    """Say who fills a role, or hand it over from whoever does; `told` is what they were told. What was done stays whose
    it is.

    Whoever holds the role may hand it over, and whoever may start runs. Raises RunError: `run-not-open`,
    `run-no-role`, `run-role-not-yours`, `run-role-twice`, `run-person-ended`, `run-hand-over-why`.
    """
    with transaction.atomic():
        run = moving.locked(run.pk)
        document = document_of(run)
        row = _row(run, role)
        if role not in document.roles:
            raise RunError("run-no-role")
        if not _may_fill(row, by):
            raise RunError("run-role-not-yours", role=document.roles[role].title)
        for one in (user, stand_in):
            if one is not None and not one.is_active:
                raise RunError("run-person-ended", name=one.name)
        before = row.user or row.outsider
        words = " ".join(told.split())
        if before is not None and user != row.user and not words:
            raise RunError("run-hand-over-why", name=before.name)
        _no_conflict(run, role, user, stand_in)
        if row.outsider is not None:  # their link was for this part alone
            Outsider.objects.filter(pk=row.outsider.pk, ended_at=None).update(ended_at=now)
        row.user, row.stand_in, row.outsider = user, stand_in, None
        row.save()
        run.stamp += 1
        run.save(update_fields=["stamp"])
        story = Story(run, document, now)
        handed = before is not None and (user is None or user.pk != getattr(before, "pk", None))
        story.add(
            own_runbooks.HANDED_OVER if handed else own_runbooks.ROLE_FILLED,
            by,
            extra={
                "role": document.roles[role].title,
                "real_person": user.name if user else None,
                "before_person": before.name if before is not None else None,
                "stand_in": stand_in.name if stand_in else None,
            },
            reason=words,
        )
        moving.go_on(run, document, story, now)
        story.seal()
    return row


def _row(run: Run, role: str) -> RunRole:
    row = RunRole.objects.filter(run=run, role=role).select_related("user", "stand_in", "outsider").first()
    if row is None:
        raise RunError("run-no-role")
    if run.state not in GOING:
        raise RunError("run-not-open", title=run.title, state=run.get_state_display())
    return row


def _may_fill(row: RunRole, by: Doer) -> bool:
    if by.user is None:
        return by.outsider is None  # Indelible itself; nobody from outside names anybody
    return access.may(by.user, access.RUNS_START) or by.user.pk in (row.user_id, row.stand_in_id)


def _no_conflict(run: Run, role: str, user: User | None, stand_in: User | None) -> None:
    """Refuse somebody who holds a role that this one may not be filled together with, stand-ins included."""
    others = list(RunRole.objects.filter(run=run).exclude(role=role).select_related("user", "outsider"))
    document = document_of(run)
    for who in (user, stand_in):
        if who is not None:
            check_roles(document, [*others, RunRole(run=run, role=role, user=who)])


# From outside ----------------------------------------------------------------------------------------------


def invite_outsider(
    run: Run, role: str, name: str, email: str, by: Doer, now: datetime
) -> tuple[Outsider, str, str]:
    """Let somebody without an account fill a role of this run; return them with the key of their link and their code.

    Both are known only now. The code is told apart from the link, and asked for at each signature.
    Raises RunError: `run-not-for-outsiders`, `run-too-many-outsiders`, `run-outsider-name`, and what `fill` raises.
    """
    name = " ".join(name.split())[:150]
    with transaction.atomic():
        run = moving.locked(run.pk)
        document = document_of(run)
        row = _row(run, role)
        if by.user is None or not access.may(by.user, access.RUNS_START):
            raise RunError("run-role-not-yours", role=document.roles[role].title)
        if not document.roles[role].outsider:
            raise RunError("run-not-for-outsiders", role=document.roles[role].title)
        if not name:
            raise RunError("run-outsider-name")
        if Outsider.objects.filter(run=run).count() >= MOST_OUTSIDERS:
            raise RunError("run-too-many-outsiders", most=MOST_OUTSIDERS)
        lookup = secrets.token_hex(LOOKUP_BYTES)
        key = f"{lookup}_{secrets.token_urlsafe(SECRET_BYTES)}"
        pin = f"{secrets.randbelow(10**6):06d}"
        outsider = Outsider.objects.create(
            run=run,
            name=name,
            email=email.strip().lower(),
            lookup=lookup,
            code=code_of(_LINK, key),
            pin=code_of(_PIN, f"{lookup} {pin}"),
            invited_by=by.user,
            invited_at=now,
            ends_at=now + LINK_WORKS_FOR,
            entry=-1,
        )
        holder = Doer(outsider=outsider)
        others = RunRole.objects.filter(run=run).exclude(role=role).select_related("user", "outsider")
        check_roles(document, [*others, RunRole(run=run, role=role, outsider=outsider)])
        if (own := first_same(holder, [by])) is not None:
            raise RunError("run-outsider-is-you", name=own.name)
        if row.outsider is not None:
            Outsider.objects.filter(pk=row.outsider.pk, ended_at=None).update(ended_at=now)
        row.user, row.stand_in, row.outsider = None, None, outsider
        row.save()
        run.stamp += 1
        run.save(update_fields=["stamp"])
        story = Story(run, document, now)
        story.add(
            own_runbooks.OUTSIDER_INVITED,
            by,
            extra={
                "role": document.roles[role].title,
                "real_person": outsider.name,
                "recipient": outsider.email or None,
                "expires": outsider.ends_at.isoformat(timespec="seconds"),
            },
            told=lambda index: Outsider.objects.filter(pk=outsider.pk).update(entry=index),
        )
        moving.go_on(run, document, story, now)
        story.seal()
    outsider.refresh_from_db()
    return outsider, key, pin


def outsider_by_key(key: str, now: datetime) -> Outsider | None:
    """Return whom a link lets in, None for one that opens nothing (any more). Costs the same either way."""
    lookup = key.partition("_")[0] if len(key) <= LONGEST_KEY else ""
    row = (
        Outsider.objects.select_related("run__runbook", "run__version", "run__logbook")
        .filter(lookup=lookup)
        .first()
    )
    expected = bytes(row.code) if row is not None else bytes(32)
    if not hmac.compare_digest(code_of(_LINK, key[:LONGEST_KEY]), expected) or row is None:
        return None
    open_still = row.ended_at is None and now < row.ends_at and row.run.state in GOING
    return row if open_still else None


def note_use(outsider: Outsider, context: Context, now: datetime) -> bool:
    """Note that an outsider opened their link: an entry an hour at most, and when they were last seen. Return whether
    it was the first time ever, which alone needs no code."""
    with transaction.atomic():
        row = Outsider.objects.select_for_update().get(pk=outsider.pk)
        if row.seen_at is not None and now - row.seen_at < USE_TOLD_EVERY:
            return False
        Outsider.objects.filter(pk=row.pk).update(seen_at=now)
        run = moving.locked(row.run_id)
        story = Story(run, document_of(run), now)
        story.add(own_runbooks.OUTSIDER_CAME, Doer.of_outsider(row, context))
        story.seal()
    return row.seen_at is None


def check_pin(outsider: Outsider, pin: str, now: datetime) -> int | None:
    """Return None where an outsider's code is theirs, else how many tries are left. A try is taken before it is looked
    at; after five wrong ones none fits any more, which is recorded."""
    with transaction.atomic():
        row = Outsider.objects.select_for_update().get(pk=outsider.pk)
        if row.pin_tries >= MOST_PINS:
            return 0
        row.pin_tries += 1
        row.save(update_fields=["pin_tries"])
    digits = "".join(one for one in pin if one.isdecimal())
    if not hmac.compare_digest(code_of(_PIN, f"{row.lookup} {digits}"), bytes(row.pin)):
        if row.pin_tries == MOST_PINS:
            _tell_used_up(row, now)
        return MOST_PINS - row.pin_tries
    Outsider.objects.filter(pk=outsider.pk).update(pin_tries=0)
    return None


def _tell_used_up(outsider: Outsider, now: datetime) -> None:
    with transaction.atomic():
        run = moving.locked(outsider.run_id)
        story = Story(run, document_of(run), now)
        story.add(own_runbooks.PIN_USED_UP, Doer.of_outsider(outsider), denied=True)
        story.seal()


def end_outsider(outsider: Outsider, by: Doer, reason: str, now: datetime) -> None:
    """End an outsider's access, and say why. Raises RunError (`run-role-not-yours`)."""
    with transaction.atomic():
        run = moving.locked(outsider.run_id)
        if by.user is None or not access.may(by.user, access.RUNS_START):
            raise RunError("run-role-not-yours", role="")
        changed = Outsider.objects.filter(pk=outsider.pk, ended_at=None).update(ended_at=now)
        if not changed:
            return
        RunRole.objects.filter(run=run, outsider=outsider).update(outsider=None)
        story = Story(run, document_of(run), now)
        story.add(own_runbooks.OUTSIDER_ENDED, by, extra={"real_person": outsider.name}, reason=reason)
        story.seal()
