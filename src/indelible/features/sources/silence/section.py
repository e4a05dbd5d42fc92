"""The part of a source's page about its pace: what is expected, the strip of thirty days, missed spells, quiet."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils import timezone

from indelible.features.settings.services import calendar
from indelible.features.sources.models import Gap, QuietPeriod, Source, State
from indelible.features.sources.silence import days, heard, pace
from indelible.features.sources.silence.watch import expectation

SHOWN_DAYS = 30
SHOWN_GAPS = 8


def part(_request: HttpRequest, source: Source) -> dict[str, Any]:
    """Return what fills the part."""
    now, office = timezone.now(), calendar()
    today = now.astimezone(ZoneInfo(office.zone)).date()
    first = today - timedelta(days=SHOWN_DAYS - 1)
    shown = days.days_of([source], first, today, now, office)[source.pk]
    last = heard.last_heard([source]).get(source.pk)
    rhythm = pace.rhythm_of(source)
    due = None
    if source.state in (State.ON, State.WAITING):
        quiet = pace.quiet_spans(source, now - timedelta(days=400))
        due = expectation(source, last, office, quiet)
    health = getattr(source, "health", None)
    return {
        "rhythm": pace.in_words(rhythm) if rhythm else "",
        "how": pace.how_known(rhythm),
        "due": due.due if due else None,
        "late": due is not None and due.due < now,
        "last": last,
        "beat": health.heartbeat_at if health is not None else None,
        "days": shown,
        "bars": days.strip(shown),
        "gaps": Gap.objects.filter(source=source).select_related("source").order_by("-id")[:SHOWN_GAPS],
        "quiet": QuietPeriod.objects.filter(source=source).order_by("-from_at")[:5],
        "now": now,
    }
