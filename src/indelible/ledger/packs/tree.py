"""The part of a tree that joins some of its entries to one root: written, and walked again.

One path an entry would repeat most of its steps. Here the tree is walked once from its root, left before
right: where no entry of the pack lies below, one hash stands for all that is there; elsewhere the walk goes
on down to the entry itself. Writer and reader walk alike, so that the hashes need no places beside them,
and neither keeps more than one branch in memory.
Source: docs/formats/pack.md section 4; RFC 9162 section 2.1 for the tree.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from ..errors import ProofError
from ..hashing import EMPTY_ROOT, HASH_SIZE, node_hash
from ..proofs import HashReader, KeptTiles, left_size, subtree_root


def part_of_tree(indexes: Sequence[int], size: int, reader: HashReader) -> Iterator[bytes]:
    """Yield the hashes of `tree.txt`: those of the subtrees of `size` leaves that hold none of `indexes`.

    `indexes` count from zero and rise, none twice. Raises ValueError where they do not or lie outside.
    """
    if any(left >= right for left, right in pairwise(indexes)):
        raise ValueError("indexes that do not rise")
    if indexes and not 0 <= indexes[0] <= indexes[-1] < size:
        raise ValueError(f"entries {indexes[0]} to {indexes[-1]} of a log of {size}")
    kept = KeptTiles(reader)  # neighbouring subtrees read the same few tiles again

    def walk(start: int, end: int, first: int, last: int) -> Iterator[bytes]:
        # indexes[first:last] are those within [start, end).
        if first == last:
            yield subtree_root(start, end, kept)
        elif end - start > 1:
            middle = start + left_size(end - start)
            split = bisect_left(indexes, middle, first, last)
            yield from walk(start, middle, first, split)
            yield from walk(middle, end, split, last)

    if size:
        yield from walk(0, size, 0, len(indexes))


def root_of_part(size: int, leaf_hashes: Iterable[tuple[int, bytes]], hashes: Iterable[bytes]) -> bytes:
    """Return the root of the tree of `size` leaves that a pack's entries and `tree.txt` lead to.

    `leaf_hashes` are (index, 32 bytes) by rising index, `hashes` the lines of `tree.txt` in order. Both are
    read as the walk comes to them: memory does not grow with either.

    Raises ProofError (`tree-length`) where a hash is missing or left over, or an entry lies outside the tree
    or out of order.
    """
    walk = _Walk(leaf_hashes, hashes)
    root = walk.subtree(0, size) if size else EMPTY_ROOT
    walk.expect_end()
    return root


class _Walk:
    """A walk through the tree that takes entries and hashes as it comes to them."""

    def __init__(self, leaf_hashes: Iterable[tuple[int, bytes]], hashes: Iterable[bytes]) -> None:
        self._leaves = iter(leaf_hashes)
        self._hashes = iter(hashes)
        self._next = next(self._leaves, None)

    def subtree(self, start: int, end: int) -> bytes:
        """Return the root of the leaves from start to end (one or more)."""
        if self._next is None or self._next[0] >= end:
            return self._hash(start, end)
        if end - start == 1:
            return self._leaf(start)
        middle = start + left_size(end - start)
        left = self.subtree(start, middle)
        return node_hash(left, self.subtree(middle, end))

    def expect_end(self) -> None:
        """Refuse what is left over."""
        if self._next is not None:
            raise ProofError("tree-length", f"entry {self._next[0]} is outside the tree or out of order")
        if next(self._hashes, None) is not None:
            raise ProofError("tree-length", "more hashes than the tree has room for")

    def _leaf(self, place: int) -> bytes:
        assert self._next is not None
        index, leaf = self._next
        if index != place:
            raise ProofError("tree-length", f"entry {index} comes where {place} was due")
        self._next = next(self._leaves, None)
        return leaf

    def _hash(self, start: int, end: int) -> bytes:
        found = next(self._hashes, None)
        if found is None:
            raise ProofError("tree-length", f"no hash for leaves {start} to {end}")
        if len(found) != HASH_SIZE:
            raise ProofError("tree-length", f"a hash of {len(found)} bytes")
        return found
