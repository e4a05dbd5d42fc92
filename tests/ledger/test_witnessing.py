"""Requests to witnesses and their answers: what is sent is what is read, and only what was asked for counts."""

from __future__ import annotations

import base64
import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indelible.ledger.checkpoints import Checkpoint, open_checkpoint, sign_checkpoint
from indelible.ledger.errors import LedgerError, MalformedInput, SignatureError
from indelible.ledger.keys import CosigningKey, SigningKey, VerifierKey
from indelible.ledger.witnessing import (
    MAX_BODY_BYTES,
    AddCheckpoint,
    origin_hash,
    read_cosignatures,
    read_size,
)

LOG = SigningKey.from_seed("audit.example/log", bytes(range(32)))
WITNESS = CosigningKey("witness.example/w", bytes(range(2, 34)))
SECOND = CosigningKey("witness.example/v", bytes(range(3, 35)))
CHECKPOINT = Checkpoint(LOG.verifier.name, 8, bytes(range(32)))
NOTE = sign_checkpoint(CHECKPOINT, LOG)
TIME = 1767225600
LINE = WITNESS.cosign(CHECKPOINT.text, TIME)
STEP = base64.b64encode(bytes(32)).decode() + "\n"

steps = st.lists(st.binary(min_size=32, max_size=32), max_size=63).map(tuple)


@given(st.integers(0, 2**63 - 1), steps)
def test_a_request_reads_back_as_it_was_written(old: int, proof: tuple[bytes, ...]) -> None:
    request = AddCheckpoint(old, proof, NOTE)
    assert AddCheckpoint.parse(request.text.encode()) == request


def test_a_first_request_has_no_proof() -> None:
    assert AddCheckpoint(0, (), NOTE).text == "old 0\n\n" + NOTE


def test_a_request_is_divided_at_its_first_empty_line() -> None:
    note = "text\n\nmore text\n\n" + NOTE.split("\n\n")[1]
    assert AddCheckpoint.parse(b"old 1\n\n" + note.encode()).note == note


MALFORMED: dict[str, str | bytes] = {
    "nothing": "",
    "no old line": "\n" + NOTE,
    "no note": "old 1\n",
    "a note without a signature": "old 1\n\ntext\n\n",
    "a size with a sign": "old +1\n\n" + NOTE,
    "a size with a leading zero": "old 01\n\n" + NOTE,
    "a size above 2**63 - 1": "old 9223372036854775808\n\n" + NOTE,
    "no size": "old \n\n" + NOTE,
    "two spaces": "old  1\n\n" + NOTE,
    "capitals": "Old 1\n\n" + NOTE,
    "carriage returns": ("old 1\n\n" + NOTE).replace("\n", "\r\n"),
    "a hash of 31 bytes": "old 1\n" + base64.b64encode(bytes(31)).decode() + "\n\n" + NOTE,
    "a hash with spare bits": "old 1\n" + STEP.replace("A=", "B=") + "\n" + NOTE,
    "a hash without padding": "old 1\n" + STEP.replace("=", "") + "\n" + NOTE,
    "64 proof lines": "old 1\n" + STEP * 64 + "\n" + NOTE,
    "bytes that are no UTF-8": b"old 1\n\n\xff" + NOTE.encode(),
    "more than 128 KiB": b"old 1\n\n" + b"x" * MAX_BODY_BYTES + NOTE.encode(),
}


@pytest.mark.parametrize("what", MALFORMED)
def test_a_request_is_refused_with(what: str) -> None:
    body = MALFORMED[what]
    with pytest.raises(MalformedInput):
        AddCheckpoint.parse(body if isinstance(body, bytes) else body.encode())


def test_63_proof_lines_are_taken() -> None:
    assert len(AddCheckpoint.parse(("old 1\n" + STEP * 63 + "\n" + NOTE).encode()).proof) == 63


@pytest.mark.parametrize(("old", "proof"), [(-1, ()), (2**63, ()), (1, (bytes(31),)), (1, (bytes(32),) * 64)])
def test_a_request_that_no_witness_would_read_is_not_made(old: int, proof: tuple[bytes, ...]) -> None:
    with pytest.raises(MalformedInput):
        AddCheckpoint(old, proof, NOTE)


REQUEST = AddCheckpoint(5, (bytes(32),) * 3, NOTE).text.encode()


@given(st.binary(max_size=200) | st.integers(0, len(REQUEST)).map(lambda cut: REQUEST[:cut]))
def test_any_body_is_read_or_refused(data: bytes) -> None:
    try:
        request = AddCheckpoint.parse(data)
    except MalformedInput:
        return
    assert request.text.encode() == data


