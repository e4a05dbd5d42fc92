"""What workers do for alarms: hold new entries against them every second or so, send what waits, and tidy up."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from indelible.features.alarms import courier, engine, imports, overdue
from indelible.features.alarms.models import Alarm, Memory, Message
from indelible.storage.database.models import Logbook
from indelible.web.jobs import job, periodic, ticker

KEEP_MESSAGES = timedelta(days=30)
ROUNDS = 20  # of sending at a time, so that a worker notices that it is to end


@ticker(timedelta(seconds=2))
def watch_entries() -> None:
    """Hold what was recorded since against the alarms that are on."""
    for logbook in Logbook.objects.order_by("pk"):
        engine.run(logbook)


@ticker(timedelta(seconds=2))
def send_alarms() -> None:
    """Send what waits."""
    for _round in range(ROUNDS):
        if not courier.carry(timezone.now()):
            break


@ticker(timedelta(seconds=20))
def watch_time() -> None:
    """See what had to follow and did not, and which imports somebody wanted to be told of."""
    now = timezone.now()
    overdue.look(now)
    imports.look(now)


@periodic(timedelta(hours=6))
@job
def tidy_alarms() -> None:
    """Forget what no longer matters: memory that expired, and messages that went long ago."""
    now = timezone.now()
    # What entries of long ago taught expires by their own time; one that still waits for something is kept.
    Memory.objects.filter(expires_at__lt=now, due_at=None).delete()
    Memory.objects.filter(alarm__in=Alarm.objects.filter(is_on=False)).delete()
    old = now - KEEP_MESSAGES
    Message.objects.filter(sent_at__lt=old).delete()
    Message.objects.filter(given_up_at__lt=old).delete()
