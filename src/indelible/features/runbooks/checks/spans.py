"""Spans of time in the settings of checks: "P5D", "PT24H", "P1M", as `timetable` counts them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from indelible.events.office import WorkCalendar
from indelible.features.runbooks.timetable import SpanError, due_by, span_of
from indelible.features.runbooks.timetable import later as later_by

from .ground import CannotTell


def is_span(span: str) -> bool:
    """Whether a text is a span of time, forwards."""
    try:
        return not span_of(span).back
    except SpanError:
        return False


def flaw_of_span(name: str, span: str) -> Iterator[str]:
    """Say so where a setting is neither empty nor a span."""
    if span and not is_span(span):
        yield _("“%(span)s” (%(name)s) is no span of time, such as P5D or PT24H.") % {
            "span": span,
            "name": name,
        }


def later(moment: datetime, span: str, calendar: WorkCalendar, *, working: bool = False) -> datetime:
    """Return the moment a span after another one."""
    with _in_words(span):
        return later_by(moment, span, calendar, working)


def earlier(moment: datetime, span: str, calendar: WorkCalendar, *, working: bool = False) -> datetime:
    """Return the moment a span before another one."""
    with _in_words(span):
        return later_by(moment, replace(span_of(span), back=True), calendar, working)


def deadline(moment: datetime, span: str, calendar: WorkCalendar, *, working: bool = False) -> datetime:
    """Return by when something is to be done within a span: told in days, until the last of them is over."""
    with _in_words(span):
        return due_by(moment, span, calendar, working)


@contextmanager
def _in_words(span: str) -> Iterator[None]:
    """Raise CannotTell where a span leads nowhere."""
    try:
        yield
    except (SpanError, ValueError):
        raise CannotTell(_("“%(span)s” leads to no moment.") % {"span": span}) from None


def words(span: str, *, working: bool = False) -> str:
    """Return a span in words: "5 working days", "24 hours"."""
    parts = span_of(span)
    months, days = parts.months, 7 * parts.weeks + parts.days
    hours, minutes = divmod(parts.minutes, 60)
    told = []
    if months and months % 12 == 0:
        told.append(ngettext("%(n)d year", "%(n)d years", months // 12) % {"n": months // 12})
    elif months:
        told.append(ngettext("%(n)d month", "%(n)d months", months) % {"n": months})
    if days:
        text = (
            ngettext("%(n)d working day", "%(n)d working days", days)
            if working
            else ngettext("%(n)d day", "%(n)d days", days)
        )
        told.append(text % {"n": days})
    if hours:
        text = (
            ngettext("%(n)d working hour", "%(n)d working hours", hours)
            if working
            else ngettext("%(n)d hour", "%(n)d hours", hours)
        )
        told.append(text % {"n": hours})
    if minutes:
        told.append(ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes})
    return " ".join(told) or _("no time")
