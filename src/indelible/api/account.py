"""What a source is told about itself: how it stands, how much it brought, day by day."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from indelible.events.instants import from_datetime
from indelible.features.sources.live.health import health_of
from indelible.features.sources.models import ConnectionPassword, Import, Source
from indelible.storage.database.models import Number

MOST_DAYS: Final = 31


def account_of(source: Source, password: ConnectionPassword) -> dict[str, Any]:
    """Return the account of a source, for whoever shows this password of it."""
    health = health_of(source)
    number = Number.objects.filter(logbook=source.logbook, name=f"sources/{source.pk}").first()
    days = Import.objects.filter(source=source).exclude(live_day=None)[:MOST_DAYS]
    return {
        "id": source.pk,
        "name": source.name,
        "state": source.state,
        "entries": number.last if number is not None else 0,
        "first_at": _instant(health.first_at),
        "last_at": _instant(health.last_at),
        "heartbeat_at": _instant(health.heartbeat_at),
        "clock_ms": health.clock_ms,
        "password": {"begins_with": password.shown, "ends_at": _instant(password.ends_at)},
        "accounts": [_day(row) for row in days],
    }


def _day(row: Import) -> dict[str, Any]:
    return {
        "account": row.pk,
        "day": row.live_day.isoformat() if row.live_day is not None else None,
        "read": row.read,
        "recorded": row.recorded,
        "duplicates": row.duplicates,
        "conflicts": row.conflicts,
        "rejected": row.rejected,
        "late": row.late,
        "first_entry": row.first_entry,
        "last_entry": row.last_entry,
    }


def _instant(moment: datetime | None) -> str | None:
    return from_datetime(moment) if moment is not None else None
