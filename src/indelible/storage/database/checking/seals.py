"""Is every checkpoint properly signed, and is each the tree's own root at its size?

A range of the log is walked once: by the roots of its whole tiles, which the check of the range left, and by
leaves only where checkpoints lie inside a tile. So each checkpoint costs some hashes and one signature check.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from indelible.ledger.checkpoints import Checkpoint, LogKeys, open_checkpoint
from indelible.ledger.errors import LedgerError
from indelible.ledger.hashing import HASH_SIZE

from .copies import Holders, held_rows, judge_held
from .moment import Moment
from .peaks import TILE, TILE_HEIGHT, Peak, Peaks, subtree_root
from .place import Place, Reader
from .ranges import Oddity, stored_leaves
from .truth import Truth

_SEALS = (
    "SELECT size, root, note FROM checkpoint WHERE logbook = %s AND size > %s AND size <= %s ORDER BY size"
)


class SealTask(msgspec.Struct, frozen=True):
    """Which checkpoints to look at: those that cover from more than `first` up to `end` entries."""

    first: int  # at the beginning of a tile
    end: int
    before: list[tuple[int, bytes]]  # peaks of the tree of the first `first` entries
    origin: str
    keys: LogKeys
    filed: list[tuple[int, bytes]]  # size and root of the checkpoint file's lines in this range
    shown: list[tuple[int, bytes, int]] = []  # size, root and copy: what others show of this range
    holders: Holders = Holders()
    tile_roots: list[bytes] = []  # of the first whole tiles of the range, as far as they are known


def check_seals_of(place: Place, task: SealTask) -> list[Oddity]:
    """Check the checkpoints of one range over connections of its own."""
    reader = Reader(place)
    try:
        return check_seals(reader, task)
    finally:
        reader.close()


def check_seals(reader: Reader, task: SealTask) -> list[Oddity]:
    """Check the checkpoints of one range whose entries agree with the stored hashes."""
    return _judge(reader, task, lambda sizes: roots_at(reader, task, sizes))


def judge_in_doubt(reader: Reader, truth: Truth, task: SealTask) -> list[Oddity]:
    """The same for a range whose entries or stored hashes do not fit: by the leaves that are known to be true."""

    def true_roots(sizes: Sequence[int]) -> dict[int, bytes]:
        return {size: root for size in sizes if (root := truth.root_at(size)) is not None}

    return _judge(reader, task, true_roots)


def _judge(
    reader: Reader, task: SealTask, roots_of: Callable[[Sequence[int]], dict[int, bytes]]
) -> list[Oddity]:
    """Hold table, file, holdings and copies against the tree; `roots_of` gives its root at sizes, in order."""
    rows = reader.fetch(_SEALS, (reader.logbook, task.first, task.end))
    held = held_rows(reader, task.first, task.end)
    sizes: set[int] = {row[0] for row in (*rows, *held)}
    sizes |= {size for size, _ in task.filed} | {size for size, *_ in task.shown}
    roots = roots_of(sorted(sizes))
    return [
        *judge_seals(rows, task.filed, roots, task.origin, task.keys),
        *judge_held(held, roots, task.origin, task.keys, task.holders),
        *judge_shown(task.shown, roots),
    ]


def judge_shown(shown: Sequence[tuple[int, bytes, int]], roots: dict[int, bytes]) -> list[Oddity]:
    """Hold what copies show against the tree's roots at their sizes."""
    return [
        Oddity("copy_off_tree", size, size, str(place))
        for size, root, place in shown
        if size in roots and roots[size] != root
    ]


def judge_seals(
    rows: Sequence[tuple[int, bytes, str]],
    filed: Sequence[tuple[int, bytes]],
    roots: dict[int, bytes],
    origin: str,
    keys: LogKeys,
) -> list[Oddity]:
    """Hold checkpoints of the table, and lines of the file, against the tree's roots at their sizes.

    A size whose root is not in `roots` cannot be judged and is left out.
    """
    found: list[Oddity] = []
    for size, root, note in rows:
        if (fault := _fault(size, bytes(root or b""), note, roots.get(size), origin, keys)) is not None:
            found.append(Oddity(fault, size, size))
    held = {row[0] for row in rows}
    for size, root in filed:
        if size in roots and roots[size] != root:
            found.append(Oddity("file_off_tree", size, size))
        elif size not in held:
            found.append(Oddity("seal_gone", size, size))
    return found


def _fault(
    size: int, root: bytes, note: object, wanted: bytes | None, origin: str, keys: LogKeys
) -> str | None:
    try:
        checkpoint: Checkpoint = open_checkpoint(note if isinstance(note, str) else "", origin, keys)
    except LedgerError:
        return "seal_unsigned"
    if checkpoint.size != size or checkpoint.root != root:
        return "seal_columns"
    if wanted is not None and root != wanted:
        return "seal_off_tree"
    return None


def roots_at(reader: Reader, task: SealTask, sizes: Sequence[int]) -> dict[int, bytes]:
    """Return the tree's root at each of `sizes` (in order, within the range), by the stored hashes."""
    roots: dict[int, bytes] = {}
    peaks = Peaks(_as_peaks(task.before))
    wanted = list(reversed(sizes))
    for start in range(task.first, task.end, TILE):
        if not wanted:
            break
        end = min(start + TILE, task.end)
        place = (start - task.first) // TILE
        if place < len(task.tile_roots) and wanted[-1] >= start + TILE:
            peaks.add(TILE_HEIGHT, task.tile_roots[place])
            if wanted[-1] == peaks.size:
                roots[wanted.pop()] = peaks.root()
            continue
        leaves = [leaf for leaf in stored_leaves(reader, start, end) if leaf is not None]
        if len(leaves) != end - start:
            break
        _add_leaves(peaks, b"".join(leaves), wanted, roots)
    return roots


def _add_leaves(peaks: Peaks, hashes: bytes, wanted: list[int], roots: dict[int, bytes]) -> None:
    """Add the leaves of a tile, in blocks as large as may be between the sizes wanted, and note the roots there."""
    start, place, end = peaks.size, 0, len(hashes) // HASH_SIZE
    while place < end:
        stop = min(end, wanted[-1] - start) if wanted else end
        height = (stop - place).bit_length() - 1
        if place:
            height = min(height, (place & -place).bit_length() - 1)
        after = place + (1 << height)
        peaks.add(height, subtree_root(hashes[place * HASH_SIZE : after * HASH_SIZE]))
        place = after
        if wanted and wanted[-1] == peaks.size:
            roots[wanted.pop()] = peaks.root()


def signatures_only(reader: Reader, moment: Moment) -> list[Oddity]:
    """Return the checkpoints of the table that no trusted key signed, where no tree is known to compare with."""
    rows = reader.fetch(_SEALS, (reader.logbook, 0, moment.size))
    return judge_seals(rows, (), {}, moment.origin, moment.keys)


def _as_peaks(pairs: Sequence[Sequence[object]]) -> list[Peak]:
    return [(int(height), bytes(root)) for height, root in pairs]  # type: ignore[call-overload]
