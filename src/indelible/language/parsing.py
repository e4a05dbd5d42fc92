"""The way through a sentence: which of the readings of its words fit together, by the grammar.

All ways are gone at once, the likeliest first; a way that the grammar refuses ends there. A word that fits nowhere is
left out, and named: that costs so much that it is done only where there is no other way. How much is tried is
bounded, so that any text is answered in time.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from indelible.language.grammar import Edge, Said, new_parse
from indelible.language.readings import Readings, Step

LEFT_OUT: Final = 100
MOST_TRIED: Final = 3_000
MOST_TRIED_IN_ALL: Final = 5_000
KEPT_WAYS: Final = 60
MOST_WAYS: Final = 24
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
    heap: list[tuple[int, int, int, int, int, Any, tuple[int, ...]]] = [(0, 0, 0, 0, 0, states, ())]
    seen: set[tuple[int, int, tuple[int, ...]]] = set()
    number = tried = 0
    found: list[Way] = []
    limit: int | None = None

    def go(cost: int, end: int, trace: int, state: Any, left_out: tuple[int, ...]) -> None:
        nonlocal number
        number += 1
        heapq.heappush(heap, (cost, -end, -number, end, trace, state, left_out))

    while heap:
        cost, _depth, _number, place, trace, state, left_out = heapq.heappop(heap)
        if limit is not None and cost > limit:
            break
        if (place, trace, left_out) in seen:
            continue
        seen.add((place, trace, left_out))
        tried += 1
        if tried > MOST_TRIED_IN_ALL:
            break
        if tried == MOST_TRIED and not found:
            # Too many ways: only those that came furthest are gone on with.
            heap = [
                (len(way[6]) * LEFT_OUT, *way[1:])
                for way in heapq.nsmallest(KEPT_WAYS, heap, key=lambda way: way[1])
            ]
            heapq.heapify(heap)
        if place == count:
            said = _finished(state, table)
            if said is not None and (not found or left_out == found[0].left_out) and fits(said):
                found.append(Way(said, left_out, cost))
                limit = cost
                if len(found) >= MOST_WAYS:
                    break
            continue
        accepted = table[state.position]
        if "ANYMOD" in accepted and (opened := _fed(state, _ANY)) is not None:
            inner = table[opened.position]
            for step in steps[place]:
                if step.edge.type in inner and (then := _fed(opened, step.edge)) is not None:
                    go(cost + step.cost + 1, step.end, hash((trace, "ANYMOD", _trace(step))), then, left_out)
        moved = False
        for step in steps[place]:
            if step.edge.type == "SKIP":
                go(cost + step.cost, step.end, trace, state, left_out)
            elif step.edge.type not in accepted or (then := _fed(state, step.edge)) is None:
                continue
            else:
                go(cost + step.cost, step.end, hash((trace, _trace(step))), then, left_out)
            moved = True
        if tried <= MOST_TRIED or not moved:
            # Of two words, one of which must go, the later goes: the sentence made sense up to there.
            go(cost + LEFT_OUT, place + 1, trace, state, (*left_out, place))
    return found


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
