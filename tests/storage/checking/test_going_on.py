"""A check can be watched, stopped, gone on with, narrowed to what is new, and run while others append."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from indelible.storage.database import after_commit, search
from indelible.storage.database.append import Draft, append
from indelible.storage.database.checking import CheckStopped, check
from indelible.storage.database.checking.peaks import CHUNK
from indelible.storage.database.logbooks import alias_of
from indelible.storage.database.models import Logbook
from indelible.storage.home import Home
from tests.storage.checking.altering import event, fill, found, kinds, run, run_search

LONG = CHUNK + 700


@pytest.fixture
def log(database: str, log_on: Callable[[str], Logbook]) -> Logbook:
    """A log of two ranges."""
    return fill(log_on(database), LONG, batch=2_000)


def test_progress_is_told_up_to_the_end(log: Logbook) -> None:
    told: list[tuple[int, int]] = []
    check(log, workers=1, progress=lambda done, total: told.append((done, total)))
    assert told[0] == (0, LONG)
    assert told[-1] == (LONG, LONG)


def test_a_stopped_check_goes_on_and_finds_the_same(log: Logbook) -> None:
    run(
        log,
        "UPDATE entry SET content = replace(content, 'success', 'failure') WHERE logbook = {log} AND \"index\" = 3",
    )
    with pytest.raises(CheckStopped) as stopped:
        check(log, workers=1, stop=lambda: True)
    state = json.loads(json.dumps(stopped.value.state))
    told: list[int] = []
    report = check(log, workers=1, resume=state, progress=lambda done, _total: told.append(done))
    assert told[0] == CHUNK
    assert kinds(report) == [("altered", 3, 3)]


def test_several_processes_find_what_one_finds(log: Logbook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("indelible.storage.database.checking.run.ALONE_UP_TO", 0)
    assert check(log, workers=2).intact is True
    run(
        log,
        "UPDATE entry SET content = replace(content, 'success', 'failure') WHERE logbook = {log} AND \"index\" = 3",
    )
    assert kinds(check(log, workers=2)) == [("altered", 3, 3)]


def test_a_check_of_what_is_new_starts_from_a_good_one(log: Logbook) -> None:
    good = found(log)
    assert good.resume_point is not None
    point = json.loads(json.dumps(good.resume_point))
    append(log, [Draft(event(number), source=1) for number in range(300)])
    after_commit.flush()
    told: list[int] = []
    report = check(log, workers=1, since=point, progress=lambda _done, total: told.append(total))
    assert report.intact is True
    assert report.since == LONG
    assert max(told) < 1_000
    run(log, 'DELETE FROM entry WHERE logbook = {log} AND "index" = %s', LONG + 5)
    assert kinds(check(log, workers=1, since=point)) == [("removed", LONG + 5, LONG + 5)]


def test_a_check_of_the_tree_alone_reads_no_entry(log: Logbook) -> None:
    run(
        log,
        "UPDATE entry SET content = replace(content, 'success', 'failure') WHERE logbook = {log} AND \"index\" = 3",
    )
    report = check(log, workers=1, tiles_only=True)
    assert [q.verdict for q in report.questions] == ["matches", "matches", "matches", "could not be checked"]
    run(log, 'DELETE FROM tile WHERE logbook = {log} AND level = 0 AND "index" = 2')
    assert ("tile_differs", 512, 767) in kinds(check(log, workers=1, tiles_only=True))


def test_a_log_that_grows_meanwhile_is_not_accused(log: Logbook) -> None:
    ended = threading.Event()

    def go_on() -> None:
        from django.db import connections

        number = 0
        while not ended.is_set():
            append(log, [Draft(event(number), source=1)])
            number += 1
        connections[alias_of(log)].close()

    writer = threading.Thread(target=go_on)
    writer.start()
    try:
        verdicts = [found(log).verdict for _ in range(4)]
    finally:
        ended.set()
        writer.join()
    assert verdicts == ["matches"] * 4


def test_a_log_without_entries_of_yours_is_checked_all_the_same(
    database: str, log_on: Callable[[str], Logbook]
) -> None:
    logbook = log_on(database)
    after_commit.flush()
    search.catch_up(logbook)
    report = found(logbook)
    assert (report.verdict, report.entries) == ("matches", 1)


def test_a_search_table_that_was_never_made_is_made_and_accuses_nobody(
    sqlite_alias: str, log_on: Callable[[str], Logbook], tmp_path: Path, settings: Any, django_db_blocker: Any
) -> None:
    with django_db_blocker.unblock():
        logbook = log_on(sqlite_alias)
        append(logbook, [Draft(event(number), source=1) for number in range(20)])
        after_commit.flush()
        settings.INDELIBLE_HOME = Elsewhere(settings.INDELIBLE_HOME, tmp_path / "search.sqlite3")
        report = found(logbook)
    assert report.findings == ()
    assert report.intact is True


class Elsewhere:
    """The data folder, but for a search file of its own."""

    def __init__(self, home: Home, search: Path) -> None:
        self._home, self.search = home, search

    def __getattr__(self, name: str) -> Any:
        return getattr(self._home, name)


def test_the_text_index_is_looked_at_beside_the_ranges_too(
    sqlite_alias: str,
    log_on: Callable[[str], Logbook],
    monkeypatch: pytest.MonkeyPatch,
    django_db_blocker: Any,
) -> None:
    monkeypatch.setattr("indelible.storage.database.checking.run.ALONE_UP_TO", 0)
    with django_db_blocker.unblock():
        logbook = fill(log_on(sqlite_alias), LONG, batch=4_000)
        place = (logbook.pk << 40) + 77
        run_search(
            logbook,
            "INSERT INTO search_text (search_text, rowid, who, about, words, keys)"
            f" SELECT 'delete', id, who, about, words, keys FROM search WHERE id = {place}",
        )
        report = check(logbook, workers=2)
        search.rebuild(logbook)
    assert kinds(report) == [("search_differs", 77, 77)]
