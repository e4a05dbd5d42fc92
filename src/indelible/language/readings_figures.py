"""Numbers, amounts, days, codes and qualifiers of a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from indelible.events.vocabulary import THINGS
from indelible.language.days import clock_of
from indelible.language.lexicon import Kinds
from indelible.language.numbers import number_of
from indelible.language.parts import Part
from indelible.language.readings_spans import Spans
from indelible.language.readings_words import Words

NAME_TYPES: Final = ("NAME_P", "NAME_G", "NAME_S", "NAME_N", "NAME_V")

QUOTED_TYPES: Final = (*NAME_TYPES, "NAME_F", "NAME_L", "NAME_W", "NAME_T", "NAME_U", "NAME_M", "NAME_Q")


class Figures(Words, Spans):
    """What is no word."""

    def _add_pieces(self, place: int) -> None:
        piece = self.pieces[place]
        self._add_has(place)
        if piece.kind == "quoted":
            if piece.value.strip():
                for kind in QUOTED_TYPES:
                    self._add(kind, piece.value, place, place + 1)
                self._add("NAME_A", piece.value, place, place + 1, 4 if self.kind == "search" else 2)
                if self.kind == "search":
                    self._add("TEXT_WORD", piece.value, place, place + 1, 1)
            return
        if piece.kind == "qualifier":
            self._add_qualified(place)
        if piece.kind == "wild" and self.kind == "search":
            self._add("TEXT_WORD", piece.text, place, place + 1)
        if piece.kind == "email" and not any(step.edge.type == "PERSON" for step in self.steps[place]):
            for kind, cost in (("NAME_P", 0), ("NAME_V", 0), ("NAME_N", 0), ("NAME_A", 2)):
                self._add(kind, piece.text, place, place + 1, cost)
        if piece.kind == "kind":
            if piece.text in THINGS or piece.text.startswith("x."):
                self._add("THING", Kinds((piece.text,)), place, place + 1)
            else:
                known = any(step.edge.type == "PERSON" for step in self.steps[place])
                for kind in ("NAME_P", "NAME_S", "NAME_V"):
                    self._add(kind, piece.text, place, place + 1, 3 if known else 0)
                for reading in self.lexicon.of_phrase(piece.text.replace("_", " "), "FACT"):
                    self._add("FACT", reading.value, place, place + 1)
                    if len(reading.value) == 1:
                        self._add("REF", reading.value[0], place, place + 1)
                        self._add("REF_BARE", reading.value[0], place, place + 1)
        if (piece.kind == "id" and not piece.text[:2].isdigit()) or (
            piece.kind == "id" and not re.match(r"\d+(st|nd|rd|th)\Z", piece.text)
        ):
            other = re.fullmatch(r"\d{1,4}/\d{1,2}/\d{1,4}|[qQ][1-4]", piece.text)
            name = "" if other or self._add_glued(place) else piece.text.lstrip("#")
            for kind, cost in (
                (
                    ("NAME_N", 0),
                    ("NAME_M", 0),
                    ("NAME_A", 0),
                    ("NAME_P", 1),
                    ("NAME_V", 0),
                    ("NAME_S", 2),
                )
                if name
                else ()
            ):
                self._add(kind, name, place, place + 1, cost)
        if piece.kind in ("number", "id"):
            self._add_number(place)
        if piece.kind == "mark" and piece.text in "€$£¥₹":
            self._add_amount(place)
        if piece.kind == "word":
            self._add_amount(place)
        if piece.kind == "clock" and (clock := clock_of(piece.text)):
            self._add("CLOCK", clock, place, place + 1)
        if piece.text in (",", ".", ";") and place == len(self.pieces) - 1:
            self._add("SKIP", None, place, place + 1)
        if (shared := self._day_before_month(place)) is not None:
            self._add("DATE", shared, place, place + 1)
        for end, days in self.calendar.days_at(self.pieces, place):
            self._add("DATE", days, place, end)
            if isinstance(days, str) and not re.search(
                r"(?<!\d)\d{1,2}(?!\d)", re.sub(r"^\d{4}-\d\d$|[qQ][1-4]", "", days)
            ):
                self._add("DATE_W", days, place, end)
        if place == 0 and piece.text in "-*•–—":
            self._add("SKIP", None, place, place + 1)
        self._add_spans(place)

    def _add_number(self, place: int) -> None:
        piece = self.pieces[place]
        number = number_of(piece.text)
        if number is None:
            return
        self._add(
            "NUMBER", number, place, place + 1, 1 if piece.kind == "number" and self._is_day(place) else 0
        )
        if piece.text.isdigit():
            for kind, cost in (("NAME_N", 0), ("NAME_M", 0), ("RULE_NO", 0)):
                self._add(kind, piece.text, place, place + 1, cost)
        elif re.fullmatch(r"\d+\.\d+", piece.text):
            self._add("RULE_NO", piece.text, place, place + 1)
        if place + 1 < len(self.pieces):
            for end, currency in self._currency_at(place + 1):
                self._add("AMOUNT", (number, currency), place, end)

    def _add_glued(self, place: int) -> bool:
        """Read "EUR1000" and "1000EUR"; return whether it is an amount."""
        text = self.pieces[place].text
        match = re.fullmatch(
            r"(?P<before>[A-Za-z]{3})?(?P<number>[0-9][0-9.,]*)(?P<after>[A-Za-z]{3})?", text
        )
        if match is None or bool(match["before"]) == bool(match["after"]):
            return False
        word = (match["before"] or match["after"]).lower()
        number = number_of(match["number"])
        for code, words in self.lexicon.words["currencies"].items():
            if word in words and number is not None:
                self._add("AMOUNT", (number, word.upper() if code == "other" else code), place, place + 1)
                return True
        return False

    def _is_day(self, place: int) -> bool:
        shares = self._day_before_month(place) is not None
        return shares or any(end > place + 1 for end, _days in self.calendar.days_at(self.pieces, place))

    def _day_before_month(self, place: int) -> str | None:
        """Read the 1 of "between 1 and 15 March 2026": a day whose month follows the other day."""
        if place + 3 >= len(self.pieces) or self.pieces[place + 1].key not in (
            "and",
            "to",
            "until",
            "till",
            "-",
        ):
            return None
        if not re.fullmatch(r"\d{1,2}(st|nd|rd|th)?", self.pieces[place].text, re.IGNORECASE):
            return None
        for _end, days in self.calendar.days_at(self.pieces, place + 2):
            match = re.fullmatch(
                r"\d{1,2}(?:st|nd|rd|th)? (?:of )?([A-Za-z]+(?: \d{4})?)", str(days), re.IGNORECASE
            )
            if (
                match is not None
                and self.calendar.bounds(f"{self.pieces[place].text} {match[1]}") is not None
            ):
                return f"{self.pieces[place].text} {match[1]}"
        return None

    def _add_amount(self, place: int) -> None:
        """Read "€ 5000", "EUR 5.000,00"."""
        if place + 1 < len(self.pieces) and self.pieces[place + 1].kind == "number":
            number = number_of(self.pieces[place + 1].text)
            for end, currency in self._currency_at(place):
                if number is not None and end == place + 1:
                    self._add("AMOUNT", (number, currency), place, place + 2)

    def _currency_at(self, place: int) -> Iterator[tuple[int, str]]:
        """Yield where a currency that is named here ends, and its code."""
        for end in (place + 2, place + 1):
            if end > len(self.pieces):
                continue
            word = " ".join(piece.text.lower() for piece in self.pieces[place:end])
            for code, words in self.lexicon.words["currencies"].items():
                if word in words:
                    yield end, word.upper() if code == "other" else code
                    return

    def _add_qualified(self, place: int) -> None:
        from indelible.language.qualifiers import parts_of

        piece = self.pieces[place]
        name, _, value = piece.text.partition(":")
        if value.startswith('"'):
            value = value[1:].removesuffix('"').replace('""', '"')
        parts = parts_of(name.lower(), value, self.world, self.calendar)
        if parts is not None:
            self._add(
                "QUALIFIED",
                tuple(Part(part.name, part.value, piece.start, piece.end) for part in parts),
                place,
                place + 1,
            )
