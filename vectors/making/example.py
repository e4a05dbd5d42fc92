"""The log that most topics speak of, its keys, and its witness. Test keys: never to be used elsewhere."""

from __future__ import annotations

import base64

from indelible.ledger.checkpoints import Checkpoint, sign_checkpoint
from indelible.ledger.hashing import leaf_hash
from indelible.ledger.keys import CosigningKey, SigningKey
from indelible.ledger.tree import Tree, root_of_leaves

ORIGIN = "audit.example/demo"
LOG = SigningKey.from_seed(ORIGIN, bytes(range(0x20)))
WITNESS_NAME = "witness.example/w1"
WITNESS_SEED = bytes(range(0x20, 0x40))
WITNESS = CosigningKey(WITNESS_NAME, WITNESS_SEED)
POST_QUANTUM_SEED = bytes(range(0x40, 0x60))
TIME = 1767225600  # 2026-01-01T00:00:00Z

ENTRIES = [b'{"n":%d}' % n for n in range(8)]


class Leaves:
    """The leaves of a log of at most 256 entries, readable as one tile."""

    def __init__(self, leaves: list[bytes]) -> None:
        self.leaf_hashes = [leaf_hash(leaf) for leaf in leaves]
        tree = Tree.empty()
        tree.append(self.leaf_hashes)
        self.tile = tree.tails[0]

    def hashes(self, level: int, index: int) -> bytes:
        """Return the one tile, as a HashReader does."""
        assert (level, index) == (0, 0)
        return self.tile

    def root(self, size: int) -> bytes:
        """Return the root of the first `size` leaves."""
        return root_of_leaves(self.leaf_hashes[:size])


EXAMPLE = Leaves(ENTRIES)


def checkpoint(size: int) -> Checkpoint:
    """Return the example log's checkpoint of one size."""
    return Checkpoint(ORIGIN, size, EXAMPLE.root(size))


def signed(size: int) -> str:
    """Return that checkpoint, signed by the log: the bare note."""
    return sign_checkpoint(checkpoint(size), LOG)


def cosigned(size: int) -> str:
    """Return that checkpoint with the witness's line too."""
    return signed(size) + WITNESS.cosign(checkpoint(size).text, TIME)


def b64(data: bytes) -> str:
    """Return base64 with padding."""
    return base64.b64encode(data).decode("ascii")
