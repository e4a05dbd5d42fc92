"""A tree grows the same however its leaves are cut into batches, and can go on from what was stored."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indelible.ledger.errors import MalformedInput
from indelible.ledger.hashing import EMPTY_ROOT, leaf_hash, node_hash
from indelible.ledger.tree import Edge, FullTile, Tree, root_of_leaves

HASHES = [leaf_hash(b"%d" % index) for index in range(2_000)]
MANY = [sha256(b"%d" % index).digest() for index in range(66_000)]


def by_definition(leaves: Sequence[bytes]) -> bytes:
    """The root as RFC 6962 section 2.1 defines it, from the top down."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    left = 1
    while left * 2 < len(leaves):
        left *= 2
    return sha256(b"\x01" + by_definition(leaves[:left]) + by_definition(leaves[left:])).digest()


def cut(leaves: Sequence[bytes], lengths: list[int]) -> list[Sequence[bytes]]:
    """Cut leaves into batches of these lengths, the rest into one more."""
    batches = []
    for length in lengths:
        batches.append(leaves[:length])
        leaves = leaves[length:]
    return [*batches, leaves]


def test_the_empty_tree_has_the_root_of_nothing() -> None:
    assert Tree.empty().root() == Edge.empty().root() == EMPTY_ROOT == root_of_leaves([])


@pytest.mark.parametrize("size", range(1, 131))
def test_the_root_is_that_of_the_definition(size: int) -> None:
    assert root_of_leaves(HASHES[:size]) == by_definition(HASHES[:size])


@given(size=st.integers(0, 2_000), lengths=st.lists(st.integers(0, 700), max_size=6))
def test_any_cut_into_batches_gives_the_same_tree(size: int, lengths: list[int]) -> None:
    whole, pieces = Tree.empty(), Tree.empty()
    tiles = whole.append(HASHES[:size])
    tiles_of_pieces: list[FullTile] = []
    for batch in cut(HASHES[:size], lengths):
        tiles_of_pieces += pieces.append(batch)
    assert pieces.size == whole.size == size
    assert pieces.root() == whole.root() == by_definition(HASHES[:size])
    assert pieces.tails == whole.tails
    key = lambda tile: (tile.level, tile.index)  # noqa: E731
    assert sorted(tiles_of_pieces, key=key) == sorted(tiles, key=key)


def test_leaf_by_leaf_gives_the_same_roots_and_tiles_as_a_batch() -> None:
    batch, single = Tree.empty(), Tree.empty()
    tiles = batch.append(HASHES[:600])
    tiles_one_by_one = []
    for size, leaf in enumerate(HASHES[:600], start=1):
        tiles_one_by_one += single.append([leaf])
        assert single.root() == by_definition(HASHES[:size])
    assert tiles_one_by_one == tiles
    assert single.tails == batch.tails


def test_tiles_of_upper_levels_hold_the_roots_of_the_tiles_below() -> None:
    tree = Tree.empty()
    tiles = {(tile.level, tile.index): tile.hashes for tile in tree.append(MANY)}
    assert len(tiles) == 257 + 1
    assert tiles[0, 3] == b"".join(MANY[768:1024])
    assert tiles[1, 0][32 * 3 : 32 * 4] == by_definition(MANY[768:1024])
    assert [len(tail) // 32 for tail in tree.tails] == [66_000 % 256, 257 % 256, 1]
    assert tree.tails[2] == by_definition(MANY[:65_536])


@given(size=st.integers(0, 2_000), more=st.integers(0, 600))
def test_a_tree_goes_on_from_its_stored_tails(size: int, more: int) -> None:
    tree = Tree.empty()
    tree.append(HASHES[:size])
    again = Tree.from_tails(size, tree.tails)
    assert again.root() == tree.root()
    assert again.append(HASHES[:more]) == tree.append(HASHES[:more])
    assert (again.size, again.root(), again.tails) == (tree.size, tree.root(), tree.tails)


@given(size=st.integers(0, 2_000), more=st.integers(0, 600))
def test_an_edge_goes_on_from_its_bytes(size: int, more: int) -> None:
    edge = Edge.empty()
    edge.append(HASHES[:size])
    again = Edge.from_bytes(edge.size, edge.to_bytes())
    assert len(edge.to_bytes()) == 32 * size.bit_count()
    again.append(HASHES[:more])
    assert again.root() == by_definition([*HASHES[:size], *HASHES[:more]])


def test_a_copy_grows_on_its_own() -> None:
    tree = Tree.empty()
    tree.append(HASHES[:300])
    root = tree.root()
    copy = tree.copy()
    copy.append(HASHES[:1])
    assert (tree.size, tree.root(), len(tree.tails[0])) == (300, root, 44 * 32)
    edge = tree.edge
    edge.append(HASHES[:1])
    assert edge.root() == copy.root() != tree.root()


@pytest.mark.parametrize(
    ("size", "tails"),
    [
        (1, []),
        (0, [b""]),
        (2, [b"x" * 32]),
        (256, [b""]),
        (257, [b"x" * 32, b""]),
        (-1, []),
        (1, [b"x" * 31]),
    ],
)
def test_tails_that_do_not_fit_the_size_are_refused(size: int, tails: list[bytes]) -> None:
    with pytest.raises(MalformedInput) as refusal:
        Tree.from_tails(size, tails)
    assert refusal.value.code == "bad-tails"


@pytest.mark.parametrize(("size", "length"), [(1, 0), (3, 32), (4, 64), (0, 32), (1, 31), (-1, 0)])
def test_an_edge_that_does_not_fit_the_size_is_refused(size: int, length: int) -> None:
    with pytest.raises(MalformedInput) as refusal:
        Edge.from_bytes(size, b"x" * length)
    assert refusal.value.code == "bad-edge"


def test_a_leaf_cannot_pass_for_a_node() -> None:
    left, right = HASHES[:2]
    assert leaf_hash(left + right) != node_hash(left, right)


@settings(max_examples=30)
@given(st.integers(1, 300))
def test_growing_tells_the_new_roots_of_each_height(size: int) -> None:
    grown = Edge.empty().grow(HASHES[:size])
    for height, roots in enumerate(grown):
        width = 1 << height
        assert roots == [by_definition(HASHES[at : at + width]) for at in range(0, size - width + 1, width)]
