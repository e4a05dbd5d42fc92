"""Silence that began and ended while nobody watched: no worker ran, or the machine was off.

The hours in which each source was heard tell it afterwards. Whoever begins to watch looks back over some days, and for
each pause that was silence and has no gap yet makes one that is closed already, with both its entries. What lies
within one hour is not told: only the longest pause of an hour is known, not where it was.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from django.db import transaction

from indelible.events.office import WorkCalendar
from indelible.features.sources.models import Gap, GapKind, Heard, Source, State
from indelible.features.sources.silence import watch
from indelible.features.sources.silence.pace import expected_since, quiet_spans, rhythm_of
from indelible.features.sources.silence.rhythm import expected
from indelible.storage.database.errors import AppendFailed, AppendRefused

logger = logging.getLogger("indelible.sources")

BACK: Final = timedelta(days=14)
HOUR: Final = timedelta(hours=1)

Pause = tuple[datetime, datetime]  # last heard, and heard again


def catch_up(now: datetime, days: WorkCalendar) -> int:
    """Tell of silence of the last days that nobody saw; return how many gaps were made."""
    made = 0
    for source in Source.objects.exclude(state=State.ENDED).select_related("logbook").order_by("pk"):
        if rhythm_of(source) is None:
            continue
        for pause in _silent_pauses(source, now, days):
            try:
                made += _tell(source.pk, pause, now, days)
            except (AppendRefused, AppendFailed):  # nothing can be sealed now; the next start finds it again
                logger.warning("a gap could not be told", extra={"source": source.pk}, exc_info=True)
                return made
    return made


def _silent_pauses(source: Source, now: datetime, days: WorkCalendar) -> list[Pause]:
    """Return the pauses that were silence by today's rhythm, since that holds."""
    rhythm, since = rhythm_of(source), max(now - BACK, expected_since(source))
    quiet = quiet_spans(source, since)
    if rhythm is None:
        return []
    return [
        (before, after)
        for before, after in pairwise(_heard(source, since))
        if before >= since and expected(rhythm, before, days, quiet).is_silent(after)
    ]


def _heard(source: Source, since: datetime) -> Sequence[datetime]:
    """Return when each hour's first and last arrivals were. An hour of heartbeats counts whole."""
    rows = Heard.objects.filter(source=source, hour__gte=since - HOUR).order_by("hour")
    found: list[datetime] = []
    for first_at, last_at, hour, beats in rows.values_list("first_at", "last_at", "hour", "beats"):
        moments = [each for each in (first_at, last_at) if each is not None]
        found += [hour, hour + HOUR, *moments] if beats else moments
    return sorted(found)


def _tell(source_id: int, pause: Pause, now: datetime, days: WorkCalendar) -> int:
    """Make a closed gap of a pause, unless one is there that touches it."""
    before, after = pause
    with transaction.atomic():
        source = Source.objects.select_for_update(of=("self",)).select_related("logbook").get(pk=source_id)
        rhythm = rhythm_of(source)
        known = Gap.objects.filter(source=source, began_at__lt=after).exclude(ended_at__lt=before)
        if rhythm is None or known.exists():
            return 0
        due = expected(rhythm, before, days, quiet_spans(source, before))
        gap = watch.open_gap(
            source,
            watch.Finding(GapKind.SILENT, before, due.due, {"rhythm": rhythm.as_json()}),
            now,
            is_over=True,
        )
        watch.end_gap(source, gap, after)
    return 1
