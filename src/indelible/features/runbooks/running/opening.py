"""Opening a run: by hand, by the calendar, by an entry, by an alarm, or by another run; each cause opens one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from django.db import IntegrityError, transaction

from indelible.events import own_runbooks
from indelible.features.people.models import User
from indelible.features.runbooks.document.runbook import Runbook as Document
from indelible.features.runbooks.models import (
    Appointment,
    Cause,
    Run,
    Runbook,
    RunbookState,
    RunClock,
    RunRole,
    RunStep,
    Version,
)
from indelible.features.runbooks.running import moving
from indelible.features.runbooks.running.dates import moments_of
from indelible.features.runbooks.running.documents import document_of
from indelible.features.runbooks.running.doers import Doer, first_same
from indelible.features.runbooks.running.errors import RunError
from indelible.features.runbooks.running.telling import Story

LONGEST_TITLE: Final = 200


def open_run(
    runbook: Runbook,
    by: Doer,
    now: datetime,
    *,
    cause: Cause | str = Cause.HAND,
    cause_key: str,
    title: str = "",
    about: str = "",
    period: tuple[date, date] | None = None,
    due_at: datetime | None = None,
    cause_entry: int | None = None,
    people: Mapping[str, User | None] | None = None,
    follows_up: Run | None = None,
) -> Run:
    """Open a run under the newest version, and return it; the run there is, where this cause has opened one.

    `people` fill roles in place of those appointed; None there means nobody yet. Raises RunError: `run-not-published`,
    `run-role-twice`, and what `append` raises.
    """
    if (found := _of_cause(runbook, cause, cause_key)) is not None:
        return found
    try:
        with transaction.atomic():
            return _open(
                runbook,
                by,
                now,
                str(cause),
                cause_key,
                title,
                about,
                period,
                due_at,
                cause_entry,
                people or {},
                follows_up,
            )
    except IntegrityError:  # another worker was quicker
        if (found := _of_cause(runbook, cause, cause_key)) is not None:
            return found
        raise


def _of_cause(runbook: Runbook, cause: Cause | str, key: str) -> Run | None:
    rows = Run.objects.filter(runbook=runbook, cause=str(cause), cause_key=key[:80])
    return rows.select_related("runbook", "version", "logbook").first()


def _open(
    runbook: Runbook,
    by: Doer,
    now: datetime,
    cause: str,
    cause_key: str,
    title: str,
    about: str,
    period: tuple[date, date] | None,
    due_at: datetime | None,
    cause_entry: int | None,
    people: Mapping[str, User | None],
    follows_up: Run | None,
) -> Run:
    book = Runbook.objects.select_for_update().select_related("logbook").get(pk=runbook.pk)
    version = Version.objects.filter(runbook=book).order_by("-number").first()
    if book.state != RunbookState.PUBLISHED or version is None:
        raise RunError("run-not-published", title=book.title)
    run = Run(
        logbook=book.logbook,
        runbook=book,
        version=version,
        title=(title or (f"{book.title}: {about}" if about else book.title))[:LONGEST_TITLE],
        about=about[:200],
        cause=cause,
        cause_key=cause_key[:80],
        cause_entry=cause_entry,
        period_from=period[0] if period else None,
        period_to=period[1] if period else None,
        opened_at=now,
        opened_by=by.user,
        due_at=due_at,
        entry=-1,
        follows_up=follows_up,
    )
    run.save(force_insert=True)
    document = document_of(run)
    roles = _roles(run, document, people)
    RunStep.objects.bulk_create(
        RunStep(run=run, key=step.key, place=place) for place, step in enumerate(document.steps)
    )
    RunClock.objects.bulk_create(RunClock(run=run, key=clock.key) for clock in document.clocks)
    if run.due_at is None and document.due is not None:
        run.due_at = moments_of(run).due(document.due)
        run.save(update_fields=["due_at"])
    _tell(run, document, by, roles, now)
    moving.advance(run, now)
    return run


def _roles(run: Run, document: Document, people: Mapping[str, User | None]) -> list[RunRole]:
    """Fill the roles of a run: with whom the caller names, else with those appointed."""
    appointed = {row.role: row for row in run.runbook.appointments.select_related("user", "stand_in")}
    rows = []
    for role in document.roles:
        row: Appointment | None = appointed.get(role)
        user = people.get(role, row.user if row else None)
        stand_in = row.stand_in if row and role not in people else None
        rows.append(RunRole(run=run, role=role, user=_active(user), stand_in=_active(stand_in)))
    check_roles(document, rows)
    return RunRole.objects.bulk_create(rows)


def _active(user: User | None) -> User | None:
    return user if user is not None and user.is_active else None


def check_roles(document: Document, rows: list[RunRole]) -> None:
    """Refuse roles that one person may not fill together. Raises RunError (`run-role-twice`)."""
    holders = {
        row.role: Doer(user=row.user, outsider=row.outsider) for row in rows if row.user or row.outsider
    }
    for role, part in document.roles.items():
        for other in part.not_:
            one, two = holders.get(role), holders.get(other)
            if one is not None and two is not None and first_same(one, [two]) is not None:
                titles = {"role": part.title, "other": document.roles[other].title}
                raise RunError("run-role-twice", name=one.name, **titles)


def _tell(run: Run, document: Document, by: Doer, roles: list[RunRole], now: datetime) -> None:
    story = Story(run, document, now)
    people = {document.roles[row.role].title: row.user.name for row in roles if row.user is not None}
    standing = {
        document.roles[row.role].title: row.stand_in.name for row in roles if row.stand_in is not None
    }
    story.add(
        own_runbooks.RUN_OPENED,
        by,
        extra={
            "digest": run.version.digest,
            "about": run.about,
            "cause": run.cause,
            "started_by": None if run.cause == Cause.HAND else run.cause_key,
            "deadline": run.due_at.isoformat() if run.due_at else None,
            "from": run.period_from.isoformat() if run.period_from else None,
            "to": run.period_to.isoformat() if run.period_to else None,
            "people": people,
            "stand_ins": standing,
        },
        refers_to={"entry": run.cause_entry, "as": "note"} if run.cause_entry is not None else None,
        told=lambda index: _opened(run, index),
    )
    story.seal()


def _opened(run: Run, index: int) -> None:
    run.entry = index
    run.save(update_fields=["entry"])
