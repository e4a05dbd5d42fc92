"""Entries as a pack takes them: read a few hundred at a time, and each held against the tree.

An entry that does not lead to the hash that the log's own tree holds for it was altered. No pack is made with one:
its maker would sign for what nobody can prove, so the making ends with a word that names the entry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, repeat
from typing import Any

from indelible.features.packs.orders import PackError
from indelible.ledger.entries import leaf_data_of
from indelible.ledger.errors import MalformedInput
from indelible.ledger.fields import SECRET_BYTES, salts_of, texts_of
from indelible.ledger.hashing import HASH_SIZE, leaf_hash
from indelible.ledger.opening import fields_of
from indelible.ledger.proofs import HashReader
from indelible.ledger.tree import TILE_WIDTH
from indelible.storage.database import reads
from indelible.storage.database.models import Logbook
from indelible.storage.database.reads import StoredEntry

AT_ONCE = 250

Stop = Callable[[], bool]


class PackStopped(Exception):
    """The making was asked to stop, and left nothing behind."""


@dataclass(frozen=True, slots=True)
class Read:
    """An entry that leads to the tree's hash: its leaf data, and what of it is still there."""

    entry: StoredEntry
    leaf: bytes
    texts: Mapping[str, str]  # field name to disclosure text, by rising name; empty where not asked for

    @property
    def index(self) -> int:
        """Its place in the log, from zero."""
        return self.entry.index

    @property
    def content(self) -> dict[str, Any]:
        """Field name to value, by rising name; what was erased is not there."""
        return self.entry.content

    def number(self, sequence: str) -> int | None:
        """Return its running number under a name such as `sources/7`; None where it has none."""
        value = self.entry.content.get(f"numbers/{sequence}")
        return value if type(value) is int else None

    def erased(self) -> dict[str, int]:
        """Return the fields that were erased, each with the entry that says so."""
        if len(self.entry.secret) == SECRET_BYTES:
            return {}
        fields = fields_of(self.entry.stored, self.entry.secret)
        return {name: hole.by for name, hole in fields.erased.items()}


def entries_at(
    logbook: Logbook,
    indexes: Iterable[int],
    tiles: HashReader,
    should_stop: Stop = lambda: False,
    *,
    with_texts: bool = False,
) -> Iterator[Read]:
    """Yield these entries in their order, with the disclosure texts of their fields where `with_texts` says so.

    Raises PackError (`pack-entry-altered`) at the first that is missing or does not lead to its hash, PackStopped
    where that was asked for.
    """
    left = iter(indexes)
    while some := tuple(islice(left, AT_ONCE)):
        if should_stop():
            raise PackStopped
        yield from _batch(logbook, some, tiles, with_texts=with_texts)


def _batch(
    logbook: Logbook, indexes: Sequence[int], tiles: HashReader, *, with_texts: bool
) -> Iterator[Read]:
    found = reads.find_entries(logbook, indexes)
    entries = [found[index] for index in indexes if index in found]
    if len(entries) < len(indexes):
        raise _altered(next(index for index in indexes if index not in found))
    leaves = leaf_data_of(
        [entry.stored for entry in entries],
        [entry.secret for entry in entries],
        [entry.recorded_at for entry in entries],
    )
    good: list[bytes] = []
    for entry, leaf in zip(entries, leaves, strict=True):
        place = entry.index % TILE_WIDTH * HASH_SIZE
        held = tiles.hashes(0, entry.index // TILE_WIDTH)[place : place + HASH_SIZE]
        if entry.problem or isinstance(leaf, MalformedInput) or leaf_hash(leaf) != held:
            raise _altered(entry.index)
        good.append(leaf)
    texts = _texts_of(entries) if with_texts else repeat({}, len(entries))
    yield from map(Read, entries, good, texts)


def _altered(index: int) -> PackError:
    return PackError("pack-entry-altered", number=f"{index + 1:,}", index=index)


def _texts_of(entries: Sequence[StoredEntry]) -> Iterator[Mapping[str, str]]:
    """Yield the disclosure texts of each entry, by rising name.

    All at once: a call into C costs more than the texts of one entry. What an erasure left goes by itself.
    """
    plain = [entry for entry in entries if len(entry.secret) == SECRET_BYTES]
    salts = salts_of([entry.secret for entry in plain], [len(entry.content) for entry in plain])
    names = [name for entry in plain for name in entry.content]
    texts = iter(texts_of(salts, names, [value for entry in plain for value in entry.content.values()]))
    for entry in entries:
        if len(entry.secret) == SECRET_BYTES:
            yield {name: next(texts).decode("utf-8") for name in entry.content}
        else:
            yield fields_of(entry.stored, entry.secret).texts
