"""Who was seen lately: the actors of the newest entries, counted, so that people can say who they are.

Looks through a bounded number of entries: all of the last days where they are few, else blocks of neighbours evenly
spread over those days, so that a busy hour does not stand for a month. What is said is said of these.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import msgspec
from django.db import connections

from indelible.events.folding import exact_code

from ..logbooks import alias_of
from ..models import Logbook
from .indexing import catch_up, head_size, store_of, stored_text
from .store import DAY

LOOKED_THROUGH: Final = 5_000
BLOCK: Final = 125
LONGEST: Final = (
    20_000  # characters of an entry; what is longer is not looked at, so that no page waits for it
)
CATCH_UP_SECONDS: Final = 1.0
_OWN: Final = "0"
_decode = msgspec.json.Decoder().decode


@dataclass(frozen=True, slots=True)
class SeenActor:
    """Somebody as entries name them, in one source."""

    id: str
    name: str
    email: str
    kind: str
    source: str  # the id that the source's running numbers go by; empty where it has none
    entries: int  # of those that were looked through
    newest: int  # index of the newest of them


@dataclass(frozen=True, slots=True)
class Sighting:
    """The actors seen, most entries first, and how many entries that rests on."""

    actors: list[SeenActor]
    looked_through: int
    of: int


def actors_seen(logbook: Logbook, since: datetime, until: datetime) -> Sighting:
    """Return who acted in what happened from `since` to `until`. What Indelible itself did is left out."""
    catch_up(logbook, seconds=CATCH_UP_SECONDS)
    days = (int(moment.timestamp()) // DAY for moment in (since, until))
    counted = store_of(logbook).counts(logbook.pk, DAY, *days)
    if not counted:
        return Sighting([], 0, 0)
    of = sum(row[1] for row in counted)
    low = min(row[2] for row in counted)
    high = min(max(row[3] for row in counted) + 1, head_size(logbook))
    earliest = since.astimezone(UTC).isoformat()[:19]
    found: dict[tuple[str, ...], SeenActor] = {}
    looked = 0
    for first, last in _blocks(low, high):
        for index, recorded_at, fields in _contents(logbook, first, last):
            at = fields.get("occurred_at")
            if (at if isinstance(at, str) else recorded_at) < earliest:
                continue
            looked += 1
            seen = _actor(index, fields)
            if seen is None:
                continue
            key = (*(exact_code(text) for text in (seen.id, seen.name, seen.email)), seen.source)
            before = found.get(key)
            count = before.entries if before else 0
            found[key] = SeenActor(seen.id, seen.name, seen.email, seen.kind, seen.source, count + 1, index)
    ordered = sorted(found.values(), key=lambda one: (-one.entries, -one.newest))
    return Sighting(ordered, looked, of)


def _blocks(low: int, high: int) -> Iterator[tuple[int, int]]:
    """Yield short runs of positions that together are no more than `LOOKED_THROUGH`, oldest first."""
    if high - low <= LOOKED_THROUGH:
        for first in range(low, high, BLOCK):
            yield first, min(first + BLOCK, high)
        return
    count = LOOKED_THROUGH // BLOCK
    for number in range(count):
        first = low + (high - low - BLOCK) * number // (count - 1)
        yield first, first + BLOCK


def _contents(logbook: Logbook, first: int, last: int) -> Iterator[tuple[int, str, dict[str, Any]]]:
    connection = connections[alias_of(logbook)]
    columns = ", ".join(stored_text(column, connection.vendor) for column in ("recorded_at", "content"))
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT "index", {columns} FROM entry'  # noqa: S608 (our own columns)
            ' WHERE logbook = %s AND "index" >= %s AND "index" < %s AND length(content) <= %s ORDER BY "index"',
            [logbook.pk, first, last, LONGEST],
        )
        for index, recorded_at, content in cursor.fetchall():
            try:
                fields = _decode(content or b"")
            except (msgspec.DecodeError, UnicodeError):
                continue
            at = recorded_at.decode("utf-8", "replace") if isinstance(recorded_at, bytes) else recorded_at
            if isinstance(fields, dict):
                yield index, at or "", fields


def _actor(index: int, fields: dict[str, Any]) -> SeenActor | None:
    party = fields.get("actor")
    ids = [name[16:] for name in fields if name.startswith("numbers/sources/")]
    if not isinstance(party, dict) or _OWN in ids:
        return None
    told = {name: value if isinstance(value := party.get(name), str) else "" for name in _PARTY}
    if not any(told[name] for name in ("id", "name", "email")):
        return None
    return SeenActor(**told, source=ids[0] if ids else "", entries=1, newest=index)


_PARTY: Final = ("id", "name", "email", "kind")
