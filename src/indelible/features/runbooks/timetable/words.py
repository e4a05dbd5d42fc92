"""A schedule in words, in the language of the page: "every month on the fifth working day".

The one module of this folder that knows of translation.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from django.utils import dateformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from indelible.features.runbooks.document.runbook import Schedule

from .schedules import WEEKDAYS
from .spans import SpanError, span_of

_UNITS: Final = {
    "week": gettext_lazy("every week on %(day)s"),
    "month": gettext_lazy("every month on %(day)s"),
    "quarter": gettext_lazy("every quarter on %(day)s"),
    "half_year": gettext_lazy("every half year on %(day)s"),
    "year": gettext_lazy("every year on %(day)s"),
}
_WORKING: Final = (
    gettext_lazy("the first working day"),
    gettext_lazy("the second working day"),
    gettext_lazy("the third working day"),
    gettext_lazy("the fourth working day"),
    gettext_lazy("the fifth working day"),
    gettext_lazy("the sixth working day"),
    gettext_lazy("the seventh working day"),
    gettext_lazy("the eighth working day"),
    gettext_lazy("the ninth working day"),
    gettext_lazy("the tenth working day"),
)
_MONDAY: Final = 5  # 5 January 1970 was a Monday


def words(schedule: Schedule) -> str:
    """Say when a schedule is due, in one phrase without a capital or a full stop."""
    if schedule.every == "day":
        said = _("every day")
    elif schedule.every == "working_day":
        said = _("every working day")
    else:
        said = str(_UNITS[schedule.every]) % {"day": _day(schedule)}
    if schedule.months:
        months = [dateformat.format(date(2001, month, 1), "F") for month in sorted(schedule.months)]
        said = _("%(when)s, in %(months)s") % {"when": said, "months": _listed(months)}
    if opens := _opens(schedule):
        said = _("%(when)s; it opens %(span)s before") % {"when": said, "span": opens}
    return said


def _day(schedule: Schedule) -> str:
    """Say which day of a unit it is."""
    on = schedule.on or "first"
    if on == "last":
        return _("the last day")
    if on == "last working":
        return _("the last working day")
    if on in WEEKDAYS:
        name = dateformat.format(date(1970, 1, _MONDAY + WEEKDAYS.index(on)), "l")
        return name if schedule.every == "week" else _("the first %(weekday)s") % {"weekday": name}
    if on.startswith("working "):
        number = int(on.removeprefix("working "))
        return (
            str(_WORKING[number - 1]) if number <= len(_WORKING) else _("working day %(n)s") % {"n": number}
        )
    return _("the first day") if on in ("first", "1") else _("day %(n)s") % {"n": on}


def _opens(schedule: Schedule) -> str:
    """Say how long before it is due it opens; empty for the day itself."""
    try:
        span = span_of(schedule.opens.removeprefix("-")) if schedule.opens else None
    except SpanError:
        span = None
    if span is None:
        return ""
    days = (
        ngettext("%(n)s working day", "%(n)s working days", span.days)
        if schedule.working
        else ngettext("%(n)s day", "%(n)s days", span.days)
    )
    hours, minutes = divmod(span.minutes, 60)
    parts = (
        (span.months, ngettext("%(n)s month", "%(n)s months", span.months)),
        (span.weeks, ngettext("%(n)s week", "%(n)s weeks", span.weeks)),
        (span.days, days),
        (hours, ngettext("%(n)s hour", "%(n)s hours", hours)),
        (minutes, ngettext("%(n)s minute", "%(n)s minutes", minutes)),
    )
    return _listed([text % {"n": count} for count, text in parts if count])


def _listed(parts: list[str]) -> str:
    """Join a few parts: "January, April and July"."""
    if len(parts) < 2:
        return "".join(parts)
    return _("%(first)s and %(last)s") % {"first": ", ".join(parts[:-1]), "last": parts[-1]}
