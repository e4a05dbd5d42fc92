"""What is due, for somebody's own calendar program: an iCalendar feed at a secret address.

It holds what they have to do or sign with its due date, the runs of runbooks that they own, and the next occurrences
of the coming twelve months, and what waits for them in reviews; titles, and nothing else, no names of others among
its parts. Times are in UTC.
An occurrence keeps its UID when its run is opened, so that a calendar moves it and shows it once.
Source: RFC 5545 sections 3.6.1, 3.8.4.7 and 3.8.7.2; RFC 7986 section 5.

Whoever has the address reads the feed. Kept is only a code of it; making another ends the first.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from itertools import islice
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction
from icalendar import Calendar, Event, vText

from indelible.events import own_reminders
from indelible.events.office import WorkCalendar
from indelible.events.shape import Context
from indelible.features.people.models import User
from indelible.features.runbooks.document.runbook import Schedule
from indelible.features.runbooks.models import Appointment, CalendarFeed, Cause, Run, RunState
from indelible.features.runbooks.reminding import facts, further
from indelible.features.runbooks.reminding.links import run_path, step_path
from indelible.features.runbooks.reminding.piles import Thing
from indelible.features.runbooks.reminding.planning import Open
from indelible.features.runbooks.starting.books import Book, in_force, text_of
from indelible.features.runbooks.timetable import Occurrence, occurrences
from indelible.storage.database.append import Draft, append
from indelible.storage.database.codes import code_of
from indelible.storage.database.models import Logbook
from indelible.web.acts import OWN_SOURCE, party_of

AHEAD: Final = timedelta(days=366)
MOST_OF_A_SCHEDULE: Final = 60
MOST_EVENTS: Final = 1_000
SHOWN_FOR: Final = timedelta(minutes=30)  # how long before it is due something begins in a calendar
LOOKUP_BYTES: Final = 6
SECRET_BYTES: Final = 24
LONGEST_KEY: Final = 100
READ_TOLD_EVERY: Final = timedelta(hours=1)
_PURPOSE: Final = "address of a calendar"


# The address -----------------------------------------------------------------------------------------------


def make_address(logbook: Logbook, user: User, now: datetime, *, base: str, context: Context) -> str:
    """Make the address of somebody's feed, in place of the one there was; return its key, known only now."""
    lookup = secrets.token_hex(LOOKUP_BYTES)
    key = f"{lookup}_{secrets.token_urlsafe(SECRET_BYTES)}"
    with transaction.atomic():
        CalendarFeed.objects.update_or_create(
            user=user,
            defaults={
                "lookup": lookup,
                "code": code_of(_PURPOSE, key),
                "base": base[:200],
                "made_at": now,
                "read_at": None,
            },
        )
        event = own_reminders.calendar_address(party_of(user), made=True, context=context)
        append(logbook, [Draft(event, source=OWN_SOURCE)])
    return key


def end_address(logbook: Logbook, user: User, *, context: Context) -> bool:
    """End the address of somebody's feed; whether there was one."""
    with transaction.atomic():
        if not CalendarFeed.objects.filter(user=user).delete()[0]:
            return False
        event = own_reminders.calendar_address(party_of(user), made=False, context=context)
        append(logbook, [Draft(event, source=OWN_SOURCE)])
    return True


def find(key: str) -> CalendarFeed | None:
    """Return whose feed a key opens; None for one that opens nothing. It costs the same either way."""
    lookup = key.partition("_")[0] if len(key) <= LONGEST_KEY else ""
    row = CalendarFeed.objects.select_related("user").filter(lookup=lookup).first()
    expected = bytes(row.code) if row is not None else bytes(32)
    if not hmac.compare_digest(code_of(_PURPOSE, key[:LONGEST_KEY]), expected) or row is None:
        return None
    return row if row.user.is_active else None


def note_read(row: CalendarFeed, now: datetime) -> None:
    """Note that a calendar program read it, to within an hour."""
    if row.read_at is None or now - row.read_at >= READ_TOLD_EVERY:
        CalendarFeed.objects.filter(pk=row.pk).update(read_at=now)


# What it holds ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Due:
    """One thing that is due. `uid` stays the same for as long as it is the same thing."""

    uid: str
    title: str
    due_at: datetime
    changed_at: datetime
    path: str = ""


def due_of(logbook: Logbook, user: User, calendar: WorkCalendar, now: datetime) -> list[Due]:
    """Return what is due to somebody, the next first."""
    found = {one.uid: one for one in (*_coming(logbook, user, calendar, now), *_runs(logbook, user))}
    steps = _steps(logbook, user, calendar, now)
    return sorted((*found.values(), *steps), key=lambda one: (one.due_at, one.uid))[:MOST_EVENTS]


def _steps(logbook: Logbook, user: User, calendar: WorkCalendar, now: datetime) -> Iterator[Due]:
    found = facts.found(logbook, calendar, now)
    name = f"user {user.pk}"
    yield from _further(logbook, found.open, name, ZoneInfo(calendar.zone))
    for task in found.open.tasks:
        if task.further or name not in task.holders or task.due_at is None:
            continue
        row = found.steps[task.key]
        title = text_of(row.run.version_id, row.run.version.digest).step(row.key).title
        uid = _uid(logbook, f"step {row.pk} {row.attempt}")
        begun = row.opened_at or row.run.opened_at
        yield Due(uid, f"{row.run.title}: {title}", task.due_at, begun, step_path(row.run_id, row.key))


