"""What stands open, whom it waits for, and who answers for it: a handful of queries, however many runs there are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import F, Max

from indelible.events.office import WorkCalendar
from indelible.features.people.access import Role
from indelible.features.people.models import User
from indelible.features.runbooks.document.runbook import Runbook as Document
from indelible.features.runbooks.document.runbook import Step
from indelible.features.runbooks.models import (
    GOING,
    Mailing,
    Outsider,
    Result,
    Run,
    Runbook,
    RunbookState,
    RunClock,
    RunRole,
    RunState,
    RunStep,
    StepCheck,
    StepSignature,
    StepState,
)
from indelible.features.runbooks.reminding import further
from indelible.features.runbooks.reminding.days import Person
from indelible.features.runbooks.reminding.planning import Known, Notice, Open, Task
from indelible.features.runbooks.running.documents import role_of, roles_of
from indelible.features.runbooks.starting.books import text_of
from indelible.storage.database.models import Logbook
from indelible.web.moments import is_zone

MOST_STEPS: Final = 5_000
LETTER: Final = "letter"
NOT_OPENED_FOR: Final = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Roster:
    """Who fills the roles of some runs, and who can be told at all."""

    rows: dict[tuple[int, str], RunRole]
    people: dict[str, Person]
    organisation: tuple[str, ...]

    def of_roles(self, run: int, roles: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return who fills roles, and who stands in. Where the first cannot be told any more, the stand-in is first."""
        first: list[str] = []
        second: list[str] = []
        for role in roles:
            row = self.rows.get((run, role))
            if row is None:
                continue
            names = [f"user {row.user_id}" if row.user_id else "", f"outsider {row.outsider_id}"]
            holders = [name for name in names if name in self.people]
            stand_in = f"user {row.stand_in_id}" if row.stand_in_id else ""
            if stand_in in self.people:
                (second if holders else first).append(stand_in)
            first += holders
        return tuple(dict.fromkeys(first)), tuple(dict.fromkeys(second))

    def owners(self, run: Run, document: Document) -> tuple[str, ...]:
        """Return who owns a run's runbook, among those who can be told."""
        owner = f"user {run.runbook.owner_id}"
        if owner in self.people:
            return (owner,)
        return self.of_roles(run.pk, (document.owner,))[0]


@dataclass(frozen=True, slots=True)
class Found:
    """Everything that is planned from, and the rows behind it."""

    open: Open
    steps: dict[str, RunStep]  # by the key of the task, of those that are steps
    roster: Roster
    zone: str


def found(logbook: Logbook, calendar: WorkCalendar, now: datetime) -> Found:
    """Gather what stands open in a logbook."""
    rows = list(
        RunStep.objects.filter(
            run__logbook=logbook,
            run__state=RunState.OPEN,
            state__in=(StepState.OPEN, StepState.SENT_BACK, StepState.DONE),
        )
        .select_related("run__runbook", "run__version")
        .defer("run__version__document", "run__runbook__draft")
        .order_by("pk")[:MOST_STEPS]
    )
    roster = roster_of(logbook, {row.run_id for row in rows}, calendar, now)
    steps, tasks = {}, []
    signed, failed = _signed(rows), _failed(rows)
    for row in rows:
        document = text_of(row.run.version_id, row.run.version.digest)
        task = _task(row, document, document.step(row.key), roster, signed)
        if task is not None and _waits(row, document.step(row.key), row.pk in failed, now):
            task = replace(task, holders=(), stand_ins=())
        if task is not None:
            tasks.append(task)
            steps[task.key] = row
    notices = [*_texts(logbook, roster), *_not_opened(logbook, roster, calendar, now)]
    more, piles = further.gather(logbook, roster.people, roster.organisation, calendar, now)
    tasks += more
    return Found(
        Open(roster.people, tasks, notices, roster.organisation, piles), steps, roster, calendar.zone
    )


def roster_of(logbook: Logbook, runs: Iterable[int], calendar: WorkCalendar, now: datetime) -> Roster:
    """Return who fills the roles of some runs, and everybody who can be told."""
    active = User.objects.filter(is_active=True).order_by("name", "pk").only("pk", "zone", "role")
    people, owners = {}, []
    for user in active:
        key = f"user {user.pk}"
        people[key] = Person(key, user.zone if user.zone and is_zone(user.zone) else calendar.zone)
        if user.role == Role.OWNER:
            owners.append(key)
    keys = sorted(runs)
    roles = {(row.run_id, row.role): row for row in RunRole.objects.filter(run__in=keys)}
    outsiders = Outsider.objects.filter(run__in=keys, ended_at=None, ends_at__gt=now).exclude(email="")
    for outsider in outsiders.only("pk"):
        people[outsider.tag] = Person(outsider.tag, calendar.zone)
    return Roster(roles, people, tuple(owners))


