"""When a source was heard, hour by hour: what pace is learned from and the calendar of gaps shows.

One row a source and hour, so a year of a busy source is 8,760 small rows. Notes are made in the transaction that
takes a delivery in, wherever there is one; that something of it was recorded is no condition.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from django.db.models import F, OuterRef, Subquery
from django.utils import timezone

from indelible.features.sources.models import Health, Heard, Kind, Source
from indelible.features.sources.silence.rhythm import Spell

FILES = frozenset({Kind.UPLOAD, Kind.FOLDER, Kind.MAILBOX, Kind.BUCKET})
"""Kinds that bring files: what comes within one hour is one arrival, since a file comes in many pieces."""
MOST_SPELLS = 2_000


def note(
    source: int, at: datetime | None = None, *, deliveries: int = 1, records: int = 0, beats: int = 0
) -> None:
    """Note that something arrived from a source (its id), or with `beats` that it said it is there."""
    at = at or timezone.now()
    hour = at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    moment = None if beats else at
    row, is_new = Heard.objects.get_or_create(
        source_id=source,
        hour=hour,
        defaults={
            "first_at": moment,
            "last_at": moment,
            "deliveries": deliveries if moment else 0,
            "records": records,
            "beats": beats,
        },
    )
    if is_new:
        return
    rows = Heard.objects.filter(pk=row.pk)
    if moment is None:
        rows.update(beats=F("beats") + beats)
        return
    pause = (at - row.last_at).total_seconds() if row.last_at else 0.0
    rows.update(
        first_at=min(row.first_at, at) if row.first_at else at,
        last_at=max(row.last_at, at) if row.last_at else at,
        longest=max(row.longest, pause),
        deliveries=F("deliveries") + deliveries,
        records=F("records") + records,
    )


def last_heard(sources: Iterable[Source]) -> Mapping[int, datetime]:
    """Return by source when it was last heard, by whichever account is newer; one that never was is left out.

    A heartbeat counts: who says that they have nothing to tell is there.
    """
    known = {each.pk for each in sources}
    newest = Heard.objects.filter(source=OuterRef("pk"), last_at__isnull=False).order_by("-hour")
    rows = Source.objects.filter(pk__in=known).annotate(newest=Subquery(newest.values("last_at")[:1]))
    found: dict[int, datetime] = {pk: at for pk, at in rows.values_list("pk", "newest") if at is not None}
    healths = Health.objects.filter(source__in=known).values_list("source", "last_at", "heartbeat_at")
    for pk, last_at, heartbeat_at in healths:
        times = [at for at in (found.get(pk), last_at, heartbeat_at) if at is not None]
        if times:
            found[pk] = max(times)
    return found


def first_after(source: Source, at: datetime, last: datetime) -> datetime:
    """Return when a source was heard first after a moment; `last` is when it was heard last."""
    row = (
        Heard.objects.filter(source=source, last_at__gt=at, hour__gte=at - timedelta(hours=1))
        .order_by("hour")
        .first()
    )
    if row is None or row.first_at is None:
        return last
    heard = row.first_at if row.first_at > at else row.last_at
    return min(heard or last, last)


def spells_of(source: Source, since: datetime) -> list[Spell]:
    """Return what arrived from a moment on, oldest first, as learning takes it. Heartbeats teach nothing."""
    rows = Heard.objects.filter(source=source, hour__gte=since, last_at__isnull=False).order_by("-hour")
    spells = [
        Spell(row.first_at, row.last_at)
        if source.kind in FILES
        else Spell(row.first_at, row.last_at, row.deliveries, row.longest)
        for row in rows[:MOST_SPELLS]
        if row.first_at and row.last_at
    ]
    return spells[::-1]
