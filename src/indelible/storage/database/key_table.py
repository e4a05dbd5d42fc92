"""Which keys a logbook is and was sealed with, as its tables say: who signs now, and which seals count.

Read over any connection, by the holder of the head's lock as well as by a check, so everything here takes a `fetch`.
A logbook whose key never changed has no row: its one key has signed everything.

Two readers ask different things of a revoked key. Somebody outside believes it only up to the size that was held
outside before (`trusted`). The log itself knows up to where it signed with it (`log_keys`): those seals still lie in
the table and the file, and must fit the tree that the new key signs.

What the tables say is believed only where `read_history` holds: each new key was announced by an entry that the
key before it sealed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from indelible.events.own_keys import PUT_IN_USE, REVOKED
from indelible.ledger.checkpoints import LogKeys, Window, open_checkpoint
from indelible.ledger.contents import read_content
from indelible.ledger.entries import leaf_data_of
from indelible.ledger.errors import LedgerError, MalformedInput
from indelible.ledger.keys import VerifierKey
from indelible.ledger.opening import fields_of
from indelible.ledger.proofs import prove_inclusion
from indelible.ledger.rotation import OPENED, OWN_NUMBER, Announcement, KeyHistory

from .errors import StorageError
from .hashes import StoredHashes
from .models import SealingKey

Fetch = Callable[[str, Sequence[object]], list[tuple[Any, ...]]]
State = SealingKey.State

_KEYS = (
    'SELECT l."origin", l."public_key", l."key_change", k."public_key", k."state", k."since_size", k."until_size",'
    ' k."announced", k."ended", k."sheet" FROM "logbook" l LEFT JOIN "sealing_key" k ON k."logbook" = l."id"'
    ' WHERE l."id" = %s ORDER BY k."id"'
)
_ENTRY = 'SELECT "recorded_at", "content", "secret" FROM "entry" WHERE "logbook" = %s AND "index" = %s'
_COVERING = 'SELECT "note" FROM "checkpoint" WHERE "logbook" = %s AND "size" > %s ORDER BY "size" LIMIT 1'


@dataclass(frozen=True, slots=True)
class KeyRow:
    """One key of a logbook, as the table says (see models.SealingKey)."""

    public_key: str
    state: str
    since_size: int
    until_size: int | None = None
    announced: int | None = None
    ended: int | None = None
    sheet: int | None = None


@dataclass(frozen=True, slots=True)
class KeyTable:
    """The keys of a logbook, oldest first, never none."""

    origin: str
    public_key: str  # as the logbook's own row says
    mark: int  # another number whenever who signs has changed
    rows: tuple[KeyRow, ...]

    @property
    def in_use(self) -> KeyRow:
        """The key in use."""
        found = [row for row in self.rows if row.state == State.IN_USE]
        return found[-1] if found else self.rows[-1]

    @property
    def joining(self) -> KeyRow | None:
        """The key that signs beside the one in use, until every witness knows it."""
        return next((row for row in self.rows if row.state == State.JOINING), None)

    @property
    def signing(self) -> tuple[str, ...]:
        """The verifier keys of those that sign now, the one in use first."""
        joining = self.joining
        return (self.in_use.public_key, *([joining.public_key] if joining else []))

    @property
    def revoked(self) -> frozenset[tuple[str, bytes]]:
        """Name and ID of every key that was stolen: what it alone vouches for keeps nobody from appending."""
        parsed = (_parsed(row.public_key) for row in self.rows if row.state == State.REVOKED)
        return frozenset((key.name, key.key_id) for key in parsed if key is not None)

    @property
    def log_keys(self) -> LogKeys:
        """What each key has signed in this log: by this its own seals are opened."""
        windows = []
        for row in self.rows:
            until = row.until_size if row.state == State.RETIRED else row.ended
            if (key := _parsed(row.public_key)) is not None:
                windows.append(Window(key, row.since_size, until))
        return LogKeys(tuple(windows))

    @property
    def trusted(self) -> list[tuple[VerifierKey, int | None]]:
        """Every key whose seals count for somebody outside, oldest first, and up to which size."""
        return [
            (key, row.until_size)
            for row in self.rows
            if row.state != State.GIVEN_UP and (key := _parsed(row.public_key)) is not None
        ]


def read_table(fetch: Fetch, logbook: int) -> KeyTable | None:
    """Return the keys of a logbook; None where there is no such logbook."""
    found = fetch(_KEYS, (logbook,))
    if not found:
        return None
    origin, public_key, mark = found[0][:3]
    rows = tuple(KeyRow(*row[3:]) for row in found if row[3] is not None)
    return KeyTable(str(origin), str(public_key), mark, rows or (KeyRow(str(public_key), State.IN_USE, 0),))


def read_history(fetch: Fetch, logbook: int, table: KeyTable) -> KeyHistory:
    """Return the same keys with what announced each: the proof for anybody outside. Nothing is checked here.

    A key that is joining is left out, and so is one that was given up while it was.

    Raises StorageError `key-chain-broken` where an announcement, or the checkpoint that covers it, is not to be had.
    """
    rows = [row for row in table.rows if row.state not in (State.JOINING, State.GIVEN_UP)]
    steps = [
        _announcement(fetch, logbook, old, new) for old, new in pairwise(rows) if old.state != State.REVOKED
    ]
    try:
        keys = tuple(VerifierKey.parse(row.public_key) for row in rows)
    except LedgerError as fault:
        raise StorageError("key-chain-broken", f"a key that cannot be read: {fault}") from fault
    revoked = tuple(
        (key, row.until_size or 0) for key, row in zip(keys, rows, strict=True) if row.state == State.REVOKED
    )
    return KeyHistory(table.origin, keys, tuple(steps), revoked)


def ends_agree(fetch: Fetch, logbook: int, table: KeyTable) -> bool:
    """Whether entries of the log say how each key ended, and up to which size it counts, as the table does.

    A table alone could make a stolen key good again. Whether those entries are as they were sealed is for the
    check of entries to say.
    """
    if [row.state for row in table.rows].count(State.IN_USE) != 1:
        return False
    return all(_begins_right(row) and _end_agrees(fetch, logbook, row) for row in table.rows)


def _begins_right(row: KeyRow) -> bool:
    """Whether a key signs from where its entry says: the second seal after an announcement, the next where it took the
    place of a stolen one, the first of all where it is the first.
    """
    if row.announced is None:
        return row.since_size == 0
    return row.since_size - row.announced in (1, 2)


def _end_agrees(fetch: Fetch, logbook: int, row: KeyRow) -> bool:
    if row.state in (State.IN_USE, State.JOINING):
        return row.until_size is None and row.ended is None
    entries = fetch(_ENTRY, (logbook, -1 if row.ended is None else row.ended))
    if row.ended is None or not entries:
        return False
    try:
        told = read_content(entries[0][1])
    except MalformedInput:
        return False
    action, extra = told.get("action"), told.get("extra")
    if not isinstance(action, dict) or not isinstance(extra, dict) or OWN_NUMBER not in told:
        return False
    said = action.get("said")
    if row.state == State.RETIRED:
        return (
            said == PUT_IN_USE
            and extra.get("key_retired") == row.public_key
            and row.until_size == row.ended + 1
        )
    if said != REVOKED:
        return False
    if row.state == State.GIVEN_UP:
        return extra.get("key_given_up") == row.public_key
    return extra.get("key_revoked") == row.public_key and extra.get("counts_until") == row.until_size


def _announcement(fetch: Fetch, logbook: int, old: KeyRow, new: KeyRow) -> Announcement:
    index = -1 if new.announced is None else new.announced
    entries, notes = fetch(_ENTRY, (logbook, index)), fetch(_COVERING, (logbook, index))
    if not entries or not notes:
        raise StorageError("key-chain-broken", f"entry {index}, which announced a key, is not to be had")
    at, content, secret = entries[0][0], entries[0][1], bytes(entries[0][2])
    note = str(notes[0][0])
    try:
        (leaf,) = leaf_data_of([content], [secret], [at])
        if isinstance(leaf, MalformedInput):
            raise leaf
        texts = fields_of(content, secret).texts
        size = open_checkpoint(
            note, VerifierKey.parse(old.public_key).name, [VerifierKey.parse(old.public_key)]
        ).size
        path = tuple(prove_inclusion(index, size, StoredHashes(fetch, logbook)))
    except LedgerError as fault:
        raise StorageError("key-chain-broken", f"entry {index}, which announced a key: {fault}") from fault
    opened = tuple(texts[name] for name in OPENED if name in texts)
    return Announcement(index, leaf.decode("utf-8"), opened, path, note)


def _parsed(public_key: str) -> VerifierKey | None:
    try:
        return VerifierKey.parse(public_key)
    except LedgerError:
        return None
