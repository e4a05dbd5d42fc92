"""The free texts of duties: "tell the CFO when ...", "because ..."."""

from __future__ import annotations

import re
from typing import Final

from indelible.language.parts import Edge
from indelible.language.readings_places import Places, Step

_SIGNS: Final = frozenset({"TELL_WHEN", "BECAUSE"})

_DUTY_WORDS: Final = frozenset({"KEEP", "TELL", "ALARM", "BECAUSE", "SILENT", "EXPECT", "REVIEWED"})

MOST_WHOM_WORDS: Final = 8


class Texts(Places):
    """Texts up to where the sentence or the next duty ends."""

    def _add_texts(self) -> None:
        """Offer the free texts of duties: each up to the end of its sentence, or to where the next duty begins."""
        count = len(self.pieces)
        begins = [bool(self._types(place) & _DUTY_WORDS) for place in range(count)]
        checks = [place for place in range(count) if self._types(place) & {"CHECKS_IT", "LOOKS_EACH"}]
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
                    if self._types(end) & {"OFTEN", "WITHIN"}:
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
