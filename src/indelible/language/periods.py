"""The times that people ask for: how they are typed, and which instants they take in.

A period is meant in somebody's zone and holds its last day (or hour, or minute) whole; what lies before an instant to
the second holds it not. It is a stretch (`2025-06-12`, June 2025, Q1 2026,
yesterday, last month, the last 7 days), or lies between two (`2025-06-01..`, since 1 June, between March and May 2026,
before 2025). What says no year is the latest that has begun. `period_of` works one out at a moment; `settle` does so
for a pattern whose period moves with the day.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

from indelible.events.instants import from_datetime
from indelible.language.pattern import Pattern, When

Bounds = tuple[datetime | None, datetime | None]
"""From when, up to but without when; either may be open. In UTC."""
Days = tuple[date, date | None]  # the first day, and the day after the last; None at the end of all years

_DAY: Final = timedelta(days=1)
_MONTHS: Final = (
    "january february march april may june july august september october november december".split()
)
_MONTH_NAMES: Final = {
    **{name: number for number, name in enumerate(_MONTHS, 1)},
    **{name[:3]: number for number, name in enumerate(_MONTHS, 1)},
    "sept": 9,
}
_WEEKDAYS: Final = "monday tuesday wednesday thursday friday saturday sunday".split()
_COUNTS: Final = {
    word: number
    for number, word in enumerate("one two three four five six seven eight nine ten eleven twelve".split(), 1)
} | {"a": 1, "an": 1}
_ORDINALS: Final = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": 4}
_UNITS: Final = "hour|day|week|month|quarter|year"
_MONTH: Final = "|".join(sorted(_MONTH_NAMES, key=len, reverse=True))

_LAST: Final = re.compile(rf"(?:last|past|previous) (\d{{1,4}}|{'|'.join(_COUNTS)}) ({_UNITS})s?")
_AGO: Final = re.compile(rf"(\d{{1,4}}|{'|'.join(_COUNTS)}) ({_UNITS})s? ago")
_NUMBERS: Final = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_DOTTED: Final = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_DAY_FIRST: Final = re.compile(rf"(\d{{1,2}})(?:st|nd|rd|th)?(?: of)? ({_MONTH})(?: (\d{{4}}))?")
_MONTH_FIRST: Final = re.compile(rf"({_MONTH}) (\d{{1,2}})(?:st|nd|rd|th)?(?: (\d{{4}}))?")
_MONTH_ALONE: Final = re.compile(rf"({_MONTH})(?: (?:of )?(\d{{4}}))?")
_QUARTER: Final = re.compile(r"q([1-4])(?: (?:of )?(\d{4}))?|(\d{4}) ?q([1-4])")
_QUARTER_IN_WORDS: Final = re.compile(
    rf"({'|'.join(_ORDINALS)}|[1-4](?:st|nd|rd|th)) quarter(?: (?:of )?(\d{{4}}))?"
)
_DAYS_OF_MONTH: Final = re.compile(
    rf"(\d{{1,2}})(?:st|nd|rd|th)? ?(?:-|to|and|until) ?(\d{{1,2}})(?:st|nd|rd|th)? ({_MONTH})(?: (\d{{4}}))?"
)
_LEADS: Final = re.compile(r"^(?:in|on|at|during|within|over|for|of|throughout) (?:the )?|^the ")


def period_of(text: str, now: datetime, zone: tzinfo) -> Bounds | None:
    """Return the period that `text` names, for somebody in `zone` at the instant `now`; None if it names none.

    A period that ends before it begins is none.
    """
    said = _plain(text)
    try:
        bounds = _between(said, now, zone)
    except (ValueError, OverflowError):
        return None
    if bounds is None or bounds == (None, None):
        return None
    start, end = bounds
    return None if start is not None and end is not None and start >= end else bounds


def settle(pattern: Pattern, now: datetime, zone: tzinfo) -> Pattern:
    """Return the pattern with a moving period worked out at `now`: its `when` has a start and an end, and no text.

    Raises ValueError where the text names no period and the pattern holds no other.
    """
    when = pattern.when
    if when is None or not when.text:
        return pattern
    bounds = period_of(when.text, now, zone)
    if bounds is None:
        if not (when.start or when.end):
            raise ValueError(f"no period of time: {when.text!r}")
        return replace(pattern, when=replace(when, text=""))
    start, end = ("" if one is None else from_datetime(one) for one in bounds)
    return replace(pattern, when=When(start, end, when.days, when.hours))


def _plain(text: str) -> str:
    """Return a text in small letters, its words one space apart; dashes stay within dates only."""
    said = text.strip().lower().replace("_", " ").replace(",", " ").replace("–", "-")
    said = re.sub(r"(?<=[a-z])-(?=[a-z0-9])|(?<=\d)-(?=[a-z])", " ", said)
    return " ".join(said.split())


def _between(said: str, now: datetime, zone: tzinfo) -> Bounds | None:
    """Read a stretch, or what lies between two, before one or after one."""
    if ".." in said:
        left, _, right = said.partition("..")
        return _from_to(left.strip(" -."), right.strip(" -."), now, zone)
    whole = _span(said, now, zone)
    if whole is not None:
        return whole
    said = _LEADS.sub("", said)
    for pattern in (
        r"between (.+) and (.+)",
        r"from (.+) (?:to|until|till|through|up to) (.+)",
        r"(.+) (?:to|until|through) (.+)",
    ):
        if match := re.fullmatch(pattern, said):
            return _from_to(match[1], match[2], now, zone)
    if match := re.fullmatch(r"(?:since|from|starting)(?: the)? (.+?)(?: on| onwards?)?", said):
        return _from_to(match[1], "", now, zone)
    if match := re.fullmatch(r"(?:until|till|up to|to|through)(?: the)? (.+)", said):
        return _from_to("", match[1], now, zone)
    if match := re.fullmatch(r"before(?: the)? (.+)", said):
        span = _span(match[1], now, zone)
        return None if span is None else (None, span[0])
    if match := re.fullmatch(r"after(?: the)? (.+)", said):
        span = _span(match[1], now, zone)
        return None if span is None or span[1] is None else (span[1], None)
    return _span(said, now, zone)


def _from_to(left: str, right: str, now: datetime, zone: tzinfo) -> Bounds | None:
    """Return from the beginning of one stretch to the end of another; each may be left open."""
    until = _span(right, now, zone) if right else (None, None)
    if until is None or not (left or right):
        return None
    if until[0] is not None and until[1] is not None and until[1] - until[0] <= timedelta(seconds=1):
        until = until[0], until[0]  # an instant to the second is not included, as patterns have it
    from_ = _span(left, now, zone, before=until[1]) if left else (None, None)
    return None if from_ is None else (from_[0], until[1])


def _span(said: str, now: datetime, zone: tzinfo, *, before: datetime | None = None) -> Bounds | None:
    """Return first instant and first instant after of one stretch. `before`: a stretch without a year begins then."""
    today = now.astimezone(zone).date()
    if match := _LAST.fullmatch(said):
        return _last(_count(match[1]), match[2], now, today, zone)
    if match := _AGO.fullmatch(said):
        return _ago(_count(match[1]), match[2], now, today, zone)
    latest = (
        today if before is None else min(today, (before - timedelta(microseconds=1)).astimezone(zone).date())
    )
    days = _named_days(said, today) or _dated_days(said, latest)
    if days is not None:
        return midnight(days[0], zone), None if days[1] is None else midnight(days[1], zone)
    try:
        moment = datetime.fromisoformat(said.upper().replace(" ", "T", 1))
    except ValueError:
        return None
    if "t" not in said and ":" not in said:
        return None
    moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)
    return moment.astimezone(UTC), (moment + _precision(said)).astimezone(UTC)


def _count(said: str) -> int:
    return _COUNTS.get(said) or int(said)


def _last(count: int, unit: str, now: datetime, today: date, zone: tzinfo) -> Bounds | None:
    """Read the last so many hours, days, weeks, months or years, today included."""
    if count < 1:
        return None
    if unit == "hour":
        moment = now.astimezone(UTC)
        return moment - count * timedelta(hours=1), moment
    if unit in ("day", "week"):
        first = today - (count * (7 if unit == "week" else 1) - 1) * _DAY
    else:
        first = months_on(today, -count * {"month": 1, "quarter": 3, "year": 12}[unit]) + _DAY
    return midnight(first, zone), midnight(today + _DAY, zone)


def _ago(count: int, unit: str, now: datetime, today: date, zone: tzinfo) -> Bounds | None:
    """Read the hour, day, week, month or year that lies so far back."""
    if unit == "hour":
        hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0) - count * timedelta(hours=1)
        return hour, hour + timedelta(hours=1)
    if unit == "day":
        first, after = today - count * _DAY, today - (count - 1) * _DAY
    elif unit == "week":
        first = today - (today.weekday() + 7 * count) * _DAY
        after = first + 7 * _DAY
    else:
        length = {"month": 1, "quarter": 3, "year": 12}[unit]
        first = months_on(_first_of(today, length), -count * length)
        after = months_on(first, length)
    return midnight(first, zone), midnight(after, zone)


def _named_days(said: str, today: date) -> Days | None:
    """Read a stretch that is named from today's place."""
    monday = today - today.weekday() * _DAY
    named: dict[str, Days] = {
        "today": (today, today + _DAY),
        "yesterday": (today - _DAY, today),
        "tomorrow": (today + _DAY, today + 2 * _DAY),
        "this week": (monday, monday + 7 * _DAY),
        "last week": (monday - 7 * _DAY, monday),
        "last weekend": (monday - 2 * _DAY, monday),
        "this weekend": (monday + 5 * _DAY, monday + 7 * _DAY),
    }
    if said in named:
        return named[said]
    word, _, unit = said.partition(" ")
    if word in ("this", "last", "previous") and unit in ("month", "quarter", "year"):
        length = {"month": 1, "quarter": 3, "year": 12}[unit]
        first = _first_of(today, length)
        first = first if word == "this" else months_on(first, -length)
        return first, months_on(first, length)
    if word in ("last", "previous") and unit in _WEEKDAYS:
        back = (today.weekday() - _WEEKDAYS.index(unit) - 1) % 7 + 1
        return today - back * _DAY, today - (back - 1) * _DAY
    return None


