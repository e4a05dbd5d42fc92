"""Which instant a source means by the time it wrote.

Never decided row by row: `survey` looks at a whole column, and one proof (a 31 that can only be a day)
settles how all of it is read. What is not proven is a question for a person, and what no answer settles
stays without an instant: the text is kept, a flag says why, and nothing is invented. There is no path on
which the present time gets into a record.

`TimeReader.read` is called in the file's order, because where the clock goes back only the order tells the
first pass through an hour from the second.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from indelible.intake.epochs import epoch_instant, scale_of
from indelible.intake.timetext import NANO_DIGITS, Parts, months_and_years, parse_time
from indelible.intake.zones import Zone, find_zone, offsets_at, region_named, zone_in_header

Order = Literal["DMY", "MDY", "YMD"]
Basis = Literal["source", "given", "assumed", "inferred", ""]
Direction = Literal["rising", "falling"]

# What programs store for "no date": the zero of spreadsheets, Windows, .NET, Unix, and .NET's last day.
_PLACEHOLDERS = {
    (1899, 12, 30),
    (1899, 12, 31),
    (1900, 1, 1),
    (1904, 1, 1),
    (1601, 1, 1),
    (1, 1, 1),
    (9999, 12, 31),
}
_FIRST_LIKELY_YEAR = 1980
_LAST_LIKELY_YEAR = 2099


@dataclass(frozen=True, slots=True)
class Period:
    """The days that a title says a report is about, both included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class ColumnTimes:
    """What a whole column of times is like.

    `order` is proven or follows from the form; None with `order_ambiguous` means that a person has to say
    (`example` shows the doubt). `needs_zone`: some times have no zone, and the header has none either.
    `header_zone` is the zone that the column's name states. `scales` are those of numbers.
    `direction` tells whether the rows run forwards or backwards in time, where that is clear.
    """

    count: int = 0
    readable: int = 0
    order: Order | None = None
    order_ambiguous: bool = False
    needs_zone: bool = False
    needs_year: bool = False
    header_zone: str = ""
    scales: frozenset[str] = frozenset()
    ambiguous_zones: tuple[str, ...] = ()
    direction: Direction | None = None
    example: str = ""

    @property
    def share(self) -> float:
        """The share of values that are times, empty ones left out."""
        return self.readable / self.count if self.count else 0.0


@dataclass(frozen=True, slots=True)
class ReadTime:
    """One time: the instant in UTC (None where there is no usable one), the source's text, its zone.

    `basis` says how the zone was known; "" where there is no instant. `flags` are codes.
    """

    occurred_at: str | None
    said: str
    zone: str = ""
    basis: Basis = ""
    flags: tuple[str, ...] = ()


