"""Runs by the calendar: each occurrence of a schedule opens one, when it is to open.

Where Indelible was off at that moment, the run is opened as soon as it is on again, and an entry says that it is late:
an occurrence is never passed over, since a hole in the calendar is what an auditor looks for. So it goes back up to
`FARTHEST` days, oldest first, and no farther than the day from which on the runbook is in force by the calendar.

A run of a day (every day, every working day) that nobody began is missed when that day is over, and cannot be filled
in later. One that somebody began is late, and stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import structlog
from django.db import transaction
from django.db.models import Exists, OuterRef

from indelible.events import own_reminders
from indelible.events.instants import from_datetime
from indelible.events.office import WorkCalendar
from indelible.features.runbooks.document.runbook import Schedule
from indelible.features.runbooks.models import Cause, Run, RunState, RunStep, StepWork
from indelible.features.runbooks.running import altering
from indelible.features.runbooks.running.doers import Doer
from indelible.features.runbooks.running.errors import RunError
from indelible.features.runbooks.running.telling import of_run
from indelible.features.runbooks.starting.books import Book, in_force, mark_of
from indelible.features.runbooks.starting.opening import begin, note, refusals
from indelible.features.runbooks.timetable import Occurrence, occurrences

FARTHEST: Final = timedelta(days=400)
MARGIN: Final = timedelta(days=40)  # by which holidays that change may move what was opened already
MOST_AT_ONCE: Final = 40  # runs opened a call, so that a worker can do other things in between
DAYS: Final = ("day", "working_day")

log = structlog.get_logger()


def open_due(now: datetime, calendar: WorkCalendar) -> int:
    """Open what is to be open by now; return how many runs were opened. Call again while it returns `MOST_AT_ONCE`.

    Most calls find that nothing is due before some later moment, which is remembered: one small read.
    """
    mark = mark_of(scheduled_from__isnull=False)
    rested = _resting.get(mark)
    if rested is not None and rested.calendar == calendar and rested.since <= now < rested.until:
        return 0
    books = in_force(scheduled_from__isnull=False)
    known, opened = _known(books, now), 0
    done = known.keys() | refusals(books, Cause.SCHEDULE)
    until = now + timedelta(days=7)
    for book in books:
        for schedule in book.document.starts.schedule:
            for occurrence in _to_open(book, schedule, now, calendar, known):
                if occurrence.opens_at > now:
                    until = min(until, occurrence.opens_at)
                    break  # what comes after it opens later still
                if (book.row.pk, occurrence.key) in done:
                    continue
                opened += _open(book, occurrence, now, calendar)
                if opened >= MOST_AT_ONCE:
                    return opened
    _resting.clear()
    _resting[mark] = _Rest(calendar, now, until)
    return opened


@dataclass(frozen=True, slots=True)
class _Rest:
    """From one moment to another nothing is due."""

    calendar: WorkCalendar
    since: datetime
    until: datetime


_resting: dict[tuple[object, ...], _Rest] = {}


def _known(books: list[Book], now: datetime) -> dict[tuple[int, str], datetime | None]:
    """Return when the runs there are were due, by runbook and occurrence."""
    rows = Run.objects.filter(runbook__in=[one.row.pk for one in books], cause=Cause.SCHEDULE)
    rows = rows.filter(due_at__gte=now - FARTHEST - MARGIN)
    return {
        (book, key): due
        for book, key, due in rows.values_list("runbook_id", "cause_key", "due_at").iterator()
    }


def _to_open(
    book: Book,
    schedule: Schedule,
    now: datetime,
    calendar: WorkCalendar,
    known: dict[tuple[int, str], datetime | None],
) -> Iterator[Occurrence]:
    """Yield the occurrences from a while before the last that a run was opened for."""
    begins = book.row.scheduled_from
    assert begins is not None
    start, end = f"{schedule.every} ", f" {schedule.on or 'first'}"
    last = max(
        (
            due
            for (runbook, key), due in known.items()
            if runbook == book.row.pk and key.startswith(start) and key.endswith(end) and due is not None
        ),
        default=None,
    )
    earliest = max(now - FARTHEST, last - MARGIN) if last else now - FARTHEST
    zone = ZoneInfo(calendar.zone)
    after = max(begins - timedelta(days=1), earliest.astimezone(zone).date())
    yield from occurrences(schedule, calendar, after)


def _open(book: Book, one: Occurrence, now: datetime, calendar: WorkCalendar) -> bool:
    with transaction.atomic():
        run = begin(
            book,
            now,
            cause=Cause.SCHEDULE,
            key=one.key,
            title=f"{book.row.title}, {one.label}",
            period=one.period,
            due_at=one.due_at,
        )
        if run is None:
            return False
        if run.opened_at == now and _is_late(book, one, now, calendar):
            note(run, now, own_reminders.opened_late(of_run(run), from_datetime(one.opens_at)))
    return True


def _is_late(book: Book, one: Occurrence, now: datetime, calendar: WorkCalendar) -> bool:
    """Whether a run is opened on a later day than it could have been."""
    zone = ZoneInfo(calendar.zone)
    could = max(one.opens_at, book.version.published_at)
    return now.astimezone(zone).date() > could.astimezone(zone).date()


# What was missed -------------------------------------------------------------------------------------------


def end_missed(now: datetime, calendar: WorkCalendar) -> int:
    """End the runs of days that are over and that nobody began; return how many."""
    zone = ZoneInfo(calendar.zone)
    midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    begun = RunStep.objects.filter(run=OuterRef("pk")).exclude(by_name="")
    written = StepWork.objects.filter(step__run=OuterRef("pk"))
    ended = 0
    for every in DAYS:
        rows = (
            Run.objects.filter(cause=Cause.SCHEDULE, cause_key__startswith=f"{every} ", state=RunState.OPEN)
            .filter(due_at__lt=midnight)
            .exclude(Exists(begun))
            .exclude(Exists(written))
            .select_related("runbook", "version", "logbook")
            .order_by("due_at")
        )
        for run in rows[:MOST_AT_ONCE]:
            try:
                altering.end(run, Doer.SYSTEM, RunState.MISSED, MISSED, now)
                ended += 1
            except RunError as refusal:  # somebody was quicker
                log.info("a run was not missed", run=run.pk, code=refusal.code)
    return ended


MISSED: Final = "Nobody began it by the end of its day."
