"""One entry's receipt, made from a pack: for the entries of large packs, which bring no proof files along.

The part of the tree in a pack leads from all its entries to the root at once; the path of one of them is on
that way, and is gathered while the tree is walked.
Source: docs/formats/pack.md sections 1 and 4; C2SP tlog-proof.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from ..checkpoints import Checkpoint
from ..errors import MalformedInput, ProofError
from ..hashing import HASH_SIZE, leaf_hash, node_hash
from ..notes import MAX_NOTE_BYTES, parse_note
from ..proof_file import ProofFile
from ..proofs import check_inclusion, left_size
from ..strict import read_base64, read_utf8
from .archive import Archive
from .lines import Line
from .manifest import CHECKPOINT_NAME, ENTRIES_NAME, TREE_NAME

_MOST_BYTES = 1 << 40  # nothing is kept of what is read, but for the one line


def prove_from_pack(file: BinaryIO, index: int) -> ProofFile:
    """Return the proof file of entry `index` (from zero), with its leaf data in it.

    The proof leads to the pack's checkpoint; whether that is signed is for whoever checks the proof file.

    Raises MalformedInput where the pack cannot be read, ProofError (`entry-not-in-pack`, `tree-length`,
    `entry-not-in-log`) where it holds no such entry, or does not lead from it to its checkpoint.
    """
    archive = Archive(file)
    for name in (CHECKPOINT_NAME, ENTRIES_NAME, TREE_NAME):
        if name not in archive:
            raise MalformedInput("zip-damaged", f"no {name}")
    note = read_utf8(archive.read(CHECKPOINT_NAME, MAX_NOTE_BYTES), "the checkpoint")
    checkpoint = Checkpoint.parse(parse_note(note).text)
    walk = _Walk(_lines(archive), _hashes(archive), index)
    if checkpoint.size:
        walk.subtree(0, checkpoint.size)
    if walk.leaf is None:
        raise ProofError("entry-not-in-pack", f"entry {index}")
    check_inclusion(leaf_hash(walk.leaf), index, checkpoint.size, walk.path, checkpoint.root)
    return ProofFile(index, tuple(walk.path), note, walk.leaf)


def _lines(archive: Archive) -> Iterator[tuple[int, bytes]]:
    for data in archive.lines(ENTRIES_NAME, _MOST_BYTES):
        line = Line.parse(data)
        yield line.index, line.leaf.encode("utf-8")


def _hashes(archive: Archive) -> Iterator[bytes]:
    for line in archive.lines(TREE_NAME, _MOST_BYTES, HASH_SIZE * 2):
        yield read_base64(line.removesuffix(b"\n").decode("ascii", "replace"), "a hash", HASH_SIZE)


class _Walk:
    """A walk through the tree that gathers the path of one entry, from its sibling upward."""

    def __init__(self, leaves: Iterable[tuple[int, bytes]], hashes: Iterable[bytes], index: int) -> None:
        self.leaf: bytes | None = None
        self.path: list[bytes] = []
        self._leaves, self._hashes, self._index = iter(leaves), iter(hashes), index
        self._next = next(self._leaves, None)

    def subtree(self, start: int, end: int) -> bytes:
        """Return the root of the leaves from start to end (one or more)."""
        if self._next is None or self._next[0] >= end:
            found = next(self._hashes, None)
            if found is None:
                raise ProofError("tree-length", f"no hash for leaves {start} to {end}")
            return found
        if end - start == 1:
            return self._take(start)
        middle = start + left_size(end - start)
        left, right = self.subtree(start, middle), self.subtree(middle, end)
        # On the way back up: the entry lies below on one side, the other side is its sibling.
        if start <= self._index < end and self.leaf is not None:
            self.path.append(right if self._index < middle else left)
        return node_hash(left, right)

    def _take(self, place: int) -> bytes:
        assert self._next is not None
        index, data = self._next
        if index != place:
            raise ProofError("tree-length", f"entry {index} comes where {place} was due")
        if index == self._index:
            self.leaf = data
        self._next = next(self._leaves, None)
        return leaf_hash(data)
