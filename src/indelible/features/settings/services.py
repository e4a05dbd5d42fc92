"""Writes about settings, each on the record in the transaction that makes it; and the calendar that others ask."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Final

from indelible.events.office import USUAL, WorkCalendar
from indelible.features.people.queries import organisation
from indelible.features.settings import hours
from indelible.features.settings.models import OfficeHours, OwnHoliday
from indelible.features.settings.public_holidays import public_holidays
from indelible.web.moments import is_zone

YEARS_BACK: Final = 25
YEARS_AHEAD: Final = 10


def calendar() -> WorkCalendar:
    """Return when people are at work: Monday to Friday from 08:00 to 18:00 until somebody says otherwise.

    In the organisation's zone. Holidays are known for 25 years back and 10 ahead; days beyond that count as
    any other. Asking costs three small reads.
    """
    ours, office = organisation(), OfficeHours.objects.filter(pk=1).first()
    zone = ours.zone if ours and is_zone(ours.zone) else "UTC"
    week = hours.as_json(USUAL) if office is None else office.hours
    kept = tuple((int(day), tuple(map(tuple, spans))) for day, spans in sorted(week.items()))
    own = frozenset(OwnHoliday.objects.values_list("day", flat=True))
    place = (office.country, office.region) if office else ("", "")
    return _calendar(zone, kept, *place, own, datetime.now(UTC).year)


@lru_cache(maxsize=8)
def _calendar(
    zone: str,
    kept: tuple[tuple[int, tuple[tuple[str, str], ...]], ...],
    country: str,
    region: str,
    own: frozenset[date],
    year: int,
) -> WorkCalendar:
    """Return the calendar of these settings; the same one again, so that days once reckoned stay known."""
    week = hours.from_json({str(day): [list(span) for span in spans] for day, spans in kept})
    public = public_holidays(country, region, year - YEARS_BACK, year + YEARS_AHEAD) if country else {}
    return WorkCalendar(zone, week, own | public.keys())
