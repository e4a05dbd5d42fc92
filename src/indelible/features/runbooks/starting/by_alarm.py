"""Runs by alarms: each notice of an alarm that a runbook waits for opens one run.

A runbook names a sign ("silence"), or a ready rule ("FIN-01"): then any alarm on a rule made from it. Notices are
looked back at for some days, so that one is not lost where Indelible stood still between the alarm and the run; those
from before the runbook was published start nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from django.db.models import CharField, Exists, OuterRef, Q, Value
from django.db.models.functions import Cast, Concat

from indelible.features.alarms.models import Alarm, Notice
from indelible.features.alarms.signs import all_signs
from indelible.features.alarms.wording import notice_title
from indelible.features.runbooks.document.runbook import Trigger
from indelible.features.runbooks.models import Cause, Flood, Run, Version
from indelible.features.runbooks.starting.books import Book, in_force
from indelible.features.runbooks.starting.opening import HOUR, about_of, begin_bounded, refusals, title_of
from indelible.storage.database.models import Logbook
from indelible.storage.database.reads import find_entries

BACK: Final = timedelta(days=14)
MOST_AT_ONCE: Final = 200  # notices of a runbook that are looked at


def open_due(logbook: Logbook, now: datetime) -> int:
    """Open the runs of notices that have none yet; return how many were opened."""
    opened = 0
    for book in in_force(logbook=logbook):
        for trigger in book.document.starts.on:
            if trigger.alarm:
                opened += sum(_begin(book, trigger, row, now) for row in _notices(book, trigger, now))
    return opened


def alarms_of(logbook: Logbook, name: str) -> list[int]:
    """Return the keys of the alarms that a name means: of that sign, or on a rule made from that ready one."""
    which = Q(sign=name) if name in all_signs() else Q(rule__catalogue=name)
    return list(Alarm.objects.filter(which, logbook=logbook).values_list("pk", flat=True))


def _notices(book: Book, trigger: Trigger, now: datetime) -> Iterator[Notice]:
    """Yield the notices that have opened no run of this runbook yet, oldest first."""
    alarms = alarms_of(book.row.logbook, trigger.alarm)
    if not alarms:
        return
    begun = _since(book, trigger)
    key = Concat(Value("notice "), Cast(OuterRef("pk"), CharField()), output_field=CharField())
    opened = Run.objects.filter(runbook=book.row, cause=Cause.ALARM, cause_key=key)
    first = max(begun, now - BACK)
    rows = list(
        Notice.objects.filter(alarm__in=alarms, hour__gte=int(first.timestamp()) // HOUR - 1)
        .filter(made_at__gte=first)
        .exclude(Exists(opened))
        .select_related("alarm__rule", "logbook")
        .order_by("pk")[:MOST_AT_ONCE]
    )
    if not rows:
        return
    counted = {
        notice
        for flood in Flood.objects.filter(runbook=book.row, hour__gte=int(first.timestamp()) // HOUR)
        for notice in flood.notices
    }
    refused = refusals([book], Cause.ALARM)
    yield from (
        row for row in rows if row.pk not in counted and (book.row.pk, f"notice {row.pk}") not in refused
    )


def _since(book: Book, trigger: Trigger) -> datetime:
    """Return since when a runbook waits for an alarm: since the first version of those in a row that does."""
    from indelible.features.runbooks.starting.books import text_of

    found = book.version.published_at
    rows = Version.objects.filter(runbook=book.row, number__lt=book.version.number).defer("document")
    for row in rows.order_by("-number"):
        if trigger.alarm not in {one.alarm for one in text_of(row.pk, row.digest).starts.on}:
            break
        found = row.published_at
    return found


def _begin(book: Book, trigger: Trigger, row: Notice, now: datetime) -> bool:
    entry = row.entries[0] if row.entries else None
    found = find_entries(row.logbook, [entry]) if entry is not None else {}
    event = found[entry].event if entry is not None and entry in found else {}
    title = title_of(trigger.title, "", event) if trigger.title and event else ""
    run = begin_bounded(
        book,
        now,
        cause=Cause.ALARM,
        key=f"notice {row.pk}",
        title=title or f"{book.row.title}: {notice_title(row)}",
        about=about_of(event) if event else "",
        entry=entry if entry in found else None,
        notice=row.pk,
    )
    return run is not None
