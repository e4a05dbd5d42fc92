"""Holidays of one's own as people paste them: a date and a name a line, a CSV, or a calendar file (iCalendar).

Dates are read in one way only, year first, since 03/04/2026 is two days at once. Nothing is guessed and nothing is
dropped: what cannot be read is named by its line, and then nothing of the rest is taken either.
Source of the calendar file: RFC 5545, sections 3.1 (folded lines), 3.6.1 (events) and 3.3.4 (dates).
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final

from django.utils.translation import gettext as _

MOST_CHARACTERS: Final = 200_000
MOST_DAYS: Final = 1_000
LONGEST_EVENT: Final = timedelta(days=60)
NAME_CHARACTERS: Final = 100
_LINE: Final = re.compile(r'\s*"?(\d{4})[-/.]?(\d{2})[-/.]?(\d{2})"?\s*[,;\t: ]?\s*(.*?)\s*')
_DATE: Final = re.compile(r"(\d{4})(\d{2})(\d{2})")
_HEADINGS: Final = frozenset({"date", "day", "holiday", "datum", "fecha", "data"})


class PastedDaysError(Exception):
    """What was pasted cannot be taken; says in words why, and in which line."""


def read_days(text: str) -> dict[date, str]:
    """Return day -> name. Raises PastedDaysError."""
    if len(text) > MOST_CHARACTERS:
        raise PastedDaysError(
            _("This is too long. Up to %(n)s days can be pasted at once") % {"n": MOST_DAYS}
        )
    found = _calendar_file(text) if "BEGIN:VCALENDAR" in text.upper() else _lines(text)
    if not found:
        raise PastedDaysError(_("There is no day in this. Write a date such as 2026-12-24 in each line"))
    if len(found) > MOST_DAYS:
        raise PastedDaysError(
            _("There are %(n)s days in this, and %(most)s can be pasted at once")
            % {"n": len(found), "most": MOST_DAYS}
        )
    return found


def _lines(text: str) -> dict[date, str]:
    found: dict[date, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or (
            number == 1 and re.split(r"[,;\t]", line.lower())[0].strip(' "') in _HEADINGS
        ):
            continue
        match = _LINE.fullmatch(line)
        day = _day(match.groups()[:3]) if match else None
        if match is None or day is None:
            raise PastedDaysError(
                _("Line %(n)s does not begin with a date such as 2026-12-24: %(line)s")
                % {"n": number, "line": line.strip()[:60]}
            )
        found[day] = _name(match[4].strip('"'))
    return found


def _calendar_file(text: str) -> dict[date, str]:
    unfolded = re.sub(r"\r?\n[ \t]", "", text)
    found: dict[date, str] = {}
    event: dict[str, str] | None = None
    for line in unfolded.splitlines():
        name, _colon, value = line.partition(":")
        name = name.partition(";")[0].strip().upper()
        if (name, value.strip().upper()) == ("BEGIN", "VEVENT"):
            event = {}
        elif (name, value.strip().upper()) == ("END", "VEVENT") and event is not None:
            found |= _event_days(event)
            event = None
        elif event is not None:
            event.setdefault(name, value.strip())
        if len(found) > MOST_DAYS:
            break
    return found


def _event_days(event: dict[str, str]) -> dict[date, str]:
    """Return the days of one event of a calendar; its end is the first day that is no longer part of it."""
    name = _name(
        re.sub(r"\\(.)", lambda escape: " " if escape[1] in "nN" else escape[1], event.get("SUMMARY", ""))
    )
    if "RRULE" in event or "RDATE" in event:
        raise PastedDaysError(
            _("“%(name)s” repeats. Write each of its days in a line of its own") % {"name": name}
        )
    begins, ends = _stamp(event.get("DTSTART", "")), _stamp(event.get("DTEND", ""))
    if begins is None:
        raise PastedDaysError(_("“%(name)s” has no date that can be read") % {"name": name})
    whole_days = "T" not in event["DTSTART"].upper()
    last = ends - timedelta(days=1) if ends and whole_days and ends > begins else begins
    if last - begins > LONGEST_EVENT:
        raise PastedDaysError(_("“%(name)s” lasts longer than two months") % {"name": name})
    return {begins + timedelta(days=n): name for n in range((last - begins).days + 1)}


def _stamp(value: str) -> date | None:
    match = _DATE.match(value)
    return _day(match.groups()) if match else None


def _day(parts: tuple[str, ...]) -> date | None:
    try:
        day = date(*map(int, parts))
    except ValueError:
        return None
    return day if 1900 <= day.year <= 2399 else None


def _name(text: str) -> str:
    shown = "".join(one for one in text if one.isprintable())
    return " ".join(shown.split())[:NAME_CHARACTERS] or _("Holiday")
