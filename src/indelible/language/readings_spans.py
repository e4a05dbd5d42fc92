"""Spans of time and how often: "7 years", "every two weeks", "on the 28th"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from indelible.language.lexicon.forms import singular
from indelible.language.readings_places import Places

_DAY_NAMES: Final = {"mon": "Monday", "tue": "Tuesday", "wed": "Wednesday", "thu": "Thursday", "fri": "Friday",
                     "sat": "Saturday", "sun": "Sunday"}  # fmt: skip


class Spans(Places):
    """Spans of time."""

    def _add_spans(self, place: int) -> None:
        """Read "7 years", "two days", "1 year and 6 months"; "every two weeks"; "on the 28th", "on Mondays"."""
        for end, span in self._spans_at(place):
            self._add("DURATION", span, place, end)
        piece = self.pieces[place]
        if piece.key in ("last", "past", "previous"):
            for end, span in self._spans_at(place + 1):
                words = " ".join(self.typed(place + 1, end).lower().split())
                if re.fullmatch(r"P(\d+)[YMWD]", span):
                    self._add("PERIOD", f"last {_in_figures(words, span)}", place, end)
        if piece.key == "within":
            self._add_within(place)
        if piece.key in ("every", "each"):
            after = place + 1
            for end, span in self._spans_at(after):
                self._add("OFTEN", span, place, end)
            if after < len(self.pieces):
                unit = self.pieces[after].key
                for sign, words in self.lexicon.words["span"].items():
                    if sign != "numbers" and unit in words:
                        self._add(
                            "OFTEN", f"PT1{sign[1]}" if len(sign) == 2 else f"P1{sign}", place, after + 1
                        )
            for step_end, reading in self.lexicon.readings(self.pieces, after):
                if reading.type == "DAY":
                    self._add(
                        "OFTEN",
                        "P1W on " + " and ".join(_DAY_NAMES[day] for day in reading.value),
                        place,
                        step_end,
                    )
        if piece.key in ("on", "by", "at"):
            after = place + 1 + (place + 1 < len(self.pieces) and self.pieces[place + 1].key == "the")
            if after < len(self.pieces):
                if re.fullmatch(r"\d{1,2}(st|nd|rd|th)", self.pieces[after].text, re.IGNORECASE):
                    end = after + 1
                    tail = [one.key for one in self.pieces[end : end + 3]]
                    extra = next(
                        (
                            len(words)
                            for words in (
                                ["of", "each", "month"],
                                ["of", "every", "month"],
                                ["of", "the", "month"],
                            )
                            if tail == words
                        ),
                        0,
                    )
                    self._add("ON_DAY", f"on the {self.pieces[after].text.lower()}", place, end + extra)
                for step_end, reading in self.lexicon.readings(self.pieces, after):
                    if reading.type == "DAY" and len(reading.value) == 1:
                        self._add("ON_DAY", "on " + _DAY_NAMES[reading.value[0]], place, step_end, 1)

    def _add_within(self, place: int) -> None:
        """Read "within 4 hours", "within 2 working days": time that somebody has to look at something."""
        for end, span in self._spans_at(place + 1):
            self._add("WITHIN", span, place, end)
        if place + 3 < len(self.pieces) and self.pieces[place + 2].key in ("working", "business", "office"):
            for sign in ("D", "TH"):
                count = self._count_at(place + 1)
                if count and singular(self.pieces[place + 3].key) in self.lexicon.words["span"][sign]:
                    span = f"PT{count}H" if sign == "TH" else f"P{count}D"
                    self._add("WITHIN", f"{span} working", place, place + 4)

    def _count_at(self, place: int) -> int:
        """Return the number of a piece: in figures or as a word; 0 where it is none."""
        piece, numbers = self.pieces[place], self.lexicon.words["span"]["numbers"]
        if piece.kind == "number" and piece.text.isdigit():
            return int(piece.text) if int(piece.text) <= 10_000 else 0
        if piece.key in numbers:
            return int(numbers.index(piece.key)) + 1
        return 1 if piece.key in ("a", "an", "one") else 0

    def _spans_at(self, place: int) -> Iterator[tuple[int, str]]:
        numbers = self.lexicon.words["span"]["numbers"]
        years = months = weeks = days = hours = minutes = seconds = 0
        found = False
        while place + 1 < len(self.pieces):
            piece = self.pieces[place]
            if piece.kind == "number" and piece.text.isdigit():
                count = int(piece.text)
            elif piece.key in numbers:
                count = numbers.index(piece.key) + 1
            elif piece.key in ("a", "an") and not found:
                count = 1
            else:
                return
            unit = singular(self.pieces[place + 1].key)
            after = place + 2
            if unit in ("working", "calendar", "business") and after < len(self.pieces):
                return
            for sign, words in self.lexicon.words["span"].items():
                if sign != "numbers" and unit in words:
                    break
            else:
                return
            if count > 100_000:
                return
            if sign == "Y":
                years += count
            elif sign == "M":
                months += count
            elif sign == "W":
                weeks += count
            elif sign == "D":
                days += count
            elif sign == "TH":
                hours += count
            elif sign == "TM":
                minutes += count
            else:
                seconds += count
            found = True
            date = "".join(
                f"{n}{s}" for n, s in ((years, "Y"), (months, "M"), (weeks, "W"), (days, "D")) if n
            )
            time = "".join(f"{n}{s}" for n, s in ((hours, "H"), (minutes, "M"), (seconds, "S")) if n)
            yield after, "P" + date + (f"T{time}" if time else "")
            place = after
            if place < len(self.pieces) and self.pieces[place].key in ("and", ","):
                place += 1


def _in_figures(words: str, span: str) -> str:
    count, unit = re.findall(r"(\d+)([YMWD])", span)[0]
    name = {"Y": "year", "M": "month", "W": "week", "D": "day"}[unit]
    return f"{count} {name}{'' if count == '1' else 's'}"
