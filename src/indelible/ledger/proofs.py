"""Proofs that an entry is in the log, and that the log only ever grew.

A log of n entries is summed up by one 32-byte root. Two questions can then be answered without seeing
the other entries:

* inclusion: is this entry the i-th of the n that the root stands for?
* consistency: are the first m of today's n entries exactly the m of then?

Making a proof reads tiles through a `HashReader`, which storage or a folder of files fulfils; checking
one needs nothing but the proof. Who vouches for a root is notes.py's matter.
Source: RFC 9162 sections 2.1.3 and 2.1.4, which leave the edge cases out; those are stated here.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Protocol

from .errors import MalformedInput, ProofError
from .hashing import EMPTY_ROOT, HASH_SIZE, node_hash
from .tree import TILE_HEIGHT, TILE_WIDTH, root_of_leaves


class HashReader(Protocol):
    """Where tiles can be read."""

    def hashes(self, level: int, index: int) -> bytes:
        """Return the hashes of tile `index` of `level`, 32 bytes each: all 256, or as many as are known."""
        ...


class KeptTiles:
    """A HashReader that remembers the last tiles it read, and no more than `most` of them.

    An unfinished tile is remembered as it was: whoever reads on in a log that grew calls `forget_unfinished` first.
    """

    def __init__(self, reader: HashReader, most: int = 64) -> None:
        self._reader = reader
        self._most = most
        self._tiles: OrderedDict[tuple[int, int], bytes] = OrderedDict()

    def hashes(self, level: int, index: int) -> bytes:
        """Return the hashes of a tile, as its reader has them."""
        key = level, index
        if key not in self._tiles:
            self._tiles[key] = self._reader.hashes(level, index)
            if len(self._tiles) > self._most:
                self._tiles.popitem(last=False)
        self._tiles.move_to_end(key)
        return self._tiles[key]

    def forget_unfinished(self) -> None:
        """Read the tiles that were not full anew when they are asked for again."""
        unfinished = [key for key, tile in self._tiles.items() if len(tile) < TILE_WIDTH * HASH_SIZE]
        for key in unfinished:
            del self._tiles[key]


def left_size(size: int) -> int:
    """Return how many of `size` leaves (two or more) go left: the largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1


def tree_root(size: int, reader: HashReader) -> bytes:
    """Return the root of the first `size` leaves. Reads at most two tiles a level."""
    if size < 0:
        raise ValueError(f"no tree of size {size}")
    return EMPTY_ROOT if size == 0 else _Subtrees(reader).root(0, size)


def subtree_root(start: int, end: int, reader: HashReader) -> bytes:
    """Return the root over leaves `start` to `end` (one or more), a subtree of the tree that a walk comes to.

    That is: a power of two, not less than `end - start`, divides `start`.
    """
    return _Subtrees(reader).root(start, end)


def prove_inclusion(index: int, size: int, reader: HashReader) -> list[bytes]:
    """Return the path of leaf `index` (from zero) in the tree of `size` leaves, from the leaf upward."""
    return inclusion_path(index, size, _Subtrees(reader).root)


def inclusion_path(index: int, size: int, root_of: Callable[[int, int], bytes]) -> list[bytes]:
    """The same for whoever keeps subtree roots between proofs: `root_of` gives the one over leaves start to end."""
    if not 0 <= index < size:
        raise ValueError(f"no entry {index} in a log of {size}")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + left_size(end - start)
        if index < middle:
            path.append(root_of(middle, end))
            end = middle
        else:
            path.append(root_of(start, middle))
            start = middle
    path.reverse()
    return path


def prove_consistency(old: int, new: int, reader: HashReader) -> list[bytes]:
    """Return the proof that the tree of `old` leaves is a prefix of that of `new`; empty for 0 and `new`."""
    if not 0 <= old <= new:
        raise ValueError(f"no proof from size {old} to {new}")
    if old in (0, new):
        return []
    subtrees = _Subtrees(reader)
    path: list[bytes] = []
    start, end = 0, new
    while old != end:
        middle = start + left_size(end - start)
        if old <= middle:
            path.append(subtrees.root(middle, end))
            end = middle
        else:
            path.append(subtrees.root(start, middle))
            start = middle
    if start:  # the old tree's own root is known to whoever asks, so it is left out
        path.append(subtrees.root(start, end))
    path.reverse()
    return path


def check_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> None:
    """Check that entry `index` (from zero) of a log of `size` entries hashes to `leaf`.

    `leaf`, `root` and every step of `path` are 32 bytes; `path` runs upward from the leaf's sibling.

    Raises ProofError (`entry-outside-log`, `proof-wrong-length`, `entry-not-in-log`) otherwise.
    Source: RFC 9162 section 2.1.3.2.
    """
    _check_sizes([leaf, root, *path])
    if not 0 <= index < size:
        raise ProofError("entry-outside-log", f"entry {index} of a log of {size}")
    fn, sn, reached = index, size - 1, leaf
    for step in path:
        if sn == 0:
            raise ProofError("proof-wrong-length", f"{len(path)} steps for entry {index} of {size}")
        if fn & 1 or fn == sn:
            reached = node_hash(step, reached)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            reached = node_hash(reached, step)
        fn, sn = fn >> 1, sn >> 1
    if sn:
        raise ProofError("proof-wrong-length", f"{len(path)} steps for entry {index} of {size}")
    if reached != root:
        raise ProofError("entry-not-in-log", f"path leads to {reached.hex()}, not {root.hex()}")