def _further(logbook: Logbook, found: Open, name: str, zone: ZoneInfo) -> Iterator[Due]:
    """Yield what waits for somebody beside the steps of runs; many small things as one a day."""
    for task in found.tasks:
        source = further.source_of(task.further)
        if source is not None and name in task.holders and task.due_at is not None:
            title = source.words(task.further, task.title, task.count)
            path = source.path(task.further, task.subject)
            yield Due(_uid(logbook, task.key), title, task.due_at, task.since or task.due_at, path)
    days: dict[tuple[str, date], list[Thing]] = {}
    for pile in found.piles:
        for thing in pile.of(name) if name in pile.holders else ():
            place = pile.further, thing.due_at.astimezone(zone).date()
            days.setdefault(place, []).append(thing)
    for (what, day), things in days.items():
        source, first = further.source_of(what), min(things, key=lambda one: (one.due_at, one.number))
        if source is not None:
            title = source.words(what, "", len(things))
            path = source.path(what, first.number if len(things) == 1 else 0)
            since = max(one.since for one in things)
            yield Due(_uid(logbook, f"{what} {name} {day}"), title, first.due_at, since, path)


def _runs(logbook: Logbook, user: User) -> Iterator[Due]:
    """Yield the runs under way of runbooks that somebody owns."""
    runs = Run.objects.filter(
        logbook=logbook, runbook__owner=user, state__in=(RunState.OPEN, RunState.PAUSED), due_at__isnull=False
    )
    for run in runs.order_by("due_at")[:MOST_EVENTS]:
        assert run.due_at is not None
        yield Due(_uid_of_run(logbook, run), run.title, run.due_at, run.opened_at, run_path(run.pk))


def _coming(logbook: Logbook, user: User, calendar: WorkCalendar, now: datetime) -> Iterator[Due]:
    """Yield the occurrences of twelve months whose run is not open yet, of runbooks that somebody owns or has a role
    in."""
    mine = set(Appointment.objects.filter(user=user).values_list("runbook_id", flat=True))
    books = [
        book
        for book in in_force(logbook=logbook, scheduled_from__isnull=False)
        if book.row.owner_id == user.pk or book.row.pk in mine
    ]
    begun = set(
        Run.objects.filter(
            runbook__in=[book.row.pk for book in books], cause=Cause.SCHEDULE, due_at__gte=now
        ).values_list("runbook_id", "cause_key")
    )
    for book in books:
        for schedule in book.document.starts.schedule:
            for one in islice(_next(book, schedule, calendar, now), MOST_OF_A_SCHEDULE):
                if (book.row.pk, one.key) not in begun:
                    uid = _uid(logbook, f"occurrence {book.row.pk} {one.key}")
                    title = f"{book.row.title}, {one.label}"
                    yield Due(uid, title, one.due_at, book.version.published_at)


def _next(book: Book, schedule: Schedule, calendar: WorkCalendar, now: datetime) -> Iterator[Occurrence]:
    begins = book.row.scheduled_from
    assert begins is not None
    day = timedelta(days=1)
    after = max(begins - day, now.astimezone(ZoneInfo(calendar.zone)).date() - day)
    for one in occurrences(schedule, calendar, after):
        if one.due_at > now + AHEAD:
            return
        if one.due_at >= now:
            yield one


def _uid_of_run(logbook: Logbook, run: Run) -> str:
    if run.cause == Cause.SCHEDULE:
        return _uid(logbook, f"occurrence {run.runbook_id} {run.cause_key}")
    return _uid(logbook, f"run {run.pk}")


def _uid(logbook: Logbook, what: str) -> str:
    """Return a name that is nobody else's in the world, and tells nothing."""
    return f"{code_of('calendar', f'{logbook.origin} {what}').hex()[:40]}@indelible"


# How it is written -----------------------------------------------------------------------------------------


def written(due: list[Due], name: str, base: str) -> tuple[bytes, str]:
    """Return the feed as a calendar program reads it, and its mark: the same while nothing in it has changed."""
    calendar = Calendar()
    calendar.add("prodid", "-//Indelible//Runbooks//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    shown = vText(" ".join(name.split()))  # given as text alone it would be written as it stands
    calendar.add("name", shown)
    calendar.add("x-wr-calname", shown)
    calendar.add("refresh-interval", timedelta(hours=1))
    calendar.add("x-published-ttl", "PT1H")
    for one in due:
        event = Event()
        end = one.due_at.astimezone(UTC).replace(microsecond=0)
        event.add("uid", one.uid)
        event.add("dtstamp", one.changed_at.astimezone(UTC).replace(microsecond=0))
        event.add("dtstart", end - SHOWN_FOR)
        event.add("dtend", end)
        event.add("summary", " ".join(one.title.split()))
        event.add("transp", "TRANSPARENT")
        if one.path and base:
            event.add("url", base.rstrip("/") + one.path)
        calendar.add_component(event)
    body = calendar.to_ical()
    return body, f'"{sha256(body).hexdigest()[:32]}"'
