"""Puts what is due to be told into rows, each once, whichever worker comes first: the table holds one row a letter.

An escalation, and a deadline of a law that passed, go on the record in the transaction of the row that marks them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final

from django.db import IntegrityError, transaction

from indelible.events import own_reminders
from indelible.events.event import Event
from indelible.events.instants import from_datetime
from indelible.events.office import WorkCalendar
from indelible.features.people.models import User
from indelible.features.runbooks.models import GOING, Mailing, Outsider, Run, RunState, RunStep, StepState
from indelible.features.runbooks.reminding import facts, further, planning
from indelible.features.runbooks.reminding.planning import Item, Letter
from indelible.features.runbooks.running.documents import document_of
from indelible.features.runbooks.running.moving import locked
from indelible.features.runbooks.running.telling import of_run, of_step
from indelible.features.runbooks.starting.opening import note
from indelible.storage.database.append import Draft, append
from indelible.storage.database.models import Logbook
from indelible.web.acts import OWN_SOURCE

MOST_AT_ONCE: Final = 200
OVERTAKEN: Final = "reminder-overtaken"


def make(logbook: Logbook, now: datetime, calendar: WorkCalendar) -> int:
    """Make every row that is due, and tell escalations; return how many rows were made."""
    found = facts.found(logbook, calendar, now)
    made = escalate(logbook, found, now, calendar)
    known = facts.known_letters(logbook)
    for letter in planning.letters(found.open, known, calendar, now):
        made += _letter(logbook, found, letter, now)
    return made + warn(logbook, now, calendar)


# Letters ---------------------------------------------------------------------------------------------------


def _letter(logbook: Logbook, found: facts.Found, letter: Letter, now: datetime) -> bool:
    """Keep a letter to be sent. One of an earlier day that did not go is overtaken by it."""
    user, address = _addressed(letter.person)
    if not user and not address:
        return False
    told = {
        "person": letter.person,
        "day": letter.day.isoformat(),
        "items": [_item(found, item) for item in letter.items],
        "told": sorted(letter.told),
    }
    with transaction.atomic():
        row, new = Mailing.objects.get_or_create(
            once=f"letter {letter.person} {letter.day}",
            defaults={
                "logbook": logbook,
                "kind": facts.LETTER,
                "user_id": user,
                "address": address,
                "facts": told,
                "made_at": now,
                "next_try_at": now,
            },
        )
        if new:
            earlier = Mailing.objects.filter(
                logbook=logbook, kind=facts.LETTER, sent_at=None, given_up_at=None
            )
            earlier = earlier.filter(user_id=user) if user else earlier.filter(address=address)
            earlier = earlier.exclude(pk=row.pk)
            earlier.update(given_up_at=now, problem=OVERTAKEN)
    return new


def _item(found: facts.Found, item: Item) -> dict[str, Any]:
    if item.notice is not None:
        return {"kind": item.kind, "subject": item.notice.subject}
    if item.heap is not None:
        heap = item.heap
        return {
            "kind": item.kind,
            "further": heap.further,
            "subject": heap.subject,
            "title": "",
            "count": heap.count,
            "more": heap.more,
            "due": from_datetime(heap.due_at.replace(microsecond=0)),
            "stage": 0,
        }
    assert item.task is not None
    due = item.task.due_at
    if item.task.further:
        return {
            "kind": item.kind,
            "further": item.task.further,
            "subject": item.task.subject,
            "title": item.task.title,
            "count": item.task.count,
            "due": from_datetime(due.replace(microsecond=0)) if due else "",
            "stage": item.stage,
        }
    return {
        "kind": item.kind,
        "run": item.task.run,
        "step": item.task.step,
        "signs": item.task.key.endswith(".sign"),
        "due": from_datetime(due.replace(microsecond=0)) if due else "",
        "stage": item.stage,
    }


def _addressed(person: str) -> tuple[int | None, str]:
    """Return the account, or the address of somebody without one."""
    kind, _, key = person.partition(" ")
    if kind == "user":
        return int(key), ""
    outsider = Outsider.objects.filter(pk=int(key)).values_list("email", flat=True).first()
    return None, outsider or ""


# Escalations -----------------------------------------------------------------------------------------------


def escalate(logbook: Logbook, found: facts.Found, now: datetime, calendar: WorkCalendar) -> int:
    """Put on the record what is overdue and was told further up, each stage of a task once."""
    wanted: dict[str, tuple[planning.Task, int]] = {}
    for task in found.open.tasks:
        if task.due_at is None or now <= task.due_at:
            continue
        for stage in range(1, min(planning.stage(task.due_at, calendar, now), task.stages) + 1):
            wanted[f"escalated {task.mark(f'stage{stage}')}"] = task, stage
    if not wanted:
        return 0
    names = list(wanted)
    known: set[str] = set()
    for start in range(0, len(names), MOST_AT_ONCE):
        part = names[start : start + MOST_AT_ONCE]
        known |= set(Mailing.objects.filter(once__in=part).values_list("once", flat=True))
    told = 0
    for once, (task, stage) in wanted.items():
        if once not in known:
            told += _escalate(logbook, once, found, task, stage, now)
    return told


def _escalate(
    logbook: Logbook, once: str, found: facts.Found, task: planning.Task, stage: int, now: datetime
) -> bool:
    people = (task.owners or found.open.organisation) if stage == 1 else found.open.organisation
    names = _names(people)
    assert task.due_at is not None
    deadline = from_datetime(task.due_at.replace(microsecond=0))
    if task.further:
        return _escalate_further(logbook, once, task, deadline, names, stage, now)

    def event(run: Run) -> Event | None:
        step = RunStep.objects.filter(run=run, key=task.step).first()
        if run.state != RunState.OPEN or step is None or not _stands(step, task):
            return None  # done by somebody since it was looked at
        return own_reminders.escalated(of_run(run), of_step(document_of(run), step), deadline, names, stage)

    return _mark(once, "escalated", task.run, task.step, now, event, {"people": names, "stage": stage})


def _escalate_further(
    logbook: Logbook,
    once: str,
    task: planning.Task,
    deadline: str,
    names: Sequence[str],
    stage: int,
    now: datetime,
) -> bool:
    source = further.source_of(task.further)
    try:
        with transaction.atomic():
            event = source.escalated(task, deadline, names, stage) if source is not None else None
            if event is None:
                return False
            Mailing.objects.create(
                logbook=logbook,
                once=once,
                kind="escalated",
                facts={"people": list(names), "stage": stage},
                made_at=now,
                sent_at=now,
            )
            append(logbook, [Draft(event, source=OWN_SOURCE)])
    except IntegrityError:  # another worker was quicker
        return False
    return True


def _stands(step: RunStep, task: planning.Task) -> bool:
    waits = (StepState.DONE,) if task.key.endswith(".sign") else (StepState.OPEN, StepState.SENT_BACK)
    return step.state in waits and task.key.startswith(f"{step.pk}.{step.attempt}.")


def _names(people: tuple[str, ...]) -> list[str]:
    keys = [int(one.removeprefix("user ")) for one in people if one.startswith("user ")]
    return list(User.objects.filter(pk__in=keys).order_by("name", "pk").values_list("name", flat=True))


def _mark(
    once: str,
    kind: str,
    run: int,
    step: str,
    now: datetime,
    event: Callable[[Run], Event | None],
    told: dict[str, Any],
) -> bool:
    """Make the row that marks something as told, and its entry, or neither."""
    try:
        with transaction.atomic():
            row = locked(run)
            made = event(row)
            if made is None:
                return False
            Mailing.objects.create(
                logbook=row.logbook,
                run=row,
                step=step,
                once=once,
                kind=kind,
                facts=told,
                made_at=now,
                sent_at=now,  # nothing is sent for this row: it says that it was told
            )
            note(row, now, made, step=step)
    except IntegrityError:  # another worker was quicker
        return False
    return True


# Clocks ----------------------------------------------------------------------------------------------------


def warn(logbook: Logbook, now: datetime, calendar: WorkCalendar) -> int:
    """Make what is told of the clocks of laws, at any hour; return how many rows were made."""
    rows, _roster = facts.clocks(logbook, calendar, now)
    made = 0
    for one in rows:
        assert one.row.due_at is not None
        clock = next(each for each in one.document.clocks if each.key == one.row.key)
        warned = planning.clock_warning(one.row.pk, one.row.due_at, clock.warn, calendar, now)
        if warned is None:
            continue
        due = from_datetime(one.row.due_at.replace(microsecond=0))
        told = {"title": clock.title, "clause": clock.clause, "due": due, "over": warned.left is None}
        wanted = {f"{warned.key} {person}": person for person in one.people}
        known = set(Mailing.objects.filter(once__in=list(wanted)).values_list("once", flat=True))
        for once, person in wanted.items():
            user, address = _addressed(person) if once not in known else (None, "")
            if user or address:
                made += _warning(once, one, user, address, {**told, "person": person}, clock.met_by, now)
        if warned.left is None and not Mailing.objects.filter(once=warned.key).exists():
            made += _ran_out(warned.key, one.row.run_id, clock.title, clock.clause, due, now)
    return made


def _warning(
    once: str,
    one: facts.Clocked,
    user: int | None,
    address: str,
    told: dict[str, Any],
    step: str,
    now: datetime,
) -> bool:
    _row, new = Mailing.objects.get_or_create(
        once=once,
        defaults={
            "logbook": one.row.run.logbook,
            "run": one.row.run,
            "step": step,
            "kind": "clock",
            "user_id": user,
            "address": address,
            "facts": told,
            "made_at": now,
            "next_try_at": now,
        },
    )
    return new


def _ran_out(once: str, run: int, title: str, clause: str, due: str, now: datetime) -> bool:
    def event(row: Run) -> Event | None:
        return own_reminders.clock_ran_out(of_run(row), title, clause, due) if row.state in GOING else None

    return _mark(once, "clock_over", run, "", now, event, {"title": title, "clause": clause})
