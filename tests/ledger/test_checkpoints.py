"""Checkpoints and proof files: one spelling, the log that was asked for, and nothing else."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indelible.ledger.checkpoints import Checkpoint, bare, open_checkpoint, sign_checkpoint
from indelible.ledger.errors import LedgerError, MalformedInput, ProofError, SignatureError
from indelible.ledger.hashing import EMPTY_ROOT
from indelible.ledger.keys import CosigningKey, SigningKey
from indelible.ledger.notes import sign_note
from indelible.ledger.proof_file import ProofFile, check_proof_file
from indelible.ledger.proofs import prove_inclusion
from tests.ledger.logs import KEY, ORIGIN, MemoryLog, leaf_data

LEAVES = [leaf_data(index) for index in range(300)]
LOG = MemoryLog(LEAVES)
CHECKPOINT = Checkpoint(ORIGIN, 300, LOG.root(300))
NOTE = sign_checkpoint(CHECKPOINT, KEY)
WITNESS = CosigningKey("witness.example/w", bytes(range(2, 34)))
ROOT = base64.b64encode(CHECKPOINT.root).decode()
PROOF = ProofFile(41, tuple(prove_inclusion(41, 300, LOG)), NOTE, LEAVES[41])

MALFORMED = {
    "an extension line": f"{ORIGIN}\n300\n{ROOT}\nmore\n",
    "an empty line": f"{ORIGIN}\n300\n{ROOT}\n\n",
    "no root": f"{ORIGIN}\n300\n",
    "no line end": f"{ORIGIN}\n300\n{ROOT}",
    "no origin": f"\n300\n{ROOT}\n",
    "a space in the origin": f"a b\n300\n{ROOT}\n",
    "a size with a leading zero": f"{ORIGIN}\n0300\n{ROOT}\n",
    "a size with a sign": f"{ORIGIN}\n+300\n{ROOT}\n",
    "a size with an underscore": f"{ORIGIN}\n3_00\n{ROOT}\n",
    "a size with a space": f"{ORIGIN}\n300 \n{ROOT}\n",
    "a size beyond 2**63": f"{ORIGIN}\n{2**63}\n{ROOT}\n",
    "a root that is too short": f"{ORIGIN}\n300\n{ROOT[4:]}\n",
    "a root with spare bits": f"{ORIGIN}\n300\n{ROOT[:-2]}{chr(ord(ROOT[-2]) + 1)}=\n",
    "a root without padding": f"{ORIGIN}\n300\n{ROOT[:-1]}\n",
    "the root of an empty log that is none": f"{ORIGIN}\n0\n{ROOT}\n",
    "carriage returns": f"{ORIGIN}\r\n300\r\n{ROOT}\r\n",
    "nothing": "",
}


@pytest.mark.parametrize("what", MALFORMED)
def test_a_checkpoint_is_refused_with(what: str) -> None:
    with pytest.raises(MalformedInput):
        Checkpoint.parse(MALFORMED[what])


@given(st.integers(1, 2**63 - 1), st.binary(min_size=32, max_size=32))
def test_every_checkpoint_is_read_back(size: int, root: bytes) -> None:
    checkpoint = Checkpoint(ORIGIN, size, root)
    assert Checkpoint.parse(checkpoint.text) == checkpoint
    assert open_checkpoint(sign_checkpoint(checkpoint, KEY), ORIGIN, [KEY.verifier]) == checkpoint


@given(st.text(max_size=100))
def test_any_text_is_a_checkpoint_or_refused(text: str) -> None:
    try:
        checkpoint = Checkpoint.parse(text)
    except MalformedInput:
        return
    assert checkpoint.text == text


def test_an_empty_log_has_a_checkpoint() -> None:
    empty = Checkpoint(ORIGIN, 0, EMPTY_ROOT)
    assert open_checkpoint(sign_checkpoint(empty, KEY), ORIGIN, [KEY.verifier]) == empty


def test_a_good_signature_of_another_log_does_not_do() -> None:
    other = SigningKey.from_seed("audit.example/other", bytes(32))
    note = sign_checkpoint(Checkpoint("audit.example/other", 300, CHECKPOINT.root), other)
    with pytest.raises(SignatureError) as refusal:
        open_checkpoint(note, ORIGIN, [KEY.verifier, other.verifier])
    assert refusal.value.code == "other-origin"
    with pytest.raises(ValueError, match="for the log"):
        sign_checkpoint(CHECKPOINT, other)


def test_a_foreign_key_cannot_sign_for_this_log() -> None:
    other = SigningKey.from_seed("audit.example/other", bytes(32))
    note = sign_note(CHECKPOINT.text, [other])
    with pytest.raises(SignatureError) as refusal:
        open_checkpoint(note, ORIGIN, [KEY.verifier, other.verifier])
    assert refusal.value.code == "no-trusted-signature"


def test_a_witness_alone_does_not_stand_for_the_log() -> None:
    cosigned = f"{CHECKPOINT.text}\n{WITNESS.cosign(CHECKPOINT.text, 5)}"
    with pytest.raises(SignatureError) as refusal:
        open_checkpoint(cosigned, ORIGIN, [KEY.verifier, WITNESS.verifier])
    assert refusal.value.code == "no-trusted-signature"
    namesake = CosigningKey(ORIGIN, bytes(32))
    with pytest.raises(SignatureError):
        open_checkpoint(
            f"{CHECKPOINT.text}\n{namesake.cosign(CHECKPOINT.text, 5)}", ORIGIN, [namesake.verifier]
        )


def test_while_a_key_is_changed_either_of_both_lines_will_do() -> None:
    new = SigningKey.from_seed(ORIGIN, bytes(range(9, 41)))
    note = sign_note(CHECKPOINT.text, [KEY, new])
    for keys in ([KEY.verifier], [new.verifier], [new.verifier, KEY.verifier]):
        assert open_checkpoint(note, ORIGIN, keys) == CHECKPOINT


def test_the_bare_checkpoint_is_rebuilt_from_any_cosigned_copy() -> None:
    namesake = CosigningKey(ORIGIN, bytes(32))
    lines = [
        WITNESS.cosign(CHECKPOINT.text, 5),
        namesake.cosign(CHECKPOINT.text, 6),
        KEY.sign(CHECKPOINT.text),
    ]
    assert bare(CHECKPOINT.text + "\n" + "".join(lines), ORIGIN) == NOTE
    with pytest.raises(MalformedInput) as refusal:
        bare(f"{CHECKPOINT.text}\n{lines[0]}", ORIGIN)
    assert refusal.value.code == "no-log-signature"


def test_a_proof_file_is_read_back_and_proves_its_entry() -> None:
    assert ProofFile.parse(PROOF.text) == ProofFile.parse(PROOF.text.encode()) == PROOF
    assert check_proof_file(PROOF, ORIGIN, [KEY.verifier]) == CHECKPOINT
    assert check_proof_file(PROOF, ORIGIN, [KEY.verifier], LEAVES[41]) == CHECKPOINT


def test_a_proof_file_does_not_prove_another_entry() -> None:
    with pytest.raises(ProofError) as refusal:
        check_proof_file(PROOF, ORIGIN, [KEY.verifier], LEAVES[42])
    assert refusal.value.code == "entry-not-in-log"
    forged = ProofFile(41, PROOF.path, NOTE, b"something else")
    with pytest.raises(ProofError):
        check_proof_file(forged, ORIGIN, [KEY.verifier])


def test_a_proof_file_without_its_entry_says_so() -> None:
    alone = ProofFile(41, PROOF.path, NOTE)
    with pytest.raises(MalformedInput) as refusal:
        check_proof_file(alone, ORIGIN, [KEY.verifier])
    assert refusal.value.code == "proof-without-entry"


HEAD, NOTE_PART = PROOF.text.split("\n\n", 1)
BROKEN = {
    "another first line": PROOF.text.replace("@v1", "@v2", 1),
    "no index": PROOF.text.replace("index 41\n", ""),
    "an index with a leading zero": PROOF.text.replace("index 41", "index 041"),
    "extra behind the index": PROOF.text.replace("index 41\n", "index 41\nextra AAAA\n"),
    "extra that is not base64": PROOF.text.replace("extra ", "extra !", 1),
    "a step that is too short": PROOF.text.replace("index 41\n", "index 41\nAAAA\n"),
    "64 steps": PROOF.text.replace("index 41\n", "index 41\n" + (ROOT + "\n") * 64),
    "no note": HEAD + "\n",
    "an empty note": HEAD + "\n\n",
    "carriage returns": PROOF.text.replace("\n", "\r\n"),
    "nothing": "",
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_proof_file_is_refused_with(what: str) -> None:
    with pytest.raises(MalformedInput):
        ProofFile.parse(BROKEN[what])


@settings(max_examples=300)
@given(st.integers(0, 8 * len(PROOF.text.encode()) - 1))
def test_a_proof_file_with_one_bit_flipped_proves_nothing(bit: int) -> None:
    data = bytearray(PROOF.text.encode())
    data[bit // 8] ^= 1 << bit % 8
    with pytest.raises(LedgerError):
        check_proof_file(ProofFile.parse(bytes(data)), ORIGIN, [KEY.verifier])


@given(st.text(max_size=100) | st.binary(max_size=100))
def test_anything_is_a_proof_file_or_refused(text: str | bytes) -> None:
    with pytest.raises(MalformedInput):
        ProofFile.parse(text)
