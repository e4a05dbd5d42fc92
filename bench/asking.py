"""First pages of the sentences of the ready rules, over a million entries of a whole office (S).

Asked as the record's page asks: fifty entries, their count, what lies before and after. All sentences are asked in
turn, so that no answer is served from the memory of the last.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bench.installation import opened, set_up
from bench.logs import BATCH, Bench, new_postgres_log
from bench.office import office_events
from bench.result import AT_MOST, NotMeasured, Result, share
from bench.sentences import CONDITIONS, NOW, OFFICE, catalogue_patterns
from indelible.language.pattern import Pattern

MOST_MS = 300.0
TIMES = 8  # of each sentence in a round


def asking(bench: Bench) -> list[Result | NotMeasured]:
    """S: the first page of every sentence of the catalogue, and of questions with conditions."""
    with office_log(bench) as logbook:
        results = _results("SQLite", _ask(bench, logbook))
    if missing := bench.without_postgres("S", "sentences, PostgreSQL"):
        return [*results, missing]
    logbook = new_postgres_log(bench, f"office{bench.entries}")
    fill(bench, logbook)
    return results + _results("PostgreSQL", _ask(bench, logbook))


@contextmanager
def office_log(bench: Bench) -> Iterator[Any]:
    """Open the installation with an office's log of full size; it is made where it is missing."""
    from indelible.server.prepare import bring_tables_up_to_date
    from indelible.web.acts import logbook_in_use

    folder = bench.folder / f"office-{bench.entries}"
    made = folder / "made"
    if not made.exists():
        shutil.rmtree(folder, ignore_errors=True)
        with opened(folder):
            fill(bench, set_up())
        made.touch()
    with opened(folder):
        bring_tables_up_to_date()
        yield logbook_in_use()


def fill(bench: Bench, logbook: Any) -> None:
    """Append an office's events until the log has its full size, and index them."""
    from indelible.storage.database import search, tagging
    from indelible.storage.database.append import Draft, append
    from indelible.storage.database.reads import head

    tagging.provide_tagger(None)
    size = head(logbook).size
    for start in range(size, bench.entries, BATCH):
        if start % 100_000 < BATCH:
            bench.tell(f"an office's log: {start:,} of {bench.entries:,} entries")
        events = office_events(min(BATCH, bench.entries - start), start)
        append(logbook, [Draft(event, source=1) for event in events])
    bench.tell(f"search index of {bench.entries:,} entries")
    search.catch_up(logbook)


def questions() -> dict[str, Pattern]:
    """Return what is asked, by name: each sentence of the catalogue, and questions with conditions."""
    return {**catalogue_patterns(), **CONDITIONS}


def _ask(bench: Bench, logbook: Any) -> dict[str, float]:
    """Return the p95 in milliseconds of each question."""
    from indelible.storage.database import search

    taken: dict[str, list[float]] = {name: [] for name in questions()}
    for turn in range(bench.at_most(TIMES) * bench.rounds):
        bench.tell(f"sentences, round {turn + 1} of {bench.at_most(TIMES) * bench.rounds}")
        for name, pattern in questions().items():
            begun = time.perf_counter()
            search.find(logbook, pattern, OFFICE, now=NOW)
            taken[name].append((time.perf_counter() - begun) * 1e3)
    return {name: share(values, 0.95) for name, values in taken.items()}


def _results(name: str, taken: dict[str, float]) -> list[Result | NotMeasured]:
    return [
        Result(
            "S",
            question,
            figure,
            MOST_MS,
            "ms",
            figure / MOST_MS,
            AT_MOST,
            1.0,
            [figure / MOST_MS],
            family=f"{name}, first page of a sentence, p95",
        )
        for question, figure in taken.items()
    ]
