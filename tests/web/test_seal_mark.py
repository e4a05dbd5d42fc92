"""The seal mark is drawn from the fingerprint alone, small enough for every page."""

from __future__ import annotations

from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from indelible.web.seal_mark import MAX_BYTES, seal_mark


@given(st.binary(min_size=32, max_size=32))
def test_every_mark_is_well_formed_and_within_six_kilobytes(root: bytes) -> None:
    drawn = seal_mark(root, "1,042,806")
    assert len(drawn.encode()) <= MAX_BYTES
    ElementTree.fromstring(drawn)


def test_the_same_seal_has_the_same_mark_and_one_bit_makes_another() -> None:
    root = bytes(range(32))
    other = bytes([root[0] ^ 1]) + root[1:]
    assert seal_mark(root) == seal_mark(root)
    assert seal_mark(root) != seal_mark(other)


def test_a_mark_without_a_label_has_no_text() -> None:
    assert "<text" not in seal_mark(bytes(32))
    assert ">42,806<" in seal_mark(bytes(32), "42,806")
