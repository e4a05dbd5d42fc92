"""Ours and others: a foreign witness takes our requests, and the Go project's library our cosignatures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from indelible.ledger.keys import SigningKey, VerifierKey
from indelible.ledger.proofs import prove_consistency
from indelible.ledger.witnessing import AddCheckpoint, read_cosignatures
from tests.conformance.go_checker import check_log
from tests.ledger.logs import KEY, leaf_data, publish
from tests.services.other_witness import OtherWitness, running_other_witness
from tests.services.witness import running_witness
from tests.witness.asking import Asker, Reply, history, post
from tests.witness.test_judging import OTHER_KEY

LOG = Asker()
STRANGER = Asker(SigningKey.from_seed("audit.example/nobody", bytes(range(32))))


def ask(url: str, old: int, size: int, forked_at: int | None = None, log: Asker = LOG) -> Reply:
    """Send what our courier sends, made by the ledger."""
    proof = tuple(prove_consistency(old, size, history(max(size, 1), forked_at))) if old <= size else ()
    return post(url, AddCheckpoint(old, proof, log.note(size, forked_at)).text.encode())


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OtherWitness]:
    """A foreign witness that holds seal 5 of our log."""
    with running_other_witness(tmp_path_factory.mktemp("other"), logs=[LOG.key.verifier]) as running:
        assert ask(running.url, 0, 5).status == 200
        yield running


def test_a_foreign_witness_takes_each_of_our_steps(other: OtherWitness) -> None:
    for old, size in [(5, 8), (8, 8), (8, 9), (9, 256), (256, 257), (257, 600)]:
        answer = ask(other.url, old, size)
        assert answer.status == 200, answer.body
        text = LOG.note(size).split("\n\n")[0] + "\n"
        (good,) = read_cosignatures(answer.body, text, [VerifierKey.parse(other.key)])
        assert good.time is not None


def test_a_foreign_witness_refuses_what_ours_refuses_with_the_same_codes(
    other: OtherWitness, tmp_path: Path
) -> None:
    with running_witness(tmp_path / "w", logs=[LOG.key.verifier.text]) as ours:
        assert ask(ours.url, 0, 600).status == 200
        ask(other.url, 0, 600)
        assert ask(other.url, 600, 600).status == 200
        for old, size, forked_at, log in [
            (5, 601, None, LOG),  # a stale size
            (0, 3, None, LOG),
            (700, 601, None, LOG),  # older than what it says it extends
            (600, 601, 100, LOG),  # another history
            (600, 600, 100, LOG),  # a fork
            (0, 5, None, STRANGER),
            (0, 5, None, Asker(OTHER_KEY)),
        ]:
            told = [ask(url, old, size, forked_at, log) for url in (ours.url, other.url)]
            assert told[0].status == told[1].status, (old, size, told)
            if told[0].status == 409:
                assert told[0].body == told[1].body == "600\n"
                assert {each.headers["Content-Type"] for each in told} == {"text/x.tlog.size"}
        for data in (b"", b"old 600\n", b"old 0600\n\n" + LOG.note(601).encode(), b"\xff\n\n"):
            assert post(ours.url, data).status == post(other.url, data).status == 400


@pytest.mark.parametrize("size", [1, 2, 257, 1000])
def test_the_go_library_accepts_our_cosignature(tmp_path: Path, size: int) -> None:
    leaves = [leaf_data(index) for index in range(size)]
    publish(tmp_path / "log", leaves)
    with running_witness(tmp_path / "w", logs=[KEY.verifier.text]) as ours:
        answer = ask(ours.url, 0, size)
        assert answer.status == 200
        result = _checked(tmp_path / "log", ours.key, answer.body)
        assert result == "OK"
        damaged = answer.body[:-8] + ("A" if answer.body[-8] != "A" else "B") + answer.body[-7:]
        assert _checked(tmp_path / "log", ours.key, damaged).startswith("FAIL")


def test_the_go_library_accepts_a_foreign_cosignature_of_our_log_beside_ours(
    tmp_path: Path, other: OtherWitness
) -> None:
    publish(tmp_path / "log", [leaf_data(index) for index in range(700)])
    held = int(ask(other.url, 0, 700).body)
    theirs = ask(other.url, held, 700)
    assert theirs.status == 200
    assert _checked(tmp_path / "log", other.key, theirs.body) == "OK"


def _checked(folder: Path, witness: str, lines: str) -> str:
    """Put a cosignature under the published checkpoint, and return the last line that the Go program says."""
    path = folder / "checkpoint"
    bare = path.read_text(encoding="utf-8").split("\n\n")[0]
    own = path.read_text(encoding="utf-8").split("\n\n")[1].split("\n")[0]
    path.write_text(f"{bare}\n\n{own}\n{lines}", encoding="utf-8", newline="")
    result = check_log(folder, KEY.verifier.text, "-witness", witness)
    last = result.stdout.strip().split("\n")[-1]
    assert (result.returncode == 0) == (last == "OK")
    return last
