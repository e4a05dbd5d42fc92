"""What is to be checked, fixed at one moment, so that entries arriving meanwhile alarm nobody.

The checkpoint file is read before the database: it may lag behind the database and never leads, so a line
that is ahead of what is read afterwards means that something was taken away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from indelible.ledger.checkpoints import Checkpoint, LogKeys, open_checkpoint
from indelible.ledger.errors import LedgerError, MalformedInput
from indelible.ledger.keys import VerifierKey
from indelible.ledger.notes import parse_note

from ..checkpoint_file import read_lines
from ..errors import NotFound, StorageError
from ..key_table import KeyTable, ends_agree, read_history, read_table
from .place import Reader

_LOGBOOK = "SELECT origin, public_key, size, root, last_at FROM logbook WHERE id = %s"
_NEWEST = "SELECT size, root, note, made_at FROM checkpoint WHERE logbook = %s ORDER BY size DESC LIMIT %s"
_ENDS = 'SELECT min("index"), max("index") FROM entry WHERE logbook = %s'
_NUMBERS = "SELECT name, last FROM number WHERE logbook = %s"
_OUTSIDE = 'SELECT "index" FROM entry WHERE logbook = %s AND ("index" >= %s OR "index" < 0) ORDER BY "index" LIMIT %s'
LOOKED_BACK = 200  # checkpoints looked through for the newest good one
MOST_OUTSIDE = 10_000

_FAULTS = {"key-differs": "given", "key-revoked": "revoked"}


@dataclass(frozen=True, slots=True)
class FileSeal:
    """A line of the checkpoint file that our key signed."""

    size: int
    root: bytes
    note: str


@dataclass(frozen=True, slots=True)
class CheckpointFile:
    """What the checkpoint file holds."""

    is_there: bool
    seals: tuple[FileSeal, ...] = ()  # by size
    other_keys: tuple[int, ...] = ()  # sizes of notes of this log that our key did not sign but another did
    spoiled: tuple[int, ...] = ()  # numbers of lines with our key's name whose signature does not hold

    @property
    def newest(self) -> FileSeal | None:
        """The largest checkpoint in the file."""
        return self.seals[-1] if self.seals else None


@dataclass(frozen=True, slots=True)
class Moment:
    """The log as it stood when the check began."""

    origin: str
    public_key: str
    keys: LogKeys  # trusted: the log's own, or where the one given does not lead to them, that one alone
    table: KeyTable  # the log's keys as its tables say
    key_fault: str  # "" or why the keys are not to be trusted: "given", "revoked", "chain"
    head_size: int
    head_root: bytes
    head_at: str  # when its newest entry was recorded, as the head says
    target: Checkpoint | None  # the newest checkpoint of the table that a trusted key signed
    target_note: str
    unsigned: tuple[int, ...]  # sizes of the checkpoints above it that no trusted key signed
    clock_behind: bool  # the newest checkpoint was made, by the clock, before its newest entry
    first_index: int | None
    last_index: int | None
    outside: tuple[int, ...]  # indexes of rows that lie outside the log as it is signed
    numbers: dict[str, int]
    file: CheckpointFile

    @property
    def size(self) -> int:
        """How many entries are to be checked."""
        if self.target is not None:
            return self.target.size
        newest = self.file.newest
        return min(self.head_size, newest.size) if newest else self.head_size


def read_file(path: Path, origin: str, keys: LogKeys) -> CheckpointFile:
    """Read the checkpoint file. A line that a crash cut short says nothing and accuses nobody."""
    seals: dict[int, FileSeal] = {}
    others: list[int] = []
    spoiled: list[int] = []
    try:
        for line in read_lines(path):
            if line.note is None:
                continue
            try:
                checkpoint = open_checkpoint(line.note, origin, keys)
            except LedgerError:
                other = _other_key(line.note, keys)
                if other is None:
                    spoiled.append(line.number)
                else:
                    others.append(other)
                continue
            seals[checkpoint.size] = FileSeal(checkpoint.size, checkpoint.root, line.note)
    except FileNotFoundError:
        return CheckpointFile(False)
    return CheckpointFile(True, tuple(seals[size] for size in sorted(seals)), tuple(others), tuple(spoiled))


def _other_key(note: str, keys: LogKeys) -> int | None:
    """Return the size a note states where no key that may sign it did, but another; None where it is no such."""
    try:
        parsed = parse_note(note)
        size = Checkpoint.parse(parsed.text).size
    except (LedgerError, MalformedInput):
        return None
    ours = {(key.name, key.key_id) for key in keys.at(size)}
    theirs = {(line.name, line.key_id) for line in parsed.signatures}
    return None if ours & theirs else size


def fix_moment(reader: Reader, path: Path, given_key: VerifierKey | None) -> Moment:
    """Read the state of the log at one moment."""
    while True:
        table = _table(reader)
        keys, fault = _trusted(reader, table, given_key)
        # The name a log is asked for by: a key card's own name, which an attacker cannot change.
        asked = given_key.name if given_key else table.origin
        file = read_file(path, asked, keys)
        moment = _read(reader, _Trust(asked, keys, table, fault), file)
        if moment is not None:
            return moment


@dataclass(frozen=True, slots=True)
class _Trust:
    """Which log is asked for, and whose signatures count."""

    origin: str
    keys: LogKeys
    table: KeyTable
    fault: str


def _read(reader: Reader, trust: _Trust, file: CheckpointFile) -> Moment | None:
    """Read the database at one moment; None where who signs has changed since the keys were read."""
    reader.begin()
    try:
        ((_origin, public_key, head_size, head_root, last_at),) = reader.fetch(_LOGBOOK, (reader.logbook,))
        newest = reader.fetch(_NEWEST, (reader.logbook, LOOKED_BACK))
        ((first_index, last_index),) = reader.fetch(_ENDS, (reader.logbook,))
        numbers = dict(reader.fetch(_NUMBERS, (reader.logbook,)))
        if _table(reader) != trust.table:
            return None
        target, note, unsigned = _newest_good(newest, trust.origin, trust.keys)
        size = target.size if target else head_size
        outside = [row[0] for row in reader.fetch(_OUTSIDE, (reader.logbook, size, MOST_OUTSIDE))]
    finally:
        reader.end()
    behind = bool(newest) and bool(last_at) and newest[0][0] == head_size and str(newest[0][3]) < last_at
    return Moment(
        trust.origin,
        public_key,
        trust.keys,
        trust.table,
        trust.fault,
        head_size,
        bytes(head_root or b""),
        str(last_at),
        target,
        note,
        unsigned,
        behind,
        first_index,
        last_index,
        tuple(outside),
        numbers,
        file,
    )


def _table(reader: Reader) -> KeyTable:
    table = read_table(reader.fetch, reader.logbook)
    if table is None:
        raise NotFound("no-such-logbook", f"logbook {reader.logbook}")
    return table


def _trusted(reader: Reader, table: KeyTable, given: VerifierKey | None) -> tuple[LogKeys, str]:
    """Return whose signatures count, and what is wrong with the keys.

    The keys of the tables count only as far as entries announced them, each under the key before it; where that
    does not hold, a check goes on with them, to say what else does not fit, or with the given one alone.
    """
    agrees = table.in_use.public_key == table.public_key and ends_agree(reader.fetch, reader.logbook, table)
    fault = "" if agrees else "chain"
    try:
        read_history(reader.fetch, reader.logbook, table).lead(given)
    except (LedgerError, StorageError) as refusal:
        fault = _FAULTS.get(refusal.code, "chain")
    if given is not None and fault:
        return LogKeys.of(given), fault
    return table.log_keys, fault


def _newest_good(
    rows: Sequence[tuple[int, bytes, str, str]], origin: str, keys: LogKeys
) -> tuple[Checkpoint | None, str, tuple[int, ...]]:
    """Return the newest checkpoint that a trusted key signed, its note, and the sizes above it that none did."""
    unsigned: list[int] = []
    for size, _root, note, _made_at in rows:
        try:
            return open_checkpoint(note, origin, keys), note, tuple(unsigned)
        except LedgerError:
            unsigned.append(size)
    return None, "", tuple(unsigned)
