"""How runs stand: one run with all that stands at its steps, and what waits for somebody. Bounded queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Final

from django.db.models import F, Q, QuerySet

from indelible.features.people.models import User
from indelible.features.runbooks.document.runbook import Clock, Role, Runbook, Step
from indelible.features.runbooks.models import (
    Run,
    RunClock,
    RunEntry,
    RunRole,
    RunState,
    RunStep,
    StepCheck,
    StepFile,
    StepList,
    StepSignature,
    StepState,
    StepWork,
)
from indelible.features.runbooks.running import moving
from indelible.features.runbooks.running.documents import document_of, roles_of
from indelible.features.runbooks.running.doers import Doer
from indelible.features.runbooks.running.independence import bars
from indelible.features.runbooks.running.known import Known
from indelible.features.signoffs.models import FrozenList

PAGE: Final = 50
MOST_ENTRIES: Final = 500
MOST_WAITING: Final = 100
MOST_LOOKED_AT: Final = 1_000  # steps of runs that somebody has a part in: most of them are others' to do
ACTIVE: Final = (StepState.OPEN, StepState.SENT_BACK, StepState.DONE)


@dataclass(frozen=True)
class StepView:
    """A step of a run, with what its document says, and what stands at it."""

    row: RunStep
    part: Step
    through: bool
    late: bool
    values: Mapping[str, str] = field(default_factory=dict)
    files: Sequence[StepFile] = ()
    frozen: FrozenList | None = None
    checks: Sequence[StepCheck] = ()  # the newest of each
    signatures: Sequence[StepSignature] = ()
    before: Sequence[StepWork] = ()  # attempts that were sent back

    @property
    def number(self) -> int:
        """Its place, from 1."""
        return self.row.place + 1


@dataclass(frozen=True)
class RoleView:
    """Who fills a role."""

    key: str
    part: Role
    row: RunRole | None

    @property
    def name(self) -> str:
        """Their name, empty where nobody does yet."""
        who = (self.row.user or self.row.outsider) if self.row is not None else None
        return who.name if who is not None else ""


@dataclass(frozen=True)
class ClockView:
    """A clock of a law, and what runs of it."""

    part: Clock
    row: RunClock

    def is_late(self, now: datetime) -> bool:
        """Whether its end has passed without what it asks."""
        return self.row.due_at is not None and (self.row.met_at or now) > self.row.due_at

    @property
    def is_stopped(self) -> bool:
        """Whether it stands still at present."""
        return bool(self.row.stops) and not self.row.stops[-1].get("to")


@dataclass(frozen=True)
class RunView:
    """A run as it stands."""

    run: Run
    document: Runbook
    steps: Sequence[StepView]
    roles: Sequence[RoleView]
    clocks: Sequence[ClockView]
    entries: Sequence[RunEntry]
    now: datetime

    @property
    def done(self) -> int:
        """How many steps are through, those not needed left out."""
        return sum(one.through for one in self.steps if one.row.state != StepState.PASSED_OVER)

    @property
    def all(self) -> int:
        """How many steps there are to do, those not needed left out."""
        return sum(one.row.state != StepState.PASSED_OVER for one in self.steps)

    @property
    def is_late(self) -> bool:
        """Whether it was due and is not, or was not, done in time."""
        return self.run.due_at is not None and (self.run.ended_at or self.now) > self.run.due_at


def view_of(run: Run, now: datetime) -> RunView:
    """Return a run as it stands, with all that was written, attached, shown, found and signed. A bounded number of
    queries."""
    document = document_of(run)
    rows = list(RunStep.objects.filter(run=run).select_related("by_user", "by_outsider").order_by("place"))
    work, ended = _work(rows)
    files = _files(rows)
    checks, lists, signatures = _checks(rows), _lists(rows), _signatures(rows)
    steps = [
        StepView(
            row=row,
            part=document.step(row.key),
            through=moving.is_through(row, document.step(row.key)),
            late=row.due_at is not None and (row.done_at or now) > row.due_at,
            values=work.get(row.pk, {}),
            files=files[row.pk],
            frozen=lists.get(row.pk),
            checks=list(checks[row.pk].values()),
            signatures=signatures[row.pk],
            before=ended[row.pk],
        )
        for row in rows
    ]
    return RunView(
        run, document, steps, roles_in(run, document), clocks_in(run, document), entries_in(run), now
    )


def _work(rows: Sequence[RunStep]) -> tuple[dict[int, Mapping[str, str]], dict[int, list[StepWork]]]:
    attempts = {row.pk: row.attempt for row in rows}
    values: dict[int, Mapping[str, str]] = {}
    ended: dict[int, list[StepWork]] = defaultdict(list)
    for one in StepWork.objects.filter(step__in=rows).order_by("step", "attempt"):
        if one.ended is not None:
            ended[one.step_id].append(one)
        if one.attempt <= attempts[one.step_id]:
            values[one.step_id] = one.values
    return values, ended


def _files(rows: Sequence[RunStep]) -> dict[int, list[StepFile]]:
    there: dict[int, list[StepFile]] = defaultdict(list)
    for one in StepFile.objects.filter(step__in=rows, withdrawn=False).order_by("pk"):
        there[one.step_id].append(one)
    return there


def _checks(rows: Sequence[RunStep]) -> dict[int, dict[str, StepCheck]]:
    attempts = {row.pk: row.attempt for row in rows}
    found: dict[int, dict[str, StepCheck]] = defaultdict(dict)
    for one in StepCheck.objects.filter(step__in=rows).order_by("pk"):
        if one.attempt == attempts[one.step_id]:
            found[one.step_id][one.key] = one
    return found


def _lists(rows: Sequence[RunStep]) -> dict[int, FrozenList]:
    attempts = {row.pk: row.attempt for row in rows}
    found = StepList.objects.filter(step__in=rows).select_related("frozen").order_by("pk")
    found = found.prefetch_related("frozen__looks")
    return {one.step_id: one.frozen for one in found if one.attempt == attempts[one.step_id]}


def _signatures(rows: Sequence[RunStep]) -> dict[int, list[StepSignature]]:
    found: dict[int, list[StepSignature]] = defaultdict(list)
    for one in StepSignature.objects.filter(step__in=rows).select_related("sign_off__by").order_by("pk"):
        found[one.step_id].append(one)
    return found


def roles_in(run: Run, document: Runbook) -> list[RoleView]:
    """Return every role of a run, with whoever fills it."""
    rows = {
        row.role: row
        for row in RunRole.objects.filter(run=run).select_related("user", "stand_in", "outsider")
    }
    return [RoleView(key, part, rows.get(key)) for key, part in document.roles.items()]


def clocks_in(run: Run, document: Runbook) -> list[ClockView]:
    """Return the clocks of a run that run, ran, or wait for what they count from."""
    rows = {row.key: row for row in RunClock.objects.filter(run=run)} if document.clocks else {}
    return [ClockView(part, rows[part.key]) for part in document.clocks if part.key in rows]


def entries_in(run: Run) -> list[RunEntry]:
    """Return the entries that tell the story of a run, oldest first."""
    return list(RunEntry.objects.filter(run=run).order_by("index")[:MOST_ENTRIES])


# What waits for somebody -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Waits:
    """A step that waits for somebody."""

    step: RunStep
    part: Step
    signing: bool
    as_stand_in: bool
    late: bool


def waiting_for(user: User, now: datetime, *, limit: int = MOST_WAITING) -> list[Waits]:
    """Return the steps that somebody can do or sign now, the first due first. Those barred from one are not asked."""
    runs = Run.objects.filter(state=RunState.OPEN, roles__in=_roles_of(user)).distinct()
    rows = (
        RunStep.objects.filter(run__in=runs, state__in=ACTIVE)
        .select_related("run__runbook", "run__version", "run__logbook")
        .defer("run__version__document", "run__runbook__draft")
        .order_by(F("due_at").asc(nulls_last=True), "run__due_at", "pk")[:MOST_LOOKED_AT]
    )
    mine = {(row.run_id, row.role): row for row in _roles_of(user).filter(run__state=RunState.OPEN)}
    theirs = [one for row in rows if (one := _waits(row, user, mine, now)) is not None]
    return list(islice(_free(theirs, Doer(user=user), 2 * limit), limit))


def _free(theirs: Sequence[Waits], doer: Doer, together: int) -> Iterator[Waits]:
    """Yield those that somebody is not barred from; so many are looked at together."""
    for start in range(0, len(theirs), together):
        some = theirs[start : start + together]
        known = Known(one.step.run_id for one in some)
        yield from (one for one in some if bars(one.step, doer, signing=one.signing, known=known) is None)


def _roles_of(user: User) -> QuerySet[RunRole]:
    return RunRole.objects.filter(Q(user=user) | Q(stand_in=user)).order_by()


def _waits(row: RunStep, user: User, mine: Mapping[tuple[int, str], RunRole], now: datetime) -> Waits | None:
    document = document_of(row.run)
    part = document.step(row.key)
    held = next(
        (mine[row.run_id, role] for role in roles_of(document, part) if (row.run_id, role) in mine), None
    )
    if held is None or moving.is_through(row, part) or part.kind == "wait":
        return None
    signing = row.state == StepState.DONE or part.kind == "second"
    if (
        row.state == StepState.DONE
        and row.by_user_id not in (None, user.pk)
        and part.sign == "one"
        and not part.also
    ):
        return None
    if row.wait_until is not None and row.wait_until > now:
        return None
    late = row.due_at is not None and now > row.due_at
    return Waits(row, part, signing, held.user_id != user.pk, late)