def _dated_days(said: str, latest: date) -> Days | None:
    """Read a year, a quarter, a month or a day; without a year the latest that begins by `latest`."""
    if match := _NUMBERS.fullmatch(said):
        return _days(int(match[1]), match[2], match[3])
    if match := _DOTTED.fullmatch(said):
        return _days(int(match[3]), match[2], match[1])
    if match := _DAY_FIRST.fullmatch(said):
        return _dated(match[3], _MONTH_NAMES[match[2]], match[1], latest)
    if match := _MONTH_FIRST.fullmatch(said):
        return _dated(match[3], _MONTH_NAMES[match[1]], match[2], latest)
    if match := _MONTH_ALONE.fullmatch(said):
        return _dated(match[2], _MONTH_NAMES[match[1]], None, latest)
    if match := _DAYS_OF_MONTH.fullmatch(said):
        first = _dated(match[4], _MONTH_NAMES[match[3]], match[1], latest)
        return first[0], _days(first[0].year, str(first[0].month), match[2])[1]
    if match := _QUARTER.fullmatch(said):
        return _quarter(int(match[1] or match[4]), match[2] or match[3], latest)
    if match := _QUARTER_IN_WORDS.fullmatch(said):
        return _quarter(_ORDINALS.get(match[1]) or int(match[1][0]), match[2], latest)
    return None


