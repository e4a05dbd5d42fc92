"""Whose turn it is to look: every worker looks at every source that is due, but one source at a time each.

A claim is one conditional update of the source's row, good for a while. A worker that dies in the middle holds it
no longer than that; one that works on renews it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from indelible.features.sources.live.health import health_of
from indelible.features.sources.models import Health, Kind, Source, State


def due_sources(kind: Kind, at: datetime | None = None) -> list[Source]:
    """Return the sources of a kind that are on (or wait for their first record) and not told to pause."""
    at = at or timezone.now()
    rested = Q(health=None) | Q(health__next_try_at=None) | Q(health__next_try_at__lte=at)
    running = Source.objects.filter(rested, kind=kind, state__in=(State.WAITING, State.ON))
    return list(running.select_related("logbook").order_by("pk"))


_held = threading.local()  # until when this thread has claimed a source, by its id


@contextmanager
def claimed(source: Source, lasting: timedelta) -> Iterator[bool]:
    """Claim a source for one look; gives False where another worker is at it. Freed at the end."""
    health_of(source)
    until = timezone.now() + lasting
    free = Q(claimed_until=None) | Q(claimed_until__lt=timezone.now())
    taken = bool(Health.objects.filter(free, pk=source.pk).update(claimed_until=until))
    if taken:
        vars(_held)[str(source.pk)] = until
    try:
        yield taken
    finally:
        if taken:
            until = vars(_held).pop(str(source.pk))
            Health.objects.filter(pk=source.pk, claimed_until=until).update(claimed_until=None)


def renew(source: Source, lasting: timedelta) -> None:
    """Hold this thread's claim for longer, where a look goes on: cheap enough to call with every item."""
    until = vars(_held).get(str(source.pk))
    if until is None or until - timezone.now() > lasting * 2 / 3:
        return
    longer = timezone.now() + lasting
    if Health.objects.filter(pk=source.pk, claimed_until=until).update(claimed_until=longer):
        vars(_held)[str(source.pk)] = longer
