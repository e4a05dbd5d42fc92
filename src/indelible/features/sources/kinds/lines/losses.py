"""That lines of a source were lost is an entry of its own: how many, and since when."""

from __future__ import annotations

from typing import Final

from django.db import transaction

from indelible.events import own
from indelible.events.event import Event
from indelible.features.sources.models import Source
from indelible.features.sources.origins import RULE_0, record_own

SAID: Final = "lines_lost"
WHY: Final = {
    "lost": "{count} lines were lost: they came by UDP faster than they could be read, or nothing could be recorded",
    "unkept": "{count} lines that cannot be read were not kept: so many of that day are kept already",
}


def tell_of_losses(source: Source, losses: dict[str, int]) -> None:
    """Record how many lines of a source were lost, by why. Raises what `append` raises."""
    with transaction.atomic():
        for why, count in losses.items():
            record_own(source.logbook, _event(source, why, count), rules=(RULE_0,))


def _event(source: Source, why: str, count: int) -> Event:
    return own.own_event(
        SAID,
        "detect",
        None,
        [{"kind": "log_source", "id": str(source.pk), "name": source.name}],
        reason=WHY[why].format(count=count),
        extra={"row_count": count},
    )
