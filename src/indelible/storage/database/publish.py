"""The log as static files, for mirrors, monitors and write-once storage (C2SP tlog-tiles).

    checkpoint                          the newest signed state, with the cosignatures gathered for it
    tile/<level>/<n>[.p/<width>]        hashes
    tile/entries/<n>[.p/<width>]        leaf data: commitments, never contents

Publishing again adds what is new: full tiles are never written twice; an unfinished tile gets a new file
for its new width, and those files go once the tile is full. The checkpoint is replaced last, so that
whatever it promises is there. Each file appears whole or not at all. `follow` does so again and again, for a
folder that is never more than some seconds behind.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from indelible.ledger.checkpoints import Checkpoint
from indelible.ledger.errors import LedgerError, MalformedInput
from indelible.ledger.hashing import HASH_SIZE, leaf_hash
from indelible.ledger.notes import parse_note
from indelible.ledger.proofs import tree_root
from indelible.ledger.tiles import encode_bundle, entries_path, tile_path, tiles_of_size
from indelible.ledger.tree import TILE_HEIGHT, TILE_WIDTH

from .errors import EntryDiffers, StorageError
from .hashes import StoredHashes
from .models import Logbook
from .outside import cosigned
from .reads import get_checkpoint, leaves_of, stored_hashes


@dataclass(frozen=True, slots=True)
class Published:
    """What lies in the folder now."""

    entries: int
    checkpoint: str
    files: int  # all that make up this state, the checkpoint among them
    written: int  # how many of them were written just now


def publish(logbook: Logbook, folder: Path, *, complete: int = 0) -> Published:
    """Write the log up to its newest checkpoint into `folder`, adding to what was published there.

    The tiles that were full at `complete` entries are taken as written, and not looked for.

    Raises StorageError: `folder-holds-other-log`, `folder-is-ahead` where more was published than the log now
    holds, `folder-differs` where what was published is no beginning of this log, `tree-differs` where the
    tables' own hashes do not lead to the checkpoint; EntryDiffers for an entry that is not as sealed. The
    published checkpoint then stays what it was.
    """
    checkpoint = get_checkpoint(logbook)
    stored = stored_hashes(logbook)
    try:
        root = tree_root(checkpoint.size, stored)
    except MalformedInput as unreadable:
        raise StorageError("tree-differs", str(unreadable)) from unreadable
    if root != checkpoint.root:
        raise StorageError("tree-differs", f"the tiles lead to {root.hex()}, not {checkpoint.root.hex()}")
    earlier = _size_published(logbook, folder, checkpoint.size, stored)
    files = written = 0
    for path, data in _files(logbook, stored, checkpoint.size, folder, complete):
        files += 1
        if data is not None:
            written += 1
            _write(folder / path, data)
    note = cosigned(logbook, checkpoint.note, checkpoint.size)
    _write(folder / "checkpoint", note.encode())
    _drop_outgrown(folder, earlier, checkpoint.size)
    return Published(checkpoint.size, note, files + 1, written + 1)


def follow(
    logbook: Logbook, folder: Path, tell: Callable[[Published], None], wait: Callable[[], bool]
) -> Published:
    """Publish, and again whenever the log grew or its newest checkpoint was cosigned, until `wait` says no.

    `tell` hears of each state that was written. `wait` passes the time between two looks and returns whether to
    go on. Raises what `publish` raises; what was published by then stays as it is.
    """
    done = publish(logbook, folder)
    tell(done)
    while wait():
        newest = get_checkpoint(logbook)
        if cosigned(logbook, newest.note, newest.size) != done.checkpoint:
            done = publish(logbook, folder, complete=done.entries)
            tell(done)
    return done


def _files(
    logbook: Logbook, stored: StoredHashes, size: int, folder: Path, complete: int
) -> Iterator[tuple[str, bytes | None]]:
    """Yield the path of each file, and what is to stand there; None where it lies there already."""
    for level, index, width in tiles_of_size(size):
        path = tile_path(level, index, width)
        bundle_path = entries_path(index, width) if level == 0 else None
        if index < complete >> TILE_HEIGHT * (level + 1):
            yield path, None
            if bundle_path is not None:
                yield bundle_path, None
            continue
        there = (folder / path).exists()
        bundle_there = bundle_path is None or (folder / bundle_path).exists()
        hashes = b"" if there and bundle_there else stored.hashes(level, index)[: width * HASH_SIZE]
        yield path, None if there else hashes
        if bundle_path is not None:
            yield bundle_path, None if bundle_there else _bundle(logbook, index * TILE_WIDTH, hashes)


def _bundle(logbook: Logbook, first: int, hashes: bytes) -> bytes:
    """Return the leaf data of the entries under one tile, each held against its hash."""
    entries = []
    for index, data in leaves_of(logbook, first, first + len(hashes) // HASH_SIZE):
        place = (index - first) * HASH_SIZE
        if leaf_hash(data) != hashes[place : place + HASH_SIZE]:
            raise EntryDiffers(index, "its leaf is not the one in the tree")
        entries.append(data)
    return encode_bundle(entries)


def _size_published(logbook: Logbook, folder: Path, size: int, stored: StoredHashes) -> int:
    """Return the size published before, 0 where none was.

    Refuses a folder whose checkpoint this log does not extend: publishing would overwrite the evidence.
    """
    try:
        note = (folder / "checkpoint").read_bytes()
    except FileNotFoundError:
        return 0
    try:
        published = Checkpoint.parse(parse_note(note).text)
    except LedgerError as unreadable:
        detail = f"its checkpoint cannot be read: {unreadable}"
        raise StorageError("folder-holds-other-log", detail) from unreadable
    if published.origin != logbook.origin:
        raise StorageError("folder-holds-other-log", f"it holds {published.origin}")
    if published.size > size:
        raise StorageError("folder-is-ahead", f"{published.size} entries were published, the log has {size}")
    if tree_root(published.size, stored) != published.root:
        raise StorageError("folder-differs", f"another root was published for {published.size} entries")
    return published.size


def _write(path: Path, data: bytes) -> None:
    """Put a file in place, whole and durable."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with draft.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        with suppress(FileNotFoundError):
            draft.unlink()


def _drop_outgrown(folder: Path, earlier: int, size: int) -> None:
    """Remove the partial files of those tiles that were unfinished at the size published before."""
    level = 0
    while earlier:
        index, width = divmod(earlier, TILE_WIDTH)
        if width and size >> 8 > index:
            shutil.rmtree(folder / f"{tile_path(level, index)}.p", ignore_errors=True)
            if level == 0:
                shutil.rmtree(folder / f"{entries_path(index)}.p", ignore_errors=True)
        level, earlier, size = level + 1, earlier >> 8, size >> 8
