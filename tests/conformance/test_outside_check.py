"""The Go project's own library accepts our logs, and refuses the damaged ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from indelible.ledger.checkpoints import bare
from indelible.ledger.keys import CosigningKey, SigningKey
from indelible.ledger.proof_file import ProofFile
from indelible.ledger.proofs import prove_consistency, prove_inclusion
from indelible.ledger.witnessing import AddCheckpoint
from tests.conformance.go_checker import check_log
from tests.ledger.logs import KEY, ORIGIN, MemoryLog, leaf_data, publish

VERIFIER = KEY.verifier.text
WITNESS = CosigningKey("witness.example/tests", bytes(range(50, 82)))


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, 70_000])
def test_the_go_library_accepts_a_log_of_each_size(tmp_path: Path, size: int) -> None:
    publish(tmp_path, [leaf_data(index) for index in range(size)])
    result = check_log(tmp_path, VERIFIER)
    assert result.returncode == 0, result.stdout + result.stderr
    assert result.stdout.endswith("OK\n")
    assert f"{size} entries rebuild the signed root" in result.stdout


def test_the_go_library_accepts_our_proof_files_and_our_earlier_checkpoints(tmp_path: Path) -> None:
    leaves = [leaf_data(index) for index in range(600)]
    publish(tmp_path / "then", leaves[:300])
    publish(tmp_path / "now", leaves)
    log = MemoryLog(leaves)
    note = (tmp_path / "now" / "checkpoint").read_text(encoding="utf-8")
    flags = ["-old", str(tmp_path / "then" / "checkpoint")]
    for index in (0, 255, 256, 599):
        proof = ProofFile(index, tuple(prove_inclusion(index, 600, log)), note, leaves[index])
        path = tmp_path / f"{index}.tlog-proof"
        path.write_text(proof.text, encoding="utf-8", newline="")
        flags += ["-proof", str(path)]
    result = check_log(tmp_path / "now", VERIFIER, *flags)
    assert result.returncode == 0, result.stdout
    assert result.stdout.count(" proves entry ") == 4
    assert " is a prefix" in result.stdout


def test_the_go_library_refuses_a_proof_of_another_entry(tmp_path: Path) -> None:
    leaves = [leaf_data(index) for index in range(10)]
    publish(tmp_path, leaves)
    note = (tmp_path / "checkpoint").read_text(encoding="utf-8")
    path = tuple(prove_inclusion(3, 10, MemoryLog(leaves)))
    (tmp_path / "proof").write_text(ProofFile(4, path, note).text, encoding="utf-8", newline="")
    result = check_log(tmp_path, VERIFIER, "-proof", str(tmp_path / "proof"))
    assert result.returncode == 1
    assert "FAIL" in result.stdout


@pytest.fixture
def grown_log(tmp_path: Path) -> Path:
    """A published log of 600 entries with a witness's line on its checkpoint."""
    checkpoint = publish(tmp_path, [leaf_data(index) for index in range(600)])
    with (tmp_path / "checkpoint").open("a", encoding="utf-8", newline="") as file:
        file.write(WITNESS.cosign(checkpoint.text, 1767225600))
    return tmp_path


def test_the_go_library_accepts_a_cosignature_of_ours(grown_log: Path) -> None:
    result = check_log(grown_log, VERIFIER, "-witness", WITNESS.verifier.text)
    assert result.returncode == 0, result.stdout
    other = CosigningKey("witness.example/tests", bytes(32)).verifier
    assert check_log(grown_log, VERIFIER, "-witness", other.text).returncode == 1


def test_the_go_library_accepts_our_requests_to_witnesses(grown_log: Path) -> None:
    leaves = [leaf_data(index) for index in range(600)]
    note = (grown_log / "checkpoint").read_text(encoding="utf-8")
    flags = []
    for old in (1, 255, 256, 300, 599):
        proof = tuple(prove_consistency(old, 600, MemoryLog(leaves)))
        path = grown_log / f"request-{old}"
        path.write_text(AddCheckpoint(old, proof, bare(note, ORIGIN)).text, encoding="utf-8", newline="")
        flags += ["-addcp", str(path)]
    result = check_log(grown_log, VERIFIER, *flags)
    assert result.returncode == 0, result.stdout
    assert result.stdout.count("has a valid consistency proof") == 5


def test_the_go_library_refuses_a_request_with_another_size_s_proof(grown_log: Path) -> None:
    leaves = [leaf_data(index) for index in range(600)]
    note = bare((grown_log / "checkpoint").read_text(encoding="utf-8"), ORIGIN)
    request = AddCheckpoint(299, tuple(prove_consistency(300, 600, MemoryLog(leaves))), note)
    (grown_log / "request").write_text(request.text, encoding="utf-8", newline="")
    result = check_log(grown_log, VERIFIER, "-addcp", str(grown_log / "request"))
    assert result.returncode == 1
    assert "FAIL" in result.stdout


def _flip_a_bit(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[40] ^= 1
    path.write_bytes(bytes(data))


def _edit_the_size(folder: Path) -> None:
    path = folder / "checkpoint"
    path.write_bytes(path.read_bytes().replace(b"\n600\n", b"\n599\n"))


DAMAGE: dict[str, Callable[[Path], None]] = {
    "a bit of a bundle": lambda folder: _flip_a_bit(folder / "tile/entries/001"),
    "a bit of a level 0 tile": lambda folder: _flip_a_bit(folder / "tile/0/001"),
    "a bit of a level 1 tile": lambda folder: _flip_a_bit(folder / "tile/1/000.p/2"),
    "a bit of a partial tile": lambda folder: _flip_a_bit(folder / "tile/0/002.p/88"),
    "a missing tile": lambda folder: (folder / "tile/0/000").unlink(),
    "the size in the checkpoint": _edit_the_size,
}


@pytest.mark.parametrize("what", DAMAGE)
def test_the_go_library_refuses_a_log_with_a_change_in(tmp_path: Path, what: str) -> None:
    publish(tmp_path, [leaf_data(index) for index in range(600)])
    DAMAGE[what](tmp_path)
    result = check_log(tmp_path, VERIFIER)
    assert result.returncode == 1
    assert "FAIL" in result.stdout


def test_the_go_library_refuses_a_log_under_another_key(tmp_path: Path) -> None:
    publish(tmp_path, [leaf_data(0)])
    other = SigningKey.from_seed(KEY.verifier.name, bytes(32)).verifier
    result = check_log(tmp_path, other.text)
    assert result.returncode == 1
    assert "FAIL" in result.stdout
