"""What was done to one altered entry: its content, its secret or its time; and which field, where known.

The log holds a hash of an entry, not the entry, so what it said can be told only as far as something
still agrees with that hash. The time is proved: another time that is stored nearby makes the hash fit
again. Content and secret are told apart by the search table, which was derived from the old content.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from indelible.ledger.entries import differing_fields
from indelible.ledger.errors import MalformedInput
from indelible.ledger.fields import SECRET_BYTES

from ..search.rows import row_of
from .place import Reader
from .ranges import entry_rows, holes_of, leaves_of_rows, search_rows

LeafData = Callable[[int], bytes | None]

_TIMES = (
    "SELECT made_at FROM checkpoint WHERE logbook = %s AND size > %s ORDER BY size LIMIT 2",
    "SELECT made_at FROM checkpoint WHERE logbook = %s AND size <= %s ORDER BY size DESC LIMIT 1",
)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What an altered row tells of itself."""

    kind: str  # "altered" or "gone"
    what: str
    fields: tuple[str, ...] = ()


def diagnose(reader: Reader, place: int, row: int, leaf: bytes, leaf_data: LeafData | None) -> Diagnosis:
    """Say what differs in the row at index `row` from the entry sealed at `place` with hash `leaf`."""
    ((_, at, content, secret),) = entry_rows(reader, row, row + 1)
    if content in ("", "{}"):
        return Diagnosis("gone", "content")
    if _fits_at_another_time(reader, place, content, secret, leaf):
        return Diagnosis("altered", "time")
    if leaf_data is not None and (original := leaf_data(place)) is not None:
        return _by_leaf(original, content, secret)
    if not _readable(content):
        return Diagnosis("altered", "content")
    if len(secret) != SECRET_BYTES and not holes_of(place, secret):
        return Diagnosis("altered", "secret")
    searched = search_rows(reader, place, place + 1).get(place)
    if searched is not None and row == place:
        same = searched[0] == row_of(row, at, content)
        return Diagnosis("altered", "content or secret" if same else "content")
    return Diagnosis("altered", "content or secret")


def _fits_at_another_time(reader: Reader, place: int, content: str, secret: bytes, leaf: bytes) -> bool:
    times = {row[1] for row in entry_rows(reader, max(0, place - 2), place + 3)}
    for sql in _TIMES:
        times |= {row[0] for row in reader.fetch(sql, (reader.logbook, place))}
    return leaf in leaves_of_rows([(place, time, content, secret) for time in times if isinstance(time, str)])


def _by_leaf(original: bytes, content: str, secret: bytes) -> Diagnosis:
    """Compare field by field with the leaf's own data."""
    try:
        fields = tuple(differing_fields(original, content, secret))
        names = set(msgspec.json.decode(original)["names"])
    except (MalformedInput, msgspec.DecodeError, KeyError, TypeError):
        return Diagnosis("altered", "content or secret")
    if not fields:
        return Diagnosis("altered", "time")
    if names and names <= set(fields):
        return Diagnosis("altered", "secret")
    return Diagnosis("altered", "content", fields)


def _readable(content: str) -> bool:
    try:
        return isinstance(msgspec.json.decode(content), dict)
    except (msgspec.DecodeError, UnicodeError):
        return False
