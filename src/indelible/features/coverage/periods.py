"""Which period a page or a command is asked for: the last thirty days, a month, a quarter, or days of one's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from indelible.features.coverage.judging import Span
from indelible.features.coverage.queries import USUAL_DAYS, days_span

DAY: Final = timedelta(days=1)
LONGEST: Final = timedelta(days=400)  # so long are days of sources kept, and so long does a page stay quick
USUAL: Final = "30-days"
OWN: Final = "own"
WORDS: Final[dict[str, str | Promise]] = {
    USUAL: _("The last 30 days"),
    "month": _("This month"),
    "last-month": _("Last month"),
    "quarter": _("This quarter"),
    "last-quarter": _("Last quarter"),
    OWN: _("Days of your own"),
}


class BadPeriod(ValueError):
    """The days make no period. `code` is a key of explanations.toml."""

    code = "coverage-bad-period"


@dataclass(frozen=True, slots=True)
class Asked:
    """A period that was asked for: its name, first and last day, and the span of both."""

    name: str
    first: date
    last: date
    span: Span


def asked_for(name: str, first: str, last: str, now: datetime, zone: ZoneInfo) -> Asked:
    """Return the period that was asked for; the usual one for a name that is none. Raises BadPeriod."""
    today = now.astimezone(zone).date()
    if name == OWN or (not name and (first or last)):
        name, days = OWN, own_days(first, last, today)
    elif name in ("month", "last-month"):
        days = _months(today, 1, name == "last-month")
    elif name in ("quarter", "last-quarter"):
        days = _months(today, 3, name == "last-quarter")
    else:
        name, days = USUAL, (today - (USUAL_DAYS - 1) * DAY, today)
    return Asked(name, *days, days_span(*days, zone))


def own_days(first: str, last: str, today: date) -> tuple[date, date]:
    """Return two days as they were typed (2026-06-01); the last is today where none is given. Raises BadPeriod."""
    try:
        begin, end = date.fromisoformat(first), date.fromisoformat(last) if last else today
    except ValueError as fault:
        raise BadPeriod from fault
    if not begin <= end or end - begin > LONGEST or begin.year < 1970 or end.year > today.year + 1:
        raise BadPeriod
    return begin, end


def _months(today: date, count: int, is_last: bool) -> tuple[date, date]:
    """Return the month or quarter of a day, or the one before it."""
    place = today.year * 12 + today.month - 1
    start = place - place % count - (count if is_last else 0)
    return _first(start), _first(start + count) - DAY


def _first(place: int) -> date:
    return date(place // 12, place % 12 + 1, 1)
