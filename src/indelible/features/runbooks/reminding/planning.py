"""Who is to be told what now. Pure: tasks, people, a calendar and the time go in, letters come out.

**One letter a person and day.** It gathers everything, and is written in the first moment of the person's day at
which there is something to say: on working days of the organisation, in its office hours as the clock stands where
the person is. What comes after it waits for the next working day.

**What is told of a task**, counted in the person's own working days:

* `yours`: it has become theirs. Once.
* `soon`: two days before the last day on which they can do it in time (the working day before, where that is free).
  Once.
* `today`: on that last day.
* `overdue`: on every working day after it, until it is done. From then on also to the stand-in.

**Escalation** goes by the organisation's working days behind the day it was due:

* on the first, whoever owns the runbook is told, and on every working day from then on (`late`);
* on the third and on the tenth, the owners of the organisation, once each (`escalated`). Where nobody owns the
  runbook, they take that part too.

What is no step of a run (`further`) goes by the same rules, as far up as it says. Many small things of one kind are
told together (`piles`).

Clocks of laws wait for no office hours: see `clock_warnings`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from indelible.events.office import WorkCalendar
from indelible.features.runbooks.reminding.days import (
    FARTHEST,
    Person,
    calendar_of,
    day_at_work,
    last_day,
    soon_day,
)
from indelible.features.runbooks.reminding.piles import Pile, told_of
from indelible.features.runbooks.timetable.spans import DAY, later, start_of_day

Kind = Literal["overdue", "today", "soon", "yours", "late", "escalated", "look_again", "not_opened"]
STAGES: Final = (
    1,
    3,
    10,
)  # working days behind the due day: the runbook's owner, then the organisation's, twice
LOOK_AGAIN_AFTER: Final = 30 * DAY


@dataclass(frozen=True, slots=True)
class Task:
    """Something that waits for somebody: a step to be done or to be signed, or what `further` says. People go by their
    keys."""

    key: str  # of this step, attempt and kind of work: what is told once is told once for it
    run: int
    step: str
    due_at: datetime | None
    holders: tuple[str, ...]
    stand_ins: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()  # who owns the runbook; empty where nobody does who can be told
    further: str = ""  # what it is, where it is no step of a run: see the module of this name
    subject: int = 0
    title: str = ""
    count: int = 1
    since: datetime | None = None
    begins: bool = True  # whether it is told that it has become theirs
    stages: int = len(STAGES)  # how far up it goes: 0 to nobody above, 1 to its owners alone

    def mark(self, kind: str) -> str:
        """What something told of it once goes by. Where the due date is moved, it is told anew."""
        day = f" {self.due_at:%Y-%m-%dT%H:%M}" if self.due_at and kind != "yours" else ""
        return f"{self.key} {kind}{day}"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something else that is told once, on a day: a text to be looked at again, a run that could not be opened."""

    key: str
    kind: Literal["look_again", "not_opened"]
    subject: int
    day: date
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Heap:
    """Things of one kind that a letter tells together."""

    further: str
    count: int
    due_at: datetime  # of what is due first
    subject: int  # its number, where it is one alone
    more: bool = False  # whether there are more than these


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a letter tells."""

    kind: Kind
    task: Task | None = None
    notice: Notice | None = None
    stage: int = 0  # of an escalation, from 1
    heap: Heap | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """What one person is told on one day. `told` are the marks of all that was told them once and still stands."""

    person: str
    day: date
    items: tuple[Item, ...]
    told: frozenset[str]


@dataclass(frozen=True, slots=True)
class Known:
    """What became of somebody's letters: the day of the last, and the marks in it."""

    day: date | None = None
    told: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Open:
    """Everything that stands open."""

    people: Mapping[str, Person]
    tasks: Sequence[Task]
    notices: Sequence[Notice] = ()
    organisation: tuple[str, ...] = ()  # the owners of the organisation
    piles: Sequence[Pile] = ()


