"""What it costs that every entry is counted under the rules it matches (R): appending with a hundred rules and without.

The rules are the ready ones, and some of them once more for whoever is not in a group. Events are an office's, so that
as many rules match as do in real records; each match is a running number more to seal, and that is part of what is
measured.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from bench.bulk import append_seconds
from bench.logs import BATCH, Bench, new_log
from bench.office import office_events
from bench.result import AT_MOST, NotMeasured, Result, of_pairs
from bench.sentences import OFFICE, catalogue_patterns
from indelible.language.pattern import Who

GOAL = 1.15
RULES = 100


def tagging(bench: Bench) -> list[Result | NotMeasured]:
    """R: appending with a hundred rules, to appending with none; and what the matching alone takes of it."""
    events = office_events(bench.at_most(20_000))
    gc.freeze()  # else each collection would walk through all the events that only wait here
    turns = 4 * bench.rounds
    with new_log(bench) as logbook:
        append_seconds(logbook, events[:BATCH])
        bench.tell(f"tagging, {turns} turns with rules and without, by 1,000 and one by one")
        bulk, single = [], []
        for turn in range(turns):
            some = _piece(events, turn, bench.at_most(2 * BATCH))
            bulk.append(_with_and_without(partial(_by_thousands, logbook, some), rules_first=turn % 2 == 0))
            some = some[: bench.at_most(150)]
            single.append(_with_and_without(partial(_typical, logbook, some), rules_first=turn % 2 == 0))
    without = statistics.median(pair[1] for pair in bulk)
    alone = [(_matching(events), without) for _ in range(bench.rounds)]
    return [
        _result(f"single events, with {RULES} rules to without", single, GOAL),
        _result(f"events by 1,000, with {RULES} rules to without", bulk, GOAL),
        _result("matching alone, to an event appended by 1,000", alone, None),
    ]


def _result(what: str, pairs: list[tuple[float, float]], goal: float | None) -> Result:
    micro = [(one * 1e6, other * 1e6) for one, other in pairs]
    return of_pairs("R", what, micro, unit="us", sense=AT_MOST, goal=goal)


def _piece(events: list[Any], turn: int, count: int) -> list[Any]:
    """Return some of the events, others each turn."""
    start = turn * count % max(len(events) - count, 1)
    return events[start : start + count]


def _rule_set() -> Any:
    from indelible.language.matching import RuleSet

    ready = list(catalogue_patterns().values())
    narrower = [replace(one, not_who=(Who(group="Finance"),)) for one in ready[: RULES - len(ready)]]
    patterns = [*ready, *narrower]
    assert len(patterns) == RULES
    return RuleSet({f"{number}.1": pattern for number, pattern in enumerate(patterns, 1)}, OFFICE)


def _with_and_without(run: Callable[[], float], *, rules_first: bool) -> tuple[float, float]:
    taken = {}
    for tags in (True, False) if rules_first else (False, True):
        _tag(_rule_set() if tags else None)
        taken[tags] = run()
    _tag(None)
    return taken[True], taken[False]


def _tag(rules: Any) -> None:
    from indelible.storage.database.tagging import provide_tagger

    provide_tagger(
        None
        if rules is None
        else lambda logbook, mark: lambda event, source: (event, rules.matching(event, source))
    )


def _by_thousands(logbook: Any, events: list[Any]) -> float:
    return append_seconds(logbook, events) / len(events)


def _typical(logbook: Any, events: list[Any]) -> float:
    from indelible.storage.database.append import Draft, append

    taken = []
    for event in events:
        begun = time.perf_counter()
        append(logbook, [Draft(event, source=1)])
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken)


def _matching(events: list[Any]) -> float:
    rules = _rule_set()
    begun = time.perf_counter()
    for event in events:
        rules.matching(event, 1)
    return (time.perf_counter() - begun) / len(events)
