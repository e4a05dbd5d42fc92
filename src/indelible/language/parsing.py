"""The way through a sentence: which of the readings of its words fit together, by the grammar.

All ways are gone at once, the likeliest first; a way that the grammar refuses ends there. Only where none leads to the
end is a word left out, and named: the one at which the way that came furthest got stuck. How much is tried is bounded,
so that any text is answered in time.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from indelible.language.parts import Edge, Said
from indelible.language.readings import Readings
from indelible.language.readings_places import Step

LEFT_OUT: Final = 100
MOST_TRIED: Final = 4_000
MOST_TRIED_ON: Final = 800  # once a word had to be left out
MOST_STUCK: Final = 24
MOST_WAYS: Final = 24
_LOOSE: Final = ("LOOSE_S", "LOOSE_V")  # any word at all: hardly a way to go on
_END: Final = Edge("$END", None, -1, -1)
_ANY: Final = Edge("ANYMOD", None, -1, -1)


@dataclass(frozen=True, slots=True)
class Way:
    """One way through the sentence: what it says, and the places of the pieces that it leaves out."""

    said: Said
    left_out: tuple[int, ...]
    cost: int


def ways(readings: Readings, fits: Callable[[Said], bool]) -> list[Way]:
    """Return the likeliest ways through a sentence, all as likely as each other; none where there is none.

    `fits` says whether what a way says makes sense beyond the grammar.
    """
    return _Search(readings, fits).found()


class _Search:
    """The search for ways through one sentence."""

    def __init__(self, readings: Readings, fits: Callable[[Said], bool]) -> None:
        self.steps = readings.steps
        self.count = len(readings.pieces)
        self.fits = fits
        from indelible.language.grammar import new_parse  # only who reads a sentence needs the parser

        start = new_parse().parser_state
        self.table = start.parse_conf.parse_table.states
        self.heap: list[tuple[int, int, int, int, int, Any, tuple[int, ...]]] = []
        self.seen: set[tuple[int, int, tuple[int, ...]]] = set()
        self.stuck: dict[
            int, list[tuple[int, int, Any, tuple[int, ...]]]
        ] = {}  # by place: cost, trace, state, left out
        self.endings: list[
            tuple[int, int, Any, tuple[int, ...]]
        ] = []  # where a sentence could end: place, cost, state
        self.number = self.tried = 0
        self.most = MOST_TRIED
        self._go(0, 0, 0, start, ())

    def found(self) -> list[Way]:
        """Return the ways; where there is none, those that leave out the word at which the furthest got stuck."""
        earlier: dict[int, list[tuple[int, int, Any, tuple[int, ...]]]] = {}
        while self.tried < self.most:
            if found := self._through():
                return found
            if not self.stuck:
                # The end is not where a sentence can end, so what follows the last place where it could is left out.
                if found := self._cut_short():
                    return found
                self.stuck, earlier = earlier, {}
                if not self.stuck:
                    break
            if not earlier:
                self.most = min(self.most, self.tried + MOST_TRIED_ON)
            place = max(self.stuck)
            for cost, trace, state, left_out in self.stuck.pop(place)[:MOST_STUCK]:
                self._go(cost + LEFT_OUT, place + 1, trace, state, (*left_out, place))
            earlier = self.stuck | earlier
            self.stuck = {}
        return self._cut_short()

    def _cut_short(self) -> list[Way]:
        likely = sorted(self.endings, key=lambda one: (-one[0], one[1]))[:MOST_STUCK]
        self.endings = []  # what makes no sense now makes none later
        for place, cost, state, left_out in likely:
            said = _finished(state, self.table)
            if said is not None and self.fits(said):
                rest = tuple(range(place, self.count))
                return [Way(said, (*left_out, *rest), cost + LEFT_OUT * len(rest))]
        return []

    def _through(self) -> list[Way]:
        """Go on until the likeliest ways have reached the end."""
        found: list[Way] = []
        while self.heap:
            cost, _depth, _number, place, trace, state, left_out = heapq.heappop(self.heap)
            if found and cost > found[0].cost:
                break
            if (place, trace, left_out) in self.seen:
                continue
            self.seen.add((place, trace, left_out))
            self.tried += 1
            if self.tried > self.most:
                break
            if place == self.count:
                said = _finished(state, self.table)
                if said is not None and (not found or left_out == found[0].left_out) and self.fits(said):
                    found.append(Way(said, left_out, cost))
                    if len(found) >= MOST_WAYS:
                        break
                continue
            if "$END" in self.table[state.position]:
                self.endings.append((place, cost, state, left_out))
            if not self._on(cost, place, trace, state, left_out):
                self.stuck.setdefault(place, []).append((cost, trace, state, left_out))
        return found

    def _on(self, cost: int, place: int, trace: int, state: Any, left_out: tuple[int, ...]) -> bool:
        """Go one reading further in each way that the grammar allows; return whether there was any."""
        accepted = self.table[state.position]
        moved = False
        if "ANYMOD" in accepted and (opened := _fed(state, _ANY)) is not None:
            inner = self.table[opened.position]
            for step in self.steps[place]:
                if step.edge.type in inner and (then := _fed(opened, step.edge)) is not None:
                    self._go(
                        cost + step.cost + 1, step.end, hash((trace, "ANYMOD", _trace(step))), then, left_out
                    )
                    moved = True
        for step in self.steps[place]:
            if step.edge.type == "SKIP":
                self._go(cost + step.cost, step.end, trace, state, left_out)
            elif step.edge.type not in accepted or (then := _fed(state, step.edge)) is None:
                continue
            else:
                self._go(cost + step.cost, step.end, hash((trace, _trace(step))), then, left_out)
            moved = moved or step.edge.type not in _LOOSE
        return moved

    def _go(self, cost: int, end: int, trace: int, state: Any, left_out: tuple[int, ...]) -> None:
        self.number += 1
        heapq.heappush(self.heap, (cost, -end, -self.number, end, trace, state, left_out))


def _trace(step: Step) -> tuple[Any, ...]:
    """Return what tells one reading from another; of two equal ones the cheaper way is gone."""
    value = step.edge.value
    return (step.edge.type, step.end, value if isinstance(value, str) else id(value))


def _fed(state: Any, edge: Edge) -> Any:
    """Return the parser one terminal further; None where the grammar does not go on so."""
    then = state.copy(deepcopy_values=False)
    try:
        then.feed_token(edge)
    except _refusals():
        return None
    return then


def _finished(state: Any, table: Any) -> Said | None:
    if "$END" not in table[state.position]:
        return None
    then = state.copy(deepcopy_values=False)
    try:
        said = then.feed_token(_END, True)
    except _refusals():
        return None
    return said if isinstance(said, Said) else None


def _refusals() -> tuple[type[Exception], ...]:
    from lark.exceptions import UnexpectedToken

    return (UnexpectedToken,)
