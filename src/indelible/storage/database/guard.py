"""Before appending: is this the newest state of the log, or an older one put back?

Signing on top of an older state would make a second history under one key. So the head is held against
the newest checkpoint in the table and the newest in the checkpoint file. If one of them is ahead of the
head, or off its tree, nothing is appended, and what arrives has to wait (design section 5).

A checkpoint that is merely missing stops nothing: that is for verification to find.
"""

from __future__ import annotations

from pathlib import Path

from indelible.ledger.errors import LedgerError
from indelible.ledger.keys import VerifierKey
from indelible.ledger.proofs import tree_root

from .checkpoint_file import newest_in_file
from .errors import AppendRefused
from .hashes import StoredHashes
from .rows import Head, Rows

OLDER_STATE = "older-state-put-back"
OTHER_HISTORY = "not-an-extension"

_NEWEST = 'SELECT "size", "root", "note" FROM "checkpoint" WHERE "logbook" = %s ORDER BY "size" DESC LIMIT 1'


def hold_against_checkpoints(
    rows: Rows, logbook: int, head: Head, key: VerifierKey, file: Path
) -> str | None:
    """Refuse a head that a checkpoint contradicts. Ask only while the head is taken.

    Returns the note of the table's newest checkpoint where the file does not hold one as new, so that the
    caller can make up for a process that ended before it wrote it.

    Raises AppendRefused: `older-state-put-back` where a checkpoint is ahead of the head, `not-an-extension`
    where the tree of its size has another root.
    """
    stored = StoredHashes(rows.fetch, logbook)
    newest = rows.fetch(_NEWEST, (logbook,))
    filed = newest_in_file(file, key.name, key)
    for size, root, _ in newest:
        _hold(stored, head, size, bytes(root), "the table")
    if filed:
        _hold(stored, head, filed.size, filed.root, "the checkpoint file")
    if newest and (filed is None or filed.size < newest[0][0]):
        return str(newest[0][2])
    return None


def _hold(stored: StoredHashes, head: Head, size: int, root: bytes, where: str) -> None:
    if size > head.size:
        raise AppendRefused(OLDER_STATE, f"{where} holds a checkpoint of {size}, the log has {head.size}")
    try:
        reached = head.root if size == head.size else tree_root(size, stored)
    except LedgerError as unreadable:
        raise AppendRefused(
            OTHER_HISTORY, f"no tree of {size} entries can be read: {unreadable}"
        ) from unreadable
    if reached != root:
        raise AppendRefused(
            OTHER_HISTORY,
            f"{where} holds the root {root.hex()} for {size} entries, the tree has {reached.hex()}",
        )
