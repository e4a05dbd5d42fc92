"""Verification: in full against bare hashing (T7), from the tiles alone (T8), and as the log grows (T9)."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import Any

from bench import bounds
from bench.events import make_events
from bench.logs import Bench, copy_of, folder_of, log_of
from bench.result import AT_LEAST, AT_MOST, NotMeasured, Result, of_pairs

FULL_GOAL, TWO_GOAL = 0.25, 1.8
TILES_GOAL, TILES_TO_FULL_GOAL = 0.6, 10.0
MEMORY_GOAL, NEWEST_GOAL = 1.2, 1.5
NEWEST = 1_000  # entries of an incremental check


def full(bench: Bench) -> list[Result | NotMeasured]:
    """T7: everything checked, by one process against bare hashing, and by two against one."""
    rates, two = [], []
    with log_of(bench, bench.entries) as logbook:
        hashes = bounds.hashes_of(logbook)
        rounds = min(bench.rounds, 3)  # each takes the better part of a minute
        for turn in range(rounds):
            bench.tell(f"full verification, round {turn + 1} of {rounds}")
            one = bench.entries / check_seconds(logbook, workers=1)
            rates.append((one, bounds.hash_bound(hashes)))
            two.append((bench.entries / check_seconds(logbook, workers=2), one))
    return [
        of_pairs("T7", "full check against bare hashing", rates, unit="/s", sense=AT_LEAST, goal=FULL_GOAL),
        of_pairs("T7", "full check, two processes", two, unit="/s", sense=AT_LEAST, goal=TWO_GOAL),
    ]


def tiles_only(bench: Bench) -> list[Result | NotMeasured]:
    """T8: the tree from its tiles, against one hash a leaf and against the full check."""
    to_bound, to_full = [], []
    with log_of(bench, bench.tenth) as logbook:
        for turn in range(bench.rounds):
            bench.tell(f"tiles alone, round {turn + 1} of {bench.rounds}")
            rate = bench.tenth / check_seconds(logbook, workers=1, tiles_only=True)
            to_bound.append((rate, bounds.leaf_bound()))
            to_full.append((rate, bench.tenth / check_seconds(logbook, workers=1)))
    return [
        of_pairs(
            "T8", "tiles alone, to one hash a leaf", to_bound, unit="/s", sense=AT_LEAST, goal=TILES_GOAL
        ),
        of_pairs(
            "T8",
            "tiles alone, to the full check",
            to_full,
            unit="/s",
            sense=AT_LEAST,
            goal=TILES_TO_FULL_GOAL,
        ),
    ]


def growing(bench: Bench) -> list[Result | NotMeasured]:
    """T9: memory of a full check, and time of a check of the newest entries, by the size of the log."""
    peaks = []
    for entries in (bench.entries, bench.tenth):
        bench.tell(f"memory of checking {entries:,} entries")
        with log_of(bench, entries):
            pass
        peaks.append(_peak_megabytes(bench, entries))
    newest: dict[int, list[float]] = {}
    for entries in (bench.entries, bench.hundredth):
        bench.tell(f"newest entries of {entries:,}")
        newest[entries] = _newest_milliseconds(bench, entries)
    return [
        of_pairs(
            "T9",
            f"memory at {bench.entries:,} against {bench.tenth:,} entries",
            [(peaks[0], peaks[1])],
            unit="MB",
            sense=AT_MOST,
            goal=MEMORY_GOAL,
        ),
        of_pairs(
            "T9",
            f"{NEWEST:,} new entries at {bench.entries:,} against {bench.hundredth:,}",
            list(zip(newest[bench.entries], newest[bench.hundredth], strict=True)),
            unit="ms",
            sense=AT_MOST,
            goal=NEWEST_GOAL,
        ),
    ]


def check_seconds(logbook: Any, **how: Any) -> float:
    """Return the seconds of a check, which must find nothing amiss."""
    from indelible.storage.database.checking import check

    begun = time.perf_counter()
    report = check(logbook, **how)
    taken = time.perf_counter() - begun
    if report.findings:
        raise RuntimeError(f"the log under test does not verify: {report}")
    return taken


def _peak_megabytes(bench: Bench, entries: int) -> float:
    """Return how much memory a check adds to a process that has begun, at its peak."""
    command = [sys.executable, "-m", "bench.peak_memory", str(folder_of(bench, entries))]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def _newest_milliseconds(bench: Bench, entries: int) -> list[float]:
    """Return the milliseconds of checking only what was appended since a full check, several times."""
    from indelible.storage.database import search
    from indelible.storage.database.append import Draft, append
    from indelible.storage.database.checking import check

    taken = []
    with copy_of(bench, entries) as logbook:
        since = check(logbook).resume_point
        for turn in range(bench.rounds):
            for start in range(0, NEWEST, 100):
                events = make_events(100, entries + turn * NEWEST + start)
                append(logbook, [Draft(event, source=1) for event in events])
            search.catch_up(logbook)
            begun = time.perf_counter()
            report = check(logbook, since=since)
            taken.append((time.perf_counter() - begun) * 1e3)
            since = report.resume_point
    return taken
