"""Single events, each durable when `append` returns: by one caller (T1), and by 64 at once (T3, T4).

T1 counts in flushes of the same disk. T3 holds 64 threads of one Python process against 64 clients of
pgbench, a C program, that write the same events into a hash chain kept by a trigger.
"""

from __future__ import annotations

import statistics
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from bench import bounds, chain_trigger
from bench.events import make_events
from bench.logs import Bench, fill, new_log, new_postgres_log
from bench.result import AT_LEAST, AT_MOST, NotMeasured, Result, in_rounds, of_pairs

CALLERS = 64
T1_GOAL, T3_GOAL, T4_GOAL = 2.0, 3.0, 4.0


def single(bench: Bench) -> list[Result | NotMeasured]:
    """T1: how many flushes one durable event costs."""
    times = bench.at_most(400)
    with new_log(bench) as logbook, tempfile.TemporaryDirectory(dir=bench.folder) as beside:
        fill(bench, logbook, bench.at_most(2_000))

        def pair() -> tuple[float, float]:
            return _typical_append(logbook, times) * 1e3, bounds.flush_seconds(Path(beside), times) * 1e3

        return [
            in_rounds(
                "T1",
                "one durable event, p50, in flushes",
                pair,
                unit="ms",
                sense=AT_MOST,
                goal=T1_GOAL,
                rounds=bench.rounds,
            )
        ]


def crowd_against_chain(bench: Bench) -> list[Result | NotMeasured]:
    """T3: 64 callers against the hash-chain trigger, on either database."""
    what = "64 callers against a hash-chain trigger"
    if missing := bench.without_postgres("T3", what):
        return [missing]
    event, seconds = make_events(1)[0], bench.seconds
    measured = []
    with new_log(bench) as logbook:
        other = new_postgres_log(bench, "crowd")
        for _ in range(bench.rounds):
            bench.tell("64 callers, SQLite, PostgreSQL, hash chain")
            ours = many_per_second(logbook, CALLERS, seconds), many_per_second(other, CALLERS, seconds)
            assert bench.postgres is not None and bench.programs is not None
            pgbench = bench.programs / "pgbench"
            chain = chain_trigger.singles_per_second(
                bench.postgres, pgbench, event, CALLERS, max(int(seconds), 1)
            )
            measured.append((*ours, chain))
    return [
        of_pairs(
            "T3",
            f"{what}, {name}",
            [(one[place], one[2]) for one in measured],
            unit="/s",
            sense=AT_LEAST,
            goal=T3_GOAL,
        )
        for place, name in enumerate(("SQLite", "PostgreSQL"))
    ]


def crowd_against_one(bench: Bench) -> list[Result | NotMeasured]:
    """T4: 64 callers against one."""
    results: list[Result | NotMeasured] = []
    with new_log(bench) as logbook:
        logs = [("SQLite", logbook)]
        if bench.postgres:
            logs.append(("PostgreSQL", new_postgres_log(bench, "group")))
        for name, log in logs:

            def pair(log: Any = log) -> tuple[float, float]:
                return many_per_second(log, CALLERS, bench.seconds), many_per_second(log, 1, bench.seconds)

            results.append(
                in_rounds(
                    "T4",
                    f"64 callers against one, {name}",
                    pair,
                    unit="/s",
                    sense=AT_LEAST,
                    goal=T4_GOAL,
                    rounds=bench.rounds,
                )
            )
    return results


def many_per_second(logbook: Any, callers: int, seconds: float) -> float:
    """Return durable single events a second by so many threads."""
    from indelible.storage.database.append import Draft, append

    events = make_events(256)
    counts = [0] * callers
    start = threading.Barrier(callers + 1)
    ends = [0.0]

    def call(place: int) -> None:
        append(logbook, [Draft(events[place % 256], source=1)])
        start.wait()
        done = 0
        while time.perf_counter() < ends[0]:
            append(logbook, [Draft(events[(place * 7 + done) % 256], source=1)])
            done += 1
        counts[place] = done

    threads = [threading.Thread(target=call, args=(place,)) for place in range(callers)]
    for thread in threads:
        thread.start()
    begun = time.perf_counter()
    ends[0] = begun + 3_600  # until all have begun
    start.wait()
    begun = time.perf_counter()
    ends[0] = begun + seconds
    for thread in threads:
        thread.join()
    return sum(counts) / (time.perf_counter() - begun)


def _typical_append(logbook: Any, times: int) -> float:
    """Return the median seconds of one append by the only caller."""
    from indelible.storage.database.append import Draft, append

    taken = []
    for event in make_events(times):
        draft = Draft(event, source=1)
        begun = time.perf_counter()
        append(logbook, [draft])
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken)