@dataclass(slots=True)
class _Draft:
    """What gathers for one person. Of a task only the most urgent is told."""

    items: dict[str, Item] = field(default_factory=dict)
    marks: set[str] = field(default_factory=set)


def letters(found: Open, known: Mapping[str, Known], calendar: WorkCalendar, now: datetime) -> list[Letter]:
    """Return the letters to be written now."""
    ready = {
        key: day
        for key, person in found.people.items()
        if (day := day_at_work(person, calendar, now)) is not None
        and (key not in known or known[key].day is None or known[key].day < day)  # type: ignore[operator]
    }
    if not ready:
        return []
    drafts = {key: _Draft() for key in ready}
    standing: dict[str, set[str]] = {key: set() for key in ready}
    for task in found.tasks:
        _tell(task, found, ready, drafts, standing, known, calendar, now)
    for pile in found.piles:
        _tell_pile(pile, found, ready, drafts, known, calendar, now)
    for notice in found.notices:
        _tell_notice(notice, ready, drafts, standing, known)
    return [
        Letter(
            key,
            ready[key],
            tuple(draft.items.values()),
            frozenset(draft.marks | _still(known, key, standing)),
        )
        for key, draft in drafts.items()
        if draft.items
    ]


def _still(known: Mapping[str, Known], key: str, standing: Mapping[str, set[str]]) -> set[str]:
    """Return the marks told before whose task is still open, so that they are not told again."""
    told = known[key].told if key in known else frozenset()
    return {mark for mark in told if mark.partition(" ")[0] in standing[key]}


def _tell(
    task: Task,
    found: Open,
    ready: Mapping[str, date],
    drafts: Mapping[str, _Draft],
    standing: Mapping[str, set[str]],
    known: Mapping[str, Known],
    calendar: WorkCalendar,
    now: datetime,
) -> None:
    """Put what is to be told of one task into the letters that are being written."""
    reached = min(stage(task.due_at, calendar, now), task.stages)
    late = task.due_at is not None and now > task.due_at
    owners = (task.owners or found.organisation) if task.stages else ()
    highest = found.organisation if task.stages > 1 else ()
    among = dict.fromkeys((*task.holders, *task.stand_ins, *owners, *highest))
    for key in among:
        if key not in ready:
            continue
        standing[key].add(task.key)
        told = known[key].told if key in known else frozenset()
        does = key in task.holders or (late and key in task.stand_ins)
        draft = drafts[key]
        if late and does:
            draft.items[task.key] = Item("overdue", task)
        elif reached >= 1 and key in owners:
            draft.items[task.key] = Item("late", task, stage=reached)
        elif does:
            _before(task, found.people[key], ready[key], draft, told, calendar)
        for place in range(2, reached + 1):
            mark = task.mark(f"stage{place}")
            if key in highest:
                if mark not in told and task.key not in draft.items:
                    draft.items[task.key] = Item("escalated", task, stage=reached)
                draft.marks.add(mark)
        if key in task.holders:
            draft.marks.add(task.mark("yours"))


def _before(
    task: Task, person: Person, day: date, draft: _Draft, told: frozenset[str], calendar: WorkCalendar
) -> None:
    """Tell of a task that is in time: that it has come, that it is due soon, that it is due today."""
    kind: Kind | None = "yours" if task.begins and task.mark("yours") not in told else None
    if task.due_at is not None:
        last = last_day(person, calendar, task.due_at)
        if day >= last:
            kind = "today"
        elif day >= soon_day(person, calendar, last) and task.mark("soon") not in told:
            kind = "soon"
            draft.marks.add(task.mark("soon"))
    if kind is not None:
        draft.items[task.key] = Item(kind, task)


