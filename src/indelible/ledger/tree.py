"""The growing tree: from leaf hashes to tiles and a root.

A tree of n leaves falls apart into complete subtrees, one for each 1 bit of n. Their roots are the
*edge*: all that is needed to go on and to know the root. `Edge` is just that. `Tree` also keeps the
hashes of each level's unfinished tile (the *tails*), so that it can hand out every tile that a batch of
leaves completes. Nothing is padded; a partial tile is never hashed upward.

Leaves come in batches, because the work is then done level by level over lists, which in Python costs
about half of doing it leaf by leaf. Any cut into batches gives the same tree.
Sources: RFC 6962 section 2.1; C2SP tlog-tiles for the tiles.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from .errors import MalformedInput
from .hashing import EMPTY_ROOT, HASH_SIZE, node_hash

TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
TILE_BYTES = TILE_WIDTH * HASH_SIZE


@dataclass(frozen=True, slots=True)
class FullTile:
    """A tile that can never change again: 256 hashes, 8,192 bytes, of tile level `level`."""

    level: int
    index: int
    hashes: bytes


class Edge:
    """The right edge of a tree: the roots of its complete subtrees, and nothing else.

    `_roots[h]` is the root of the complete subtree of 2**h leaves, or None where bit h of the size is 0.
    """

    __slots__ = ("_roots", "_size")

    def __init__(self, size: int, roots: list[bytes | None]) -> None:
        self._size = size
        self._roots = roots

    @classmethod
    def empty(cls) -> Edge:
        """Return the edge of a tree without leaves."""
        return cls(0, [])

    @classmethod
    def from_bytes(cls, size: int, data: bytes) -> Edge:
        """Return the edge written by `to_bytes` for a tree of `size` leaves.

        Raises MalformedInput (`bad-edge`) where `data` has not 32 bytes for each 1 bit of `size`.
        """
        if size < 0 or len(data) != size.bit_count() * HASH_SIZE:
            raise MalformedInput("bad-edge", f"{len(data)} bytes for a tree of {size}")
        roots: list[bytes | None] = [None] * size.bit_length()
        start = 0
        for height in reversed(range(size.bit_length())):
            if size >> height & 1:
                roots[height] = data[start : start + HASH_SIZE]
                start += HASH_SIZE
        return cls(size, roots)

    @property
    def size(self) -> int:
        """How many leaves the tree has."""
        return self._size

    def to_bytes(self) -> bytes:
        """Return the roots, largest subtree first, 32 bytes each."""
        return b"".join(root for root in reversed(self._roots) if root is not None)

    def copy(self) -> Edge:
        """Return an edge that can grow on its own."""
        return Edge(self._size, self._roots.copy())

    def root(self) -> bytes:
        """Return the root of the tree. Costs one hash for each further 1 bit of the size."""
        root: bytes | None = None
        for left in self._roots:
            if left is not None:
                root = left if root is None else node_hash(left, root)
        return EMPTY_ROOT if root is None else root

    def append(self, leaf_hashes: Sequence[bytes]) -> None:
        """Add leaves by their 32-byte hashes, in order. Costs about one hash a leaf."""
        self.grow(leaf_hashes)

    def grow(self, leaf_hashes: Sequence[bytes]) -> list[list[bytes]]:
        """Add leaves, and return for each height from 0 the roots of complete subtrees that came to be."""
        self._size += len(leaf_hashes)
        roots = self._roots
        fresh = list(leaf_hashes)
        grown = []
        height = 0
        while fresh:
            grown.append(fresh)
            if height == len(roots):
                roots.append(None)
            waiting = roots[height]
            row = fresh if waiting is None else [waiting, *fresh]
            roots[height] = row[-1] if len(row) & 1 else None
            # zip drops the odd one out, which was just kept as the edge of this height.
            pairs = zip(row[::2], row[1::2], strict=False)
            fresh = [sha256(b"\x01" + left + right).digest() for left, right in pairs]
            height += 1
        return grown


class Tree:
    """A tree that hands out its tiles as they fill up.

    State to store: `size` and `tails`. `tails[level]` holds the hashes of the unfinished tile of that
    level, `(size >> 8 * level) & 255` of them, 32 bytes each, so it is empty where a tile just filled up.
    """

    __slots__ = ("_edge", "_tails")

    def __init__(self, edge: Edge, tails: list[bytes]) -> None:
        self._edge = edge
        self._tails = tails

    @classmethod
    def empty(cls) -> Tree:
        """Return a tree without leaves."""
        return cls(Edge.empty(), [])

    @classmethod
    def from_tails(cls, size: int, tails: Sequence[bytes]) -> Tree:
        """Return the tree of `size` leaves whose unfinished tiles are `tails`.

        Raises MalformedInput (`bad-tails`) where the tails are not those of a tree of that size.
        """
        widths = [
            size >> shift & TILE_WIDTH - 1 for shift in range(0, max(size.bit_length(), 0), TILE_HEIGHT)
        ]
        if size < 0 or [len(tail) for tail in tails] != [width * HASH_SIZE for width in widths]:
            raise MalformedInput("bad-tails", f"{[len(tail) for tail in tails]} bytes for a tree of {size}")
        roots: list[bytes | None] = []
        for tail in tails:
            edge = Edge.empty()
            edge.append([tail[at : at + HASH_SIZE] for at in range(0, len(tail), HASH_SIZE)])
            roots += edge._roots + [None] * (TILE_HEIGHT - len(edge._roots))
        return cls(Edge(size, roots), list(tails))

    @property
    def size(self) -> int:
        """How many leaves the tree has."""
        return self._edge.size

    @property
    def tails(self) -> list[bytes]:
        """The hashes of each level's unfinished tile, from level 0."""
        return self._tails.copy()

    @property
    def edge(self) -> Edge:
        """The right edge, as a copy."""
        return self._edge.copy()

    def root(self) -> bytes:
        """Return the root of the tree. Costs one hash for each further 1 bit of the size."""
        return self._edge.root()

    def copy(self) -> Tree:
        """Return a tree that can grow on its own."""
        return Tree(self._edge.copy(), self._tails.copy())

    def append(self, leaf_hashes: Sequence[bytes]) -> list[FullTile]:
        """Add leaves by their 32-byte hashes, in order; return the tiles that filled up, by level."""
        old_size = self._edge.size
        full: list[FullTile] = []
        for level, fresh in enumerate(self._edge.grow(leaf_hashes)[::TILE_HEIGHT]):
            if level == len(self._tails):
                self._tails.append(b"")
            index = old_size >> TILE_HEIGHT * (level + 1)
            known = self._tails[level] + b"".join(fresh)
            whole = len(known) // TILE_BYTES
            full += (
                FullTile(level, index + place, known[place * TILE_BYTES : (place + 1) * TILE_BYTES])
                for place in range(whole)
            )
            self._tails[level] = known[whole * TILE_BYTES :]
        return full


def root_of_leaves(leaf_hashes: Sequence[bytes]) -> bytes:
    """Return the root over all `leaf_hashes` (32 bytes each); the empty tree's root where there is none."""
    edge = Edge.empty()
    edge.append(leaf_hashes)
    return edge.root()
