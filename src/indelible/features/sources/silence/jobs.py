"""The watch as workers keep it: a look every half minute, and what is usual learned anew every few hours."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from indelible.features.settings.services import calendar
from indelible.features.sources.models import Source, State
from indelible.features.sources.silence.pace import learn_pace
from indelible.features.sources.silence.watch import look
from indelible.web.jobs import job, periodic, ticker


@ticker(timedelta(seconds=30))
def watch_sources() -> None:
    """Open and close gaps."""
    look(timezone.now())


@periodic(timedelta(hours=3))
@job
def learn_paces() -> None:
    """Learn how often each source usually sends."""
    now, days = timezone.now(), calendar()
    for source in Source.objects.filter(state__in=(State.ON, State.WAITING)).select_related("logbook"):
        learn_pace(source, now, days)