def _tell_pile(
    pile: Pile,
    found: Open,
    ready: Mapping[str, date],
    drafts: Mapping[str, _Draft],
    known: Mapping[str, Known],
    calendar: WorkCalendar,
    now: datetime,
) -> None:
    """Tell of many small things together; what several piles hold of one kind for somebody is one heap."""
    for key in pile.holders:
        if key not in ready:
            continue
        before = known.get(key, Known())
        told, mark = told_of(pile, found.people[key], ready[key], before.day, before.told, calendar, now)
        drafts[key].marks.add(mark)
        for kind, things in told.items():
            place = f"{pile.further} {kind}"
            heap = Heap(
                pile.further,
                len(things),
                things[0].due_at,
                things[0].number if len(things) == 1 else 0,
                pile.more,
            )
            if place in drafts[key].items and (other := drafts[key].items[place].heap) is not None:
                heap = Heap(
                    heap.further,
                    heap.count + other.count,
                    min(heap.due_at, other.due_at),
                    0,
                    heap.more or other.more,
                )
            drafts[key].items[place] = Item(kind, heap=heap)


def _tell_notice(
    notice: Notice,
    ready: Mapping[str, date],
    drafts: Mapping[str, _Draft],
    standing: Mapping[str, set[str]],
    known: Mapping[str, Known],
) -> None:
    for key in notice.people:
        if key not in ready or ready[key] < notice.day:
            continue
        again = notice.kind == "look_again" and ready[key] >= notice.day + LOOK_AGAIN_AFTER
        mark = f"{notice.key} {'again' if again else 'once'}"
        standing[key].add(notice.key)
        told = known[key].told if key in known else frozenset()
        if mark not in told:
            drafts[key].items[mark] = Item(notice.kind, notice=notice)
        drafts[key].marks.add(mark)


# Escalation ------------------------------------------------------------------------------------------------


def stage(due_at: datetime | None, calendar: WorkCalendar, now: datetime) -> int:
    """Return how far something overdue has been escalated: 0 not, 1 to the runbook's owner, 2 and 3 to the
    organisation's."""
    if due_at is None or now <= due_at:
        return 0
    reached = 0
    for count, moment in enumerate(stage_moments(due_at, calendar), 1):
        if now >= moment:
            reached = count
    return reached


def stage_moments(due_at: datetime, calendar: WorkCalendar) -> list[datetime]:
    """Return when something due is escalated, should it not be done: at the start of those working days."""
    place = ZoneInfo(calendar.zone)
    theirs = calendar_of(Person("", calendar.zone), calendar)
    day = due_at.astimezone(place).date()
    found: list[datetime] = []
    count, looked = 0, 0
    while len(found) < len(STAGES) and looked < FARTHEST:
        day += DAY
        looked += 1
        if theirs.is_working_day(day):
            count, looked = count + 1, 0
            if count in STAGES:
                spans = theirs.spans(day)
                found.append(spans[0][0] if spans else start_of_day(day, theirs))
    return found


# Clocks ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Warned:
    """A warning of a clock of a law. `left` is what remains, None once it is over."""

    key: str  # told once for it
    left: timedelta | None


def clock_warning(
    clock: int, due_at: datetime, warn: Iterable[str], calendar: WorkCalendar, now: datetime
) -> Warned | None:
    """Return what is to be told of a clock at any hour: the nearest of its warnings that is reached, or its end.

    A warning that a nearer one has overtaken is not told any more. Where the end is moved, all are told anew.
    """
    name = f"clock {clock} {due_at:%Y-%m-%dT%H:%M:%S}"
    if now > due_at:
        return Warned(f"{name} over", None)
    reached = [(later(due_at, f"-{span.removeprefix('-')}", calendar), span) for span in warn]
    if not (passed := [one for one in reached if one[0] <= now]):
        return None
    _moment, span = max(passed)
    return Warned(f"{name} {span}", due_at - now)


def clock_moments(due_at: datetime, warn: Iterable[str], calendar: WorkCalendar) -> list[datetime]:
    """Return when something is told of a clock, in order."""
    return sorted([*(later(due_at, f"-{span.removeprefix('-')}", calendar) for span in warn), due_at])
