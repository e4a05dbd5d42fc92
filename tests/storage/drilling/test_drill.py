"""A drill finds every known alteration, says so where one is not found, and never touches the log itself."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings

from indelible.storage.database import after_commit
from indelible.storage.database.append import Draft, append
from indelible.storage.database.attachments import store_attachment
from indelible.storage.database.drilling import alterations, drill
from indelible.storage.database.drilling.alterations import ALTERATIONS, Alteration, Case
from indelible.storage.database.drilling.drill import DrillStopped, run_drill
from indelible.storage.database.errors import StorageError
from indelible.storage.database.logbooks import alias_of
from indelible.storage.database.models import Holding, Logbook
from indelible.storage.database.outside import hold
from indelible.storage.database.reads import get_checkpoint
from tests.storage.checking.altering import event, fill, found, run
from tests.storage.holding import check_log


@pytest.fixture
def log(database: str, log_on: Callable[[str], Logbook]) -> Logbook:
    """A log of 700 entries, on either database."""
    return _filled(log_on(database))


@pytest.fixture
def one_log(log_on: Callable[[str], Logbook], sqlite_alias: str, django_db_blocker: Any) -> Iterator[Logbook]:
    """The same on one: a copy is SQLite whatever the log is in, so most of a drill knows no other."""
    with django_db_blocker.unblock():
        yield _filled(log_on(sqlite_alias))


def _filled(logbook: Logbook) -> Logbook:
    """Return the logbook with 700 entries, one of them with a file, whose newest seal a person outside holds."""
    fill(logbook, 600, 100)
    file = store_attachment(logbook, io.BytesIO(b"a paper"), "a.txt", "text/plain")
    append(logbook, [Draft({**event(1), "attachments": [file]})])
    append(logbook, [Draft(event(number)) for number in range(99)])
    after_commit.flush()
    logbook.refresh_from_db()
    note = get_checkpoint(logbook).note
    hold(logbook, note, Holding.Kind.RECEIPT, "a person", b"message 1")
    return logbook


def test_every_known_alteration_of_a_copy_is_found(log: Logbook, monkeypatch: pytest.MonkeyPatch) -> None:
    if alias_of(log) != "sqlite":
        # The copy is SQLite whatever the log is in: what is tried from there on is the same.
        _only(
            monkeypatch,
            *(_way(code) for code in ("value-changed", "newest-cut-off-with-seals", "file-changed")),
        )
    steps: list[tuple[int, int]] = []
    certificate = run_drill(log, progress=lambda done, total: steps.append((done, total)))
    missed = [one for one in certificate["outcomes"] if not one["found"]]
    assert missed == []
    assert certificate["alterations"] == certificate["found"] == len(drill.ALTERATIONS)
    assert certificate["entries"] == certificate["of_entries"] == log.size
    assert certificate["seal"] == get_checkpoint(log).note
    assert steps == [(n, len(drill.ALTERATIONS) + 1) for n in range(len(drill.ALTERATIONS) + 2)]
    assert not list(settings.INDELIBLE_HOME.path.glob("drill-*"))
    check_log(log)
    assert found(log).intact is True


def _only(monkeypatch: pytest.MonkeyPatch, *ways: Alteration) -> None:
    monkeypatch.setattr(drill, "ALTERATIONS", list(ways))


def _way(code: str) -> Alteration:
    return next(way for way in ALTERATIONS if way.code == code)


def test_what_a_check_does_not_see_counts_as_not_found(
    one_log: Logbook, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing(_case: Case) -> str:
        return "nowhere"

    _only(monkeypatch, Alteration("nothing", nothing, frozenset({"altered"})), _way("value-changed"))
    certificate = run_drill(one_log)
    assert (certificate["alterations"], certificate["found"]) == (2, 1)
    assert certificate["outcomes"][0] == {"code": "nothing", "where": "nowhere", "found": False, "kinds": []}


def test_an_alteration_found_under_another_name_counts_as_not_found(
    one_log: Logbook, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = Alteration("value-changed", _way("value-changed").alter, frozenset({"swapped"}))
    _only(monkeypatch, wrong)
    assert run_drill(one_log)["found"] == 0


def test_what_the_log_has_nothing_of_is_not_counted_as_tried(
    log_on: Callable[[str], Logbook],
    sqlite_alias: str,
    django_db_blocker: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with django_db_blocker.unblock():
        _only(monkeypatch, _way("file-changed"), _way("fingerprint-changed"), _way("value-changed"))
        certificate = run_drill(log_on(sqlite_alias))
    assert (certificate["alterations"], certificate["found"]) == (1, 1)


def test_a_large_log_is_tried_up_to_an_older_seal(log: Logbook, monkeypatch: pytest.MonkeyPatch) -> None:
    _only(monkeypatch, _way("entry-removed"))
    certificate = run_drill(log, most=350)
    assert certificate["entries"] == 301  # the seal that covers the first three hundred and their beginning
    assert certificate["found"] == 1


def test_a_log_that_does_not_match_is_not_drilled(one_log: Logbook) -> None:
    run(one_log, "UPDATE entry SET content = '{{}}' WHERE logbook = {log} AND \"index\" = 5")
    with pytest.raises(StorageError, match="drill-copy-differs"):
        run_drill(one_log)
    assert not list(settings.INDELIBLE_HOME.path.glob("drill-*"))


def test_a_drill_can_be_stopped_and_leaves_nothing(one_log: Logbook) -> None:
    with pytest.raises(DrillStopped):
        run_drill(one_log, stop=lambda: True)
    assert not list(settings.INDELIBLE_HOME.path.glob("drill-*"))


def test_every_way_has_a_name_of_its_own() -> None:
    assert len({way.code for way in alterations.ALTERATIONS}) == len(ALTERATIONS)
