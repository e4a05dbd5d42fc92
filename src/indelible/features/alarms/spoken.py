"""Spans, acts and dates, as signs say and read them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from indelible.events.instants import is_instant, to_datetime
from indelible.events.office import WorkCalendar
from indelible.events.vocabulary import VERBS
from indelible.storage.database.reads import StoredEntry

HOUR, DAY = 60, 24 * 60


def minutes_words(minutes: int) -> str:
    """Write a number of minutes: "2 hours", "90 minutes", "10 days"."""
    if minutes % DAY == 0:
        return ngettext("%(n)s day", "%(n)s days", minutes // DAY) % {"n": minutes // DAY}
    if minutes % HOUR == 0:
        return ngettext("%(n)s hour", "%(n)s hours", minutes // HOUR) % {"n": minutes // HOUR}
    return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}


def past(verbs: Iterable[str]) -> list[str]:
    """Return acts as one says that they were done: "approved"."""
    return [_(VERBS[verb].past) if verb in VERBS else verb for verb in verbs]


def happened(entry: StoredEntry) -> datetime:
    """Return when an entry happened: when it was recorded, where no time is known."""
    told = entry.event.get("occurred_at", "")
    return to_datetime(told if is_instant(told) else entry.recorded_at)


def moment_of(value: object, calendar: WorkCalendar) -> datetime | None:
    """Return the moment that a fact stands for: an instant, or the end of a day of ours; None for anything else."""
    if not isinstance(value, str):
        return None
    if is_instant(value):
        return to_datetime(value)
    try:
        if len(value) == len("2026-06-01"):
            day = date.fromisoformat(value) + timedelta(days=1)
            return datetime.combine(day, time(), ZoneInfo(calendar.zone))
        moment = datetime.fromisoformat(value)
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(calendar.zone))
