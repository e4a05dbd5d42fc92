"""Asking for a second person, and what that person says. Each step is an entry in the transaction that makes it hold.

A feature registers what it asks for once, in its app's `ready`:

    second.kinds.register(Kind("rules.change", _("Change of a rule"), may_decide, carry_out, "rules/second.html"))

and then asks with `ask`. Nothing happens until somebody approves; then `carry_out` is called in the same transaction
as the sign-off. Where what it rests on has changed meanwhile it raises SecondRefused: then nothing happened, the
sign-off included.

Nobody signs what they asked for themselves, whichever account they use (`selves`). What is approved is what was asked:
the entry that asked holds the digest of it, and a row that no longer fits it is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final

from django.db import transaction

from indelible.events import own_people
from indelible.events.event import Context
from indelible.features.people import access
from indelible.features.people.models import Organisation, Request, RequestState, User
from indelible.features.people.second import selves
from indelible.features.people.second.kinds import Kind, Line, SecondRefused, kind_of, register, registered
from indelible.ledger import canonical
from indelible.storage.database import reads
from indelible.storage.database.errors import StorageError
from indelible.web import acts, jobs

__all__ = [
    "Kind",
    "Line",
    "SecondRefused",
    "approve",
    "ask",
    "check_decider",
    "deciders",
    "kind_of",
    "may_decide",
    "open_about",
    "register",
    "registered",
    "send_back",
    "whom",
    "withdraw",
]

MOST_OPEN: Final = 50  # requests of one person
LONGEST_TITLE: Final = 200


# Asking ----------------------------------------------------------------------------------------------------


def ask(
    kind: str,
    title: str,
    facts: Mapping[str, Any],
    by: User,
    context: Context,
    *,
    reason: str = "",
    about: str = "",
    now: datetime | None = None,
) -> Request:
    """Ask for a second person. `title` follows "asked for a second person: "; `facts` is JSON without fractions.

    `about` names what it is about, such as "rule 3": as long as one request about it is open, another is refused.
    Raises SecondRefused (`second-asked-already`, `second-too-many`), and what `append` raises.
    """
    if kind_of(kind) is None:
        raise ValueError(f"no kind of request is registered as {kind!r}")
    kept = canonical.decode(canonical.encode(dict(facts)))
    with transaction.atomic():
        _one_at_a_time()
        if about and (other := open_about(kind, about)) is not None:
            raise SecondRefused("second-asked-already", title=other.title, name=other.by.name)
        if Request.objects.filter(state=RequestState.OPEN, by=by).count() >= MOST_OPEN:
            raise SecondRefused("second-too-many", most=MOST_OPEN)
        row = Request.objects.create(
            kind=kind,
            about=about,
            title=title[:LONGEST_TITLE],
            facts=kept,
            reason=reason,
            by=by,
            asked_at=now or datetime.now(UTC),
        )
        event = own_people.second_asked(
            acts.actor_of(by),
            row.pk,
            row.title,
            kind,
            _digest(row),
            reason=reason or None,
            context=context,
        )
        row.entry = acts.record(event).recorded[0].index
        row.save(update_fields=["entry"])
        _tell_deciders(row)
    return row


def open_about(kind: str, about: str) -> Request | None:
    """Return the open request about something, None where none is."""
    rows = Request.objects.filter(kind=kind, about=about, state=RequestState.OPEN)
    return rows.select_related("by").first()


def _digest(row: Request) -> str:
    """Return what all that was asked hashes to: kind, about, title, facts, reason and who asked."""
    asked = [row.kind, row.about, row.title, row.facts, row.reason, row.by_id]
    return sha256(canonical.encode(asked)).hexdigest()


def _tell_deciders(row: Request) -> None:
    from indelible.features.people.second.jobs import mail_deciders  # the job calls this module

    jobs.ask(mail_deciders, row.pk)


# Deciding --------------------------------------------------------------------------------------------------


def may_decide(row: Request, user: User) -> bool:
    """Whether somebody may approve or send back what another asked for."""
    return _kind_allows(row, user) and not selves.same_person(user, row.by)


def deciders(row: Request) -> list[User]:
    """Return everybody who may, in the order of their names."""
    able = [user for user in User.objects.filter(is_active=True).order_by("name") if _kind_allows(row, user)]
    return selves.others_than(row.by, able)


def _kind_allows(row: Request, user: User) -> bool:
    kind = kind_of(row.kind)
    return kind is not None and access.may(user, access.REQUESTS_DECIDE) and kind.may_decide(user)


def approve(request: Request | int, by: User, context: Context, *, now: datetime | None = None) -> Request:
    """Agree, and have it done, in one transaction. That they are who they say was asked before (`password`).

    Raises SecondRefused: `second-decided`, `second-own-work`, `second-not-yours`, `second-differs`, and what the kind
    itself refuses; then nothing happened.
    """
    with transaction.atomic():
        row = _to_decide(request, by)
        if not row.by.is_active:
            raise SecondRefused(
                "second-changed-meanwhile", what="Whoever asked for it can no longer sign in."
            )
        _check_as_asked(row)
        _decide(row, RequestState.APPROVED, own_people.SECOND_APPROVED, by, context, "", now)
        if (kind := kind_of(row.kind)) is not None:  # as `_to_decide` has seen
            kind.carry_out(row, by, context)
    return row


def send_back(
    request: Request | int, by: User, reason: str, context: Context, *, now: datetime | None = None
) -> Request:
    """Do not agree, and say why. Raises SecondRefused as `approve` does, and `second-why`."""
    reason = " ".join(reason.split())
    if not reason:
        raise SecondRefused("second-why")
    with transaction.atomic():
        row = _to_decide(request, by)
        _decide(row, RequestState.SENT_BACK, own_people.SECOND_SENT_BACK, by, context, reason, now)
    return row


def withdraw(
    request: Request | int, by: User, context: Context | None = None, *, now: datetime | None = None
) -> Request:
    """Take back what one asked for oneself. Raises SecondRefused `second-decided`, `second-not-asked-by-you`."""
    with transaction.atomic():
        row = _open_row(request)
        if row.by_id != by.pk:
            raise SecondRefused("second-not-asked-by-you", name=row.by.name)
        _decide(row, RequestState.WITHDRAWN, own_people.SECOND_WITHDRAWN, by, context or {}, "", now)
    return row


def _to_decide(request: Request | int, by: User) -> Request:
    row = _open_row(request)
    check_decider(
        row, User.objects.get(pk=by.pk)
    )  # as they are now: their role may have changed a moment ago
    return row


def check_decider(row: Request, by: User) -> None:
    """Raise SecondRefused where somebody cannot decide this: it is decided, their own, or another's to sign."""
    _check_open(row)
    if selves.same_person(by, row.by):
        raise SecondRefused("second-own-work", whom=whom(row))
    if not _kind_allows(row, by):
        raise SecondRefused("second-not-yours", whom=whom(row))


