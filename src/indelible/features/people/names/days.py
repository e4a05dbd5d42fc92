"""From which day to which: the days of the organisation's zone, both ends included, None for no end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils.translation import gettext as _

from indelible.features.people.models import Login
from indelible.features.people.queries import organisation
from indelible.web.moments import Reader

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Days:
    """A run of days."""

    since: date | None = None
    until: date | None = None

    def overlaps(self, other: Days) -> bool:
        """Whether any day is in both."""
        return not (
            (self.until is not None and other.since is not None and self.until < other.since)
            or (other.until is not None and self.since is not None and other.until < self.since)
        )

    def shared_with(self, other: Days) -> Days | None:
        """Return the days that are in both, None where there is none."""
        if not self.overlaps(other):
            return None
        since = max((day for day in (self.since, other.since) if day is not None), default=None)
        until = min((day for day in (self.until, other.until) if day is not None), default=None)
        return Days(since, until)

    def __contains__(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)

    def bounds(self, reader: Reader) -> tuple[datetime | None, datetime | None]:
        """Return the first moment, and the first one after, in the zone of a reader."""
        start = datetime.combine(self.since, time(), reader.tz) if self.since else None
        end = datetime.combine(self.until + DAY, time(), reader.tz) if self.until else None
        return start, end

    def words(self, reader: Reader) -> str:
        """Say from when to when: "since 1 March 2025"; nothing where it is always."""
        since, until = (reader.day(day) if day else "" for day in (self.since, self.until))
        if since and until:
            return _("from %(since)s to %(until)s") % {"since": since, "until": until}
        if since:
            return _("since %(since)s") % {"since": since}
        return _("until %(until)s") % {"until": until} if until else ""


ALWAYS = Days()


def days_of(row: Login) -> Days:
    """Return the days on which a login is somebody's."""
    return Days(row.since, row.until)


def house_reader() -> Reader:
    """Return a reader in the zone of the organisation, which the days of logins are days of."""
    ours = organisation()
    return Reader(ours.zone, ours.date_style) if ours else Reader()
