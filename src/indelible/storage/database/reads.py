"""Reading the record: entries, checkpoints, and proofs for them.

What is read here is what stands in the tables; whether that is what was sealed is for a check to say.
An entry that cannot be understood any more is still returned, with what is wrong in `problem`, so that
one altered row does not take down the page that lists it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from django.db import connections

from indelible.events.event import Event, EventError, from_content
from indelible.ledger.entries import leaf_data_of
from indelible.ledger.errors import MalformedInput, ProofError
from indelible.ledger.hashing import leaf_hash
from indelible.ledger.proof_file import ProofFile
from indelible.ledger.proofs import check_inclusion, prove_inclusion

from .errors import EntryDiffers, NotFound
from .hashes import StoredHashes
from .logbooks import alias_of
from .models import Logbook
from .rows import Head
from .search.indexing import stored_text

_ONE = ' AND "index" = %s'
_RUN = ' AND "index" >= %s AND "index" <= %s ORDER BY "index" LIMIT %s'
_HEAD = 'SELECT "size", "root", "last_at" FROM "logbook" WHERE "id" = %s'
_RECORDED_AT = 'SELECT "recorded_at" FROM "entry" WHERE "logbook" = %s AND "index" = %s'
_CHECKPOINTS = 'SELECT "size", "root", "note", "made_at" FROM "checkpoint" WHERE "logbook" = %s'


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """An entry as it stands in the tables."""

    index: int
    recorded_at: str
    stored: str  # the content column: one object of canonical JSON
    content: dict[str, Any]  # disclosure name to value; empty where there is a problem
    event: Event  # the same put together, running numbers and all; empty where there is a problem
    secret: bytes
    problem: str | None = None  # why the content cannot be understood: it was altered


@dataclass(frozen=True, slots=True)
class StoredCheckpoint:
    """A checkpoint as it stands in the tables."""

    size: int
    root: bytes  # 32 bytes
    note: str
    made_at: str


def get_entry(logbook: Logbook, index: int) -> StoredEntry:
    """Return one entry, by its index from 0. Raises NotFound (`no-such-entry`)."""
    rows = _fetch(logbook, _entries(logbook) + _ONE, (logbook.pk, index))
    if not rows:
        raise NotFound("no-such-entry", f"entry {index} of {logbook.name}")
    return _stored(*rows[0])


def get_entries(logbook: Logbook, first: int, last: int, limit: int = 1_000) -> list[StoredEntry]:
    """Return the entries from `first` to `last` (both included), oldest first, at most `limit` of them.

    An entry that is missing from the tables is missing from the list.
    """
    return [
        _stored(*row) for row in _fetch(logbook, _entries(logbook) + _RUN, (logbook.pk, first, last, limit))
    ]


def find_entries(logbook: Logbook, indexes: Sequence[int]) -> dict[int, StoredEntry]:
    """Return the entries with these indexes, by index; those that are missing are left out."""
    marks = ",".join(["%s"] * len(indexes))
    rows = (
        _fetch(logbook, f'{_entries(logbook)} AND "index" IN ({marks})', (logbook.pk, *indexes))
        if indexes
        else []
    )
    return {row[0]: _stored(*row) for row in rows}


def find_columns(logbook: Logbook, indexes: Sequence[int]) -> dict[int, tuple[str, str, bytes]]:
    """Return content, time and secret of the entries with these indexes as they stand, by index; those that are missing
    are left out. For hashing many: nothing in them is understood, which takes longer than the hashing."""
    marks = ",".join(["%s"] * len(indexes))
    rows = (
        _fetch(logbook, f'{_entries(logbook)} AND "index" IN ({marks})', (logbook.pk, *indexes))
        if indexes
        else []
    )
    return {index: (_text(content), _text(at), bytes(secret)) for index, at, content, secret in rows}


def head(logbook: Logbook) -> Head:
    """Return where the logbook stands now: size, root, and when its newest entry was recorded."""
    rows = _fetch(logbook, _HEAD, (logbook.pk,))
    if not rows:
        raise NotFound("no-such-logbook", logbook.name)
    size, root, last_at = rows[0]
    return Head(size, bytes(root), last_at)


def checkpoints(logbook: Logbook, *, before: int | None = None, limit: int = 50) -> list[StoredCheckpoint]:
    """Return the checkpoints below the size `before`, largest first."""
    sql, values = _CHECKPOINTS, [logbook.pk]
    if before is not None:
        sql += ' AND "size" < %s'
        values.append(before)
    rows = _fetch(logbook, f'{sql} ORDER BY "size" DESC LIMIT %s', (*values, limit))
    return [StoredCheckpoint(size, bytes(root), note, made_at) for size, root, note, made_at in rows]


def get_checkpoint(logbook: Logbook, size: int | None = None) -> StoredCheckpoint:
    """Return the checkpoint of that size, else the newest. Raises NotFound (`no-such-checkpoint`)."""
    if size is None:
        found = checkpoints(logbook, limit=1)
    else:
        rows = _fetch(logbook, f'{_CHECKPOINTS} AND "size" = %s', (logbook.pk, size))
        found = [StoredCheckpoint(row[0], bytes(row[1]), row[2], row[3]) for row in rows]
    if not found:
        raise NotFound("no-such-checkpoint", f"a checkpoint of {size} entries" if size else "no checkpoint")
    return found[0]


def entries_before(logbook: Logbook, moment: str) -> int:
    """Return how many entries were recorded before `moment` (as the leaf's `at`: UTC, microseconds).

    `at` never goes backwards, so a few reads find it however large the log is. Where stored times were altered
    the answer is some place in the log, which a check will tell.
    """
    low, high = 0, head(logbook).size
    while low < high:
        middle = (low + high) // 2
        rows = _fetch(logbook, _RECORDED_AT, (logbook.pk, middle))
        if rows and _text(rows[0][0]) < moment:
            low = middle + 1
        else:
            high = middle
    return low


def covering_checkpoint(logbook: Logbook, index: int) -> StoredCheckpoint:
    """Return the first checkpoint that covers the entry: the one it was sealed with. Raises NotFound."""
    sql = f'{_CHECKPOINTS} AND "size" > %s ORDER BY "size" LIMIT 1'
    for size, root, note, made_at in _fetch(logbook, sql, (logbook.pk, index)):
        return StoredCheckpoint(size, bytes(root), note, made_at)
    raise NotFound("no-such-checkpoint", f"no checkpoint covers entry {index}")


def stored_hashes(logbook: Logbook) -> StoredHashes:
    """Return a reader of the logbook's tiles, as proofs want it."""

    def fetch(sql: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
        return _fetch(logbook, sql, values)

    return StoredHashes(fetch, logbook.pk)


def leaf_data(entry: StoredEntry) -> bytes:
    """Build the leaf data of an entry as it stands. Raises EntryDiffers where that cannot be done."""
    (data,) = leaf_data_of([entry.stored], [entry.secret], [entry.recorded_at])
    if isinstance(data, MalformedInput):
        raise EntryDiffers(entry.index, str(data))
    return data


def prove(logbook: Logbook, index: int, size: int | None = None) -> ProofFile:
    """Return the proof that an entry, as it stands now, is in the log of `size` entries (else the newest).

    It was checked against its checkpoint before it is given out, and carries the leaf data.

    Raises NotFound where there is no such entry or checkpoint; EntryDiffers where the entry is not what was
    sealed, or the tree's own hashes were altered.
    """
    entry = get_entry(logbook, index)
    data = leaf_data(entry)
    checkpoint = get_checkpoint(logbook, size)
    if index >= checkpoint.size:
        raise NotFound(
            "no-such-checkpoint", f"the checkpoint of {checkpoint.size} does not cover entry {index}"
        )
    try:
        path = prove_inclusion(index, checkpoint.size, stored_hashes(logbook))
        check_inclusion(leaf_hash(data), index, checkpoint.size, path, checkpoint.root)
    except (ProofError, MalformedInput) as refusal:
        raise EntryDiffers(index, str(refusal)) from refusal
    return ProofFile(index, tuple(path), checkpoint.note, data)


def leaves_of(logbook: Logbook, first: int, end: int) -> Iterator[tuple[int, bytes]]:
    """Yield index and leaf data of the entries from `first` up to `end`, in order, built from what stands.

    Raises EntryDiffers at the first that cannot be built, NotFound at the first that is missing.
    """
    for start in range(first, end, 256):
        entries = get_entries(logbook, start, min(start + 256, end) - 1)
        data = leaf_data_of(
            [entry.stored for entry in entries],
            [entry.secret for entry in entries],
            [entry.recorded_at for entry in entries],
        )
        for wanted, entry, leaf in zip(range(start, end), entries, data, strict=False):
            if entry.index != wanted:
                raise NotFound("no-such-entry", f"entry {wanted} of {logbook.name}")
            if isinstance(leaf, MalformedInput):
                raise EntryDiffers(wanted, str(leaf))
            yield wanted, leaf
        if len(entries) < min(256, end - start):
            raise NotFound("no-such-entry", f"entry {start + len(entries)} of {logbook.name}")


def _entries(logbook: Logbook) -> str:
    """Return how to select entries, so that bytes somebody put where text should be stop nothing."""
    vendor = connections[alias_of(logbook)].vendor
    texts = ", ".join(stored_text(f'"{column}"', vendor) for column in ("recorded_at", "content"))
    return f'SELECT "index", {texts}, "secret" FROM "entry" WHERE "logbook" = %s'  # noqa: S608 - our own columns


def _text(value: object) -> str:
    """Return a text column as text; what is no UTF-8 was put there by hand and fits no seal anyway."""
    return bytes(value).decode("utf-8", "replace") if isinstance(value, bytes | memoryview) else str(value)


def _stored(index: int, at: object, content_column: object, secret: bytes) -> StoredEntry:
    recorded_at, stored = _text(at), _text(content_column)
    problem = None
    content: dict[str, Any] = {}
    event: Event = {}
    try:
        content = msgspec.json.decode(stored, type=dict[str, Any])
        event = from_content(content)
    except (msgspec.DecodeError, UnicodeEncodeError, EventError) as trouble:
        content, problem = {}, str(trouble)
    return StoredEntry(index, recorded_at, stored, content, event, bytes(secret), problem)


def _fetch(logbook: Logbook, sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connections[alias_of(logbook)].cursor() as cursor:
        cursor.execute(sql, list(values))
        return list(cursor.fetchall())