class Survey:
    """Gathers what a column's values prove, one at a time (memory does not grow with the column)."""

    def __init__(self, header: str = "") -> None:
        zone = zone_in_header(header)
        self._header_zone = zone.said if zone else ""
        self._count = self._readable = self._day_first = self._month_first = self._open = 0
        self._naive = self._serials = self._epochs = self._no_year = 0
        self._scales: set[str] = set()
        self._ambiguous: dict[str, None] = {}
        self._example = ""
        self._last: tuple[int, ...] | None = None
        self._up = self._down = 0

    def add(self, text: str) -> None:
        """Take one more value of the column into account."""
        parts = parse_time(text)
        if parts.form == "missing":
            return
        self._count += 1
        if parts.form == "number":
            self._add_number(parts)
        elif parts.form in ("civil", "date"):
            self._add_civil(parts, text)

    def _add_number(self, parts: Parts) -> None:
        scale = scale_of(Decimal(parts.number))
        if scale is None:
            return
        self._readable += 1
        self._scales.add(scale)
        if scale == "excel":
            self._serials += 1
        else:
            self._epochs += 1
            self._step((int(Decimal(parts.number)),))

    def _add_civil(self, parts: Parts, text: str) -> None:
        self._readable += 1
        if parts.figures:
            self._add_open(parts, text)
        elif parts.year is not None:
            self._step((parts.year, parts.month, parts.day, parts.hour, parts.minute, parts.second or 0))
        if parts.year is None:
            self._no_year += 1
        if parts.form == "civil":
            zone = find_zone(parts.zone) if parts.zone else None
            if zone is None:
                self._naive += 1
            elif zone.choices:
                self._ambiguous[parts.zone] = None

    def _add_open(self, parts: Parts, text: str) -> None:
        first, second = parts.figures or (0, 0)
        if first > 12 >= second:
            self._day_first += 1
        elif second > 12 >= first:
            self._month_first += 1
        elif parts.dotted:
            self._day_first += 1  # dots are only ever written day first
        elif first != second:
            self._open += 1
            self._example = self._example or text

    def _step(self, now: tuple[int, ...]) -> None:
        if self._last is not None and len(now) == len(self._last) and now != self._last:
            if now > self._last:
                self._up += 1
            else:
                self._down += 1
        self._last = now

    def result(self) -> ColumnTimes:
        """Return what the values so far prove."""
        proven = bool(self._day_first) != bool(self._month_first)
        order: Order | None = ("DMY" if self._day_first else "MDY") if proven else None
        steps = self._up + self._down
        direction: Direction | None = None
        if steps >= 2 and max(self._up, self._down) >= steps * 0.9:
            direction = "rising" if self._up > self._down else "falling"
        # Day numbers without a zone among a majority of Unix times are taken as UTC, and flagged.
        naive = self._naive + (self._serials if self._serials >= self._epochs else 0)
        return ColumnTimes(
            count=self._count,
            readable=self._readable,
            order=order,
            order_ambiguous=order is None and self._open > 0,
            needs_zone=naive > 0 and not self._header_zone,
            needs_year=self._no_year > 0,
            header_zone=self._header_zone,
            scales=frozenset(self._scales),
            ambiguous_zones=tuple(self._ambiguous),
            direction=direction,
            example=self._example,
        )


def survey(values: Iterable[str], header: str = "") -> ColumnTimes:
    """Tell what a column of times is like, from all of its values and its name."""
    gathering = Survey(header)
    for value in values:
        gathering.add(value)
    return gathering.result()


def direction_of(ids: Iterable[str]) -> Direction | None:
    """Tell whether running ids rise or fall all the way; None where they are no running numbers."""
    numbers: list[int] = []
    for text in ids:
        digits = text.strip()
        if not digits.isdecimal():
            return None
        numbers.append(int(digits))
    if len(numbers) < 2:
        return None
    if all(one < two for one, two in pairwise(numbers)):
        return "rising"
    return "falling" if all(one > two for one, two in pairwise(numbers)) else None


def period_of(lines: Sequence[str]) -> Period | None:
    """Return the period that title lines name, such as "March 1-4, 2026" or "1 March 2026 to 31 March 2026"."""
    marks = [mark for line in lines for mark in months_and_years(line)]
    if not marks:
        return None
    firsts = [date(year, month or 1, 1) for year, month, _ in marks]
    lasts = [_month_end(year, month or 12) for year, month, _ in marks]
    return Period(min(firsts), max(lasts))


