"""The hashes of a log's tree as the tables hold them.

Full tiles are rows. The unfinished tile of leaves stands in the checkpoints, each of which carries the
leaf hashes that its commit added after the last full tile; those of the levels above are the `edge`.
So neither a proof nor an append depends on the contents of entries, which may have been altered.

Nothing here is trusted before it was compared with a root: `load_tree` compares with the head's, and a
proof is checked against its checkpoint.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from indelible.ledger.entries import leaf_hashes_of
from indelible.ledger.errors import MalformedInput
from indelible.ledger.hashing import HASH_SIZE
from indelible.ledger.tree import TILE_WIDTH, Tree

from .errors import AppendRefused
from .rows import Head

Fetch = Callable[[str, Sequence[object]], list[tuple[Any, ...]]]

_TILE = 'SELECT "hashes" FROM "tile" WHERE "logbook" = %s AND "level" = %s AND "index" = %s'
_TILES_FROM = (
    'SELECT "hashes" FROM "tile" WHERE "logbook" = %s AND "level" = %s AND "index" >= %s AND "index" < %s'
    ' ORDER BY "index"'
)
_LEAVES = (
    'SELECT "leaves" FROM "checkpoint" WHERE "logbook" = %s AND "size" > %s AND "size" <= %s ORDER BY "size"'
)
_EDGE = 'SELECT "hashes" FROM "edge" WHERE "logbook" = %s AND "level" = %s'
_ENTRIES = (
    'SELECT "content", "secret", "recorded_at" FROM "entry"'
    ' WHERE "logbook" = %s AND "index" >= %s AND "index" < %s ORDER BY "index"'
)


class StoredHashes:
    """A `HashReader` over the tables of one logbook."""

    def __init__(self, fetch: Fetch, logbook: int) -> None:
        self._fetch = fetch
        self._logbook = logbook

    def hashes(self, level: int, index: int) -> bytes:
        """Return the hashes of a tile, 32 bytes each: all 256, or as many as are known."""
        if full := self._full(level, index):
            return full
        if level == 0:
            start = index * TILE_WIDTH
            return self.leaves_between(start, start + TILE_WIDTH - 1)
        edge = self._fetch(_EDGE, (self._logbook, level))
        # A commit between the two reads may have filled the tile, and the edge would then be that of the next.
        return self._full(level, index) or (bytes(edge[0][0]) if edge else b"")

    def _full(self, level: int, index: int) -> bytes:
        rows = self._fetch(_TILE, (self._logbook, level, index))
        return bytes(rows[0][0]) if rows else b""

    def leaves_between(self, size: int, head_size: int) -> bytes:
        """Return the leaf hashes that checkpoints after `size` up to `head_size` added to the last tile."""
        return b"".join(row[0] for row in self._fetch(_LEAVES, (self._logbook, size, head_size)))

    def tiles_between(self, level: int, first: int, end: int) -> list[bytes]:
        """Return the hashes of the full tiles from `first` up to `end`, as many as there are."""
        return [bytes(row[0]) for row in self._fetch(_TILES_FROM, (self._logbook, level, first, end))]

    def leaves_after(self, size: int, head_size: int) -> list[bytes]:
        """Return the leaf hashes of entries `size` to `head_size`, as far as tiles and checkpoints hold them.

        `head_size` must be the size of a checkpoint; so must `size`, where both lie in one tile.
        """
        full = head_size // TILE_WIDTH
        first = size // TILE_WIDTH
        if first == full:
            return _cut(self.leaves_between(size, head_size))
        known = b"".join(self.tiles_between(0, first, full))[(size - first * TILE_WIDTH) * HASH_SIZE :]
        return _cut(known + self.leaves_between(full * TILE_WIDTH, head_size))


def load_tree(fetch: Fetch, logbook: int, head: Head) -> Tree:
    """Return the tree that the head stands for, from tiles and checkpoints, else from the entries themselves.

    Raises AppendRefused (`tree-differs-from-head`) where neither leads to the head's root.
    """
    stored = StoredHashes(fetch, logbook)
    for build in (_tree_of_tails, _tree_of_tiles):
        tree = build(stored, head.size)
        if tree is not None and tree.root() == head.root:
            return tree
    tree = _tree_of_entries(fetch, logbook, head.size)
    if tree is not None and tree.root() == head.root:
        return tree
    raise AppendRefused(
        "tree-differs-from-head", f"no tree of {head.size} entries has the root {head.root.hex()}"
    )


def catch_up(tree: Tree, fetch: Fetch, logbook: int, head: Head) -> bool:
    """Grow `tree` to the head that another process left. False where that does not lead to its root."""
    if tree.size > head.size:
        return False
    tree.append(StoredHashes(fetch, logbook).leaves_after(tree.size, head.size))
    return tree.size == head.size and tree.root() == head.root


def _tree_of_tails(stored: StoredHashes, size: int) -> Tree | None:
    """Return the tree by its unfinished tiles: the usual way, a few rows."""
    levels = range(-(-size.bit_length() // 8))
    tails = [stored.hashes(level, size >> 8 * (level + 1)) for level in levels]
    widths = [size >> 8 * level & TILE_WIDTH - 1 for level in levels]
    wanted = [tail[: width * HASH_SIZE] for tail, width in zip(tails, widths, strict=True)]
    try:
        return Tree.from_tails(size, wanted)
    except MalformedInput:
        return None


def _tree_of_tiles(stored: StoredHashes, size: int) -> Tree | None:
    """Return the tree by all its leaf hashes: where the edge is lost or was altered."""
    tree = Tree.empty()
    full = size // TILE_WIDTH
    for first in range(0, full, TILE_WIDTH):
        for tile in stored.tiles_between(0, first, min(first + TILE_WIDTH, full)):
            tree.append(_cut(tile))
    tree.append(_cut(stored.leaves_between(full * TILE_WIDTH, size)))
    return tree if tree.size == size else None


def _tree_of_entries(fetch: Fetch, logbook: int, size: int) -> Tree | None:
    """Return the tree by hashing every entry anew: where tiles or checkpoints are lost or were altered."""
    tree = Tree.empty()
    for start in range(0, size, TILE_WIDTH):
        rows = fetch(_ENTRIES, (logbook, start, min(start + TILE_WIDTH, size)))
        leaves = leaf_hashes_of(*zip(*rows, strict=True)) if rows else []
        good = [leaf for leaf in leaves if isinstance(leaf, bytes)]
        if len(good) != min(TILE_WIDTH, size - start):
            return None
        tree.append(good)
    return tree


def _cut(hashes: bytes) -> list[bytes]:
    return [hashes[at : at + HASH_SIZE] for at in range(0, len(hashes) - HASH_SIZE + 1, HASH_SIZE)]
