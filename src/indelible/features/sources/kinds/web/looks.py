"""What a source reads of the record is on the record: gathered for a minute, as the looks of people are.

What it was shown since the minute began lies beside its health, so that a crash loses none of it; it is told at the
next look after the minute, or by the clock.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.db import transaction

from indelible.events import own
from indelible.events.event import Event, Party
from indelible.events.instants import from_datetime, to_datetime
from indelible.features.sources.live.health import health_of
from indelible.features.sources.models import Health, Kind, Source
from indelible.features.sources.services import record_own
from indelible.storage.database.errors import AppendFailed, AppendRefused
from indelible.web.jobs import ticker

logger = logging.getLogger("indelible.sources")

GATHERED_FOR: Final = timedelta(seconds=60)
MOST_ENTRIES: Final = 500
_KEY: Final = "looks"


def look(source: Source, entries: Iterable[int], now: datetime) -> None:
    """Remember that a source was shown these entries. Reading works even while nothing can be sealed."""
    health_of(source)
    with transaction.atomic():
        row = _locked(source.pk)
        if _is_full(row, now):
            _tell_if_possible(row)
        told = row.cursor.get(_KEY) or {"since": from_datetime(now), "entries": []}
        told = {**told, "entries": sorted({*told["entries"], *entries})}
        row.cursor = {**row.cursor, _KEY: told}
        row.save(update_fields=["cursor"])


def tell_due(now: datetime) -> None:
    """Record the looks whose minute is over."""
    waiting = Health.objects.filter(source__kind=Kind.WEB, cursor__has_key=_KEY)
    for key in list(waiting.values_list("pk", flat=True)[:1_000]):
        with transaction.atomic():
            row = _locked(key)
            if _is_full(row, now) and _tell_if_possible(row):
                row.save(update_fields=["cursor"])


@ticker(timedelta(seconds=20))
def tell_looks_of_sources() -> None:
    """Tell what the sources were shown, once its minute is over."""
    tell_due(datetime.now(UTC))


def _locked(key: int) -> Health:
    return Health.objects.select_for_update().select_related("source__logbook").get(pk=key)


def _is_full(row: Health, now: datetime) -> bool:
    told: dict[str, Any] = row.cursor.get(_KEY) or {}
    return bool(told) and (
        len(told["entries"]) >= MOST_ENTRIES or now - to_datetime(told["since"]) >= GATHERED_FOR
    )


def _tell_if_possible(row: Health) -> bool:
    """Record the looks and forget them (the caller saves); False where nothing can be sealed at present."""
    try:
        with transaction.atomic():
            record_own(row.source.logbook, event_of(row))
    except (AppendRefused, AppendFailed) as refusal:
        logger.warning("looks of a source are not recorded yet: %s", refusal.code)
        return False
    row.cursor = {name: value for name, value in row.cursor.items() if name != _KEY}
    return True


def event_of(row: Health) -> Event:
    """Return the event that tells what a source was shown."""
    told = row.cursor[_KEY]
    reader: Party = {"id": f"source {row.source_id}", "name": row.source.name, "kind": "system"}
    return own.entries_looked_at(reader, told["entries"], occurred_at=told["since"])
