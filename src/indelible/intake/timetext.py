"""The parts of a written time: date, time of day, zone, or a bare number.

Only the form is read here. Which of two figures is the day, what scale a number has, and which instant
results are decided by times.py, for the whole column at once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from indelible.intake.zones import zone_data

NANO_DIGITS = 9

# Texts that say that there is no time.
_NOTHING = {
    "",
    "-",
    "--",
    "n/a",
    "na",
    "null",
    "none",
    "nil",
    "never",
    "unknown",
    "undefined",
    "nat",
    "nan",
    "#n/a",
    "?",
}
_NUMBER = re.compile(r"^[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?$")
_COMPACT = re.compile(
    r"^((?:19|20)\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])[T ]?([01]\d|2[0-4])([0-5]\d)(\d{2})(?:[.,](\d+))?\s*(.*)$"
)
_CLOCK = re.compile(
    r"(?<![\d:])(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?(?![\d:])(?:\s?([ap])\.?\s?m\b\.?)?(?:\s?(uhr|h)\b)?",
    re.I,
)
_WEEKDAY = re.compile(
    r"^(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?|(?:mo|di|mi|do|fr|sa|so)\b"
    r"|(?:lun|mar|mer|jeu|ven|sam|dim)(?:di|credi|dredi|edi|anche)?\b(?=\.?,))\.?,?\s+",
    re.I,
)
_YEAR_FIRST = re.compile(r"^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})$")
_YEAR_LAST = re.compile(r"^(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})$")
_DAY_NAME = re.compile(
    r"^(\d{1,2})(?:st|nd|rd|th|\.)?[\s-]*(?:de\s+)?([^\W\d_]{3,12})\.?,?(?:[\s-]*(?:de\s+)?(\d{4}|\d{2}))?$",
    re.I,
)
_NAME_DAY = re.compile(r"^([^\W\d_]{3,12})\.?[\s-]*(\d{1,2})(?:st|nd|rd|th)?,?(?:\s*(\d{4}))?$", re.I)
_YEAR_AT_END = re.compile(r"^(.*?)\s*\b(\d{4})$")
_BLANKS = re.compile(r"[\s\u00a0\u2000-\u200b\u202f\u205f\u3000]+")

Form = Literal["civil", "date", "number", "missing", "unknown"]


@dataclass(frozen=True, slots=True)
class Parts:
    """What a text says: for "civil" and "date" a year (None where not said) and month and day.

    Where it is open which is the month, `figures` are the two as written and `month` is 0. `second` is
    None where the text has no seconds; `fraction` are the digits as written.
    """

    form: Form
    year: int | None = None
    month: int = 0
    day: int = 0
    figures: tuple[int, int] | None = None
    dotted: bool = False
    hour: int = 0
    minute: int = 0
    second: int | None = None
    fraction: str = ""
    zone: str = ""
    number: str = ""


@lru_cache(maxsize=4096)
def parse_time(text: str) -> Parts:
    """Take a written time apart; never fails ("unknown" is an answer)."""
    bare = _BLANKS.sub(" ", text).strip()
    if bare.startswith("'") and len(bare) > 1:  # the mark that keeps a spreadsheet from reading a cell
        bare = bare[1:].strip()
    if bare.lower() in _NOTHING:
        return Parts("missing")
    if len(bare) > 100:
        return Parts("unknown")
    if match := _COMPACT.match(bare):
        year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
        return Parts(
            "civil", year, month, day, None, False, hour, minute, second, match[7] or "", match[8].strip()
        )
    if _NUMBER.match(bare):
        return _number(bare)
    return _written(bare)


def _number(bare: str) -> Parts:
    if re.fullmatch(r"(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])", bare):
        return Parts("date", int(bare[:4]), int(bare[4:6]), int(bare[6:]))
    return Parts("number", number=bare)


def _written(bare: str) -> Parts:
    clock = _CLOCK.search(bare)
    if clock is None:
        date = _date(bare.rstrip("T ,"))
        return Parts("date", *date) if date else Parts("unknown")
    before = re.sub(r"(?:\bat\b|\bum\b|\bà\b|\bT)$|(?<=\d)T$", "", bare[: clock.start()].strip(" ,@")).strip(
        " ,"
    )
    after = bare[clock.end() :].strip(" ,")
    date = _date(before)
    if date is None and before and (match := _YEAR_AT_END.match(after)):
        date, after = _date(f"{before} {match[2]}"), match[1]
    elif date is not None and date[0] is None and (match := _YEAR_AT_END.match(after)):
        date, after = (int(match[2]), *date[1:]), match[1]
    if date is None and not before:
        words = after.split(" ", 1)
        date, after = _date(words[0]), words[1] if len(words) > 1 else ""
    hour = _hour(int(clock[1]), clock[5])
    if date is None or hour is None:
        return Parts("unknown")
    second = int(clock[3]) if clock[3] else None
    return Parts("civil", *date, hour, int(clock[2]), second, clock[4] or "", after)


def _hour(hour: int, half: str | None) -> int | None:
    """Return the hour of 24; twelve o'clock is the first hour of its half."""
    if half is None:
        return hour
    if not 1 <= hour <= 12:
        # 13:05 PM is written by programs that print both; 00:05 AM likewise.
        return hour if (hour == 0 and half.lower() == "a") or hour > 12 else None
    return hour % 12 + (12 if half.lower() == "p" else 0)


_Date = tuple[int | None, int, int, tuple[int, int] | None, bool]


def _date(text: str) -> _Date | None:
    text = _WEEKDAY.sub("", text.strip())
    if match := _YEAR_FIRST.match(text):
        return int(match[1]), int(match[3]), int(match[4]), None, False
    if match := _YEAR_LAST.match(text):
        figures = int(match[1]), int(match[3])
        return _full_year(match[4]), 0, 0, figures, match[2] == "."
    if match := _DAY_NAME.match(text):
        return _named(match[2], match[1], match[3])
    if match := _NAME_DAY.match(text):
        return _named(match[1], match[2], match[3])
    return None


def _named(name: str, day: str, year: str | None) -> _Date | None:
    month = zone_data()["months"].get(name.lower())
    return (_full_year(year), month, int(day), None, False) if month else None


def _full_year(text: str | None) -> int | None:
    if text is None:
        return None
    year = int(text)
    return year if len(text) == 4 else year + (2000 if year < 70 else 1900)


def months_and_years(text: str) -> list[tuple[int, int | None, int | None]]:
    """Return (year, month, day) mentioned in a title such as "March 1-4, 2026"; parts not said are None."""
    found: list[tuple[int, int | None, int | None]] = []
    bare = _BLANKS.sub(" ", text)
    for match in re.finditer(r"(?:19|20)\d{2}", bare):
        before = re.findall(r"[^\W\d_]{3,12}", bare[: match.start()])
        months = [zone_data()["months"].get(word.lower()) for word in before[-2:]]
        month = next((month for month in reversed(months) if month), None)
        found.append((int(match[0]), month, None))
    return found
