"""Days in a sentence: which words name one, and what a time that was said means.

What is fixed by the calendar ("since 1 June") becomes days; what moves with the day ("last month") stays in words,
so that a saved question means it anew each day. `periods` works both out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Final

from indelible.events.instants import from_datetime
from indelible.language.pattern import DAYS, When
from indelible.language.periods import period_of
from indelible.language.tokens import Piece

MOST_PIECES: Final = 5
_MONTHS: Final = frozenset(
    "january february march april may june july august september october november december jan feb mar apr jun jul "
    "aug sep sept oct nov dec".split()
)
_MOVING: Final = re.compile(
    r"\b(?:today|yesterday|tomorrow|this|last|past|previous|ago)\b|(?:last|this|past)-"
)
_MIDNIGHT: Final = "00:00"


_INSTANT: Final = r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})"
_INSTANTS: Final = re.compile(
    rf"(?:between )?(?P<start>{_INSTANT})(?: and |\.\.)(?P<end>{_INSTANT})"
    rf"|since (?P<since>{_INSTANT})|until (?P<until>{_INSTANT})"
)
"""Whole instants, which a pattern holds as they are: the second is not included."""


@dataclass(frozen=True)
class Calendar:
    """The day on which somebody reads a sentence, in the organisation's zone."""

    now: datetime
    zone: tzinfo | None

    def days_at(self, pieces: Sequence[Piece], place: int) -> Iterator[tuple[int, str | tuple[str, ...]]]:
        """Yield each run of pieces that names a day, month, quarter or year: where it ends, and the words."""
        first = pieces[place]
        if first.kind == "date":
            if self.bounds(first.text) is not None:
                yield place + 1, first.text
            return
        if slashed := re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", first.text):
            yield from ((place + 1, days) for days in self._slashed(*map(int, slashed.groups())))
            return
        months = first.key in _MONTHS and (
            first.capital or (place + 1 < len(pieces) and pieces[place + 1].kind in ("number", "id"))
        )
        digits = first.text[:1].isdigit()
        if not (months or digits or re.fullmatch(r"[qQ][1-4]", first.text) or first.key in _ORDINALS):
            return
        for end in range(min(len(pieces), place + MOST_PIECES), place, -1):
            run = pieces[place:end]
            if any(
                piece.kind in ("quoted", "qualifier", "other") or (piece.kind == "mark" and piece.text != ",")
                for piece in run
            ):
                continue
            if run[-1].text in (",", "of", "the"):
                continue
            words = " ".join(piece.text for piece in run if piece.text != "," and piece.key != "the")
            if (
                end == place + 1
                and digits
                and not re.fullmatch(r"(?:19|20)\d\d|\d{1,2}\.\d{1,2}\.\d{4}|\d{4}-\d{1,2}", words)
            ):
                continue
            if (
                not any(
                    piece.key in _MONTHS or re.fullmatch(r"[qQ][1-4]|(?:19|20)\d\d|quarter", piece.text)
                    for piece in run
                )
                and end > place + 1
            ):
                continue
            if (
                end > place + 1
                and digits
                and re.fullmatch(r"(?:19|20)\d\d", first.text)
                and not re.match(r"[qQ]", run[1].text)
            ):
                continue
            if _MOVING.search(words.lower()) or self.bounds(words) is None:
                continue
            yield end, words
            if end > place + 1:
                return

    def _slashed(self, one: int, other: int, year: int) -> Iterator[str | tuple[str, ...]]:
        """Yield "04/05/2026" as the day that it is, or as the two that it may be."""
        days = dict.fromkeys(f"{year:04}-{month:02}-{day:02}" for day, month in ((one, other), (other, one)))
        lawful = tuple(day for day in days if self.bounds(day) is not None)
        if lawful:
            yield lawful[0] if len(lawful) == 1 else lawful

    def bounds(self, words: str) -> tuple[datetime | None, datetime | None] | None:
        """Return the instants of a period in words, None where it is none."""
        return period_of(words, self.now, self.zone or UTC)

    def when(self, words: str) -> When | None:
        """Return a period in words as a pattern holds it; None where it is none."""
        if exact := _INSTANTS.fullmatch(words):
            start, end = exact["start"] or exact["since"] or "", exact["end"] or exact["until"] or ""
            if self.bounds(words) is None:
                return None
            start, end = (from_datetime(datetime.fromisoformat(one)) if one else "" for one in (start, end))
            return When(start, end)
        bounds = self.bounds(words)
        if bounds is None:
            return None
        if _MOVING.search(words.lower()):
            text = " ".join(words.lower().replace("_", " ").split())
            text = re.sub(r"(?<=[a-z0-9])-(?=[a-z0-9])", " ", text) if re.match(r"[a-z]", text) else text
            return When(text=re.sub(r"\b(?:past|previous)\b", "last", text))
        start, end = bounds
        return When(start=self._start(start), end=self._end(end))

    def _start(self, moment: datetime | None) -> str:
        if moment is None:
            return ""
        local = moment.astimezone(self.zone or UTC)
        return (
            local.date().isoformat()
            if (local.hour, local.minute, local.second, local.microsecond) == (0, 0, 0, 0)
            else from_datetime(moment)
        )

    def _end(self, moment: datetime | None) -> str:
        if moment is None:
            return ""
        local = moment.astimezone(self.zone or UTC)
        if (local.hour, local.minute, local.second, local.microsecond) == (0, 0, 0, 0):
            return (local - timedelta(microseconds=1)).date().isoformat()
        return from_datetime(moment)


_ORDINALS: Final = frozenset({"first", "second", "third", "fourth"})


def when_of(said: Sequence[tuple[Any, ...]], calendar: Calendar) -> When | None:
    """Return the time that several parts of a sentence narrow to; None where they contradict each other.

    Each part is how ("since", "between", "days", "hours" ...) and the words or values said.
    """
    whole = When()
    for how, *values in said:
        found = _one(how, values, calendar)
        if found is None:
            return None
        for name in ("start", "end", "days", "hours", "text"):
            new, old = getattr(found, name), getattr(whole, name)
            if new and old and new != old:
                return None
            if new:
                whole = replace(whole, **{name: new})
    return whole


def _one(how: str, values: Sequence[Any], calendar: Calendar) -> When | None:
    if how == "given":
        return values[0]  # type: ignore[no-any-return]
    if how == "days":
        return When(days=tuple(day for day in DAYS if day in values[0]))
    if how == "hours":
        return When(hours=values[0])
    if how == "clock_between":
        return When(hours=f"{values[0]}-{values[1]}") if values[0] != values[1] else None
    if how == "clock_after":
        return When(hours=f"{values[0]}-24:00")
    if how == "clock_before":
        return When(hours=f"00:00-{values[0]}") if values[0] != _MIDNIGHT else None
    if how == "text":
        return When(text=values[0])
    words = {
        "within": "{0}", "since": "since {0}", "until": "until {0}", "before": "before {0}", "after": "after {0}",
        "between": "between {0} and {1}",
    }[how].format(*values)  # fmt: skip
    return calendar.when(words)


def clock_of(text: str) -> str | None:
    """Return a time of day as hours are written: "10 pm" is 22:00; None where there is none such."""
    match = re.fullmatch(r"(\d{1,2})(?::(\d{2}))?\s?(?:([ap])\.?m\.?)?", text.strip().lower())
    if match is None:
        return None
    hour, minute = int(match[1]), int(match[2] or 0)
    if match[3]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if match[3] == "p" else 0)
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        return None
    return f"{hour:02}:{minute:02}"
