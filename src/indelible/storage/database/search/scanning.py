"""Looks closely at entries that the text index could only name as possible: each is read and held against the pattern.

In batches, in order of position, and within bounds of number and time: a question of which the index can tell little
must not keep a page waiting. Whoever asks is told how far it went.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import msgspec
from django.db import connections

from indelible.events.content import from_content
from indelible.events.shape import Event, EventError
from indelible.language.matching import EventTest

from ..logbooks import alias_of
from ..models import Logbook
from .indexing import stored_text
from .store import Slice, Store

FIRST_BATCH: Final = 100
LARGEST_BATCH: Final = 500
_decode = msgspec.json.Decoder().decode


class Bounds:
    """How much may be looked at from now on: so many entries, for so long."""

    def __init__(self, candidates: int, seconds: float) -> None:
        self.candidates = candidates
        self._ends = time.monotonic() + seconds

    @property
    def reached(self) -> bool:
        """Whether no more may be looked at."""
        return self.candidates <= 0 or time.monotonic() >= self._ends


@dataclass(frozen=True, slots=True)
class Looked:
    """What a close look found, in order, and where it stopped before the end: None where it reached it."""

    places: list[int]
    stopped_at: int | None  # what lies from here on, in the direction of looking, was not looked at


def look(
    table: Store,
    logbook: Logbook,
    asked: Slice,
    test: EventTest,
    limit: int,
    *,
    newest_first: bool,
    bounds: Bounds | None = None,
) -> Looked:
    """Return up to `limit` positions of a slice whose entries pass the test."""
    found: list[int] = []
    low, high, batch = asked.low, asked.high, FIRST_BATCH
    while low < high:
        if bounds is not None and bounds.reached:
            return Looked(found, high if newest_first else low)
        some = table.places(logbook.pk, replace(asked, low=low, high=high), batch, newest_first=newest_first)
        for place, event, source, at in _read(logbook, some):
            if _passes(test, event, source, at):
                found.append(place)
                if len(found) == limit:
                    return Looked(found, None)
        if len(some) < batch:
            break
        if bounds is not None:
            bounds.candidates -= batch
        low, high = (low, some[-1]) if newest_first else (some[-1] + 1, high)
        batch = min(batch * 2, LARGEST_BATCH)
    return Looked(found, None)


def _passes(test: EventTest, event: Event, source: int, at: str) -> bool:
    try:
        return test(event, source, at)
    except (AttributeError, TypeError, KeyError, ValueError, OverflowError):
        return True  # somebody damaged it; the index names it, and checking tells what is wrong


def _read(logbook: Logbook, places: Sequence[int]) -> Iterator[tuple[int, Event, int, str]]:
    """Yield position, event, id of the source and when it was recorded, of each entry, in the order of `places`."""
    connection = connections[alias_of(logbook)]
    columns = ", ".join(stored_text(column, connection.vendor) for column in ("recorded_at", "content"))
    if connection.vendor == "postgresql":
        among, values = "= ANY(%s)", [list(places)]
    else:
        among, values = f"IN ({', '.join(['%s'] * len(places))})", list(places)  # type: ignore[arg-type]
    sql = f'SELECT "index", {columns} FROM entry WHERE logbook = %s AND "index" {among}'  # noqa: S608 (our own)
    with connection.cursor() as cursor:
        cursor.execute(sql, [logbook.pk, *values])
        rows = {row[0]: row for row in cursor.fetchall()}
    for place in places:
        if (row := rows.get(place)) is not None:
            yield place, *_event(row[2]), _text(row[1])


def _event(content: str | bytes | None) -> tuple[Event, int]:
    """Return an event and its source; an empty one where the stored content is none, as the search row has it."""
    try:
        fields: Any = _decode(content or b"")
        event = from_content(fields)
    except (msgspec.DecodeError, UnicodeError, EventError, AttributeError, ValueError):
        return {}, -1
    sources = event.get("numbers", {}).get("sources", {})
    return event, next((int(one) for one in sources), -1)


def _text(at: str | bytes | None) -> str:
    return at.decode("utf-8", "replace") if isinstance(at, bytes) else at or ""
