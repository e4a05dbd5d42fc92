"""Logs held in memory, and logs written as static files, for the tests of the ledger.

Everything is made from seeds and counters, so a failing case can be run again.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from indelible.ledger.checkpoints import Checkpoint, sign_checkpoint
from indelible.ledger.hashing import leaf_hash
from indelible.ledger.keys import SigningKey
from indelible.ledger.tiles import TILE_WIDTH, encode_bundle, entries_path, tile_path, tiles_of_size
from indelible.ledger.tree import Tree, root_of_leaves

ORIGIN = "audit.example/tests"
KEY = SigningKey.from_seed(ORIGIN, bytes(range(100, 132)))


def leaf_data(index: int) -> bytes:
    """Return the data of one made-up leaf; lengths differ, none is empty."""
    return b"entry %d of a test log" % index + b"." * (index % 50)


class MemoryLog:
    """The leaves of a log and its tiles, as wide as they are known."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self.leaf_hashes = [leaf_hash(leaf) for leaf in leaves]
        self.tiles: dict[tuple[int, int], bytes] = {}
        tree = Tree.empty()
        for full in tree.append(self.leaf_hashes):
            self.tiles[full.level, full.index] = full.hashes
        for level, tail in enumerate(tree.tails):
            self.tiles[level, tree.size >> 8 * (level + 1)] = tail

    def hashes(self, level: int, index: int) -> bytes:
        """Return the hashes of one tile, as a HashReader does."""
        return self.tiles[level, index]

    def root(self, size: int) -> bytes:
        """Return the root of the first `size` leaves, without the tiles."""
        return root_of_leaves(self.leaf_hashes[:size])


def publish(folder: Path, leaves: Sequence[bytes]) -> Checkpoint:
    """Write a log as static files: checkpoint, hash tiles, bundles of entries."""
    log = MemoryLog(leaves)
    size = len(leaves)
    for level, index, width in tiles_of_size(size):
        _write(folder / tile_path(level, index, width), log.hashes(level, index)[: 32 * width])
    for start in range(0, size, TILE_WIDTH):
        bundle = leaves[start : start + TILE_WIDTH]
        _write(folder / entries_path(start // TILE_WIDTH, len(bundle)), encode_bundle(bundle))
    checkpoint = Checkpoint(ORIGIN, size, log.root(size))
    _write(folder / "checkpoint", sign_checkpoint(checkpoint, KEY).encode("utf-8"))
    return checkpoint


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
