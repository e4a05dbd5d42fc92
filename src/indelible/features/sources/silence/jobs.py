"""The watch as workers keep it: a look every half minute, back at the start, and what is usual learned anew."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from indelible.features.settings.services import calendar
from indelible.features.sources.models import Source, State
from indelible.features.sources.silence.catching_up import catch_up
from indelible.features.sources.silence.pace import learn_pace
from indelible.features.sources.silence.watch import look
from indelible.web.jobs import job, periodic, ticker

STEADY = timedelta(minutes=3)  # whoever looked within these has seen everything since
_looked_at: list[datetime] = []  # by this process


@ticker(timedelta(seconds=30))
def watch_sources() -> None:
    """Open and close gaps; after a time in which this process did not look, also those that are over."""
    now = timezone.now()
    if not _looked_at or now - _looked_at[0] > STEADY:
        catch_up(now, calendar())
    look(now)
    _looked_at[:] = [now]


@periodic(timedelta(hours=3))
@job
def learn_paces() -> None:
    """Learn how often each source usually sends."""
    now, days = timezone.now(), calendar()
    for source in Source.objects.filter(state__in=(State.ON, State.WAITING)).select_related("logbook"):
        learn_pace(source, now, days)
