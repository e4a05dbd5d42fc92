"""The paths of many entries to one root, each subtree of the way computed once.

A proof by itself hashes a few hundred times for one entry; neighbours share nearly all of that. What was computed
is kept within bounds: entries come by rising index, so what lies behind is not asked for again.
"""

from __future__ import annotations

from collections import OrderedDict

from indelible.ledger.hashing import node_hash
from indelible.ledger.proofs import HashReader, inclusion_path, subtree_root
from indelible.ledger.tree import TILE_WIDTH

_KEPT = 20_000


class Paths:
    """Paths in the tree of `size` leaves."""

    def __init__(self, size: int, reader: HashReader) -> None:
        self._size, self._reader = size, reader
        self._roots: OrderedDict[tuple[int, int], bytes] = OrderedDict()

    def to(self, index: int) -> tuple[bytes, ...]:
        """Return the path of leaf `index` (from zero), from the leaf upward. Source: RFC 9162 section 2.1.3.1."""
        return tuple(inclusion_path(index, self._size, self._root))

    def _root(self, start: int, end: int) -> bytes:
        key = start, end
        if key in self._roots:
            return self._roots[key]
        width = end - start
        if 1 < width < TILE_WIDTH and width.bit_count() == 1:
            middle = start + width // 2
            root = node_hash(self._root(start, middle), self._root(middle, end))
        else:
            root = subtree_root(start, end, self._reader)
        self._roots[key] = root
        if len(self._roots) > _KEPT:
            self._roots.popitem(last=False)
        return root
