"""A check can be watched, stopped, gone on with, narrowed to what is new, and run while others append."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
from tests.storage.checking.altering import event, fill, found, kinds, put_back, run, run_search

LONG = CHUNK + 700


@pytest.fixture(scope="module")
def filled() -> dict[str, Logbook]:
    """The log of each database, once it is made."""
    return {}


@pytest.fixture
def log(database: str, filled: dict[str, Logbook], log_on: Callable[[str], Logbook]) -> Logbook:
    """A log of two ranges, which the tests share: each puts back what it alters, some leave entries behind."""
    if database not in filled:
        filled[database] = fill(log_on(database), LONG, batch=2_000)
    filled[database].refresh_from_db(using=database)
    return filled[database]


@contextmanager
def altered(log: Logbook) -> Iterator[None]:
    """Alter the fourth entry for as long as this lasts."""
    with put_back(log, "entry", '"index" = 3'):
        flipped = "replace(content, 'success', 'failure')"
        run(log, f'UPDATE entry SET content = {flipped} WHERE logbook = {{log}} AND "index" = 3')
        yield


def test_progress_is_told_up_to_the_end(log: Logbook) -> None:
    told: list[tuple[int, int]] = []
    check(log, workers=1, progress=lambda done, total: told.append((done, total)))
    assert told[0] == (0, log.size)
    assert told[-1] == (log.size, log.size)


def test_a_stopped_check_goes_on_and_finds_the_same(log: Logbook) -> None:
    with altered(log):
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
    with altered(log):
        assert kinds(check(log, workers=2)) == [("altered", 3, 3)]


def test_a_check_of_what_is_new_starts_from_a_good_one(log: Logbook) -> None:
    good = found(log)
    assert good.resume_point is not None
    point = json.loads(json.dumps(good.resume_point))
    size = log.size
    append(log, [Draft(event(number), source=1) for number in range(300)])
    after_commit.flush()
    told: list[int] = []
    report = check(log, workers=1, since=point, progress=lambda _done, total: told.append(total))
    assert report.intact is True
    assert report.since == size
    assert max(told) < 1_000
    with put_back(log, "entry", f'"index" = {size + 5}'):
        run(log, 'DELETE FROM entry WHERE logbook = {log} AND "index" = %s', size + 5)
        assert kinds(check(log, workers=1, since=point)) == [("removed", size + 5, size + 5)]


def test_a_check_of_the_tree_alone_reads_no_entry(log: Logbook) -> None:
    with altered(log):
        report = check(log, workers=1, tiles_only=True)
        assert [q.verdict for q in report.questions] == ["matches"] * 3 + ["could not be checked"]
        with put_back(log, "tile", 'level = 0 AND "index" = 2'):
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
            ended.wait(0.005)  # it grows all the while, and no faster than a check can follow on any disk
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
    log: Logbook, monkeypatch: pytest.MonkeyPatch
) -> None:
    if alias_of(log) != "sqlite":
        return  # PostgreSQL itself keeps its text index to what the rows say
    monkeypatch.setattr("indelible.storage.database.checking.run.ALONE_UP_TO", 0)
    place = (log.pk << 40) + 77
    run_search(
        log,
        "INSERT INTO search_text (search_text, rowid, who, about, words, keys)"
        f" SELECT 'delete', id, who, about, words, keys FROM search WHERE id = {place}",
    )
    report = check(log, workers=2)
    run_search(
        log,
        "INSERT INTO search_text (rowid, who, about, words, keys)"
        f" SELECT id, who, about, words, keys FROM search WHERE id = {place}",
    )
    assert kinds(report) == [("search_differs", 77, 77)]
