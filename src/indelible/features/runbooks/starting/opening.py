"""What every start by itself has in common.

* A cause opens one run. So it is however many workers see it: the table holds one run a cause.
* Entries and alarms open at most `MOST_AN_HOUR` runs of a runbook in an hour. What comes beyond is counted on the last
  of them, and when the hour is over an entry tells how many there were. The calendar is never held back.
* Where a run cannot be opened, an entry says so and why, once, and the owners are told.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from django.db import transaction

from indelible.events import naming, own_reminders
from indelible.events.event import Event
from indelible.events.instants import from_datetime
from indelible.explanations import explain
from indelible.features.runbooks.models import Cause, Flood, Mailing, Run, RunEntry
from indelible.features.runbooks.running.doers import Doer
from indelible.features.runbooks.running.errors import RunError
from indelible.features.runbooks.running.opening import open_run
from indelible.features.runbooks.running.telling import OWN_SOURCE, of_run
from indelible.features.runbooks.starting.books import Book
from indelible.storage.database.append import Draft, append

MOST_AN_HOUR: Final = 12
MOST_LISTED: Final = 50  # entries of a flood that are named
MOST_TOLD: Final = 50
HOUR: Final = 3600
BY_THEMSELVES: Final = (Cause.EVENT, Cause.ALARM)
_BLANK: Final = re.compile(r"\{([a-z_.]{1,40})\}")


def begin(
    book: Book,
    now: datetime,
    *,
    cause: Cause,
    key: str,
    title: str,
    about: str = "",
    period: tuple[date, date] | None = None,
    due_at: datetime | None = None,
    entry: int | None = None,
) -> Run | None:
    """Open the run of a cause, or return the one there is; None where it cannot be opened, which is then on record."""
    try:
        return open_run(
            book.row,
            Doer.SYSTEM,
            now,
            cause=cause,
            cause_key=key,
            title=title,
            about=about,
            period=period,
            due_at=due_at,
            cause_entry=entry,
        )
    except RunError as refusal:
        _cannot(book, now, cause, key, title, refusal, due_at=due_at, entry=entry)
        return None


def begin_bounded(
    book: Book,
    now: datetime,
    *,
    cause: Cause,
    key: str,
    title: str,
    about: str = "",
    entry: int | None = None,
    notice: int | None = None,
) -> Run | None:
    """Open the run of an entry or an alarm, or count it where the hour has had enough."""
    hour = int(now.timestamp()) // HOUR
    first = datetime.fromtimestamp(hour * HOUR, tz=now.tzinfo)
    these = Run.objects.filter(runbook=book.row, cause__in=BY_THEMSELVES)
    if (known := these.filter(cause=cause, cause_key=key).first()) is not None:
        return known
    runs = these.filter(opened_at__gte=first, opened_at__lte=now)
    if runs.count() < MOST_AN_HOUR:
        return begin(book, now, cause=cause, key=key, title=title, about=about, entry=entry)
    last = runs.order_by("-pk").first()
    assert last is not None
    with transaction.atomic():
        Flood.objects.get_or_create(runbook=book.row, hour=hour, defaults={"run": last})
        flood = Flood.objects.select_for_update().get(runbook=book.row, hour=hour)
        if notice is not None and notice in flood.notices:
            return None
        flood.count += 1
        if entry is not None and len(flood.entries) < MOST_LISTED:
            flood.entries = [*flood.entries, entry]
        if notice is not None:
            flood.notices = [*flood.notices, notice]
        flood.save(update_fields=["count", "entries", "notices"])
    return None


def tell_floods(now: datetime) -> int:
    """Put on the record how many came beyond the runs of an hour that is over; return how many hours were told."""
    told = 0
    over = Flood.objects.filter(told_at=None, hour__lt=int(now.timestamp()) // HOUR)
    for key in list(over.values_list("pk", flat=True)[:MOST_TOLD]):
        with transaction.atomic():
            flood = Flood.objects.select_for_update(of=("self",)).filter(pk=key, told_at=None).first()
            if flood is None:
                continue
            flood.told_at = now
            flood.save(update_fields=["told_at"])
            run = Run.objects.select_related("logbook", "runbook", "version").get(pk=flood.run_id)
            event = own_reminders.starts_counted(of_run(run), flood.count, flood.entries)
            note(run, now, event)
            told += 1
    return told


def note(run: Run, now: datetime, event: Event, *, step: str = "") -> int:
    """Append an event of a run, last of a transaction, and note that it belongs to its story; return its index."""
    index = append(run.logbook, [Draft(event, source=OWN_SOURCE)]).entries[0].index
    RunEntry.objects.create(run=run, index=index, step=step, said=event["action"]["said"], at=now)
    return index


def _cannot(
    book: Book,
    now: datetime,
    cause: Cause,
    key: str,
    title: str,
    refusal: RunError,
    *,
    due_at: datetime | None,
    entry: int | None,
) -> None:
    """Say once that a run could not be opened. The row is what keeps it from being said again, and what is mailed."""
    once = f"not opened {book.row.pk} {cause} {key}"[:200]
    if Mailing.objects.filter(once=once).exists():
        return
    with transaction.atomic():
        why = explain(refusal.code, **refusal.facts).title
        _row, made = Mailing.objects.get_or_create(
            once=once,
            defaults={
                "logbook": book.row.logbook,
                "runbook": book.row,
                "kind": "not_opened",
                "facts": {"title": title, "why": why, "cause": str(cause), "key": key},
                "made_at": now,
                "sent_at": now,  # nothing is sent for the row itself: the owners' next letter tells it
            },
        )
        if made:
            due = from_datetime(due_at) if due_at else ""
            event = own_reminders.not_opened(book.row.key, title, why, due=due, entry=entry)
            append(book.row.logbook, [Draft(event, source=OWN_SOURCE)])


def refusals(books: Sequence[Book], cause: Cause) -> set[tuple[int, str]]:
    """Return the causes, by runbook, whose run could not be opened, as is on the record."""
    rows = Mailing.objects.filter(kind="not_opened", runbook__in=[one.row.pk for one in books])
    found = rows.filter(facts__cause=str(cause)).values_list("runbook_id", "facts")
    return {(book, facts["key"]) for book, facts in found if book is not None}


def title_of(template: str, otherwise: str, event: Event) -> str:
    """Return what a run is called: a template filled with an event's own words, in braces."""
    if not template:
        about = about_of(event)
        return f"{otherwise}: {about}" if about else otherwise
    filled = _BLANK.sub(lambda blank: _fill(blank[1], event), template)
    return " ".join(filled.split()).strip(" :,-") or otherwise


def about_of(event: Event) -> str:
    """Return the name of the first thing that something was done to; empty where it has none."""
    targets = event.get("targets") or []
    return (naming.name_of(targets[0]) or "") if targets else ""


def _fill(blank: str, event: Event) -> str:
    first, _dot, rest = blank.partition(".")
    if first == "target":
        targets = event.get("targets") or []
        told = targets[0].get(rest) if targets and rest else about_of(event)
    elif first == "actor":
        actor = event.get("actor") or {}
        told = actor.get(rest) if rest else naming.name_of(actor)
    elif first == "source":
        told = (event.get("source") or {}).get(rest or "name")
    elif first == "day":
        told = str(event.get("occurred_at", ""))[:10]
    else:
        told = (event.get("extra") or {}).get(rest if first == "extra" else first)
    return str(told)[:100] if isinstance(told, str | int) else ""
