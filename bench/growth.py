"""Whether a log that has grown is as quick to append to as a young one (T13)."""

from __future__ import annotations

from bench.bulk import append_seconds
from bench.events import make_events
from bench.logs import Bench, copy_of
from bench.result import AT_LEAST, NotMeasured, Result, of_pairs
from bench.singles import many_per_second

GOAL = 0.9


def growth(bench: Bench) -> list[Result | NotMeasured]:
    """T13: rates at 1,000,000 entries against those at 10,000, in turn."""
    sizes = bench.entries, bench.hundredth
    bulk: dict[int, list[float]] = {size: [] for size in sizes}
    singles: dict[int, list[float]] = {size: [] for size in sizes}
    events = make_events(bench.at_most(20_000))
    for turn in range(bench.rounds):
        for size in sizes if turn % 2 else sizes[::-1]:
            bench.tell(f"growth, round {turn + 1} of {bench.rounds}, {size:,} entries")
            with copy_of(bench, size) as logbook:
                append_seconds(logbook, events[:1_000])  # reads the tree and warms the caches
                bulk[size].append(len(events) / append_seconds(logbook, events))
                singles[size].append(many_per_second(logbook, 1, bench.seconds))
    return [
        of_pairs(
            "T13",
            f"{name} at {bench.entries:,} against {bench.hundredth:,} entries",
            list(zip(rates[bench.entries], rates[bench.hundredth], strict=True)),
            unit="/s",
            sense=AT_LEAST,
            goal=GOAL,
        )
        for name, rates in (("bulk", bulk), ("single", singles))
    ]