def _task(
    row: RunStep, document: Document, part: Step, roster: Roster, signed: dict[int, set[str]]
) -> Task | None:
    """Return what a step asks of somebody now; None where it is through, or not anybody's turn."""
    signs = row.state == StepState.DONE
    if signs and part.sign == "none":
        return None
    several = signs or part.kind == "second"  # whoever has a part in it signs, in whatever order
    wanted = roles_of(document, part) if several else (role_of(document, part),)
    holders, stand_ins = roster.of_roles(row.run_id, wanted)
    done = signed.get(row.pk, set())
    return Task(
        key=f"{row.pk}.{row.attempt}.{'sign' if signs else 'do'}",
        run=row.run_id,
        step=row.key,
        due_at=_due(row, part),
        holders=tuple(one for one in holders if one not in done),
        stand_ins=tuple(one for one in stand_ins if one not in done),
        owners=roster.owners(row.run, document),
    )


def _waits(row: RunStep, part: Step, failed: bool, now: datetime) -> bool:
    """Whether a step is nobody's turn yet: it waits, or Indelible looks by itself and has found nothing amiss."""
    if row.state == StepState.DONE:
        return False
    if part.by == "system" and part.kind == "check":
        return not failed
    return part.kind == "wait" or (row.wait_until is not None and row.wait_until > now)


def _failed(rows: Sequence[RunStep]) -> set[int]:
    """Return the steps at which Indelible looked by itself and somebody has to say what to make of it."""
    looked = [row.pk for row in rows if row.state != StepState.DONE and not row.by_name]
    found = StepCheck.objects.filter(step__in=looked, attempt=F("step__attempt")).exclude(
        result=Result.PASSED
    )
    return set(found.values_list("step_id", flat=True))


def _due(row: RunStep, part: Step) -> datetime | None:
    """Return by when a step is due: by its own date, else by that of its run. A wait is due when it ends, or after."""
    due = row.due_at or row.run.due_at
    if part.kind == "wait" and row.wait_until is not None and due is not None:
        due = max(due, row.wait_until)
    return due.astimezone(UTC) if due else None


def _signed(rows: Sequence[RunStep]) -> dict[int, set[str]]:
    """Return who has signed steps that wait for further signatures, by step."""
    attempts = {row.pk: row.attempt for row in rows}
    given = StepSignature.objects.filter(step__in=list(attempts), stale=False).select_related("sign_off")
    signed: dict[int, set[str]] = {}
    for one in given:
        if one.attempt == attempts[one.step_id]:
            signer = f"user {one.sign_off.by_id}" if one.sign_off.by_id else one.sign_off.outsider
            signed.setdefault(one.step_id, set()).add(signer)
    return signed


def _texts(logbook: Logbook, roster: Roster) -> list[Notice]:
    """Return the texts that are to be looked at again on some day."""
    rows = Runbook.objects.filter(
        logbook=logbook, state=RunbookState.PUBLISHED, look_again_on__isnull=False
    ).values_list("pk", "look_again_on", "owner_id")
    told = []
    for key, day, owner in rows:
        name = f"user {owner}"
        people = (name,) if name in roster.people else roster.organisation
        told.append(Notice(f"book{key}.{day}", "look_again", key, day or date.max, people))
    return told


def _not_opened(logbook: Logbook, roster: Roster, calendar: WorkCalendar, now: datetime) -> list[Notice]:
    """Return the runs of late that could not be opened."""
    rows = Mailing.objects.filter(
        logbook=logbook, kind="not_opened", made_at__gt=now - NOT_OPENED_FOR
    ).values_list("pk", "made_at")
    zone = ZoneInfo(calendar.zone)
    return [
        Notice(f"unopened{key}", "not_opened", key, at.astimezone(zone).date(), roster.organisation)
        for key, at in rows
    ]


def known_letters(logbook: Logbook) -> dict[str, Known]:
    """Return of everybody the last letter that was sent or still can be."""
    rows = Mailing.objects.filter(logbook=logbook, kind=LETTER, given_up_at=None)
    newest = rows.values("user_id", "address").annotate(newest=Max("pk")).values_list("newest", flat=True)
    told = {}
    for facts in Mailing.objects.filter(pk__in=list(newest)).values_list("facts", flat=True):
        told[facts["person"]] = Known(date.fromisoformat(facts["day"]), frozenset(facts["told"]))
    return told


# Clocks ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Clocked:
    """A clock of a law that runs, and who is told of it."""

    row: RunClock
    document: Document
    people: tuple[str, ...]


def clocks(logbook: Logbook, calendar: WorkCalendar, now: datetime) -> tuple[list[Clocked], Roster]:
    """Return the clocks that run, of paused runs too, and the roster behind them."""
    rows = list(
        RunClock.objects.filter(met_at=None, due_at__isnull=False, run__logbook=logbook, run__state__in=GOING)
        .select_related("run__runbook", "run__version", "run__logbook")
        .defer("run__version__document", "run__runbook__draft")
        .order_by("due_at")[:MOST_STEPS]
    )
    if not rows:
        return [], Roster({}, {}, ())
    roster = roster_of(logbook, {row.run_id for row in rows}, calendar, now)
    told = []
    for row in rows:
        document = text_of(row.run.version_id, row.run.version.digest)
        clock = next(one for one in document.clocks if one.key == row.key)
        part = document.step(clock.met_by)
        first, second = roster.of_roles(row.run_id, roles_of(document, part))
        people = (*first, *second, *roster.owners(row.run, document))
        if row.due_at is not None and now > row.due_at:
            people = (*people, *roster.organisation)
        told.append(Clocked(row, document, tuple(dict.fromkeys(people or roster.organisation))))
    return told, roster