def _month_end(year: int, month: int) -> date:
    following = date(year + month // 12, month % 12 + 1, 1) if year < 9999 else date(9999, 12, 2)
    return following - timedelta(days=1)


class TimeReader:
    """Reads the times of one column, in the file's order.

    `zone` and `order` are what a person told; `period` is what a title says and `received` the instant the
    file reached us, both only to find a year that the text does not give. `direction` overrules the
    column's own (ids may tell more, see `direction_of`). `epoch_1904`: the workbook counts days from 1904.
    """

    def __init__(
        self,
        column: ColumnTimes,
        *,
        zone: str | None = None,
        order: Order | None = None,
        period: Period | None = None,
        received: str | None = None,
        direction: Direction | None = None,
        epoch_1904: bool = False,
    ) -> None:
        self._column = column
        self._header_zone = find_zone(column.header_zone) if column.header_zone else None
        self._given_zone = Zone(zone, None, zone) if zone else None
        if zone:
            region_named(zone)
        self._given_order = order
        self._period = period
        self._received = datetime.fromisoformat(received).astimezone(UTC) if received else None
        self._folds = _Folds(direction or column.direction)
        self._epoch_1904 = epoch_1904

    def read(self, text: str) -> ReadTime:
        """Return the instant a text means, or why there is none."""
        parts = parse_time(text)
        if parts.form == "number":
            return self._number(text, parts)
        if parts.form == "civil":
            return self._civil(text, parts)
        if parts.form == "date":
            return ReadTime(None, text, flags=("date_only",))
        return ReadTime(None, text, flags=("time_missing" if parts.form == "missing" else "time_unreadable",))

    def _number(self, text: str, parts: Parts) -> ReadTime:
        number = Decimal(parts.number)
        scale = scale_of(number)
        if scale is None:
            return ReadTime(None, text, flags=("date_implausible",))
        if scale != "excel":
            instant, fraction = epoch_instant(number, parts.number, scale)
            return ReadTime(_utc_text(instant, fraction), text, "UTC", "source")
        local, fraction = epoch_instant(number, parts.number, "excel1904" if self._epoch_1904 else scale)
        if self._given_zone is None and self._header_zone is None and not self._column.needs_zone:
            return ReadTime(_utc_text(local, fraction), text, "UTC", "assumed", ("time_zone_assumed",))
        return self._placed(text, local, fraction, None, [])

    def _civil(self, text: str, parts: Parts) -> ReadTime:
        flags: list[str] = []
        dated = self._dated(parts, flags)
        if dated is None:
            return ReadTime(None, text, flags=tuple(flags))
        if parts.second is None:
            flags.append("minute_precision")
        local = _local(dated, parts, flags)
        if local is None:
            return ReadTime(None, text, flags=("date_implausible",))
        fraction = parts.fraction
        if len(fraction) > NANO_DIGITS:
            fraction = fraction[:NANO_DIGITS]
            flags.append("fraction_shortened")
        zone = find_zone(parts.zone) if parts.zone else None
        if parts.zone and zone is None:
            return ReadTime(None, text, parts.zone, flags=(*flags, "zone_unknown"))
        return self._placed(text, local, fraction, zone, flags)

    def _dated(self, parts: Parts, flags: list[str]) -> tuple[int, int, int] | None:
        """Return year, month and day, or None with a flag that says what is missing."""
        month, day = parts.month, parts.day
        if parts.figures:
            order = self._order(parts, flags)
            if order is None:
                return None
            day, month = parts.figures if order == "DMY" else parts.figures[::-1]
        year = parts.year
        if year is None:
            year = self._year(month, day)
            flags.append("year_missing" if year is None else "year_inferred")
            if year is None and self._received:
                flags.append("time_missing")  # no year at hand has such a day
        return None if year is None else (year, month, day)

    def _order(self, parts: Parts, flags: list[str]) -> str | None:
        first, second = parts.figures or (0, 0)
        if parts.dotted and second <= 12:
            return "DMY"
        if self._column.order:
            return self._column.order
        if first > 12 or second > 12 or first == second:
            return "DMY" if first > 12 else "MDY"
        if self._given_order in ("DMY", "MDY"):
            flags.append("date_order_assumed")
            return self._given_order
        flags.append("date_order_ambiguous")
        return None

    def _year(self, month: int, day: int) -> int | None:
        """Return the year a date without one belongs to, from the title's period or the day of receipt."""
        if self._period:
            first, last = self._period.first, self._period.last
            years = range(first.year, last.year + 1)
            near = [year for year in years if _lies_within(year, month, day, first, last)]
            return near[0] if len(near) == 1 else None
        if self._received:
            limit = (self._received + timedelta(days=1)).date()
            # The last such day before receipt, and none further back: a 29 February that the last twelve
            # months did not have is left without a year, not moved to the leap year before.
            first = limit - timedelta(days=366)
            nearest = (limit.year, limit.year - 1)
            return next((year for year in nearest if _lies_within(year, month, day, first, limit)), None)
        return None

    def _placed(
        self, text: str, local: datetime, fraction: str, zone: Zone | None, flags: list[str]
    ) -> ReadTime:
        """Turn a local time into an instant by the zone it has, the header states, or a person gave."""
        basis: Basis = "source"
        if zone is None and self._header_zone is not None:
            zone = self._header_zone
        if zone is not None and zone.choices:
            zone = self._settled(zone, local)
            if zone is None:
                return ReadTime(None, text, flags=(*flags, "zone_ambiguous"))
            basis = "given"
        if zone is None:
            zone, basis = self._given_zone, "given"
            flags = [*flags, "time_zone_assumed" if zone else "time_zone_unknown"]
        if zone is None:
            return ReadTime(None, text, flags=tuple(flags))
        offset = self._offset(zone, local, flags)
        if offset is None:
            return ReadTime(None, text, zone.region or zone.said, basis, tuple(flags))
        return _finished(text, local, offset, fraction, zone, basis, flags)

    def _settled(self, zone: Zone, local: datetime) -> Zone | None:
        """Let the zone a person gave settle an abbreviation that its own clock goes by."""
        if self._given_zone is None:
            return None
        region = region_named(self._given_zone.region)
        names = {local.replace(tzinfo=region, fold=fold).tzname() for fold in (0, 1)}
        return self._given_zone if zone.said.upper() in names else None

    def _offset(self, zone: Zone, local: datetime, flags: list[str]) -> timedelta | None:
        if zone.minutes is not None:
            offset = timedelta(minutes=zone.minutes)
            if zone.region and offset not in offsets_at(region_named(zone.region), local):
                flags.append("zone_odd_for_season")
            return offset
        offsets = offsets_at(region_named(zone.region), local)
        if not offsets:
            flags.append("time_nonexistent_gap")
            return None
        if len(offsets) == 1:
            return offsets[0]
        flags.append("time_ambiguous_fold")
        return offsets[self._folds.which_pass(local)]


class _Folds:
    """Tells, from the order of rows, the first pass through a repeated hour from the second."""

    def __init__(self, direction: Direction | None) -> None:
        self._direction = direction
        self._last: datetime | None = None
        self._turned = False

    def which_pass(self, local: datetime) -> int:
        """Return 0 or 1; without a known direction always 0."""
        if self._direction is None:
            return 0
        near = self._last is not None and abs(local - self._last) < timedelta(hours=3)
        if not near:
            self._turned = False
        elif self._last is not None:
            back = local < self._last if self._direction == "rising" else local > self._last
            self._turned = self._turned or back
        self._last = local
        return int(self._turned) if self._direction == "rising" else int(not self._turned)


def _lies_within(year: int, month: int, day: int, first: date, last: date) -> bool:
    try:
        return first <= date(year, month, day) <= last
    except ValueError:
        return False


def _local(dated: tuple[int, int, int], parts: Parts, flags: list[str]) -> datetime | None:
    """Return the local time, or None where there is no such date or time of day."""
    year, month, day = dated
    if dated in _PLACEHOLDERS or (dated == (1970, 1, 1) and not (parts.hour or parts.minute or parts.second)):
        return None
    second = parts.second or 0
    extra = timedelta(0)
    if second == 60 and parts.minute == 59:
        second, extra = 59, timedelta(seconds=1)
        flags.append("leap_second")
    hour = parts.hour
    if hour == 24 and not (parts.minute or second or parts.fraction.strip("0")):
        hour, extra = 0, timedelta(days=1)
    try:
        local = datetime(year, month, day, hour, parts.minute, second) + extra
    except (ValueError, OverflowError):
        return None
    if not _FIRST_LIKELY_YEAR <= local.year <= _LAST_LIKELY_YEAR:
        flags.append("date_implausible")
    return local


def _finished(
    text: str, local: datetime, offset: timedelta, fraction: str, zone: Zone, basis: Basis, flags: list[str]
) -> ReadTime:
    try:
        instant = local - offset
    except OverflowError:
        return ReadTime(None, text, flags=(*flags, "date_implausible"))
    return ReadTime(_utc_text(instant, fraction), text, zone.region or zone.said, basis, tuple(flags))


def _utc_text(instant: datetime, fraction: str) -> str:
    return f"{instant:%Y-%m-%dT%H:%M:%S}".rjust(19, "0") + (f".{fraction}Z" if fraction else "Z")