def _dated(year: str | None, month: int, day: str | None, latest: date) -> Days:
    if year is not None:
        return _days(int(year), str(month), day)
    for back in range(9):  # the 29th of February may lie eight years back
        try:
            found = _days(latest.year - back, str(month), day)
        except ValueError:
            continue
        if found[0] <= latest:
            return found
    raise ValueError("no such day")


def _days(year: int, month: str | None, day: str | None) -> Days:
    first = date(year, int(month or 1), int(day or 1))
    try:
        return first, first + _DAY if day else months_on(first, 1 if month else 12)
    except (ValueError, OverflowError):
        return first, None


def _quarter(number: int, year: str | None, latest: date) -> Days:
    first = date(int(year) if year else latest.year, 3 * number - 2, 1)
    if not year and first > latest:
        first = months_on(first, -12)
    try:
        return first, months_on(first, 3)
    except (ValueError, OverflowError):
        return first, None


def _first_of(day: date, months: int) -> date:
    """Return the first day of the month, quarter or year that a day is in."""
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def months_on(day: date, months: int) -> date:
    """Return the same day some months on, or the last of that month where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return min(date(year, month + 1, 1) + (day.day - 1) * _DAY, following - _DAY)


def midnight(day: date, zone: tzinfo) -> datetime:
    """Return the moment at which a day begins in a zone."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _precision(said: str) -> timedelta:
    """Return how long the typed instant is: a minute where it has no seconds, else a second or less."""
    clock = re.split(r"[t ]", said, maxsplit=1)[1]
    clock = re.sub(r"(?:z|[+-]\d\d:?\d\d)$", "", clock)
    if "." in clock:
        return timedelta(microseconds=1)
    if clock.count(":") >= 2:
        return timedelta(seconds=1)
    return timedelta(minutes=1) if ":" in clock else timedelta(hours=1)
