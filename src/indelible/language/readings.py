"""All the readings of a sentence's words, place by place: what the grammar may be fed with.

The words of the lexicon, the organisation's own names, unknown names by where they stand and how they are written,
numbers, amounts, days, spans of time, and the free texts of duties ("tell the CFO when ...").
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from indelible.language.lexicon import Trie
from indelible.language.lexicon.forms import singular
from indelible.language.readings_names import Names
from indelible.language.readings_places import Step
from indelible.language.readings_texts import Texts
from indelible.language.tokens import Piece
from indelible.language.unchecked import many_at, rate_at, soon_at, unchecked_at
from indelible.language.understanding import Kind
from indelible.language.world import World

_WHOLE: Final = frozenset({"THING", "FACT", "REF"})


class Readings(Names, Texts):
    """The readings of one sentence."""

    def __init__(
        self, text: str, pieces: Sequence[Piece], names: Trie, world: World, now: datetime, kind: Kind
    ) -> None:
        super().__init__(text, pieces, world, now, kind)
        keys = [piece.key for piece in pieces]
        singulars = [singular(key) for key in keys]
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
