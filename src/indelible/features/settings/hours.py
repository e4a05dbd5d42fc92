"""Office hours as people write them ("09:00 to 13:00, 14:00 to 18:00"), as they are kept, and as reckoned with."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import time
from typing import Final

from django.utils.translation import gettext as _

from indelible.events.office import MIDNIGHT, Hours, check_hours

SPANS_A_DAY: Final = 6
# "9-17", "9:00–17:30", "09.00 to 13.00", "9h30 a 14h": hours and minutes twice, anything short between.
_SPAN: Final = re.compile(
    r"\s*(\d{1,2})(?:[:.hH](\d{2})?)?\s*(?:-|–|—|to|until|till|bis|à|a)\s*(\d{1,2})(?:[:.hH](\d{2})?)?\s*",
    re.IGNORECASE,
)
_BETWEEN: Final = re.compile(r"[,;/+\n]|\band\b|&", re.IGNORECASE)


class HoursError(Exception):
    """Text that is no office hours; says what is wrong in words."""


def parse_hours(text: str) -> Hours:
    """Read the spans of one day, in any order; an empty text is a free day. Raises HoursError."""
    pieces = [piece for piece in _BETWEEN.split(text) if piece.strip()]
    if len(pieces) > SPANS_A_DAY:
        raise HoursError(_("A day can have up to %(n)s spans") % {"n": SPANS_A_DAY})
    spans = tuple(sorted(_span(piece) for piece in pieces))
    try:
        check_hours(spans)
    except ValueError as wrong:
        if "overlap" in str(wrong):
            raise HoursError(_("These spans overlap. Each must begin after the one before ends")) from None
        raise HoursError(
            _("A span must end after it begins. For a night, write until 24:00, and the rest on the next day")
        ) from None
    return spans


def _span(piece: str) -> tuple[time, time]:
    match = _SPAN.fullmatch(piece)
    if match is None:
        raise HoursError(_("Write hours such as 09:00 to 17:30, and a comma between two spans"))
    begins, ends = _clock(match[1], match[2]), _clock(match[3], match[4], closing=True)
    if begins is None or ends is None:
        raise HoursError(_("“%(text)s” is no time of day") % {"text": piece.strip()[:40]})
    return begins, ends


def _clock(hour: str, minute: str | None, *, closing: bool = False) -> time | None:
    """Return a time of day; 24:00 closes a day. None where there is no such time."""
    if closing and int(hour) == 24 and not int(minute or 0):
        return MIDNIGHT
    try:
        return time(int(hour), int(minute or 0))
    except ValueError:
        return None


def write_hours(spans: Hours) -> str:
    """Return the spans of one day as text that `parse_hours` reads again; empty for a free day."""
    return ", ".join(f"{begins:%H:%M} to {_written(ends)}" for begins, ends in spans)


def _written(ends: time) -> str:
    return "24:00" if ends == MIDNIGHT else f"{ends:%H:%M}"


def as_json(week: Mapping[int, Hours]) -> dict[str, list[list[str]]]:
    """Return the hours of a week as they are kept."""
    return {
        str(weekday): [[f"{begins:%H:%M}", _written(ends)] for begins, ends in week.get(weekday, ())]
        for weekday in range(7)
    }


def from_json(kept: Mapping[str, list[list[str]]]) -> dict[int, Hours]:
    """Return the hours of a week as they are reckoned with."""
    return {
        int(weekday): tuple((_kept(begins), _kept(ends)) for begins, ends in spans)
        for weekday, spans in kept.items()
    }


def _kept(text: str) -> time:
    return MIDNIGHT if text == "24:00" else time.fromisoformat(text)
