"""Every proof of every entry holds, and none that was bent does."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indelible.ledger.errors import MalformedInput, ProofError
from indelible.ledger.hashing import EMPTY_ROOT
from indelible.ledger.proofs import (
    check_consistency,
    check_inclusion,
    prove_consistency,
    prove_inclusion,
    tree_root,
)
from tests.ledger.logs import MemoryLog, leaf_data

LOG = MemoryLog([leaf_data(index) for index in range(2_000)])
ROOTS = {size: LOG.root(size) for size in range(72)}
sizes = st.integers(1, 2_000)


def bent_paths(path: list[bytes], draw: st.DataObject) -> list[list[bytes]]:
    """Return the path with a hash added, removed, swapped, cut, or changed by a bit."""
    foreign = b"\x07" * 32
    place = draw.draw(st.integers(0, len(path)), label="place")
    bent = [[*path[:place], foreign, *path[place:]], [*path, path[-1] if path else foreign]]
    if path:
        at = min(place, len(path) - 1)
        bit = draw.draw(st.integers(0, 255), label="bit")
        changed = bytearray(path[at])
        changed[bit // 8] ^= 1 << bit % 8
        bent += [
            [*path[:at], *path[at + 1 :]],
            [*path[:at], bytes(changed), *path[at + 1 :]],
            [*path[:at], path[at][:31], *path[at + 1 :]],
            [*path[:at], path[at] + b"\x00", *path[at + 1 :]],
            [],
        ]
    if len(path) > 1:
        bent.append([path[1], path[0], *path[2:]])
    return bent


def refused_inclusion(leaf: bytes, index: int, size: int, path: list[bytes], root: bytes) -> str:
    with pytest.raises(ProofError) as refusal:
        check_inclusion(leaf, index, size, path, root)
    return refusal.value.code


def refused_consistency(old: int, old_root: bytes, new: int, new_root: bytes, path: list[bytes]) -> str:
    with pytest.raises(ProofError) as refusal:
        check_consistency(old, old_root, new, new_root, path)
    return refusal.value.code


@pytest.mark.parametrize("size", range(1, 71))
def test_each_entry_of_a_small_log_is_proved_and_each_other_index_refused(size: int) -> None:
    for index in range(size):
        path = prove_inclusion(index, size, LOG)
        turn = (index ^ (size - 1)).bit_length()
        assert len(path) == turn + (index >> turn).bit_count()
        check_inclusion(LOG.leaf_hashes[index], index, size, path, ROOTS[size])
        for other in range(size):
            if other != index:
                refused_inclusion(LOG.leaf_hashes[index], other, size, path, ROOTS[size])


@pytest.mark.parametrize("new", range(71))
def test_each_earlier_size_of_a_small_log_is_proved_to_be_its_beginning(new: int) -> None:
    for old in range(new + 1):
        path = prove_consistency(old, new, LOG)
        check_consistency(old, ROOTS[old], new, ROOTS[new], path)
        if 0 < old < new:
            refused_consistency(old, ROOTS[old - 1], new, ROOTS[new], path)
            refused_consistency(old, ROOTS[old], new, ROOTS[new + 1], path)


@settings(max_examples=150)
@given(data=st.data(), size=sizes)
def test_an_inclusion_proof_holds_and_a_bent_one_does_not(data: st.DataObject, size: int) -> None:
    index = data.draw(st.integers(0, size - 1))
    leaf, root = LOG.leaf_hashes[index], tree_root(size, LOG)
    path = prove_inclusion(index, size, LOG)
    check_inclusion(leaf, index, size, path, root)
    for bent in bent_paths(path, data):
        refused_inclusion(leaf, index, size, bent, root)
    other = data.draw(st.integers(0, 1_999).filter(lambda one: one != index))
    refused_inclusion(LOG.leaf_hashes[other], index, size, path, root)
    refused_inclusion(leaf, other, size, path, root)
    size_elsewhere = data.draw(sizes.filter(lambda one: one != size))
    refused_inclusion(leaf, index, size_elsewhere, path, tree_root(size_elsewhere, LOG))
    refused_inclusion(leaf, index, size, path, tree_root(size_elsewhere, LOG))


@settings(max_examples=150)
@given(data=st.data(), new=sizes)
def test_a_consistency_proof_holds_and_a_bent_one_does_not(data: st.DataObject, new: int) -> None:
    old = data.draw(st.integers(1, new))
    old_root, new_root = tree_root(old, LOG), tree_root(new, LOG)
    path = prove_consistency(old, new, LOG)
    check_consistency(old, old_root, new, new_root, path)
    for bent in bent_paths(path, data):
        refused_consistency(old, old_root, new, new_root, bent)
    other = data.draw(sizes.filter(lambda one: one not in (old, new)))
    refused_consistency(old, tree_root(other, LOG), new, new_root, path)
    refused_consistency(old, old_root, new, tree_root(other, LOG), path)
    if other < new:
        refused_consistency(other, tree_root(other, LOG), new, new_root, path)


@given(sizes)
def test_the_root_from_tiles_is_the_root_from_leaves(size: int) -> None:
    assert tree_root(size, LOG) == LOG.root(size)


def test_the_empty_log_is_the_beginning_of_every_log() -> None:
    check_consistency(0, EMPTY_ROOT, 0, EMPTY_ROOT, [])
    check_consistency(0, EMPTY_ROOT, 5, ROOTS[5], [])
    assert tree_root(0, LOG) == EMPTY_ROOT
    assert refused_consistency(0, ROOTS[1], 5, ROOTS[5], []) == "old-root-differs"
    assert refused_consistency(0, EMPTY_ROOT, 0, ROOTS[1], []) == "new-root-differs"
    assert refused_consistency(0, EMPTY_ROOT, 5, ROOTS[5], [ROOTS[1]]) == "proof-wrong-length"


def test_a_log_is_consistent_with_itself_by_its_root_alone() -> None:
    check_consistency(5, ROOTS[5], 5, ROOTS[5], [])
    assert refused_consistency(5, ROOTS[5], 5, ROOTS[6], []) == "new-root-differs"
    assert refused_consistency(5, ROOTS[5], 5, ROOTS[5], [ROOTS[1]]) == "proof-wrong-length"


def test_a_log_that_shrank_is_refused() -> None:
    assert refused_consistency(6, ROOTS[6], 5, ROOTS[5], []) == "log-shrank"
    assert refused_consistency(-1, ROOTS[6], 5, ROOTS[5], []) == "log-shrank"


def test_an_empty_consistency_proof_is_refused() -> None:
    assert refused_consistency(5, ROOTS[5], 6, ROOTS[6], []) == "proof-wrong-length"


@pytest.mark.parametrize(("index", "size"), [(0, 0), (5, 5), (6, 5), (-1, 5), (2**70, 5)])
def test_an_entry_outside_the_log_is_refused(index: int, size: int) -> None:
    assert refused_inclusion(LOG.leaf_hashes[0], index, size, [], ROOTS[5]) == "entry-outside-log"


def test_hashes_that_only_fit_together_are_refused() -> None:
    # The same bytes, cut elsewhere: 31 of the leaf, then its last with the whole sibling.
    leaf, sibling = LOG.leaf_hashes[:2]
    assert refused_inclusion(leaf[:31], 0, 2, [leaf[31:] + sibling], ROOTS[2]) == "proof-wrong-hash-size"
    short = [ROOTS[2][31:] + LOG.leaf_hashes[2]]
    assert refused_consistency(2, ROOTS[2][:31], 3, ROOTS[3], short) == "proof-wrong-hash-size"


def test_an_endless_path_is_refused_without_hashing_it_all() -> None:
    path = [b"\x00" * 32] * 10_000
    assert refused_inclusion(LOG.leaf_hashes[0], 0, 70, path, ROOTS[70]) == "proof-wrong-length"


def test_each_tile_is_read_once_for_a_proof() -> None:
    class Counting:
        def __init__(self) -> None:
            self.asked: list[tuple[int, int]] = []

        def hashes(self, level: int, index: int) -> bytes:
            self.asked.append((level, index))
            return LOG.hashes(level, index)

    reader = Counting()
    prove_inclusion(700, 2_000, reader)
    assert len(reader.asked) == len(set(reader.asked)) <= 4


def test_a_tile_that_is_too_narrow_is_told_apart_from_a_wrong_proof() -> None:
    class Narrow:
        def hashes(self, level: int, index: int) -> bytes:
            return LOG.hashes(level, index)[:64]

    with pytest.raises(MalformedInput) as refusal:
        tree_root(70, Narrow())
    assert refusal.value.code == "tile-too-narrow"


def test_asking_for_a_proof_that_cannot_be_is_a_mistake_of_the_caller() -> None:
    for index, size in ((5, 5), (-1, 5), (0, 0)):
        with pytest.raises(ValueError, match="no entry"):
            prove_inclusion(index, size, LOG)
    with pytest.raises(ValueError, match="no proof"):
        prove_consistency(6, 5, LOG)
    with pytest.raises(ValueError, match="no tree"):
        tree_root(-1, LOG)
