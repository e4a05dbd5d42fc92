"""Before appending: is this the newest state of the log, or an older one put back?

Signing on top of an older state would make a second history under one key. So the head is held against
the newest checkpoint in the table, the newest in the checkpoint file, and what witnesses say that they hold,
as far as they answer. If one of them is ahead of the head, or off its tree, nothing is appended, and what
arrives has to wait (design section 5).

Who the witnesses are and how they are asked is no matter of storage: whoever knows registers with `provide`.
What they said before is kept in the `conflict` table, and a conflict goes on refusing, in every process, until
the tree holds what the witness holds.

What a revoked key alone vouches for refuses nothing: whoever stole it could otherwise keep its owner from putting
another in its place, and under that other key there is no second history. It stays a finding of every check.

A checkpoint that is merely missing stops nothing: that is for verification to find.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from indelible.ledger.checkpoints import Checkpoint, LogKeys
from indelible.ledger.errors import LedgerError
from indelible.ledger.notes import parse_note
from indelible.ledger.proofs import tree_root

from .checkpoint_file import newest_in_file
from .errors import AppendRefused
from .hashes import StoredHashes
from .rows import Head, Rows

OLDER_STATE = "older-state-put-back"
OTHER_HISTORY = "not-an-extension"

_CONFLICTS = (
    'SELECT "holder", "their_note" FROM "conflict"'
    ' WHERE "logbook" = %s AND NOT "found_by_them" AND "their_note" <> \'\''
)
_NEWEST = 'SELECT "size", "root", "note" FROM "checkpoint" WHERE "logbook" = %s ORDER BY "size" DESC LIMIT 1'


@dataclass(frozen=True, slots=True)
class HeldElsewhere:
    """A checkpoint under this log's own key that somebody outside holds."""

    holder: str
    size: int
    root: bytes  # 32 bytes
    note: str


KeyName = tuple[str, bytes]  # a key's name and ID, as a signature line carries them
Ask = Callable[[int, str], Sequence[HeldElsewhere]]
_ask: list[Ask] = []


def provide(ask: Ask) -> None:
    """Register the function that asks outside what they hold. Called once, in the `ready` of a feature's app.

    It is given a logbook's id and its database's alias, answers within a few seconds whoever is silent, and
    vouches that each checkpoint it returns was signed by a key of that log.
    """
    _ask[:] = [ask]


def held_elsewhere(logbook: int, alias: str) -> Sequence[HeldElsewhere]:
    """Return what those outside who answer hold; nothing where there is nobody to ask."""
    return _ask[0](logbook, alias) if _ask else ()


def hold_against_conflicts(rows: Rows, logbook: int, head: Head, revoked: Collection[KeyName] = ()) -> None:
    """Refuse a head that contradicts what a witness was found to hold, whichever process found it.

    What only keys among `revoked` signed is passed over. Where the missing entries were brought back, the tree holds
    what the witness holds and nothing is refused.
    Raises AppendRefused as below.
    """
    stored = StoredHashes(rows.fetch, logbook)
    for holder, note in rows.fetch(_CONFLICTS, (logbook,)):
        try:
            if _by_revoked_keys_alone(note, revoked):
                continue
            theirs = Checkpoint.parse(parse_note(note).text)
        except LedgerError as unreadable:
            raise AppendRefused(
                OTHER_HISTORY, f"what {holder} holds can no longer be read: {unreadable}"
            ) from unreadable
        _hold(stored, head, theirs.size, theirs.root, str(holder))


def hold_against_checkpoints(
    rows: Rows,
    logbook: int,
    head: Head,
    origin: str,
    keys: LogKeys,
    file: Path,
    elsewhere: Iterable[HeldElsewhere] = (),
    revoked: Collection[KeyName] = (),
) -> str | None:
    """Refuse a head that a checkpoint contradicts. Ask only while the head is taken.

    Returns the note of the table's newest checkpoint where the file does not hold one as new, so that the
    caller can make up for a process that ended before it wrote it.

    Raises AppendRefused: `older-state-put-back` where a checkpoint is ahead of the head, `not-an-extension`
    where the tree of its size has another root.
    """
    stored = StoredHashes(rows.fetch, logbook)
    newest = rows.fetch(_NEWEST, (logbook,))
    filed = newest_in_file(file, origin, keys)
    for size, root, _ in newest:
        _hold(stored, head, size, bytes(root), "the table")
    if filed:
        _hold(stored, head, filed.size, filed.root, "the checkpoint file")
    for held in elsewhere:
        if not _by_revoked_keys_alone(held.note, revoked):
            _hold(stored, head, held.size, held.root, held.holder)
    if newest and (filed is None or filed.size < newest[0][0]):
        return str(newest[0][2])
    return None


def _by_revoked_keys_alone(note: str, revoked: Collection[KeyName]) -> bool:
    """Whether every line of the log's own on a note is by a revoked key. Raises MalformedInput for no note."""
    if not revoked:
        return False
    parsed = parse_note(note)
    origin = parsed.text.partition("\n")[0]
    own = [(line.name, line.key_id) for line in parsed.signatures if line.name == origin]
    return bool(own) and all(key in revoked for key in own)


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
