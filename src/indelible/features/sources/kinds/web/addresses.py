"""From which network addresses a source's connections come: the first message from a new one is an entry.

What an event says of an address is its sender's word; this is ours, and costs an entry only where something is new.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from indelible.events.own_door import address_met
from indelible.features.sources.live.health import health_of
from indelible.features.sources.models import Health, Source
from indelible.features.sources.services import record_own

MOST_ADDRESSES: Final = 100  # of one source; a sender behind ever new ones is known to be such by then
MOST_REMEMBERED: Final = 10_000
_KEY: Final = "addresses"

_known: set[tuple[int, datetime, str]] = set()  # met by this process, so that most messages cost no look-up


def note_address(source: Source, address: str) -> None:
    """Record that a source sends from an address, where it never did before. Call it outside a transaction."""
    key = (source.pk, source.created_at, address)
    if not address or key in _known:
        return
    health_of(source)
    with transaction.atomic():
        row = Health.objects.select_for_update().get(pk=source.pk)
        met = row.cursor.get(_KEY, [])
        if address not in met and len(met) < MOST_ADDRESSES:
            row.cursor = {**row.cursor, _KEY: [*met, address]}
            row.save(update_fields=["cursor"])
            record_own(source.logbook, address_met(source.pk, source.name, address))
    if len(_known) >= MOST_REMEMBERED:
        _known.clear()
    _known.add(key)


def addresses_of(source: Source) -> list[str]:
    """Return the addresses that a source sent from, in the order they were met."""
    health = getattr(source, "health", None)
    return list(health.cursor.get(_KEY, [])) if health is not None else []
