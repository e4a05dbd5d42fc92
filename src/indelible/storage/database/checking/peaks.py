"""The tree of a log, put together from whole subtrees.

Ranges of the log are hashed apart from each other, in any process; what each gives is the root of its
subtree. `Peaks` takes these in order and knows the root of everything so far at any moment.
Source: RFC 6962 section 2.1.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256

from indelible.ledger.hashing import EMPTY_ROOT, HASH_SIZE

TILE = 256
TILE_HEIGHT = 8
CHUNK_TILES = 64
CHUNK = TILE * CHUNK_TILES  # entries that are checked in one go: whole tiles, one subtree
CHUNK_HEIGHT = 14

Peak = tuple[int, bytes]  # height (0 is a leaf), root of that complete subtree


class Peaks:
    """The complete subtrees of a tree, largest first."""

    __slots__ = ("_peaks", "size")

    def __init__(self, peaks: Iterable[Peak] = ()) -> None:
        self._peaks: list[Peak] = []
        self.size = 0
        for peak in peaks:
            self.add(*peak)

    def add(self, height: int, root: bytes) -> None:
        """Add the subtree that follows; the size so far must be a multiple of its size."""
        self.size += 1 << height
        peaks = self._peaks
        while peaks and peaks[-1][0] == height:
            root = sha256(b"\x01" + peaks.pop()[1] + root).digest()
            height += 1
        peaks.append((height, root))

    def copy(self) -> Peaks:
        """Return peaks that can grow on their own."""
        other = Peaks()
        other._peaks, other.size = self._peaks.copy(), self.size
        return other

    def root(self) -> bytes:
        """Return the root of the tree."""
        if not self._peaks:
            return EMPTY_ROOT
        *rest, (_, root) = self._peaks
        for _, left in reversed(rest):
            root = sha256(b"\x01" + left + root).digest()
        return root

    @property
    def list(self) -> list[Peak]:
        """The subtrees, largest first."""
        return self._peaks.copy()


def subtree_root(hashes: bytes) -> bytes:
    """Return the root over 32-byte hashes side by side; their number is a power of two."""
    while len(hashes) > HASH_SIZE:
        hashes = b"".join(
            [sha256(b"\x01" + hashes[at : at + 64]).digest() for at in range(0, len(hashes), 64)]
        )
    return hashes


def peaks_of(tile_roots: Sequence[bytes], tail: Sequence[bytes] = ()) -> list[Peak]:
    """Return the subtrees over whole tiles and the leaves after them."""
    peaks = Peaks((TILE_HEIGHT, root) for root in tile_roots)
    for leaf in tail:
        peaks.add(0, leaf)
    return peaks.list


def cut(hashes: bytes) -> list[bytes]:
    """Return hashes that stand side by side one by one."""
    return [hashes[at : at + HASH_SIZE] for at in range(0, len(hashes) - HASH_SIZE + 1, HASH_SIZE)]
