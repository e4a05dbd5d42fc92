"""Logbooks: beginning one, and finding it again.

A logbook is begun once and for good. Its origin names it for ever and names nobody; its first entry says
who began it, and holds origin and public key.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable

from django.conf import settings
from django.db import transaction

from indelible.events.event import Event
from indelible.ledger.hashing import EMPTY_ROOT

from .after_commit import flush
from .checkpoint_file import checkpoint_path
from .clock import now
from .errors import AppendRefused, NotFound, StorageError
from .keys import make_key
from .models import Logbook

DEFAULT_NAME = "main"

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")

FirstEvent = Callable[[str, str], Event]


def create_logbook(
    name: str = DEFAULT_NAME,
    origin: str | None = None,
    *,
    first_event: Event | FirstEvent,
    using: str = "default",
) -> Logbook:
    """Begin a logbook: make its key and record its first entry, as one act.

    `origin` is made at random where none is given. `first_event` says who began it: an event, to which
    origin and public key are added in `extra`, or a function that makes one of the two.

    Raises StorageError (`bad-logbook-name`, `logbook-exists`, `origin-taken`), MalformedInput for an origin
    that cannot name a key, AppendRefused (`checkpoints-without-logbook`) where the checkpoint file speaks of
    an earlier logbook of this name: its database was lost, which is not to be forgotten silently.
    """
    from .append import Draft, append

    if not _NAME.fullmatch(name):
        raise StorageError("bad-logbook-name", f"{name[:80]!r} is not small letters, digits and hyphens")
    origin = origin or f"log-{secrets.token_hex(6)}.indelible/{name}"
    with transaction.atomic(using=using):
        books = Logbook.objects.using(using)
        if books.filter(name=name).exists():
            raise StorageError("logbook-exists", name)
        if books.filter(origin=origin).exists():
            raise StorageError("origin-taken", origin)
        file = checkpoint_path(name)
        if file.exists() and file.stat().st_size:
            raise AppendRefused("checkpoints-without-logbook", f"{file.name} holds checkpoints")
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        key = make_key(settings.INDELIBLE_HOME, name, origin)
        public_key = key.verifier.text
        book = books.create(
            name=name, origin=origin, public_key=public_key, size=0, root=EMPTY_ROOT, created_at=now()
        )
        event = (
            first_event(origin, public_key)
            if callable(first_event)
            else _told(first_event, origin, public_key)
        )
        append(book, [Draft(event)])
        # A check that comes within the first second would else miss the checkpoint file.
        transaction.on_commit(flush, using=using)
    book.refresh_from_db(using=using)
    return book


def get_logbook(name: str | None = None, *, using: str = "default") -> Logbook:
    """Return the logbook of that name, or where no name is given the only one.

    Raises NotFound: `no-such-logbook`, `no-logbook` where none was begun, `which-logbook` where there are
    several and none was named.
    """
    books = Logbook.objects.using(using)
    if name is not None:
        book = books.filter(name=name).first()
        if book is None:
            raise NotFound("no-such-logbook", name)
        return book
    found = list(books.order_by("id")[:2])
    if not found:
        raise NotFound("no-logbook", "no logbook was begun here")
    if len(found) > 1:
        raise NotFound("which-logbook", "there are several logbooks")
    return found[0]


def alias_of(logbook: Logbook) -> str:
    """Return the alias of the database that a logbook was read from."""
    return logbook._state.db or "default"


def _told(event: Event, origin: str, public_key: str) -> Event:
    return {**event, "extra": {**event.get("extra", {}), "origin": origin, "public_key": public_key}}
