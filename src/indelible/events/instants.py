"""How an instant is written in an event, and how two of them compare.

An instant is UTC text, `2026-03-03T14:03:00.123456789Z`, with as many fraction digits as the source
gave, none to nine. The text is what is sealed: a datetime would drop what lies below the microsecond,
and two events of one millisecond would lose their order. Which instant a source's own text means is
decided in `intake`.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

_INSTANT: Final = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?Z",
    re.ASCII,
)
_UNIX_DAY: Final = datetime(1970, 1, 1).toordinal()


def _read(text: str) -> tuple[datetime, str]:
    """Return the whole seconds as a naive UTC datetime, and the fraction as nine digits."""
    match = _INSTANT.fullmatch(text)
    if match is None:
        raise ValueError(f"not an instant in UTC: {text[:40]!r}")
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    try:
        moment = datetime(year, month, day, hour, minute, second)
    except ValueError as problem:
        raise ValueError(f"no such moment: {text[:40]!r} ({problem})") from None
    return moment, (match[7] or "").ljust(9, "0")


def is_instant(text: str) -> bool:
    """Whether `text` is an instant as events hold them: it exists in the calendar, and ends in Z."""
    try:
        _read(text)
    except ValueError:
        return False
    return True


def sort_key(text: str) -> int:
    """Return nanoseconds since 1970, negative before it. Raises ValueError for what is no instant.

    From the year 2262 on this does not fit 64 bits; a database column takes `sortable_text` instead.
    """
    moment, fraction = _read(text)
    days = moment.toordinal() - _UNIX_DAY
    seconds = days * 86_400 + moment.hour * 3600 + moment.minute * 60 + moment.second
    return seconds * 1_000_000_000 + int(fraction)


def sortable_text(text: str) -> str:
    """Return the instant with nine fraction digits, so that text order is the order of time.

    Raises ValueError for what is no instant.
    """
    moment, fraction = _read(text)
    return f"{moment.isoformat(timespec='seconds')}.{fraction}Z"


def to_datetime(text: str) -> datetime:
    """Return the instant as a datetime in UTC, cut (not rounded) to the microsecond.

    Raises ValueError for what is no instant.
    """
    moment, fraction = _read(text)
    return moment.replace(microsecond=int(fraction[:6]), tzinfo=UTC)


def from_datetime(moment: datetime) -> str:
    """Return the text of an aware datetime, with as many fraction digits as it needs, at most six.

    Raises ValueError for a datetime without a zone, which names no instant.
    """
    if moment.utcoffset() is None:
        raise ValueError("a datetime without a zone names no instant")
    utc = moment.astimezone(UTC)
    text = utc.strftime("%m-%dT%H:%M:%S")
    fraction = f".{utc.microsecond:06d}".rstrip("0").rstrip(".")
    return f"{utc.year:04d}-{text}{fraction}Z"
