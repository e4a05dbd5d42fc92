"""Pages of a search over a million entries (T11): how long each listed question takes, and how that grows.

Asked as the record's page asks: a page of fifty, with its count and its neighbours. Each question is asked
for many different persons, things and words, so that no answer is served from the memory of the last.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from bench.events import INVOICES, PEOPLE, START, WORDS, person_name
from bench.logs import Bench, log_of, postgres_log
from bench.result import AT_MOST, NotMeasured, Result, share

TIMES = 60  # of each question in a round
GROWTH_GOAL, DEEP_GOAL = 2.0, 1.5
MOST_MS = {"SQLite": 5.0, "PostgreSQL": 20.0}
Ask = Callable[[random.Random, int], str]


def _week(pick: random.Random, entries: int) -> str:
    """Return a week within the time that the log covers."""
    covered = timedelta(seconds=7 * entries)
    day = START + (covered * pick.random())
    return f"when:{day:%Y-%m-%d}..{day + timedelta(days=6):%Y-%m-%d}"


def _person(pick: random.Random, entries: int) -> str:
    return f'who:"{person_name(pick.randrange(PEOPLE))}"'


def _word(pick: random.Random, entries: int) -> str:
    return f'"{pick.choice(WORDS)}"'


QUESTIONS: dict[str, Ask] = {
    "everything": lambda pick, entries: "",
    "a person": _person,
    "a person, within a week": lambda pick, entries: f"{_person(pick, entries)} {_week(pick, entries)}",
    "a person and an act, within a week": lambda pick, entries: (
        f"{_person(pick, entries)} what:approve {_week(pick, entries)}"
    ),
    "a thing": lambda pick, entries: f"about:OBJ-{pick.randrange(INVOICES)}",
    "a kind of thing": lambda pick, entries: f"about:{pick.choice(['invoice', 'payment', 'contract'])}",
    "a week": _week,
    "what was refused": lambda pick, entries: "outcome:denied",
    "a category": lambda pick, entries: f"what:{pick.choice(['money', 'document', 'access'])}",
    "one word": _word,
    "two words": lambda pick, entries: " ".join(f'"{word}"' for word in pick.sample(WORDS, 2)),
    "a phrase": lambda pick, entries: '"' + " ".join(pick.sample(WORDS, 2)) + '"',
    "an id as a word": lambda pick, entries: f"OBJ-{pick.randrange(INVOICES)}",
    "the beginning of a word": lambda pick, entries: pick.choice(WORDS)[:4] + "*",
    "a word, within a week": lambda pick, entries: f"{_word(pick, entries)} {_week(pick, entries)}",
    "a word and a person": lambda pick, entries: f"{_word(pick, entries)} {_person(pick, entries)}",
}
DEEP = ("everything", "a person", "one word", "a category")


def searching(bench: Bench) -> list[Result | NotMeasured]:
    """T11: every question at 1,000,000 and at 100,000 entries, and the deepest page against the first."""
    results: list[Result | NotMeasured] = []
    with log_of(bench, bench.entries):
        pass  # made before anything is timed
    large, small = {}, {}
    with log_of(bench, bench.tenth) as logbook:
        small = _ask_all(bench, logbook, bench.tenth)
    with log_of(bench, bench.entries) as logbook:
        large = _ask_all(bench, logbook, bench.entries)
        deep = _deepest(bench, logbook)
    results += _results("SQLite", large, small, deep)
    if missing := bench.without_postgres("T11", "search, PostgreSQL"):
        return [*results, missing]
    logs = postgres_log(bench, bench.tenth), postgres_log(bench, bench.entries)
    small = _ask_all(bench, logs[0], bench.tenth)
    large = _ask_all(bench, logs[1], bench.entries)
    return results + _results("PostgreSQL", large, small, _deepest(bench, logs[1]))


def _ask_all(bench: Bench, logbook: Any, entries: int) -> dict[str, float]:
    """Return the p95 in milliseconds of each question: the median of several rounds."""
    times = bench.at_most(TIMES)
    taken: dict[str, list[float]] = {name: [] for name in QUESTIONS}
    for turn in range(bench.rounds):
        bench.tell(f"search, {entries:,} entries, round {turn + 1} of {bench.rounds}")
        for name, ask in QUESTIONS.items():
            pick = random.Random(f"{name}/{turn}")
            _find(logbook, ask(pick, entries))
            taken[name].append(share([_find(logbook, ask(pick, entries)) for _ in range(times)], 0.95) * 1e3)
    return {name: share(values, 0.5) for name, values in taken.items()}


def _deepest(bench: Bench, logbook: Any) -> dict[str, tuple[float, float]]:
    """Return the typical milliseconds of the last and of the first page of some questions."""
    times = bench.at_most(TIMES)
    found = {}
    for name in DEEP:
        pick = random.Random(name)
        asked = [QUESTIONS[name](pick, bench.entries) for _ in range(times)]
        first = share([_find(logbook, text) for text in asked], 0.5)
        last = share([_find(logbook, text, before=_last_page(logbook, text)) for text in asked], 0.5)
        found[name] = last * 1e3, first * 1e3
    return found


def _query(text: str) -> Any:
    from indelible.language.reading import understand
    from indelible.language.world import NOWHERE

    read = understand(text, NOWHERE, datetime(2026, 6, 1, tzinfo=UTC), purpose="search")
    assert read.understood or not text, text
    return read.pattern


def _find(logbook: Any, text: str, before: int | None = None) -> float:
    """Return the seconds that one page takes, from the parsed question to the positions."""
    from indelible.storage.database import search

    query = _query(text)
    begun = time.perf_counter()
    search.find(logbook, query, before=before)
    return time.perf_counter() - begun


def _last_page(logbook: Any, text: str) -> int:
    """Return the position before which the last full page of a question lies."""
    from indelible.storage.database import search

    oldest = search.find_all(logbook, _query(text), limit=search.PAGE + 1)
    return oldest[-1]


def _results(
    name: str, large: dict[str, float], small: dict[str, float], deep: dict[str, tuple[float, float]]
) -> list[Result | NotMeasured]:
    results: list[Result | NotMeasured] = []

    def add(family: str, question: str, figure: float, bound: float, goal: float) -> None:
        ratio = figure / bound
        family = f"{name}, {family}"
        results.append(
            Result("T11", question, figure, bound, "ms", ratio, AT_MOST, goal, [ratio], family=family)
        )

    for question, taken in large.items():
        add("a page, p95", question, taken, MOST_MS[name], 1.0)
    for question, taken in large.items():
        add("p95 at ten times the entries", question, taken, small[question], GROWTH_GOAL)
    for question, (last, first) in deep.items():
        add("last page against first", question, last, first, DEEP_GOAL)
    return results
