"""Events by the thousand, one durable commit each (T5), against two peers that write the same events.

Everybody starts from the same events in memory and an empty table. The peers keep three search indexes
within the commit. Ours follow after the commit, so a second figure, without a goal, tells the rate with the
search index made in full.
"""

from __future__ import annotations

import gc
import tempfile
import time
from pathlib import Path
from typing import Any

from bench import chain_trigger, plain_table
from bench.events import make_events
from bench.logs import BATCH, Bench, new_log
from bench.result import AT_LEAST, NotMeasured, Result, of_pairs

CHAIN_GOAL, PLAIN_GOAL = 1.0, 0.7


def bulk(bench: Bench) -> list[Result | NotMeasured]:
    """T5: bulk append against the hash-chain trigger fed by COPY, and against a plain SQLite table."""
    events = make_events(bench.tenth)
    gc.freeze()  # else each collection would walk through all the events that only wait here
    ours, indexed, chain, plain = [], [], [], []
    for turn in range(bench.rounds):
        bench.tell(f"bulk, round {turn + 1} of {bench.rounds}")
        with new_log(bench) as logbook:
            seconds, more = append_seconds(logbook, events), _index_seconds(logbook)
        ours.append(len(events) / seconds)
        indexed.append(len(events) / (seconds + more))
        with tempfile.TemporaryDirectory(dir=bench.folder) as folder:
            plain.append(plain_table.bulk_per_second(Path(folder), events, BATCH))
        if bench.postgres:
            chain.append(chain_trigger.bulk_per_second(bench.postgres, events, BATCH))
    results: list[Result | NotMeasured] = [
        bench.without_postgres("T5", "by 1,000 against a hash-chain trigger")
        or _against(ours, chain, "by 1,000 against a hash-chain trigger", CHAIN_GOAL),
        _against(ours, plain, "by 1,000 against a plain table", PLAIN_GOAL),
        _against(indexed, plain, "the same, search index included", None),
    ]
    return results


def append_seconds(logbook: Any, events: list[Any], batch: int = BATCH) -> float:
    """Return the seconds that appending takes, one durable commit a batch."""
    from indelible.storage.database.append import Draft, append

    begun = time.perf_counter()
    for start in range(0, len(events), batch):
        append(logbook, [Draft(event, source=1) for event in events[start : start + batch]])
    return time.perf_counter() - begun


def _index_seconds(logbook: Any) -> float:
    from indelible.storage.database import search

    begun = time.perf_counter()
    search.catch_up(logbook)
    return time.perf_counter() - begun


def _against(ours: list[float], peer: list[float], what: str, goal: float | None) -> Result:
    pairs = list(zip(ours, peer, strict=True))
    return of_pairs("T5", what, pairs, unit="/s", sense=AT_LEAST, goal=goal)
