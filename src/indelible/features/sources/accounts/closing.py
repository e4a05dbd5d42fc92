"""The accounts of days that are over are closed: one entry says what became of every message of that day.

A day is one of UTC, as its account is. It is closed an hour after midnight, so that a delivery which was under way has
arrived; what comes later belongs to the day it comes on. Closing is settled under the account's own lock.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import transaction

from indelible.events import own_silence
from indelible.features.sources.models import Import, Stage
from indelible.features.sources.origins import RULE_0, record_own

AFTER: Final = timedelta(hours=1)
AT_ONCE: Final = 500


def close_days(now: datetime) -> int:
    """Close every account of a day that is over; return how many."""
    today = (now - AFTER).astimezone(UTC).date()
    due = Import.objects.filter(live_day__lt=today, stage=Stage.RECORDING).order_by("live_day", "pk")
    return sum(close_day(key, now) for key in list(due.values_list("pk", flat=True)[:AT_ONCE]))


def close_day(key: int, now: datetime) -> bool:
    """Close one account, with its receipt as an entry; False where that was done already."""
    with transaction.atomic():
        row = Import.objects.select_for_update(of=("self",)).select_related("source", "logbook").get(pk=key)
        if row.stage != Stage.RECORDING or row.live_day is None or row.source is None:
            return False
        event = own_silence.day_recorded(
            row.source.pk,
            row.source.name,
            row.live_day.isoformat(),
            {
                "read": row.read,
                "recorded": row.recorded,
                "duplicates": row.duplicates,
                "conflicts": row.conflicts,
                "rejected": row.rejected,
            },
            deliveries=row.deliveries,
            size=row.size,
            first=row.first_entry,
            last=row.last_entry,
            earliest=row.earliest or None,
            latest=row.latest or None,
            import_id=row.pk,
        )
        receipt = record_own(row.logbook, event, rules=(RULE_0,))
        row.stage, row.receipt = Stage.DONE, receipt.entries[0].index
        row.finished_at = row.finished_at or now
        row.save(update_fields=["stage", "receipt", "finished_at"])
    return True
