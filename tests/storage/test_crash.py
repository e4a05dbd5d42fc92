"""Several processes append at once, some are killed: what was acknowledged is there, and the log holds."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import pytest

from indelible.ledger.checkpoints import open_checkpoint
from indelible.ledger.keys import VerifierKey
from indelible.storage.database import after_commit
from indelible.storage.database.append import Draft, append
from indelible.storage.database.checking import check
from indelible.storage.database.checkpoint_file import checkpoint_path, newest_in_file
from indelible.storage.database.reads import get_entries, head
from tests.storage.holding import check_log
from tests.storage.processes import processes

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def start(logbook, database_url):
    """A function that starts a process which appends."""
    with processes(logbook, database_url) as started:

        def begin(threads: int, each: int, mark: str) -> subprocess.Popen[bytes]:
            return started.begin("worker", str(threads), str(each), mark)

        yield begin


def acknowledged(output: bytes) -> dict[int, str]:
    lines = [line.split(" ") for line in output.decode().split("\n")[:-1]]
    return {int(index): said for _, index, said in lines}


def said_by(logbook) -> dict[int, str]:
    return {e.index: e.event["action"]["said"] for e in get_entries(logbook, 1, 100_000, limit=100_000)}


def test_two_processes_that_append_at_once_make_one_log(logbook, start):
    first, second = start(2, 60, "first"), start(2, 60, "second")
    outputs = [process.communicate()[0] for process in (first, second)]
    assert (first.returncode, second.returncode) == (0, 0)
    seen = {**acknowledged(outputs[0]), **acknowledged(outputs[1])}
    assert check_log(logbook) == 241
    assert said_by(logbook) == seen


def test_a_process_that_ends_has_brought_its_last_checkpoint_to_the_file(logbook, start):
    assert start(1, 5, "only").wait() == 0
    key = VerifierKey.parse(logbook.public_key)
    assert newest_in_file(checkpoint_path(logbook.name), logbook.origin, key).size == 6


def test_kill_9_amid_4_processes_of_8_threads_loses_nothing_acknowledged(logbook, start):
    processes = [start(8, 100_000, f"p{number}") for number in range(4)]
    seen: dict[int, str] = {}
    for process in processes:  # all are at work before the first is killed
        seen |= acknowledged(process.stdout.readline())
    for process in processes:
        for _ in range(40):
            seen |= acknowledged(process.stdout.readline())
        process.send_signal(signal.SIGKILL)
    for process in processes:
        seen |= acknowledged(process.communicate()[0])
        assert process.returncode == -signal.SIGKILL
    assert len(seen) >= 164
    size = check_log(logbook)
    assert check(logbook, workers=1).findings == ()
    stands = said_by(logbook)
    assert {index: stands[index] for index in seen} == seen
    # The log goes on from there, and its file catches up with what the killed ones did not write.
    append(logbook, [Draft({"action": {"verb": "change", "said": "after"}})])
    after_commit.flush()
    assert check_log(logbook) == size + 1
    assert check(logbook, workers=1).findings == ()
    key = VerifierKey.parse(logbook.public_key)
    filed = newest_in_file(checkpoint_path(logbook.name), logbook.origin, key)
    assert (filed.size, filed.root) == (size + 1, head(logbook).root)


def test_every_line_of_the_checkpoint_file_is_a_checkpoint_of_this_log(logbook, start):
    from indelible.ledger.proofs import tree_root
    from indelible.storage.database.checkpoint_file import read_lines
    from indelible.storage.database.reads import stored_hashes

    for process in [start(2, 150, "a"), start(2, 150, "b")]:
        process.communicate()
        assert process.returncode == 0
    lines = list(read_lines(checkpoint_path(logbook.name)))
    assert lines
    for line in lines:
        checkpoint = open_checkpoint(line.note, logbook.origin, [VerifierKey.parse(logbook.public_key)])
        assert tree_root(checkpoint.size, stored_hashes(logbook)) == checkpoint.root
