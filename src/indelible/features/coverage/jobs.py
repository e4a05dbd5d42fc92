"""Coverage as workers keep it: entries are counted as they come, rules looked at, and what is usual learned anew."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from indelible.features.coverage import keeping, pace, watch
from indelible.features.settings.services import calendar
from indelible.storage.database.models import Logbook
from indelible.web.jobs import job, periodic, ticker

EVERY = timedelta(minutes=1)
_looked_at: list[datetime] = []  # by this process


@ticker(timedelta(seconds=5))
def count_entries() -> None:
    """Count what came since; once a minute look at each rule, unless much is still to be counted."""
    now = timezone.now()
    due = not _looked_at or now - _looked_at[0] >= EVERY
    for logbook in Logbook.objects.all():
        left = keeping.catch_up(logbook)
        if due and not left:
            watch.look(logbook, now)
    if due:
        _looked_at[:] = [now]


@periodic(timedelta(hours=3))
@job
def learn_paces() -> None:
    """Learn how often entries of each rule usually come, and let go what is too old to learn from."""
    now, days = timezone.now(), calendar()
    for logbook in Logbook.objects.all():
        pace.learn_paces(logbook, now, days)
    keeping.prune(now)
