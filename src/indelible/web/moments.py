"""How moments, days and zones are written for one reader (numbers: `numbers`).

The record keeps instants in UTC. A `Reader` says in which zone and style they are shown; changing it
changes the screen and nothing else. Times are absolute and their zone is named on each page: at its foot,
or beside the time where it stands alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo, available_timezones

from django.utils import dateformat
from django.utils.translation import gettext as _

from indelible.events.instants import to_datetime
from indelible.web import numbers

DAY_PATTERNS = {"day": "j F Y", "month": "F j, Y", "iso": "Y-m-d"}
SHORT_DAY_PATTERNS = {"day": "j M Y", "month": "M j, Y", "iso": "Y-m-d"}
NO_CITY = {"UTC": "UTC", "Etc/UTC": "UTC", "GMT": "UTC", "Etc/GMT": "UTC"}


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom a page is written: zone by its IANA name, date style, colours, single keys, number style."""

    zone: str = "UTC"
    date_style: str = "day"
    theme: str = ""
    single_keys: bool = True
    number_style: str = numbers.COMMA

    @property
    def tz(self) -> ZoneInfo:
        """The reader's zone. UTC where the name is unknown to this machine."""
        return ZoneInfo(self.zone if is_zone(self.zone) else "UTC")

    def local(self, value: datetime | str) -> datetime:
        """Return an instant (aware datetime, or text as events hold it) in the reader's zone.

        Raises ValueError for what is no instant.
        """
        moment = to_datetime(value) if isinstance(value, str) else value
        if moment.tzinfo is None:
            raise ValueError("a moment without a zone cannot be shown")
        return moment.astimezone(self.tz)

    def day(self, value: datetime | date) -> str:
        """Return a day in the reader's style: "12 June 2025". A datetime is taken as already local."""
        return dateformat.format(value, DAY_PATTERNS.get(self.date_style, DAY_PATTERNS["day"]))

    def short_day(self, value: datetime | date) -> str:
        """Return a day for a narrow column: "12 Jun 2025". A datetime is taken as already local."""
        return dateformat.format(value, SHORT_DAY_PATTERNS.get(self.date_style, SHORT_DAY_PATTERNS["day"]))

    def weekday(self, value: datetime | date) -> str:
        """Return a day with its name: "Thursday 12 June 2025"."""
        comma = "," if self.date_style == "month" else ""
        return f"{dateformat.format(value, 'l')}{comma} {self.day(value)}"

    def clock(self, value: datetime | str, *, seconds: bool = True) -> str:
        """Return the time of day: "14:32:07"."""
        return self.local(value).strftime("%H:%M:%S" if seconds else "%H:%M")

    def moment(self, value: datetime | str, *, seconds: bool = True) -> str:
        """Return day and time: "12 June 2025, 14:32:07"."""
        local = self.local(value)
        return f"{self.day(local)}, {self.clock(local, seconds=seconds)}"

    def spoken(self, value: datetime | str, *, now: datetime | None = None) -> str:
        """Return "today 14:00", also yesterday and tomorrow, or the day with its time. `now` defaults to the clock."""
        local = self.local(value)
        today = (now or datetime.now(UTC)).astimezone(self.tz).date()
        clock = self.clock(local, seconds=False)
        days = (today - local.date()).days
        if days == 0:
            return _("today %(time)s") % {"time": clock}
        if days == 1:
            return _("yesterday %(time)s") % {"time": clock}
        if days == -1:
            return _("tomorrow %(time)s") % {"time": clock}
        return self.moment(local, seconds=False)

    def number(self, value: int | Decimal) -> str:
        """Return a number with the reader's separators: "1,234.50"."""
        return numbers.written(value, self.number_style)

    def zone_name(self, at: datetime | None = None) -> str:
        """Return the zone in words with its difference at that moment: "Madrid time (UTC+02:00)"."""
        offset = self.offset(at)
        city = NO_CITY.get(self.zone) or self.zone.rsplit("/", 1)[-1].replace("_", " ")
        if city == "UTC":
            return "UTC"
        return _("%(city)s time (%(offset)s)") % {"city": city, "offset": offset}

    def offset(self, at: datetime | None = None) -> str:
        """Return the difference to UTC at that moment (now by default): "UTC+02:00"."""
        local = (at or datetime.now(UTC)).astimezone(self.tz)
        text = local.strftime("%z")
        return f"UTC{text[:3]}:{text[3:5]}"


_ZONES: frozenset[str] = frozenset()


def zones() -> frozenset[str]:
    """Return the names of all zones this machine knows."""
    global _ZONES
    if not _ZONES:
        _ZONES = frozenset(available_timezones())
    return _ZONES


def is_zone(name: str) -> bool:
    """Whether this machine knows a zone of that name."""
    return name in zones()


def zone_choices() -> list[tuple[str, str]]:
    """Return the zones people choose from: names of places, and UTC."""
    continents = (
        "Africa/",
        "America/",
        "Antarctica/",
        "Asia/",
        "Atlantic/",
        "Australia/",
        "Europe/",
        "Indian/",
        "Pacific/",
    )
    places = sorted(name for name in zones() if name.startswith(continents))
    return [("UTC", "UTC"), *((name, name.replace("_", " ").replace("/", " / ")) for name in places)]
