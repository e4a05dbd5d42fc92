"""Missing numbers are told on the record once they had time to come, and once more when they come after all.

Every worker looks; each hole is settled under its series' lock, so it is told once.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from indelible.events import own_silence
from indelible.features.sources.models import Import, SequenceGap, SequenceMark, Source, Stage
from indelible.features.sources.origins import RULE_0, record_own

GRACE: Final = timedelta(minutes=5)  # messages overtake each other, and a file comes in pieces
AT_ONCE: Final = 200  # of one look; the next one goes on


def tell(now: datetime) -> int:
    """Tell of holes that stayed open, and of those that were filled since they were told. Returns how many."""
    reading = Import.objects.filter(stage=Stage.RECORDING, live_day=None, source__isnull=False)
    busy = set(reading.values_list("source", flat=True)[:1_000])
    missing = SequenceGap.objects.filter(filled_at=None, entry=None, seen_at__lte=now - GRACE)
    missing = missing.exclude(source__in=busy).order_by("seen_at", "id")
    told = sum(_tell_missing(row) for row in missing[:AT_ONCE])
    came = SequenceGap.objects.filter(filled_at__lte=now - GRACE, filled_entry=None)
    told += sum(_tell_filled(row, now) for row in came.order_by("source", "stream", "first")[:AT_ONCE])
    return told


def _tell_missing(seen: SequenceGap) -> int:
    with transaction.atomic():
        source = _locked(seen)
        row = SequenceGap.objects.select_for_update().filter(pk=seen.pk).first()
        if row is None or row.entry is not None or row.filled_at is not None:
            return 0
        event = own_silence.numbers_missing(source.pk, source.name, row.stream, row.first, row.last)
        row.entry = record_own(source.logbook, event, rules=(RULE_0,)).entries[0].index
        row.save(update_fields=["entry"])
    return 1


def _tell_filled(seen: SequenceGap, now: datetime) -> int:
    """Tell of one run that came; those that join it and came as long ago are told with it, as one."""
    with transaction.atomic():
        source = _locked(seen)
        row = SequenceGap.objects.select_for_update().filter(pk=seen.pk).first()
        if row is None or row.filled_entry is not None or row.filled_at is None:
            return 0
        after = SequenceGap.objects.select_for_update().filter(
            source=row.source_id,
            stream=row.stream,
            filled_at__lte=now - GRACE,
            filled_entry=None,
            entry=row.entry,
            first__gt=row.last,
        )
        for other in after.order_by("first")[:AT_ONCE]:
            if other.first != row.last + 1:
                break
            row.last = other.last
            other.delete()
        event = own_silence.numbers_filled(source.pk, source.name, row.stream, row.first, row.last, row.entry)
        row.filled_entry = record_own(source.logbook, event, rules=(RULE_0,)).entries[0].index
        row.save(update_fields=["last", "filled_entry"])
    return 1


def _locked(row: SequenceGap) -> Source:
    """Take the lock of a hole's series, as whoever takes numbers in does; return its source."""
    marks = SequenceMark.objects.select_for_update()
    list(marks.filter(source=row.source_id, stream=row.stream))
    return Source.objects.select_related("logbook").get(pk=row.source_id)
