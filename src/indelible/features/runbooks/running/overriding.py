"""Going on without a step that must be signed: only by two people, with a reason, and looked at again in 30 days.

One asks, another agrees (`people.second`, kind "runs.override"). The step then stands as skipped with both names, and
a follow-up run asks what became of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from importlib import resources
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from indelible.events import own_runbooks
from indelible.events.event import Context
from indelible.features.people import access
from indelible.features.people.models import Request, User
from indelible.features.people.second import services as second
from indelible.features.people.second.kinds import Line, SecondRefused
from indelible.features.runbooks.books import drafting, publishing
from indelible.features.runbooks.models import Cause, Run, RunStep, StepState
from indelible.features.runbooks.models import Runbook as Book
from indelible.features.runbooks.running import doing, moving
from indelible.features.runbooks.running.documents import document_of, step_of
from indelible.features.runbooks.running.doers import Doer, first_same, is_called
from indelible.features.runbooks.running.errors import RunError
from indelible.features.runbooks.running.independence import hands_in, named_in, role_in
from indelible.features.runbooks.running.kinds import OVERRIDE
from indelible.features.runbooks.running.opening import open_run
from indelible.features.runbooks.running.telling import Story

LOOK_AGAIN: Final = timedelta(days=30)
FOLLOW_UP: Final = "FOLLOW-UP"


def ask_override(
    step: RunStep, doer: Doer, reason: str, now: datetime, *, seen: int | None = None
) -> Request:
    """Ask a second person to go on without a step. Raises RunError (`run-why`, `step-not-open`, `run-not-yours`) and
    SecondRefused."""
    words = " ".join(reason.split())
    with transaction.atomic():
        run = moving.locked(step.run_id)
        row = RunStep.objects.get(pk=step.pk)
        row.run = run
        part = step_of(row)
        if doer.user is None or not (access.may(doer.user, access.RUNS_START) or _has_part(row, doer)):
            raise RunError("run-not-yours", title=run.title)
        if row.state not in (*doing.TO_DO, StepState.DONE):
            raise RunError("step-not-open", title=part.title, state=row.get_state_display())
        if seen is not None and seen != run.stamp:
            raise RunError("run-changed-meanwhile", title=run.title)
        if not words:
            raise RunError("run-why")
        return second.ask(
            OVERRIDE,
            f"going on with {run.title} without step {row.place + 1}, {part.title}"[:200],
            {"run": run.pk, "step": row.key, "attempt": row.attempt},
            doer.user,
            doer.context or {},
            reason=words,
            about=f"run {run.pk} step {row.key}",
            now=now,
        )


def _has_part(row: RunStep, doer: Doer) -> bool:
    document = document_of(row.run)
    return role_in(row.run, document, document.step(row.key), doer) is not None


def lines(request: Request) -> Sequence[Line]:
    """Return what would be given up, for whoever decides."""
    run = Run.objects.select_related("runbook", "version").filter(pk=request.facts.get("run")).first()
    if run is None:
        return []
    step = document_of(run).step(str(request.facts["step"]))
    return [
        Line(_("Runbook"), after=run.title),
        Line(_("Step that is left out"), before=step.do),
        Line(_("Why it is asked"), before=step.why),
    ]


def carry_out(request: Request, by: User, context: Context) -> None:
    """Leave the step out. Raises SecondRefused where it is no longer there to be left out, or where whoever agrees had
    a hand in what it was to check."""
    now = request.decided_at or request.asked_at
    run = moving.locked(int(request.facts["run"]))
    document = document_of(run)
    row = RunStep.objects.filter(run=run, key=str(request.facts["step"])).first()
    if (
        row is None
        or row.attempt != request.facts["attempt"]
        or row.state not in (*doing.TO_DO, StepState.DONE)
    ):
        raise SecondRefused("second-changed-meanwhile", what=_("The step was done or changed meanwhile."))
    part = document.step(row.key)
    if part.sign == "two":
        among = [*hands_in(run, document.covered(row.key), but=row.key), Doer(user=request.by)]
        if first_same(Doer(user=by), among) is not None or is_called(Doer(user=by), named_in(run, document)):
            raise SecondRefused("second-own-work", whom="")
    row.state, row.done_at, row.words = StepState.SKIPPED, now, request.reason
    row.by_user, row.by_name = request.by, request.by.name[:150]
    row.save()
    run.stamp += 1
    run.save(update_fields=["stamp"])
    story = Story(run, document, now)
    extra: dict[str, Any] = {"real_person": by.name, "request": request.pk}
    asker = Doer.of_user(request.by, context)
    story.add(
        own_runbooks.STEP_OVERRIDDEN,
        asker,
        step=row,
        extra=extra,
        reason=request.reason,
        told=lambda index: moving.note_entry(row, index),
    )
    _follow_up(run, row, part.title, asker, now)
    moving.go_on(run, document, story, now)
    story.seal()


def _follow_up(run: Run, row: RunStep, title: str, by: Doer, now: datetime) -> None:
    """Open the run that asks, in 30 days, what became of it; its runbook is put in force with the first of them."""
    book = Book.objects.filter(logbook=run.logbook, key=FOLLOW_UP).first()
    if book is None:
        text = resources.files(__package__).joinpath("follow_up.toml").read_text(encoding="utf-8")
        book = drafting.import_text(text, by, now, logbook=run.logbook)
        publishing.publish(
            book, by, now, note="A run went on without a step for the first time.", seen=book.draft_stamp
        )
    open_run(
        book,
        by,
        now,
        cause=Cause.RUN,
        cause_key=f"override {run.pk} {row.key} {row.attempt}",
        about=f"{run.title}: {title}"[:200],
        due_at=now + LOOK_AGAIN,
        cause_entry=run.entry,
        follows_up=run,
        people={"owner": by.user} if by.user is not None else {},
    )
