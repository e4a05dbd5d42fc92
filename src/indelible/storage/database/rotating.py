"""Another sealing key: announced, put in use alone, or in place of a stolen one at once.

    rotate   key 1 seals the entry that announces key 2; from the next entry on both sign, key 1 first
    finish   both seal the entry that says so; from the next entry on key 2 signs alone
    revoke   key 1 was stolen: key 2 signs alone at once, and seals the entry that says so; no card of key 1 leads on

Each is one transaction under the lock of the head: its entry, the rows of the keys and the mark by which every process
notices stand or fall together. A key's file is written durably before the transaction that names it; where that never
comes, the file is put aside by the next change of keys. So a process that is killed at any point leaves a log that is
signed as its tables say.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from django.conf import settings
from django.db import connections, transaction
from django.db.models import QuerySet

from indelible.events import own_keys
from indelible.events.event import Context, Event, Party
from indelible.storage.home import Home

from .append import Draft, append
from .codes import repeat_code
from .errors import NotFound, StorageError
from .key_files import files_of, put_aside
from .key_table import KeyTable, State, read_table
from .keys import load_key, make_next_key
from .logbooks import alias_of
from .models import Logbook, SealingKey
from .outside import newest_held
from .rows import Head, rows_of

_MARK_BITS = 62


@dataclass(frozen=True, slots=True)
class KeyChange:
    """What came of it. `done` is False where the same form had done it before."""

    public_key: str  # of the key that joins, was put in use, or took the place of the stolen one
    entry: int  # index of the entry that tells of it
    checkpoint: str
    done: bool = True


def rotate(
    logbook: Logbook,
    *,
    actor: Party | None,
    reason: str,
    context: Context | None = None,
    in_token: bool | None = None,
    once: str | None = None,
) -> KeyChange:
    """Announce a new key under the one in use; from the next entry on, both sign.

    `in_token`: whether the new key is made in a token; None as the settings say. `once` is a form's token.

    Raises StorageError `rotation-under-way` where a key is joining already, and what `append`, `make_next_key` raise.
    """
    with _changing(logbook, once) as (head, table, repeated):
        if repeated is not None:
            return KeyChange(table.signing[-1], repeated, "", done=False)
        if table.joining:
            raise StorageError("rotation-under-way", table.joining.public_key)
        home: Home = settings.INDELIBLE_HOME
        load_key(home, logbook.name, table.in_use.public_key)  # without it nothing can be announced
        _put_strays_aside(home, logbook, table)
        new = make_next_key(home, logbook.name, table.origin, in_token=in_token).verifier.text
        old = table.in_use.public_key
        told = own_keys.key_announced(
            actor,
            old,
            new,
            reason,
            signs_from=head.size + 2,  # this entry is still sealed by the old key alone
            kept_in=_place(home, logbook, new),
            context=context,
        )
        index, note = _tell(logbook, told, once)
        _keep_rows(logbook, table)
        _keys(logbook).create(
            logbook=logbook, public_key=new, state=State.JOINING, since_size=head.size + 2, announced=index
        )
        _mark(logbook)
    return KeyChange(new, index, note)


def finish_rotation(
    logbook: Logbook,
    *,
    actor: Party | None,
    accepted_by: Sequence[str] = (),
    reason: str | None = None,
    context: Context | None = None,
    once: str | None = None,
) -> KeyChange:
    """Let the joining key sign alone from the next entry on. `accepted_by`: witnesses that were seen to know it.

    Raises StorageError `no-rotation` where no key is joining, and what `append` raises.
    """
    with _changing(logbook, once) as (_head, table, repeated):
        if repeated is not None:
            return KeyChange(table.in_use.public_key, repeated, "", done=False)
        joining, old = table.joining, table.in_use.public_key
        if joining is None:
            raise StorageError("no-rotation", table.in_use.public_key)
        new = joining.public_key
        told = own_keys.key_put_in_use(
            actor, old, new, accepted_by=accepted_by, reason=reason, context=context
        )
        index, note = _tell(logbook, told, once)
        mine = _keys(logbook)
        mine.filter(public_key=old).update(state=State.RETIRED, until_size=index + 1, ended=index)
        mine.filter(public_key=new).update(state=State.IN_USE)
        _put_in_use(logbook, new)
        _afterwards(logbook, old, ".retired")
    return KeyChange(new, index, note)


def revoke(
    logbook: Logbook,
    *,
    actor: Party | None,
    reason: str,
    to_tell: Sequence[str] = (),
    context: Context | None = None,
    in_token: bool | None = None,
    once: str | None = None,
) -> KeyChange:
    """Put a new key in place of a stolen one at once. Seals of the stolen one count as far as others held them before.

    `to_tell` names those who have to be told directly: no card of the stolen key leads to the new one.

    Raises what `append` and `make_next_key` raise.
    """
    with _changing(logbook, once) as (head, table, repeated):
        if repeated is not None:
            return KeyChange(table.in_use.public_key, repeated, "", done=False)
        home: Home = settings.INDELIBLE_HOME
        _put_strays_aside(home, logbook, table)
        new = make_next_key(home, logbook.name, table.origin, in_token=in_token).verifier.text
        stolen, joining = table.in_use.public_key, table.joining
        newest = newest_held(logbook)
        until = min(newest.size, head.size) if newest else 0
        _keep_rows(logbook, table)
        mine = _keys(logbook)
        mine.filter(public_key=stolen).update(state=State.REVOKED, until_size=until, ended=head.size)
        if joining:
            # It was announced by a key that a thief held too: nobody outside is asked to believe it.
            mine.filter(public_key=joining.public_key).update(state=State.GIVEN_UP, ended=head.size)
        mine.create(
            logbook=logbook,
            public_key=new,
            state=State.IN_USE,
            since_size=head.size + 1,
            announced=head.size,
        )
        _put_in_use(logbook, new)
        told = own_keys.key_revoked(
            actor,
            stolen,
            new,
            until,
            reason,
            to_tell=to_tell,
            given_up=joining.public_key if joining else None,
            context=context,
        )
        index, note = _tell(logbook, told, once)
        for gone in (stolen, *([joining.public_key] if joining else [])):
            _afterwards(logbook, gone, ".revoked")
    return KeyChange(new, index, note)


def note_sheet(
    logbook: Logbook, *, actor: Party | None, context: Context | None = None, once: str | None = None
) -> int:
    """Put on the record that a recovery sheet of the key in use was made; return the entry's index."""
    with _changing(logbook, once) as (_head, table, repeated):
        if repeated is not None:
            return repeated
        key = table.in_use.public_key
        index, _note = _tell(logbook, own_keys.recovery_sheet_made(actor, key, context=context), once)
        _keep_rows(logbook, table)
        _keys(logbook).filter(public_key=key).update(sheet=index)
    return index


