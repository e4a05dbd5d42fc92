"""A time as a sender writes it: an instant, or refused. Nothing is guessed.

Source: RFC 3339 section 5.6 (`date-time`), with the blank that its note allows.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Final

_RFC3339: Final = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)?", re.ASCII
)
MOST_DECIMALS: Final = 9
NANO: Final = 1_000_000_000


class NoMoment(ValueError):
    """A text that names no instant; the message says why."""


def instant_of(text: str) -> tuple[str, str]:
    """Return an RFC 3339 time as events hold it (UTC, its own decimals), and its zone as written.

    Raises NoMoment.
    """
    found = _RFC3339.fullmatch(text)
    if found is None:
        raise NoMoment("no RFC 3339 time, such as 2026-03-03T14:03:00Z")
    *numbers, decimals, zone = found.groups()
    if zone is None:
        raise NoMoment("a time without a zone; write Z or an offset such as +01:00 after it")
    if decimals and len(decimals) > MOST_DECIMALS:
        raise NoMoment(f"more than {MOST_DECIMALS} decimals of a second")
    try:
        year, month, day, hour, minute, second = (int(number) for number in numbers)
        moment = datetime(year, month, day, hour, minute, second, tzinfo=_offset(zone)).astimezone(UTC)
    except (ValueError, OverflowError) as fault:
        raise NoMoment(f"no such moment ({fault})") from None
    text = f"{moment.year:04d}-{moment:%m-%dT%H:%M:%S}"
    return (f"{text}.{decimals}Z" if decimals else f"{text}Z"), zone


def instant_of_nanos(nanos: int) -> str:
    """Return nanoseconds since 1970 as an instant, with all nine decimals. Raises NoMoment."""
    seconds, rest = divmod(nanos, NANO)
    try:
        moment = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        raise NoMoment("no such moment") from None
    return f"{moment.year:04d}-{moment:%m-%dT%H:%M:%S}.{rest:09d}Z"


def clock_difference_ms(date_header: str, now: datetime) -> int | None:
    """Return a sender's clock less ours, by its `Date` header; None where it sends none that can be read."""
    try:
        theirs = parsedate_to_datetime(date_header)
        if theirs.tzinfo is None:
            theirs = theirs.replace(tzinfo=UTC)
        difference = theirs - now.replace(microsecond=0)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return round(difference / timedelta(milliseconds=1))


def _offset(zone: str) -> timezone:
    if zone in "Zz":
        return UTC
    hours, minutes = int(zone[1:3]), int(zone[4:6])
    if hours > 23 or minutes > 59:
        raise ValueError(f"no such offset: {zone}")
    difference = timedelta(hours=hours, minutes=minutes)
    return timezone(-difference if zone[0] == "-" else difference)