@settings(max_examples=200)
@given(st.integers(0, 8 * len(REQUEST) - 1))
def test_a_request_with_one_bit_flipped_is_refused_or_is_another_request(bit: int) -> None:
    data = bytearray(REQUEST)
    data[bit // 8] ^= 1 << bit % 8
    try:
        request = AddCheckpoint.parse(bytes(data))
    except MalformedInput:
        return
    assert request.text.encode() == bytes(data) != REQUEST


def test_a_log_is_shown_under_the_hash_of_its_origin() -> None:
    assert origin_hash("audit.example/demo") == hashlib.sha256(b"audit.example/demo").hexdigest()
    assert origin_hash("audit.example/demo").startswith("5323a6cd99ec682e")


def test_the_size_of_a_stale_request_is_read_strictly() -> None:
    assert read_size("5\n") == read_size("5") == 5
    for answer in ("", "\n", "05\n", "+5\n", "5\n\n", " 5\n", "5 entries\n"):
        with pytest.raises(MalformedInput):
            read_size(answer)


def test_a_cosignature_is_taken_and_fits_behind_the_note() -> None:
    (good,) = read_cosignatures(LINE, CHECKPOINT.text, [WITNESS.verifier])
    assert (good.key, good.time, good.line) == (WITNESS.verifier, TIME, LINE)
    both = [LOG.verifier, WITNESS.verifier]
    assert open_checkpoint(NOTE + good.line, LOG.verifier.name, both) == CHECKPOINT


def test_lines_that_nobody_asked_for_are_passed_over() -> None:
    answer = SECOND.cosign(CHECKPOINT.text, TIME) + LINE
    assert [good.key for good in read_cosignatures(answer, CHECKPOINT.text, [WITNESS.verifier])] == [
        WITNESS.verifier
    ]
    assert read_cosignatures(answer, CHECKPOINT.text, []) == []


def test_an_answer_cannot_bring_a_line_of_the_log_itself() -> None:
    answer = LOG.sign(CHECKPOINT.text) + LINE
    good = read_cosignatures(answer, CHECKPOINT.text, [LOG.verifier, WITNESS.verifier])
    assert [signature.key for signature in good] == [WITNESS.verifier]


def test_a_cosignature_of_another_checkpoint_is_refused() -> None:
    other = WITNESS.cosign(CHECKPOINT.text.replace("\n8\n", "\n9\n"), TIME)
    with pytest.raises(SignatureError) as refusal:
        read_cosignatures(other, CHECKPOINT.text, [WITNESS.verifier])
    assert refusal.value.code == "bad-signature"


def test_a_cosignature_under_another_time_than_it_signed_is_refused() -> None:
    name, field = LINE.split(" ")[1:]
    raw = bytearray(base64.b64decode(field))
    raw[11] ^= 1
    later = f"\u2014 {name} {base64.b64encode(bytes(raw)).decode()}\n"
    with pytest.raises(SignatureError):
        read_cosignatures(later, CHECKPOINT.text, [WITNESS.verifier])


def test_a_witness_that_answers_twice_is_refused() -> None:
    with pytest.raises(SignatureError) as refusal:
        read_cosignatures(LINE + LINE, CHECKPOINT.text, [WITNESS.verifier])
    assert refusal.value.code == "signed-twice"


NO_ANSWERS = {
    "nothing": "",
    "an empty line": "\n",
    "a page": "<html>\n",
    "no line end": LINE[:-1],
    "two line ends": LINE + "\n",
    "an empty line between": LINE + "\n" + LINE,
    "another text in front": "another\n\n" + LINE,
    "a whole note": NOTE + LINE,
    "a carriage return": LINE.replace("\n", "\r\n"),
    "spare bits": LINE.replace(LINE[-4:-1], "B==") if LINE.endswith("==\n") else LINE[:-2] + "!\n",
    "too much": LINE * 1000,
}


@pytest.mark.parametrize("what", NO_ANSWERS)
def test_an_answer_is_refused_that_holds(what: str) -> None:
    with pytest.raises(MalformedInput):
        read_cosignatures(NO_ANSWERS[what], CHECKPOINT.text, [WITNESS.verifier])


@given(st.text(max_size=80) | st.lists(st.sampled_from([LINE, "\n", "\u2014 ", "a AAAAAAA=\n"])).map("".join))
def test_any_answer_is_read_or_refused(answer: str) -> None:
    keys: list[VerifierKey] = [WITNESS.verifier, SECOND.verifier]
    try:
        good = read_cosignatures(answer, CHECKPOINT.text, keys)
    except LedgerError:
        return
    assert {signature.line for signature in good} <= {LINE}