def check_consistency(
    old_size: int, old_root: bytes, new_size: int, new_root: bytes, path: Sequence[bytes]
) -> None:
    """Check that the log of `old_size` entries is how the one of `new_size` began.

    Equal sizes: an empty path and equal roots. From size 0: an empty path and the empty tree's root.

    Raises ProofError (`log-shrank`, `proof-wrong-length`, `old-root-differs`, `new-root-differs`).
    Source: RFC 9162 section 2.1.4.2 for 0 < old_size < new_size.
    """
    _check_sizes([old_root, new_root, *path])
    if not 0 <= old_size <= new_size:
        raise ProofError("log-shrank", f"from {old_size} to {new_size} entries")
    if old_size == 0 or old_size == new_size:
        _check_edge_case(old_size, old_root, new_size, new_root, path)
        return
    if not path:
        raise ProofError("proof-wrong-length", f"no steps from {old_size} to {new_size}")
    steps = [old_root, *path] if old_size.bit_count() == 1 else list(path)
    fn, sn = old_size - 1, new_size - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    old_reached = new_reached = steps[0]
    for step in steps[1:]:
        if sn == 0:
            raise ProofError("proof-wrong-length", f"{len(path)} steps from {old_size} to {new_size}")
        if fn & 1 or fn == sn:
            old_reached = node_hash(step, old_reached)
            new_reached = node_hash(step, new_reached)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            new_reached = node_hash(new_reached, step)
        fn, sn = fn >> 1, sn >> 1
    if sn:
        raise ProofError("proof-wrong-length", f"{len(path)} steps from {old_size} to {new_size}")
    if old_reached != old_root:
        raise ProofError("old-root-differs", f"path leads to {old_reached.hex()}, not {old_root.hex()}")
    if new_reached != new_root:
        raise ProofError("new-root-differs", f"path leads to {new_reached.hex()}, not {new_root.hex()}")


def _check_edge_case(
    old_size: int, old_root: bytes, new_size: int, new_root: bytes, path: Sequence[bytes]
) -> None:
    """Check consistency from the empty tree, or of a tree with itself, which the RFC does not define."""
    if path:
        raise ProofError("proof-wrong-length", f"{len(path)} steps from {old_size} to {new_size}")
    if old_size == 0 and old_root != EMPTY_ROOT:
        raise ProofError("old-root-differs", f"size 0 with root {old_root.hex()}")
    if old_size == new_size and old_root != new_root:
        raise ProofError("new-root-differs", f"two roots for {new_size}: {old_root.hex()}, {new_root.hex()}")


def _check_sizes(hashes: Sequence[bytes]) -> None:
    """Refuse a hash that is not 32 bytes: a longer one could stand for two."""
    for one in hashes:
        if len(one) != HASH_SIZE:
            raise ProofError("proof-wrong-hash-size", f"a hash of {len(one)} bytes")


class _Subtrees:
    """Roots of ranges of leaves, read from tiles; each tile is asked for once."""

    def __init__(self, reader: HashReader) -> None:
        self._reader = reader
        self._tiles: dict[tuple[int, int], bytes] = {}

    def root(self, start: int, end: int) -> bytes:
        """Return the root over leaves start to end; a power of two >= end - start divides `start`."""
        size = end - start
        if size.bit_count() == 1:
            return self._complete(start, size.bit_length() - 1)
        roots = []
        while size:  # complete subtrees from the largest, one for each 1 bit
            height = size.bit_length() - 1
            roots.append(self._complete(start, height))
            start, size = start + (1 << height), size - (1 << height)
        root = roots.pop()
        while roots:
            root = node_hash(roots.pop(), root)
        return root

    def _complete(self, start: int, height: int) -> bytes:
        """Return the root of the 2**height leaves from `start`: height % 8 levels above hashes of a tile."""
        level, above = divmod(height, TILE_HEIGHT)
        index, place = divmod(start >> level * TILE_HEIGHT, 1 << TILE_HEIGHT)
        tile = self._tile(level, index)
        first, count = place * HASH_SIZE, HASH_SIZE << above
        part = tile[first : first + count]
        if len(part) != count:
            raise MalformedInput(
                "tile-too-narrow", f"tile {level}/{index} has {len(tile)} bytes, not {first + count}"
            )
        return root_of_leaves([part[at : at + HASH_SIZE] for at in range(0, count, HASH_SIZE)])

    def _tile(self, level: int, index: int) -> bytes:
        key = level, index
        if key not in self._tiles:
            self._tiles[key] = self._reader.hashes(level, index)
        return self._tiles[key]
