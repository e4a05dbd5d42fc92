"""The places of a sentence and the readings that begin at each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from indelible.language.days import Calendar
from indelible.language.lexicon import lexicon
from indelible.language.parts import Edge
from indelible.language.tokens import Piece
from indelible.language.understanding import Kind
from indelible.language.world import World


@dataclass(frozen=True, slots=True)
class Step:
    """One reading: the terminal, up to which piece it reaches, and how far-fetched it is."""

    edge: Edge
    end: int
    cost: int


class Places:
    """The pieces of one sentence, and the readings found so far at each place."""

    def __init__(self, text: str, pieces: Sequence[Piece], world: World, now: datetime, kind: Kind) -> None:
        self.text, self.pieces, self.world, self.kind = text, pieces, world, kind
        self.calendar = Calendar(now, world.zone)
        self.lexicon = lexicon()
        self._own_names = {*world.groups, *world.systems}
        self.steps: list[list[Step]] = [[] for _ in range(len(pieces) + 1)]
        self._known = [False] * len(pieces)

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

    def _types(self, place: int) -> set[str]:
        return {step.edge.type for step in self.steps[place]} if place < len(self.pieces) else set()