def _open_row(request: Request | int) -> Request:
    key = request.pk if isinstance(request, Request) else request
    _one_at_a_time()
    row = Request.objects.select_related("by", "decided_by").get(pk=key)
    _check_open(row)
    return row


def _check_open(row: Request) -> None:
    if not row.is_open:
        state = row.get_state_display().lower()
        name = row.decided_by.name if row.decided_by else ""
        raise SecondRefused("second-decided", state=state, name=name)


def whom(row: Request) -> str:
    """Say who can sign a request: "Daniel Osei or Alina Popescu"; empty where nobody can."""
    return access.said([user.name for user in deciders(row)], or_=True)


def _check_as_asked(row: Request) -> None:
    """Refuse a row that is not what the entry that asked tells of: somebody changed the table."""
    try:
        entry = reads.get_entry(acts.logbook_in_use(), row.entry if row.entry is not None else -1)
    except StorageError:
        raise SecondRefused("second-differs") from None
    if entry.event.get("extra", {}).get("snapshot_digest") != _digest(row):
        raise SecondRefused("second-differs")


def _decide(
    row: Request,
    state: RequestState,
    said: str,
    by: User,
    context: Context,
    reason: str,
    now: datetime | None,
) -> None:
    event = own_people.second_decided(
        said,
        acts.actor_of(by),
        row.pk,
        row.title,
        row.by.name,
        row.entry or 0,
        reason=reason or None,
        context=context,
    )
    row.state, row.decided_by, row.decided_reason = state, by, reason
    row.decided_at = now or datetime.now(UTC)
    row.decided_entry = acts.record(event).recorded[0].index
    row.save()


def _one_at_a_time() -> None:
    """Let nobody else ask or decide until this transaction ends."""
    list(Organisation.objects.select_for_update().filter(pk=1))
