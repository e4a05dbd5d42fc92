"""What arrived late: of a live source, long after it happened; of a file, from a time that an earlier file covered.

A live record that happened more than a day before we got it carries the flag `arrived_late`, which is sealed with it.
How long is long can be set for each source. A file is an export of the past in any case, so its records carry no
flag: they are counted where an earlier delivery of the same source had passed their time already, for then a list
made before this one was not whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, cast

from django.db.models import F

from indelible.events.event import Event
from indelible.events.instants import sort_key
from indelible.features.sources.models import Import, Source, SourceAccount
from indelible.features.sources.silence import heard

if TYPE_CHECKING:  # so that a check, which asks about silence, need not load how files are read
    from indelible.features.sources.settling import Fate, Placed

FLAG: Final = "arrived_late"
LATE_HOURS: Final = 24
HAD_MORE: Final = frozenset({"source_says_more_rows", "more_pages_at_source"})


def mark_late(placed: Placed, received_at: datetime) -> bool:
    """Flag a live record that happened long before it was received; return whether it is late."""
    said = placed.event.get("occurred_at")
    if not said:
        return False
    hours = placed.source.settings.get("late_after_hours", LATE_HOURS)
    limit = received_at - timedelta(hours=hours if isinstance(hours, int) and hours > 0 else LATE_HOURS)
    if sort_key(said) >= int(limit.astimezone(UTC).timestamp()) * 1_000_000_000:
        return False
    event = cast(Event, dict(placed.event))
    event["flags"] = sorted({*event.get("flags", ()), FLAG})
    placed.event = event
    return True


class Covered:
    """Up to which moment earlier deliveries had covered each source, as one import finds it."""

    def __init__(self, row: Import) -> None:
        self._row = row
        self._known: dict[int, int | None] = {}

    def count_late(self, placed: Sequence[Placed], fates: Sequence[Fate]) -> int:
        """Return how many newly recorded records lie before what an earlier delivery covered."""
        late = 0
        for each, fate in zip(placed, fates, strict=True):
            said = each.event.get("occurred_at")
            if fate.what != "recorded" or not said:
                continue
            covered = self._until(each.source)
            late += covered is not None and sort_key(said) <= covered
        return late

    def _until(self, source: Source) -> int | None:
        if source.pk not in self._known:
            earlier = Import.objects.filter(source=source, pk__lt=self._row.pk).exclude(latest="")
            newest = earlier.order_by("-latest").values_list("latest", flat=True).first()
            self._known[source.pk] = sort_key(newest) if newest else None
        return self._known[source.pk]


def count(source: Source, *, late: int = 0, held_more: int = 0) -> None:
    """Add to what is counted of a source over all its deliveries."""
    if late or held_more:
        SourceAccount.objects.get_or_create(source=source)
        SourceAccount.objects.filter(pk=source.pk).update(
            late=F("late") + late, held_more=F("held_more") + held_more
        )


def file_closed(row: Import) -> None:
    """Count a file that was read to its end for its source, within the transaction that closes it."""
    if row.source is None:
        return
    if row.read == row.rejected:  # it came, though it holds nothing that could be recorded
        heard.note(row.source.pk)
    says_more = any(each.get("code") in HAD_MORE for each in row.notices)
    count(row.source, late=row.late, held_more=int(says_more))
