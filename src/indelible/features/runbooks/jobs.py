"""What workers do for runbooks: open what is due, let runs go on by themselves, tell what is near and what is late."""

from __future__ import annotations

from datetime import timedelta

import structlog
from django.utils import timezone

from indelible.features.runbooks.models import Mailing
from indelible.features.runbooks.reminding import courier, making
from indelible.features.runbooks.reminding.facts import LETTER
from indelible.features.runbooks.starting import by_alarm, by_calendar, by_entry, going_on, opening
from indelible.features.settings.services import calendar
from indelible.storage.database.models import Logbook
from indelible.web.jobs import job, periodic, ticker

KEEP_LETTERS = timedelta(days=120)
ROUNDS = 20  # of sending, or of opening, at a time: so that a worker notices that it is to end

log = structlog.get_logger()


@ticker(timedelta(seconds=2))
def start_by_entries() -> None:
    """Open the runs of entries that runbooks wait for."""
    now = timezone.now()
    for logbook in Logbook.objects.order_by("pk"):
        by_entry.open_due(logbook, now)


@ticker(timedelta(seconds=10))
def start_by_alarms() -> None:
    """Open the runs of alarms."""
    now = timezone.now()
    for logbook in Logbook.objects.order_by("pk"):
        by_alarm.open_due(logbook, now)


@ticker(timedelta(seconds=30))
def start_by_calendar() -> None:
    """Open the runs of the calendar, and end those whose day is over."""
    now, office = timezone.now(), calendar()
    for _round in range(ROUNDS):
        if by_calendar.open_due(now, office) < by_calendar.MOST_AT_ONCE:
            break
    by_calendar.end_missed(now, office)
    opening.tell_floods(now)


@ticker(timedelta(seconds=30))
def let_runs_go_on() -> None:
    """End waits that are over, and look again where Indelible looks by itself."""
    going_on.advance_due(timezone.now())


@ticker(timedelta(seconds=60))
def make_reminders() -> None:
    """Put what is due to be told into rows, and escalations on the record."""
    now, office = timezone.now(), calendar()
    for logbook in Logbook.objects.order_by("pk"):
        making.make(logbook, now, office)


@ticker(timedelta(seconds=5))
def send_reminders() -> None:
    """Send what waits."""
    for _round in range(ROUNDS):
        if not courier.carry(timezone.now()):
            break


@periodic(timedelta(hours=24))
@job
def tidy_reminders() -> None:
    """Forget letters of long ago. What marks an escalation as told stays as long as its run."""
    old = timezone.now() - KEEP_LETTERS
    Mailing.objects.filter(kind__in=(LETTER, "clock"), made_at__lt=old).exclude(
        sent_at=None, given_up_at=None
    ).delete()
