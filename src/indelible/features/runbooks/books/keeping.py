"""Who keeps a runbook right, when its text was looked at again, from which day the calendar starts it, and its end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from django.db import transaction

from indelible.events import own_books
from indelible.features.people.models import User
from indelible.features.runbooks.books.errors import Actor, BookError, actor_of, person_of
from indelible.features.runbooks.books.holding import (
    check_not_retired,
    document_of_version,
    held,
    look_again_on,
    newest_version,
    record,
    today,
)
from indelible.features.runbooks.models import Runbook, RunbookState

LONGEST_REASON: Final = 1_000


def set_owner(runbook: Runbook, owner: User | None, by: Actor | User) -> Runbook:
    """Say who keeps the text up to date. Nothing happens where they do already."""
    by = actor_of(by)
    with transaction.atomic():
        row = held(runbook)
        if row.owner == owner:
            return row
        before = row.owner.name if row.owner else ""
        row.owner = owner
        row.save(update_fields=["owner"])
        name = owner.name if owner else ""
        _record(row, own_books.OWNER, by, {"real_person": name, "before_person": before})
    return row


def look_again(runbook: Runbook, by: Actor | User, now: datetime, *, note: str = "") -> Runbook:
    """Sign that the text in force was looked at again and is still right. The password was asked before, by the page.

    Raises BookError (`runbook-not-published`, `runbook-retired`).
    """
    by = actor_of(by)
    person_of(by)
    with transaction.atomic():
        row = held(runbook)
        check_not_retired(row)
        version = newest_version(row)
        if version is None:
            raise BookError("runbook-not-published", title=row.title)
        row.look_again_on = look_again_on(document_of_version(version), now)
        row.save(update_fields=["look_again_on"])
        extra = {
            "version": str(version.number),
            "version_digest": version.digest,
            "meaning": "checked",
            "next_review": row.look_again_on.isoformat(),
        }
        _record(row, own_books.LOOKED_AGAIN, by, extra, reason=note.strip()[:LONGEST_REASON])
    return row


def schedule(runbook: Runbook, begins: date | None, by: Actor | User, now: datetime) -> Runbook:
    """Have the calendar start runs from that day on; None: not any more.

    Raises BookError (`runbook-not-published`, `runbook-no-calendar`, `runbook-day-past`, `runbook-retired`).
    """
    by = actor_of(by)
    with transaction.atomic():
        row = held(runbook)
        if row.scheduled_from == begins:
            return row
        if begins is not None:
            _check_schedulable(row, begins, now)
        row.scheduled_from = begins
        row.save(update_fields=["scheduled_from"])
        if begins is None:
            _record(row, own_books.UNSCHEDULED, by, {})
        else:
            _record(row, own_books.SCHEDULED, by, {"valid_from": begins.isoformat()})
    return row


def _check_schedulable(row: Runbook, begins: date, now: datetime) -> None:
    check_not_retired(row)
    version = newest_version(row)
    if version is None:
        raise BookError("runbook-not-published", title=row.title)
    if not document_of_version(version).starts.schedule:
        raise BookError("runbook-no-calendar", title=row.title)
    if begins < today(now):
        raise BookError("runbook-day-past", title=row.title)


def retire(runbook: Runbook, by: Actor | User, now: datetime, *, reason: str) -> Runbook:
    """Have no run begin under it any more. Runs under way go on to their end.

    Raises BookError (`runbook-needs-reason`, `runbook-retired`).
    """
    by, reason = actor_of(by), reason.strip()[:LONGEST_REASON]
    if not reason:
        raise BookError("runbook-needs-reason")
    with transaction.atomic():
        row = held(runbook)
        check_not_retired(row)
        row.state, row.state_reason, row.scheduled_from = RunbookState.RETIRED, reason, None
        row.save(update_fields=["state", "state_reason", "scheduled_from"])
        _record(row, own_books.RETIRED, by, {}, reason=reason)
    return row


def take_up(runbook: Runbook, by: Actor | User, now: datetime) -> Runbook:
    """Let runs begin under it again, as its newest version says; the calendar stays off. Raises BookError
    (`runbook-not-retired`)."""
    by = actor_of(by)
    with transaction.atomic():
        row = held(runbook)
        if row.state != RunbookState.RETIRED:
            raise BookError("runbook-not-retired", title=row.title)
        published = newest_version(row) is not None
        row.state = RunbookState.PUBLISHED if published else RunbookState.DRAFT
        row.state_reason = ""
        row.save(update_fields=["state", "state_reason"])
        _record(row, own_books.TAKEN_UP, by, {})
    return row


def _record(row: Runbook, said: str, by: Actor, extra: Mapping[str, object], *, reason: str = "") -> None:
    event = own_books.book_event(
        said, by.party, row.key, row.title, extra=extra, reason=reason or None, context=by.context
    )
    record(row.logbook, event)
