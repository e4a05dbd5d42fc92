"""Setting up the audit log is the first runbook: Home leads through it, and each step knows from the system itself
whether it is so.

What a step asks is looked up whether or not the runbook was started, since it is the same either way. Looking costs
some fifty queries, so what was found is kept for a minute.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.core.cache import cache
from django.db import transaction
from django.db.models import Case, When

from indelible.features.people.models import User
from indelible.features.rules.world import world_of
from indelible.features.runbooks import checks
from indelible.features.runbooks.books import drafting, publishing
from indelible.features.runbooks.books.appointing import appoint
from indelible.features.runbooks.checks import Ground
from indelible.features.runbooks.document.runbook import Check, Step
from indelible.features.runbooks.library import ready
from indelible.features.runbooks.models import (
    Cause,
    Result,
    Run,
    Runbook,
    RunbookState,
    RunState,
    RunStep,
    StepState,
)
from indelible.features.runbooks.running.doers import Doer
from indelible.features.runbooks.running.opening import open_run
from indelible.features.settings import services as settings
from indelible.storage.database.models import Logbook

READY: Final = "RB-00"
KEPT_SECONDS: Final = 60
CAUSE: Final = "setting up"
LATER: Final = "later"  # the kind of check that waits for another part of Indelible


@dataclass(frozen=True)
class Truth:
    """A check of a step, and what was found just now."""

    part: Check
    result: str
    says: str


@dataclass(frozen=True)
class SetUpStep:
    """A step of setting up."""

    part: Step
    number: int
    found: Sequence[Truth]
    row: RunStep | None

    @property
    def is_so(self) -> bool:
        """Whether everything is as it should be, but for what no part of Indelible can look up yet."""
        asked = [one for one in self.found if one.part.kind != LATER]
        return bool(asked) and all(one.result == Result.PASSED for one in asked)

    @property
    def is_done(self) -> bool:
        """Whether somebody has said that it is done."""
        return self.row is not None and self.row.state in (
            StepState.DONE,
            StepState.SIGNED,
            StepState.SKIPPED,
        )


@dataclass(frozen=True)
class SettingUp:
    """How far setting up is. `run` is None where it was not started."""

    steps: Sequence[SetUpStep]
    run: Run | None

    @property
    def so(self) -> int:
        """How many steps are so."""
        return sum(one.is_so for one in self.steps)

    @property
    def next(self) -> SetUpStep | None:
        """The step to go on with: the first not done, before it was started the first that is not so."""
        if self.run is not None:
            return next((one for one in self.steps if not one.is_done), None)
        return next((one for one in self.steps if not one.is_so), None)


def run_of(logbook: Logbook) -> Run | None:
    """Return the run of setting up: one that came to its end, else the newest; None where it was never started."""
    rows = Run.objects.filter(logbook=logbook, runbook__origin=READY, cause_key=CAUSE)
    ended = Case(When(state=RunState.CLOSED, then=0), default=1)
    return rows.select_related("runbook", "version").order_by(ended, "-pk").first()


def is_over(run: Run | None) -> bool:
    """Whether it was gone through to its end, so that pages need not speak of it any more."""
    return run is not None and run.state == RunState.CLOSED


def for_home(logbook: Logbook, now: datetime) -> SettingUp | None:
    """Return how far setting up is, None once it is over."""
    run = run_of(logbook)
    return None if is_over(run) else setting_up(logbook, now, run=run)


def setting_up(logbook: Logbook, now: datetime, *, run: Run | None = None, fresh: bool = False) -> SettingUp:
    """Return how far setting up is, by what the system itself knows; with `fresh` looked up anew."""
    run = run or run_of(logbook)
    document = ready(READY)
    key = f"setting-up:{logbook.pk}"
    found: dict[str, list[tuple[str, str]]] | None = None if fresh else cache.get(key)
    if found is None:
        found = _look(logbook, now, document.steps)
        cache.set(key, found, KEPT_SECONDS)
    rows = {row.key: row for row in RunStep.objects.filter(run=run)} if run is not None else {}
    steps = [
        SetUpStep(
            part,
            place + 1,
            [
                Truth(check, result, says)
                for check, (result, says) in zip(_lookable(part), found.get(part.key, ()), strict=False)
            ],
            rows.get(part.key),
        )
        for place, part in enumerate(document.steps)
    ]
    return SettingUp(steps, run)


def _lookable(part: Step) -> list[Check]:
    """Return the checks of a step that ask the system, not what was written at the step."""
    return [check for check in part.checks if check.kind != "answered"]


def _look(logbook: Logbook, now: datetime, steps: Sequence[Step]) -> dict[str, list[tuple[str, str]]]:
    document = ready(READY)
    ground = Ground(
        run=Run(logbook=logbook, title=document.title, opened_at=now),
        step=None,
        document=document,
        logbook=logbook,
        now=now,
        world=world_of(logbook),
        calendar=settings.calendar(),
    )
    found: dict[str, list[tuple[str, str]]] = {}
    for part in steps:
        results = [checks.run(check, ground) for check in _lookable(part)]
        found[part.key] = [(one.result, one.says) for one in results]
    return found


def start(logbook: Logbook, by: Doer, now: datetime) -> Run:
    """Start setting up: put the runbook in force where it is not, and open its run; the run there is, where it was
    started before. Raises BookError, RunError."""
    if (found := run_of(logbook)) is not None and found.state in (RunState.OPEN, RunState.PAUSED):
        return found
    user = by.user
    if user is None:
        raise ValueError("setting up is started by a person")
    with transaction.atomic():
        book = _book(logbook, by, user, now)
    return open_run(book, by, now, cause=Cause.HAND, cause_key=CAUSE, people={"lead": user})


def _book(logbook: Logbook, by: Doer, user: User, now: datetime) -> Runbook:
    book = Runbook.objects.filter(logbook=logbook, origin=READY).exclude(state=RunbookState.RETIRED).first()
    if book is None:
        book = drafting.copy_ready(READY, by, now, logbook=logbook)
    if book.state == RunbookState.DRAFT:
        publishing.publish(
            book, by, now, note="The first runbook: setting up this record.", seen=book.draft_stamp
        )
        appoint(book, "lead", user, None, by, now)
    return book
