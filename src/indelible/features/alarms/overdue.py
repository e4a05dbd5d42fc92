"""What had to follow and did not: the one sign that no entry shows, but the clock."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from indelible.events.instants import is_instant, to_datetime
from indelible.features.alarms.engine import NAME, source_of
from indelible.features.alarms.models import Memory
from indelible.features.alarms.noticing import Noticed, notice
from indelible.features.alarms.sign import Hit, Seen
from indelible.features.alarms.signs import sign_of
from indelible.features.alarms.spoken import happened
from indelible.features.alarms.surroundings import around_of
from indelible.storage.database.following import upto_of
from indelible.storage.database.models import Logbook
from indelible.storage.database.reads import find_entries, head

AT_ONCE: Final = 200


def look(now: datetime) -> int:
    """Give a notice for whatever is overdue; return how many there were. Each once: its memory goes with it.

    Only what the engine has looked at counts, so whoever calls this lets the engine run first; an entry that is on its
    way to it may still end the waiting.
    """
    due = Memory.objects.filter(due_at__lte=now, alarm__is_on=True)
    found = 0
    for logbook_pk in due.values_list("alarm__logbook", flat=True).distinct():
        logbook = Logbook.objects.get(pk=logbook_pk)
        if not _looked_at_all(logbook):
            continue
        with transaction.atomic():
            rows = list(
                due.filter(alarm__logbook=logbook)
                .select_for_update(of=("self",))
                .select_related("alarm")
                .order_by("due_at")[:AT_ONCE]
            )
            found += _tell(logbook, rows)
            Memory.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return found


def _looked_at_all(logbook: Logbook) -> bool:
    return upto_of(logbook, NAME) >= head(logbook).size


def _tell(logbook: Logbook, rows: list[Memory]) -> int:
    entries = find_entries(logbook, [row.facts["entry"] for row in rows if "entry" in row.facts])
    around = around_of(logbook, history=lambda _kind, _id, _before: ())
    seen = []
    for row in rows:
        entry = entries.get(row.facts.get("entry", -1))
        if entry is None or not entry.event or not is_instant(entry.recorded_at) or row.due_at is None:
            continue
        if entry.index <= row.alarm.begun_entry:
            continue
        recorded = max(to_datetime(entry.recorded_at), row.due_at)
        one = Seen(entry.index, entry.event, happened(entry), recorded, source_of(entry.event), True, around)
        hit = Hit(fold=f"waited {entry.index}")
        seen.append(Noticed.of(row.alarm, sign_of(row.alarm.sign).weight, one, hit))
    notice(logbook, seen)
    return len(seen)
