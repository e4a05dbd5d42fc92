"""What a rule says is to be expected, as a rhythm: from its duties and from how completeness is said to be known.

Three words may say it, all in the working time of the calendar:

* `duties.expected`: how often something should come ("P1W", "P1M on the 28th", "P1W on Monday by 12:00").
* `duties.silent_after`: after how long without anything somebody is to be told ("P2D").
* `expected` of the version: about how many come in a span ({"about": 40, "every": "P1W"}).

Where the first and the second are both given, the second is the grace of the first. None of them: what is usual is
learned. Pure: no clock, no tables.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import time, timedelta
from typing import Any, Final

from indelible.features.sources.silence.rhythm import MOST_GRACE, Rhythm, Unit
from indelible.language.pattern import DAYS, Duties

DAY: Final = timedelta(days=1)
END_OF_DAY: Final = time(23, 59)
MOST_GRACE_UNSAID: Final = 2 * DAY
_SPAN: Final = re.compile(
    r"P(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,4})D)?"
    r"(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,7})S)?)?",
    re.ASCII,
)
_ROUGHLY: Final = (365 * DAY, 30 * DAY, 7 * DAY, DAY, DAY / 24, DAY / 1440, DAY / 86_400)
_UNIT: Final[tuple[Unit, ...]] = ("months", "months", "weeks", "days", "hours", "minutes", "seconds")


def rhythm_of(duties: Duties, expected: Mapping[str, Any]) -> Rhythm | None:
    """Return what is declared of a rule, None where nothing is that can be understood."""
    after = span_of(duties.silent_after)
    rhythm = _rhythm(duties.expected) or _rhythm(str(expected.get("rhythm", "")))
    if rhythm is not None:
        return replace(rhythm, grace=min(after, MOST_GRACE)) if after else rhythm
    if after:
        return Rhythm("seconds", int(after.total_seconds()), working=True)
    return None


def about_of(expected: Mapping[str, Any]) -> tuple[int, timedelta] | None:
    """Return how many are said to come in which span, None where that is not said."""
    number, span = expected.get("about"), span_of(str(expected.get("every", "")))
    return (number, span) if type(number) is int and number > 0 and span else None


def span_of(text: str) -> timedelta | None:
    """Return an ISO 8601 duration as a length of time, a month as 30 days; None for what is none."""
    match = _SPAN.fullmatch(text.strip())
    if match is None:
        return None
    parts = zip(match.groups(), _ROUGHLY, strict=True)
    found = sum((int(number) * each for number, each in parts if number), timedelta(0))
    return found or None


def _rhythm(text: str) -> Rhythm | None:
    """Return the rhythm of "P1M on the 28th by 12:00"; None for what is none."""
    words = text.replace(",", " ").split()
    if not words or (match := _SPAN.fullmatch(words[0])) is None:
        return None
    given = [(int(number), unit) for number, unit in zip(match.groups(), _UNIT, strict=True) if number]
    if len(given) != 1 or not given[0][0]:
        return None
    every, unit = given[0]
    every = every * 12 if match[1] else every
    rest = [
        word.casefold() for word in words[1:] if word.casefold() not in ("on", "the", "and", "day", "days")
    ]
    by = END_OF_DAY
    if "by" in rest:
        place = rest.index("by")
        by, rest = _clock("".join(rest[place + 1 :])) or END_OF_DAY, rest[:place]
    weekdays = tuple(sorted(DAYS.index(word[:3]) for word in rest if word[:3] in DAYS))
    numbers = sorted({int(digits[0]) for word in rest if (digits := re.findall(r"\d{1,2}", word))})
    monthdays = tuple(number for number in numbers if 1 <= number <= 31)
    if "last" in rest:
        monthdays = (*monthdays, 31)
    if unit == "months" and every == 1 and monthdays:
        return Rhythm("monthdays", monthdays=monthdays, by=by, working=True, grace=DAY)
    if unit == "weeks" and every == 1 and weekdays:
        return Rhythm("weekdays", weekdays=weekdays, by=by, working=True, grace=DAY)
    roughly = every * _ROUGHLY[_UNIT.index(unit)]
    return Rhythm(
        unit, every, working=True, grace=min(max(roughly / 2, timedelta(minutes=10)), MOST_GRACE_UNSAID)
    )


def _clock(text: str) -> time | None:
    match = re.fullmatch(r"(\d{1,2}):(\d\d)", text)
    if match and int(match[1]) < 24 and int(match[2]) < 60:
        return time(int(match[1]), int(match[2]))
    return None
