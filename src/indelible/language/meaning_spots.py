"""Words with several meanings that are still open, and what makes no sense."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from indelible.language.days import Calendar
from indelible.language.parts import Part
from indelible.language.world import World


@dataclass(frozen=True, slots=True)
class Spot:
    """Words with several meanings: where they stand, and what each choice is called. `code` is the question's."""

    code: str
    start: int
    end: int
    labels: tuple[str, ...]


class Misfit(Exception):
    """What was said makes no sense beyond the grammar."""


class Open:
    """One sentence whose meaning is being made out, with what was picked and what is left open."""

    def __init__(self, text: str, world: World, calendar: Calendar, picks: Mapping[int, int]) -> None:
        self.text, self.world, self.calendar, self.picks = text, world, calendar, picks
        self.spots: list[Spot] = []
        self.misfits: list[tuple[int, int]] = []
        self.offers: list[str] = []
        self.signs: list[str] = []

    def _pick(self, code: str, part: Part, labels: Sequence[str]) -> int:
        picked = self.picks.get(part.start)
        if picked is not None and picked < len(labels):
            return picked
        self.spots.append(Spot(code, part.start, part.end, tuple(labels)))
        return 0
