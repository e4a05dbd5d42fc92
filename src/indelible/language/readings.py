"""All the readings of a sentence's words, place by place: what the grammar may be fed with.

The words of the lexicon, the organisation's own names, unknown names by where they stand and how they are written,
numbers, amounts, days, spans of time, and the free texts of duties ("tell the CFO when ...").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from indelible.events.vocabulary import THINGS
from indelible.language.days import Calendar, clock_of
from indelible.language.lexicon import Kinds, Reading, Trie, keys_of, lexicon, noun_keys
from indelible.language.lexicon.forms import singular
from indelible.language.numbers import number_of
from indelible.language.parts import Edge, Part
from indelible.language.spelling import is_near
from indelible.language.tokens import Piece
from indelible.language.unchecked import many_at, rate_at, soon_at, unchecked_at
from indelible.language.understanding import Kind
from indelible.language.world import World

NAME_TYPES: Final = ("NAME_P", "NAME_G", "NAME_S", "NAME_N", "NAME_V")
QUOTED_TYPES: Final = (*NAME_TYPES, "NAME_F", "NAME_L", "NAME_W", "NAME_T", "NAME_U", "NAME_M", "NAME_Q")
_WHOLE: Final = frozenset({"THING", "FACT", "REF"})
_JOINING: Final = frozenset({"to", "into", "of", "from", "with", "at", "in"})
_SIGNS: Final = frozenset({"TELL_WHEN", "BECAUSE"})
_DUTY_WORDS: Final = frozenset({"KEEP", "TELL", "ALARM", "BECAUSE", "SILENT", "EXPECT", "REVIEWED"})
_KNOWN_NAMES: Final = frozenset({"PERSON", "GROUP", "SYSTEM"})
MOST_NAME_WORDS: Final = 4
MOST_WHOM_WORDS: Final = 8


@dataclass(frozen=True, slots=True)
class Step:
    """One reading: the terminal, up to which piece it reaches, and how far-fetched it is."""

    edge: Edge
    end: int
    cost: int


class Readings:
    """The readings of one sentence."""

    def __init__(
        self, text: str, pieces: Sequence[Piece], names: Trie, world: World, now: datetime, kind: Kind
    ) -> None:
        self.text, self.pieces, self.world, self.kind = text, pieces, world, kind
        self.calendar = Calendar(now, world.zone)
        self.lexicon = lexicon()
        self._own_names = {*world.groups, *world.systems}
        keys = [piece.key for piece in pieces]
        singulars = [singular(key) for key in keys]
        self.steps: list[list[Step]] = [[] for _ in range(len(pieces) + 1)]
        self._known = [False] * len(pieces)
        for place in range(len(pieces)):
            self._add_words(place, names, keys, singulars)
        for place in range(len(pieces)):
            self._add_pieces(place)
        for place in range(len(pieces)):
            for end, cost in unchecked_at(self, place):
                self._add("UNCHECKED", self.typed(place, end), place, end, cost)
            for end, cost in rate_at(self, place):
                self._add("SIGN", self.typed(place, end), place, end, cost)
            for end, cost in soon_at(self, place):
                self._add("SIGN", self.typed(place, end), place, end, cost)
            for end, cost in many_at(self, place):
                self._add("SIGN_A", self.typed(place, end), place, end, cost)
        for place in range(len(pieces)):
            self._add_names(place)
        self._add_texts()
        for place, steps in enumerate(self.steps):
            if any(step.end > place + 1 and step.edge.type in _WHOLE for step in steps):
                # "the address" is one thing to say, "address" another.
                self.steps[place] = [
                    Step(step.edge, step.end, step.cost + 1) if step.edge.type == "SKIP" else step
                    for step in steps
                ]
        for steps in self.steps:
            steps.sort(key=lambda step: (step.cost, -step.end))

    def found_at(self, place: int) -> Iterator[tuple[str, Any, int]]:
        """Yield terminal, value and end of each reading that begins at a place so far."""
        for step in self.steps[place]:
            yield step.edge.type, step.edge.value, step.end

    def is_known(self, place: int) -> bool:
        """Whether the piece is part of anything that means something."""
        return self._known[place]

    def _add(self, kind: str, value: Any, start: int, end: int, cost: int = 0) -> None:
        edge = Edge(kind, value, self.pieces[start].start, self.pieces[end - 1].end)
        self.steps[start].append(Step(edge, end, cost))
        for place in range(start, end):
            self._known[place] = True

    def typed(self, start: int, end: int) -> str:
        """Return these pieces as typed, without a possessive ending."""
        said = self.text[self.pieces[start].start : self.pieces[end - 1].end]
        if self.pieces[end - 1].possessive:
            said = re.sub(r"['’]s?\Z", "", said)
        return " ".join(said.split())

    # Words of the lexicon and of the organisation

    def _add_words(self, place: int, names: Trie, keys: list[str], singulars: list[str]) -> None:
        found = [(end, reading) for end, readings in names.found(keys, place) for reading in readings]
        own = {(end, reading.type) for end, reading in found}
        mine = list(found)
        for trie, by in ((self.lexicon.exact, keys), (self.lexicon.nouns, singulars)):
            for end, readings in trie.found(by, place):
                found.extend((end, reading) for reading in readings)
        # "Changes" is a verb and a noun, which mean the same.
        verbs = {(end, one.value.options) for end, one in found if one.type == "ACT" and not one.value.noun}
        found = [
            (end, one)
            for end, one in found
            if one.type not in ("ACT", "XACT") or not one.value.noun or (end, one.value.options) not in verbs
        ]
        longest: dict[str, int] = {}
        for end, reading in found:
            longest[reading.type] = max(longest.get(reading.type, 0), end)
        seen = set()
        for end, reading in found:
            if (end, reading.type, id(reading.value)) in seen:
                continue
            seen.add((end, reading.type, id(reading.value)))
            if any(piece.kind == "mark" and not piece.joined for piece in self.pieces[place + 1 : end - 1]):
                pass
            value, cost = reading.value, reading.cost
            longer = self.pieces[longest[reading.type] - 1].key
            if (
                end < longest[reading.type]
                and reading.type not in ("KEEP", "SKIP")
                and not (reading.type == "ACT" and longer in _JOINING)
            ):
                cost += 3  # what is said in more words is meant, where it can be
            if reading.type == "SKIP" and self.pieces[end - 1].possessive:
                continue  # "Will's file"
            if reading.type == "SKIP" and place and any(piece.capital for piece in self.pieces[place:end]):
                cost += 3  # "approved by Will"
            if reading.type == "PERSON" and isinstance(value, str):
                kind = "OWNER" if self.pieces[end - 1].possessive else "OWNER_LATE"
                self._add(kind, value, place, end, 1)
            if reading.type == "ROLE":
                typed = self.typed(place, end)
                one = value is None or typed.lower() in ("employee", "staff member")
                value = f"{typed}s" if one and not typed.endswith("s") else typed
            if (end, reading) in mine and len(found) > len(mine):
                plain = place == 0 or not any(piece.capital for piece in self.pieces[place:end])
                cost += 2 if plain else 0  # "payments" is rather a word than the group Payments
            if reading.type in ("GROUP", "SYSTEM") and not any(value == mine for mine in self._own_names):
                if (end, reading.type) in own:
                    continue  # the organisation's own spelling goes before the usual one
                if not any(piece.capital for piece in self.pieces[place:end]):
                    cost += 1
            if reading.type == "TELL_WHEN" and "SILENT_TOLD" in longest:
                cost += 1  # "if silent for 2 days" is a time, not a sign
            if (
                reading.type == "FACT"
                and place
                and self.pieces[place - 1].key == "an"
                and value == ("approval_ref",)
            ):
                cost += 1  # "with an approval": that there is one
            if (
                reading.type in ("IN", "EXCEPT", "NOTIN")
                and place
                and any(step.end == place and step.edge.type == "SOMEONE" for step in self.steps[place - 1])
            ):
                cost += 2  # "someone in Finance": who, not where
            if reading.type == "SOMEONE" and value == "who" and place and self._ends_with_somebody(place):
                self._add("SKIP", None, place, end)  # "nurses who opened a patient's file"
            if reading.type == "SOMEONE" and self.pieces[end - 1].possessive:
                self._add("SKIP", None, place, end)  # "anybody's pay"
            if reading.type == "SKIP_START":
                if place and any(not self._is_skipped(before) for before in range(place)):
                    continue
                self._add("SKIP", None, place, end, cost)
                continue
            if reading.type == "THING" and place and self.pieces[place].capital and end == place + 1:
                cost += 1
            if (
                reading.type == "SOMEONE"
                and value == "who"
                and place
                and self.pieces[place - 1].key in ("and", "including")
            ):
                cost += 1
            self._add(reading.type, value, place, end, cost)

    def _ends_with_somebody(self, place: int) -> bool:
        kinds = ("ROLE", "GROUP", "PERSON", "KIND_OF_ACTOR")
        return any(
            step.end == place and step.edge.type in kinds
            for before in range(max(0, place - 3), place)
            for step in self.steps[before]
        )

    def _add_has(self, place: int) -> None:
        """Let "has changed" be "changed"; but "who has access" asks for something else."""
        if self.pieces[place].key in ("has", "have", "had") and place + 1 < len(self.pieces):
            after = self.pieces[place + 1].key
            participles = {form for forms in self.lexicon.acts["irregular"].values() for form in forms}
            if after.endswith("ed") or after in participles or after in ("been", "just", "not"):
                self._add("SKIP", None, place, place + 1)

    def _is_skipped(self, place: int) -> bool:
        return (
            any(step.edge.type == "SKIP" for step in self.steps[place]) or self.pieces[place].kind == "mark"
        )

    # Numbers, names, days

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

    # Names that nobody has told us

    def _add_names(self, place: int) -> None:
        piece = self.pieces[place]
        if piece.kind not in ("word", "id"):
            return
        if self.kind == "search" and piece.kind == "word" and not self._known[place]:
            self._add("TEXT_WORD", piece.text, place, place + 1, 2 if piece.capital and place else 0)
        if piece.kind == "word":
            weak = not any(step.edge.type not in ("LOOSE_V",) for step in self.steps[place])
            self._add_loose(place, 2 if weak else 3)
        if not piece.capital or piece.kind != "word" or piece.text == "I":
            return
        if place and self.pieces[place - 1].kind == "number" and any(self._currency_at(place)):
            return
        if place == 0 or self.pieces[place - 1].text in (".", ";"):
            if any(
                step.cost < 5 and step.edge.type not in ("LOOSE_V", "LOOSE_S", "TEXT_WORD")
                for step in self.steps[place]
            ):
                return
            if is_near(piece.key):
                return
        end = place
        while end < len(self.pieces) and end - place < MOST_NAME_WORDS:
            one = self.pieces[end]
            if not (
                (one.capital and one.kind in ("word", "id"))
                or (end > place and one.kind in ("number",) and one.text.isdigit())
            ):
                break
            end += 1
            if any(step.edge.type in ("DATE", "DAY") for step in self.steps[place]):
                break
            for kind in NAME_TYPES:
                cost = self._name_cost(place, end) + (1 if kind == "NAME_V" else 0)
                if any(
                    step.end == end and step.edge.type in _KNOWN_NAMES and step.cost == 0
                    for step in self.steps[place]
                ):
                    cost += 1  # one that the organisation has told us of
                if kind == "NAME_N" and self._follows_many(place):
                    cost += 3  # "payments Tom Reed approved", but "supplier Harrow Freight"
                self._add(kind, self.typed(place, end), place, end, cost)
            if one.possessive:
                break

    def _follows_many(self, place: int) -> bool:
        """Whether a name stands behind several things, or begins what is said of them."""
        before = self.pieces[place - 1].key if place else ""
        if before in ("or", "and"):
            return any(
                piece.key in ("that", "which", "did") for piece in self.pieces[max(0, place - 4) : place]
            )
        return before.endswith("s") or before in ("did", "do", "that", "which")

    def _name_cost(self, start: int, end: int) -> int:
        """A run of capitals is one name; a part of it is less likely, and so is one of words that we know."""
        cost = 0
        if end < len(self.pieces) and self.pieces[end].capital and self.pieces[end].kind == "word":
            cost += 3
        strong = {"ACT", "THING", "SYSTEM", "GROUP", "PERSON", "DAY", "DATE", "ROLE"}
        if any(step.end == end and step.edge.type in strong for step in self.steps[start]):
            cost += 2
        return cost

    def _add_loose(self, place: int, cost: int) -> None:
        piece = self.pieces[place]
        known = self._known[place]
        if not any(step.edge.type in ("THING", "SYSTEM") for step in self.steps[place]):
            self.steps[place].append(
                Step(Edge("LOOSE_V", piece.text, piece.start, piece.end), place + 1, cost)
            )
        if not any(step.edge.type in ("SKIP", "SOMEONE", "ANYTHING") for step in self.steps[place]):
            self.steps[place].append(Step(Edge("LOOSE_S", piece.text, piece.start, piece.end), place + 1, 4))
        self._known[place] = known

    # The free texts of duties

    def _add_texts(self) -> None:
        """Offer the free texts of duties: each up to the end of its sentence, or to where the next duty begins."""
        count = len(self.pieces)
        begins = [bool(self._types(place) & _DUTY_WORDS) for place in range(count)]
        checks = [place for place in range(count) if "CHECKS_IT" in self._types(place)]
        ended_by = self._ended_by()
        for place in range(count):
            stop = next((end for end in range(place, count) if self._ends_here(end)), count)
            soft = next(
                (
                    one
                    for one in range(place + 1, stop)
                    if self.pieces[one].text == "," and any(begins[one + 1 : one + 3])
                ),
                stop,
            )
            before = ended_by[place]
            if "STOP_LOGGING" in before:
                self._text("REST", place, count)
            if before & {"TELL_WHEN", "KEEP_FROM", "BECAUSE", "BY_REVIEWER"} and soft > place:
                self._text("TEXT", place, soft, bare=not before & _SIGNS)
            if "BY_REVIEWER" in before and soft > place:
                self._text("REVIEWER_LAST", place, soft)
                for end in range(place + 1, min(soft, place + MOST_WHOM_WORDS)):
                    if "OFTEN" in self._types(end):
                        self._text("REVIEWER_LAST", place, end)
            if before & {"TELL", "ALARM"}:
                for end in range(place + 1, min(stop, place + MOST_WHOM_WORDS) + 1):
                    if end == stop or self._types(end) & {"TELL_WHEN", "WHENEVER", "SILENT_TOLD"}:
                        self._text("WHOM", place, end)
                        break
                if soft < stop:
                    self._text("WHOM", place, soft)
            for check in checks:
                if place < check <= min(stop, place + MOST_WHOM_WORDS) and self._begins_duty(place):
                    self._text("REVIEWER", place, check)

    def _types(self, place: int) -> set[str]:
        return {step.edge.type for step in self.steps[place]} if place < len(self.pieces) else set()

    def _ended_by(self) -> list[set[str]]:
        """Return for each place the terminals that end right before it."""
        ended: list[set[str]] = [set() for _ in range(len(self.pieces) + 1)]
        for steps in self.steps:
            for step in steps:
                ended[step.end].add(step.edge.type)
        return ended

    def _begins_duty(self, place: int) -> bool:
        return place == 0 or self.pieces[place - 1].text.lower() in (".", ";", ",", "and")

    def _ends_here(self, place: int) -> bool:
        """Whether a sentence ends with this piece."""
        end = self.pieces[place].end
        after = self.text[end : end + 1]
        return self.pieces[place].text in (".", ";") and (not after or after.isspace() or after.isupper())

    def _text(self, kind: str, start: int, end: int, *, bare: bool = False) -> None:
        if end == start + 1 and self.pieces[start].kind == "quoted":
            said = self.pieces[start].value
        else:
            first = start
            if (
                (bare or kind in ("REVIEWER", "REVIEWER_LAST"))
                and self.pieces[start].text.lower() == "the"
                and end > start + 1
            ):
                first = start + 1
            said = self.text[self.pieces[first].start : self.pieces[end - 1].end].strip()
        if kind == "WHOM":
            said = re.sub(r"\s+know$", "", said)
        if (
            kind == "WHOM"
            and self.pieces[start].kind != "quoted"
            and re.search(r"\b(?:not|except|nobody|no one|never|but|nothing)\b", said.lower())
        ):
            return
        if said:
            edge = Edge(kind, said, self.pieces[start].start, self.pieces[end - 1].end)
            self.steps[start].append(Step(edge, end, 0))
            for place in range(start, end):
                self._known[place] = True


_DAY_NAMES: Final = {"mon": "Monday", "tue": "Tuesday", "wed": "Wednesday", "thu": "Thursday", "fri": "Friday",
                     "sat": "Saturday", "sun": "Sunday"}  # fmt: skip


def _in_figures(words: str, span: str) -> str:
    count, unit = re.findall(r"(\d+)([YMWD])", span)[0]
    name = {"Y": "year", "M": "month", "W": "week", "D": "day"}[unit]
    return f"{count} {name}{'' if count == '1' else 's'}"


def names_of(world: World) -> Trie:
    """Return the organisation's own names: its people, groups, systems and kinds of thing."""
    trie = Trie()
    called: dict[tuple[str, ...], set[str]] = {}
    for person in world.people:
        whole = tuple(keys_of(person.name))
        names = {whole} | {(key,) for key in whole if len(key) > 1}
        names |= {tuple(keys_of(member.login)) for member in person.goes_by}
        for name in names:
            if name and all(name):
                called.setdefault(name, set()).add(person.name)
    for name, people in called.items():
        meant = sorted({one for one in people if tuple(keys_of(one)) == name} or people)
        trie.add(name, Reading("PERSON", meant[0] if len(meant) == 1 else tuple(meant)))
    for group in world.groups:
        keys = keys_of(group)
        trie.add(keys, Reading("GROUP", group))
        if len(keys) == 1:
            for other in (f"{keys[0]}s", singular(keys[0])):
                trie.add([other], Reading("GROUP", group))
    for system in world.systems:
        trie.add(keys_of(system), Reading("SYSTEM", system))
    for name_of_thing, kind in world.things.items():
        keys = keys_of(name_of_thing)
        reading = Reading("THING", Kinds((kind,)))
        for form in (keys, [*keys[:-1], f"{keys[-1]}s"] if keys else [], noun_keys(name_of_thing)):
            trie.add(form, reading)
            trie.add(form, Reading("LTHING", reading.value, 1))
    return trie
