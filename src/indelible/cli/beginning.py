"""Beginning a logbook from the command line: the lawful names, and the first entry that says who began it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indelible.cli.faults import Fault
from indelible.events import own
from indelible.ledger.errors import MalformedInput
from indelible.storage.database.errors import StorageError
from indelible.storage.database.logbooks import create_logbook, get_logbook

if TYPE_CHECKING:
    from indelible.events.event import Event
    from indelible.features.sources.services import By
    from indelible.storage.database.models import Logbook


def begin_logbook(name: str, origin: str | None, by: By) -> Logbook:
    """Begin a logbook. Raises Fault where its name or origin cannot be used, or it was begun before."""

    def first(origin: str, public_key: str) -> Event:
        return own.record_started(by.party, "", origin, public_key, context=by.context)

    try:
        return create_logbook(name, origin, first_event=first)
    except MalformedInput as refused:
        raise Fault("origin-not-usable", detail=refused.detail) from refused
    except StorageError as refused:
        raise _in_words(refused, name, origin) from refused


def _in_words(refused: StorageError, name: str, origin: str | None) -> Fault:
    if refused.code == "logbook-exists":
        book = get_logbook(name)
        return Fault("logbook-exists", name=name, origin=book.origin, entries=f"{book.size:,}")
    if refused.code == "bad-logbook-name":
        return Fault("logbook-name", name=name)
    return Fault(refused.code, detail=refused.detail, origin=origin or "", name=name)
