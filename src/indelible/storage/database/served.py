"""The log's commitments read straight from the tables, file by file, as C2SP tlog-tiles names them.

What `publish` writes into a folder as a whole is given out here one piece at a time. A piece leaves only if it
fits the newest checkpoint: the tile is hashed up, tile by tile, to the unfinished tiles, and these to the root
that was signed. That reads at most two tiles a level, so the work for one request is bounded, whoever asks and
however large the log is. Because the hashes of a tile never change, its first W are served for every W that the
log has reached, and with that the partial tiles of every checkpoint that was ever published.

A bundle is built from the entries as they stand, and each entry is held against its hash: an altered entry
stops its bundle, and nothing else.
"""

from __future__ import annotations

from datetime import timedelta

from indelible.events.instants import to_datetime
from indelible.ledger.errors import MalformedInput
from indelible.ledger.hashing import HASH_SIZE, leaf_hash
from indelible.ledger.tiles import ENTRIES_LEVEL, encode_bundle
from indelible.ledger.tree import TILE_HEIGHT, TILE_WIDTH, Tree, root_of_leaves

from .errors import EntryDiffers, NotFound, StorageError
from .hashes import StoredHashes
from .models import Holding, Logbook
from .outside import cosigned, newest_held
from .reads import StoredCheckpoint, get_checkpoint, leaves_of, stored_hashes

# A cosigned checkpoint is worth more to a reader than one that is some seconds newer and that nobody cosigned yet.
MAY_LAG = timedelta(minutes=1)


def served_checkpoint(logbook: Logbook) -> str:
    """Return the note that stands for the log: the newest that a witness cosigned, with its cosignatures.

    Where no witness has cosigned one of the last minute, the newest there is. Raises NotFound.
    """
    newest = get_checkpoint(logbook)
    held = newest_held(logbook, [Holding.Kind.WITNESS])
    if held is not None and held.size < newest.size:
        try:
            signed = get_checkpoint(logbook, held.size)
        except NotFound:
            signed = newest
        if signed.note == held.note and _within(signed, newest):
            return cosigned(logbook, signed.note, signed.size)
    return cosigned(logbook, newest.note, newest.size)


def served_tile(logbook: Logbook, level: int, index: int, width: int) -> bytes:
    """Return the first `width` hashes of a tile, or for level -1 the bundle of so many entries.

    Raises NotFound (`no-such-tile`) beyond the newest checkpoint, StorageError (`tree-differs`) where the stored
    hashes do not lead to its root, EntryDiffers for an entry that is not as sealed.
    """
    checkpoint = get_checkpoint(logbook)
    tile_level = max(level, 0)
    reached = checkpoint.size >> TILE_HEIGHT * tile_level
    if index * TILE_WIDTH + width > reached:
        raise NotFound(
            "no-such-tile", f"level {level}, tile {index}, {width} wide, at {checkpoint.size} entries"
        )
    hashes = _Fitting(stored_hashes(logbook), checkpoint).tile(tile_level, index)[: width * HASH_SIZE]
    return _bundle(logbook, index * TILE_WIDTH, hashes) if level == ENTRIES_LEVEL else hashes


def _within(signed: StoredCheckpoint, newest: StoredCheckpoint) -> bool:
    return to_datetime(newest.made_at) - to_datetime(signed.made_at) <= MAY_LAG


class _Fitting:
    """Tiles of a tree, each held against the root of one checkpoint before it is given out."""

    def __init__(self, stored: StoredHashes, checkpoint: StoredCheckpoint) -> None:
        self._stored = stored
        self._size = checkpoint.size
        self._tails = self._fitting_tails(checkpoint)

    def tile(self, level: int, index: int) -> bytes:
        """Return the hashes of a tile: all 256, or those that the checkpoint covers."""
        if index == self._size >> TILE_HEIGHT * (level + 1):
            return self._tails[level]
        hashes = self._stored.hashes(level, index)
        parent, place = divmod(index, TILE_WIDTH)
        above = self.tile(level + 1, parent)[place * HASH_SIZE : (place + 1) * HASH_SIZE]
        if len(hashes) != TILE_WIDTH * HASH_SIZE or root_of_leaves(_cut(hashes)) != above:
            raise StorageError("tree-differs", f"tile {level}/{index} is not the one under the checkpoint")
        return hashes

    def _fitting_tails(self, checkpoint: StoredCheckpoint) -> list[bytes]:
        """Return the unfinished tile of each level, once they were found to lead to the checkpoint's root."""
        size, tails = checkpoint.size, []
        for level in range(-(-size.bit_length() // TILE_HEIGHT)):
            width = size >> TILE_HEIGHT * level & TILE_WIDTH - 1
            hashes = self._stored.hashes(level, size >> TILE_HEIGHT * (level + 1)) if width else b""
            tails.append(hashes[: width * HASH_SIZE])
        try:
            root = Tree.from_tails(size, tails).root()
        except MalformedInput as missing:
            raise StorageError("tree-differs", str(missing)) from missing
        if root != checkpoint.root:
            raise StorageError("tree-differs", f"the tiles lead to {root.hex()}, not {checkpoint.root.hex()}")
        return tails


def _bundle(logbook: Logbook, first: int, hashes: bytes) -> bytes:
    """Return the leaf data of the entries under these hashes, each held against its own."""
    entries = []
    wanted = _cut(hashes)
    for index, data in leaves_of(logbook, first, first + len(wanted)):
        if leaf_hash(data) != wanted[index - first]:
            raise EntryDiffers(index, "its leaf is not the one in the tree")
        entries.append(data)
    return encode_bundle(entries)


def _cut(hashes: bytes) -> list[bytes]:
    return [hashes[at : at + HASH_SIZE] for at in range(0, len(hashes), HASH_SIZE)]
