"""One backup, two servers: the witness refuses the second, both keep the proof, neither goes on as if nothing were."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.features.seals.outside.conftest import soon
from tests.features.seals.outside.servers import Server
from tests.services.witness import RunningWitness, running_witness

TOOK = {"took": ["Holm and Partners"], "missing": {}}
REFUSED = {"took": [], "missing": {"Holm and Partners": "different-seal"}}


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Server:
    """A record that has just begun."""
    return Server(tmp_path_factory.mktemp("begun") / "home").begin()


@pytest.fixture
def server(begun: Server, tmp_path: Path) -> Server:
    return begun.copy_to(tmp_path / "home")


@pytest.fixture
def watching(server: Server, tmp_path: Path) -> Iterator[RunningWitness]:
    """A witness that holds the server's newest seal."""
    ((key,),) = server.read("SELECT public_key FROM logbook")
    with running_witness(tmp_path / "witness", logs=[key]) as witness:
        answers = server.do_all(["witness", "Holm and Partners", witness.key, witness.url], ["send"])
        assert answers == [None, TOOK]
        yield witness


def test_an_older_copy_put_back_appends_nothing_once_the_witness_answers(
    server: Server, watching: RunningWitness, tmp_path: Path
) -> None:
    older = server.copy_to(tmp_path / "older")
    server.do_all(["append", "one", "two"], ["send"])
    refusal, size, found = older.do_all(["append", "another history"], ["size"], ["conflicts"])
    assert (refusal, size) == ("older-state-put-back", 1)
    assert found == [["ahead", "Holm and Partners", 3, True, True, False]]
    watching.stop()  # what was found stays found, whoever answers
    assert older.do("append", "another history") == "older-state-put-back"
    assert server.do("append", "three") is None  # a silent witness stops nothing


def test_two_servers_that_both_went_on_both_keep_the_proof(
    server: Server, watching: RunningWitness, tmp_path: Path
) -> None:
    second = server.copy_to(tmp_path / "second")
    watching.stop()
    assert server.do("append", "first history") is None
    assert second.do("append", "second history", "and on") is None  # nobody was there to warn it
    watching.start()
    assert server.do("send") == TOOK
    answers = second.do_all(["send"], ["conflicts"], ["append", "more of it"], ["send"], ["conflicts"])
    kept = [["fork", "Holm and Partners", 2, True, True, False]]
    # Never argued away: asked again it stays refused, and is the same finding.
    assert answers == [REFUSED, kept, "not-an-extension", REFUSED, kept]
    looked, found, refusal, sent, _again, after = server.do_all(
        ["look"], ["conflicts"], ["append", "the first history goes on"], ["send"], ["look"], ["conflicts"]
    )
    assert looked == len(found) == len(after) == 1
    (_kind, holder, _size, theirs, ours, by_them) = found[0]
    assert (holder, theirs, ours, by_them) == ("Holm and Partners", True, True, True)
    assert (refusal, sent) == (None, TOOK)


def test_bringing_the_missing_entries_back_ends_the_waiting(
    server: Server, watching: RunningWitness, tmp_path: Path
) -> None:
    older = server.copy_to(tmp_path / "older")
    server.do_all(["append", "one"], ["send"])
    assert older.do("append", "no") == "older-state-put-back"
    # The newer state comes back, and the finding of the older one with it.
    rows = older.read("SELECT * FROM conflict")
    with closing(sqlite3.connect(server.home / "indelible.sqlite3")) as database, database:
        database.executemany(f"INSERT INTO conflict VALUES ({','.join('?' * len(rows[0]))})", rows)
    found, refusal = server.do_all(["conflicts"], ["append", "two"])
    assert (len(found), refusal) == (1, None)


def test_workers_bring_each_seal_to_the_witness_and_catch_up_when_it_was_away(
    server: Server, watching: RunningWitness
) -> None:
    def all_held() -> bool:
        return server.read("SELECT (SELECT max(size) FROM holding) = (SELECT size FROM logbook)") == [(1,)]

    workers = [server.worker(), server.worker()]
    try:
        server.do("append", "one")
        soon(all_held)
        watching.kill()
        server.do("append", "two")
        assert soon(lambda: server.read("SELECT trouble FROM seals_witness") == [("no-answer",)])
        watching.start()
        soon(all_held)
    finally:
        for worker in workers:
            worker.terminate()
        assert [worker.wait(30) for worker in workers] == [0, 0]
    assert server.read("SELECT count(*) FROM conflict") == [(0,)]


def test_a_thief_who_reaches_the_witness_first_cannot_keep_the_owner_from_revoking_the_key(
    server: Server, watching: RunningWitness, tmp_path: Path
) -> None:
    """Whoever stole the key signs another history and has it witnessed. Nothing goes on under that key; under
    another one it does, and that there are two versions stays found."""
    thief = server.copy_to(tmp_path / "thief")
    assert thief.do_all(["append", "another history", "and on"], ["send"]) == [None, TOOK]
    found = server.do_all(["append", "what really happened"], ["append", "more"], ["conflicts"])
    assert found[:2] == ["older-state-put-back", "older-state-put-back"]
    assert len(found[2]) == 1
    new_key, refusal, size = server.do_all(["revoke"], ["append", "what really happened"], ["size"])
    assert new_key
    assert (refusal, size) == (None, 3)
    # And so for every other process, however often it is asked.
    assert server.do_all(["append", "on"], ["append", "and on"], ["conflicts"])[:2] == [None, None]
    intact, kinds = server.do("check")
    assert intact is False
    assert "fork" in kinds