@contextmanager
def _changing(logbook: Logbook, once: str | None) -> Iterator[tuple[Head, KeyTable, int | None]]:
    """Take the head's lock in a transaction; give head and keys as they are then, and a repeated form's entry."""
    alias = alias_of(logbook)
    with transaction.atomic(using=alias):
        rows = rows_of(connections[alias])
        head = rows.take_head(logbook.pk)
        table = read_table(rows.fetch, logbook.pk)
        if table is None:
            raise NotFound("no-such-logbook", logbook.name)
        held = rows.find_held(logbook.pk, [(0, _form_code(once))]) if once else {}
        yield head, table, next((code.index for code in held.values()), None)
    logbook.refresh_from_db(using=alias)


def _form_code(once: str) -> bytes:
    return repeat_code(0, f"form {once}")


def _tell(logbook: Logbook, event: Event, once: str | None) -> tuple[int, str]:
    """Append the entry; return its index and the checkpoint."""
    done = append(logbook, [Draft(event, source=0, repeat=_form_code(once) if once else None)])
    return done.entries[0].index, done.checkpoint


def _keep_rows(logbook: Logbook, table: KeyTable) -> None:
    """Give the first key of a logbook its row, where it has none yet."""
    for row in table.rows:
        _keys(logbook).get_or_create(
            logbook=logbook,
            public_key=row.public_key,
            defaults={"state": row.state, "since_size": row.since_size},
        )


def _keys(logbook: Logbook) -> QuerySet[SealingKey]:
    """Return the rows of this logbook's keys."""
    return SealingKey.objects.using(alias_of(logbook)).filter(logbook=logbook)


def _put_in_use(logbook: Logbook, public_key: str) -> None:
    Logbook.objects.using(alias_of(logbook)).filter(pk=logbook.pk).update(public_key=public_key)
    _mark(logbook)


def _mark(logbook: Logbook) -> None:
    """Tell every process that who signs has changed. A random number: one that is rolled back is never seen again."""
    mark = secrets.randbits(_MARK_BITS) | 1
    Logbook.objects.using(alias_of(logbook)).filter(pk=logbook.pk).update(key_change=mark)


def _put_strays_aside(home: Home, logbook: Logbook, table: KeyTable) -> None:
    """Rename key files that no row names: of a change that never came about. Only under the head's lock."""
    known = {row.public_key for row in table.rows}
    for stray in files_of(home, logbook.name):
        if stray.path.suffix == ".key" and stray.public_key not in known:
            put_aside(home, logbook.name, stray.public_key, f".{secrets.token_hex(4)}.unused")


def _place(home: Home, logbook: Logbook, public_key: str) -> str:
    found = [file.form for file in files_of(home, logbook.name) if file.public_key == public_key]
    return "token" if found == ["token"] else "file"


def _afterwards(logbook: Logbook, gone: str, suffix: str) -> None:
    """Put a key's file aside once the change is durable. Where this process ends before, only its name is old."""
    do = partial(put_aside, settings.INDELIBLE_HOME, logbook.name, gone, suffix)
    transaction.on_commit(do, using=alias_of(logbook))
