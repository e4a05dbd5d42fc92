"""Keys changed while others append, and by processes that are killed: every seal is signed as the tables say."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from indelible.ledger.checkpoints import open_checkpoint
from indelible.ledger.keys import VerifierKey
from indelible.ledger.notes import parse_note
from indelible.storage.database import after_commit
from indelible.storage.database.append import Draft, append
from indelible.storage.database.checking import check
from indelible.storage.database.keys import key_table, log_keys, signers
from indelible.storage.database.reads import checkpoints, head
from indelible.storage.database.rotating import finish_rotation, revoke, rotate
from tests.storage.holding import check_log
from tests.storage.processes import processes

ROOT = Path(__file__).resolve().parents[2]
EVENT = {"action": {"verb": "change", "said": "here"}}


@pytest.fixture
def start(logbook, database_url):
    """A function that starts a module of the tests as a process on the same log."""
    with processes(logbook, database_url) as started:
        yield started.begin


def add(logbook) -> str:
    return append(logbook, [Draft(EVENT, source=3)]).checkpoint


def signed_by(note: str) -> list[str]:
    return [line.key_id.hex() for line in parse_note(note).signatures]


def ids(logbook) -> list[str]:
    return [key.split("+")[1] for key in key_table(logbook).signing]


@pytest.mark.parametrize("act", ["rotate", "finish", "revoke"])
@pytest.mark.parametrize("where", ["after-file", "after-entry", "after-mark", "after-commit"])
def test_a_process_killed_while_it_changes_the_key_leaves_a_log_that_goes_on(logbook, start, act, where):
    add(logbook)
    if act == "finish":
        rotate(logbook, actor=None, reason="Before")
        add(logbook)
    before, size = key_table(logbook), head(logbook).size
    process = start("changing_keys", act, where)
    process.communicate()
    # Not every act passes every place: finishing makes no key, and announcing one puts none aside.
    passes = not (act == "finish" and where == "after-file") and not (
        act == "rotate" and where == "after-commit"
    )
    assert process.returncode == (-signal.SIGKILL if passes else 0)
    committed = where == "after-commit" or not passes
    assert head(logbook).size == size + committed
    assert (key_table(logbook) == before) is not committed
    logbook.refresh_from_db()
    assert signed_by(add(logbook)) == ids(logbook)
    assert [key.verifier.text for key in signers(logbook)] == list(key_table(logbook).signing)
    after_commit.flush()
    assert check_log(logbook) == size + committed + 1
    assert check(logbook, workers=1).findings == ()
    # And the same change can be made, or made again.
    if act == "revoke":
        revoke(logbook, actor=None, reason="Again")
    elif act == "rotate":
        if not committed:
            rotate(logbook, actor=None, reason="Again")
        finish_rotation(logbook, actor=None)
    elif not committed:
        finish_rotation(logbook, actor=None)
    assert signed_by(add(logbook)) == ids(logbook)
    assert check(logbook, workers=1).findings == ()


def test_processes_that_append_meanwhile_sign_as_the_tables_say(logbook, start):
    first_key = logbook.public_key
    others = [start("worker", "3", "100000", name) for name in ("one", "two")]
    for process in others:
        process.stdout.readline()
    for turn in range(3):
        rotate(logbook, actor=None, reason=f"Turn {turn}")
        for process in others:  # each has appended while both keys sign
            for _ in range(40):
                process.stdout.readline()
        finish_rotation(logbook, actor=None)
        for process in others:
            for _ in range(40):
                process.stdout.readline()
    revoke(logbook, actor=None, reason="Stolen")
    for process in others:
        for _ in range(40):
            process.stdout.readline()
        process.kill()
    for process in others:
        process.communicate()
    add(logbook)
    after_commit.flush()
    table = key_table(logbook)
    for seal in checkpoints(logbook, limit=100_000):
        wanted = [
            row.public_key.split("+")[1]
            for row, window in zip(table.rows, table.log_keys.windows, strict=True)
            if window.since <= seal.size and (window.until is None or seal.size <= window.until)
        ]
        assert signed_by(seal.note) == wanted
        assert open_checkpoint(seal.note, logbook.origin, log_keys(logbook)).size == seal.size
    check_log(logbook)
    report = check(logbook, workers=1)
    assert (report.intact, report.findings) == (True, ())
    assert VerifierKey.parse(first_key) in log_keys(logbook).at(1)


def test_two_that_announce_at_once_announce_one(logbook, start):
    add(logbook)
    both = [start("changing_keys", "rotate", "nowhere") for _ in range(2)]
    for process in both:
        process.communicate()
    assert sorted(process.returncode for process in both) == [0, 1]
    assert len(key_table(logbook).rows) == 2
    assert signed_by(add(logbook)) == ids(logbook)
    assert check(logbook, workers=1).findings == ()
