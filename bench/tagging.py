"""What it costs that every entry is counted under the rules it matches (R): appending with a hundred rules and without.

The rules are the ready ones and some with conditions. Events are an office's, so that as many rules match as do in real
records; each match is a running number more to seal, and that is part of what is measured.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from typing import Any

from bench.bulk import append_seconds
from bench.logs import Bench, new_log
from bench.office import office_events
from bench.result import AT_MOST, NotMeasured, Result, of_pairs
from bench.sentences import CONDITIONS, OFFICE, catalogue_patterns

GOAL = 1.15
RULES = 100


def tagging(bench: Bench) -> list[Result | NotMeasured]:
    """R: appending with a hundred rules, to appending with none; and what the matching alone takes of it."""
    bulk = office_events(bench.at_most(20_000))
    singles = bulk[: bench.at_most(1_000)]
    gc.freeze()  # else each collection would walk through all the events that only wait here
    pairs: dict[str, list[tuple[float, float]]] = {"single events": [], "events by 1,000": []}
    with new_log(bench) as logbook:
        append_seconds(logbook, bulk[:1_000])
        for turn in range(2 * bench.rounds):
            bench.tell(f"tagging, round {turn + 1} of {2 * bench.rounds}")
            for what, run in (
                ("single events", lambda: _typical(logbook, singles)),
                ("events by 1,000", lambda: append_seconds(logbook, bulk) / len(bulk)),
            ):
                pairs[what].append(_with_and_without(run, rules_first=turn % 2 == 0))
    results: list[Result | NotMeasured] = [
        of_pairs(
            "R",
            f"{what}, with {RULES} rules to without",
            [(with_rules * 1e6, without * 1e6) for with_rules, without in found],
            unit="us",
            sense=AT_MOST,
            goal=GOAL,
        )
        for what, found in pairs.items()
    ]
    without = statistics.median(pair[1] for pair in pairs["events by 1,000"])
    results.append(
        of_pairs(
            "R",
            "matching alone, to an event appended by 1,000",
            [(_matching(bulk) * 1e6, without * 1e6) for _ in range(bench.rounds)],
            unit="us",
            sense=AT_MOST,
            goal=None,
        )
    )
    return results


def _rule_set() -> Any:
    from indelible.language.matching import RuleSet

    patterns = [*catalogue_patterns().values(), *CONDITIONS.values()][:RULES]
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
