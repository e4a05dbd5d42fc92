"""Whatever arrives is answered in the standard's codes; nothing makes the witness stumble."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indelible.witness.folder import open_folder
from indelible.witness.judging import Judge
from tests.services.witness import RunningWitness, running_witness
from tests.witness.asking import Asker, call, post

LOG = Asker()
settings.register_profile("indelible-witness", deadline=None)
settings.load_profile("indelible-witness")

TRUE = LOG.request(5, 8)
JOINTS = [
    b"old 5\n",
    b"\n",
    b"\n\n",
    LOG.note(8).encode(),
    "— ".encode(),
    b"AAAA",
    TRUE[:150],
    TRUE[150:],
    b"\xff",
]


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    """A witness that holds seal 5."""
    with tempfile.TemporaryDirectory() as folder:
        key, state = open_folder(Path(folder) / "w", "witness.example/w1")
        state.add_key(LOG.key.verifier, 1)
        judge = Judge(key, state, lambda: 1_767_225_600, lambda *_: None)
        assert judge.add_checkpoint(LOG.request(0, 5)).status == 200
        yield judge
        state.close()


@given(st.binary(max_size=400))
def test_any_bytes_are_no_request(judge: Judge, data: bytes) -> None:
    assert judge.add_checkpoint(data).status == 400


@given(st.lists(st.sampled_from(JOINTS), max_size=6).map(b"".join))
def test_any_pieces_of_requests_are_refused(judge: Judge, data: bytes) -> None:
    assert data == TRUE or judge.add_checkpoint(data).status in (400, 403, 404, 409, 422)


@given(st.integers(0, len(TRUE) - 1), st.integers(1, 255))
def test_a_request_with_one_byte_changed_is_never_cosigned(judge: Judge, place: int, change: int) -> None:
    data = bytearray(TRUE)
    data[place] ^= change
    assert judge.add_checkpoint(bytes(data)).status in (400, 403, 404, 409, 422)


@given(st.integers(0, 2**63 - 1), st.integers(0, 2**63 - 1), st.binary(min_size=32, max_size=32))
def test_any_sizes_and_roots_that_the_log_signs_are_answered(
    judge: Judge, old: int, size: int, root: bytes
) -> None:
    from indelible.ledger.strict import write_base64

    note = LOG.says(f"{LOG.origin}\n{size}\n{write_base64(root)}\n")
    assert judge.add_checkpoint(f"old {old}\n\n{note}".encode()).status in (400, 409, 422)


def test_over_http_such_bodies_leave_the_witness_unmoved(tmp_path: Path) -> None:
    with running_witness(tmp_path / "w", logs=[LOG.key.verifier.text]) as witness:
        assert post(witness.url, LOG.request(0, 5)).status == 200
        for data in (
            b"",
            b"\n\n",
            b"\x00" * 1000,
            b"old 5\n\n",
            TRUE[:-1],
            b"\xff\xfe",
            TRUE + b"x",
            *_cut(),
        ):
            assert post(witness.url, data).status == 400
        assert _unmoved(witness)


def _cut() -> Iterator[bytes]:
    yield from (TRUE[:end] for end in range(0, len(TRUE), 37))


def _unmoved(witness: RunningWitness) -> bool:
    assert call(witness.url, "GET", "/").status == 200
    assert post(witness.url, TRUE).status == 200
    return witness.said == ""
