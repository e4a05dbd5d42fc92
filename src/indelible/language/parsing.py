"""The way through a sentence: which of the readings of its words fit together, by the grammar.

All ways are gone at once, the likeliest first; a way that the grammar refuses ends there. A word that fits nowhere is
left out, and named: that costs so much that it is done only where there is no other way. How much is tried is
bounded, so that any text is answered in time.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from indelible.language.grammar import Edge, Said, new_parse
from indelible.language.readings import Readings, Step

LEFT_OUT: Final = 100
MOST_TRIED: Final = 3_000
MOST_TRIED_IN_ALL: Final = 5_000
MOST_WAYS: Final = 24
SLACK: Final = 0
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
    steps = readings.steps
    count = len(readings.pieces)
    states = new_parse().parser_state
    table = states.parse_conf.parse_table.states
    heap: list[tuple[int, int, int, int, Any, tuple[int, ...]]] = [(0, 0, 0, 0, states, ())]
    number = tried = 0
    found: list[Way] = []
    limit: int | None = None
    deepest = 0
    while heap:
        cost, _depth, _number, place, state, left_out = heapq.heappop(heap)
        if limit is not None and cost > limit:
            break
        tried += 1
        if tried > MOST_TRIED_IN_ALL:
            break
        hurry = tried > MOST_TRIED
        deepest = max(deepest, place)
        if place == count:
            said = _finished(state, table)
            if said is not None and (not found or left_out == found[0].left_out) and fits(said):
                found.append(Way(said, left_out, cost))
                limit = cost + SLACK
                if len(found) >= MOST_WAYS:
                    break
            continue
        accepted = table[state.position]
        if "ANYMOD" in accepted:
            opened = _fed(state, _ANY)
            if opened is not None:
                inner = table[opened.position]
                for step in steps[place]:
                    if step.edge.type in inner and (then := _fed(opened, step.edge)) is not None:
                        number += 1
                        heapq.heappush(
                            heap, (cost + step.cost + 1, -step.end, -number, step.end, then, left_out)
                        )
        moved = False
        for step in steps[place]:
            then = state if step.edge.type == "SKIP" else None
            if then is None:
                if step.edge.type not in accepted:
                    continue
                then = _fed(state, step.edge)
                if then is None:
                    continue
            moved = True
            number += 1
            heapq.heappush(heap, (cost + step.cost, -step.end, -number, step.end, then, left_out))
        if not hurry or not moved:
            # Of two words, one of which must go, the later goes: the sentence made sense up to there.
            less = LEFT_OUT if moved or steps[place] else LEFT_OUT - 1
            number += 1
            heapq.heappush(heap, (cost + less, -place - 1, -number, place + 1, state, (*left_out, place)))
    return found


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


def unused(pieces: Sequence[Any], way: Way) -> tuple[int, ...]:
    """Return the places that a way leaves out."""
    return way.left_out


__all__ = ["Step", "Way", "unused", "ways"]
