"""Setting a copy of a log aside: a data folder of its own, without the sealing key.

The copy holds the entries up to one of the log's own seals, the newest if the log is small enough, with everything
that a check reads. Its signatures are the real ones; the key stays where it is, since nothing may be signed here.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connections, models

from indelible.ledger.checkpoints import Checkpoint as Seal
from indelible.ledger.errors import LedgerError
from indelible.ledger.hashing import HASH_SIZE
from indelible.ledger.notes import parse_note
from indelible.ledger.tree import TILE_WIDTH, Tree
from indelible.storage.home import Home

from ..checkpoint_file import add_line, checkpoint_path, read_lines
from ..logbooks import alias_of
from ..models import Attachment, Checkpoint, Entry, Holding, Logbook, SealingKey, Tile

ROWS_AT_ONCE = 1_000

_SIZE = 'SELECT max("size") FROM "checkpoint" WHERE "logbook" = %s AND "size" <= %s'


@dataclass(frozen=True, slots=True)
class SetAside:
    """A copy of the first `size` entries of a log, in a data folder of its own."""

    home: Home
    logbook: str
    size: int
    root: bytes
    note: str


def size_to_copy(logbook: Logbook, most: int) -> int:
    """Return the size of the newest seal of at most `most` entries; 0 where there is none."""
    with connections[alias_of(logbook)].cursor() as cursor:
        cursor.execute(_SIZE, [logbook.pk, most])
        (size,) = cursor.fetchone()
    return int(size or 0)


def set_aside(logbook: Logbook, home: Home, size: int) -> SetAside:
    """Fill the fresh tables of `home` with the first `size` entries of a log.

    `size` must be that of a checkpoint. The tables must have been made (child.py).
    """
    target = sqlite3.connect(home.database, isolation_level=None)
    try:
        target.execute("BEGIN IMMEDIATE")
        note, root = _copy_rows(logbook, target, size)
        _copy_derived(target, logbook.pk, size, root)
        target.execute("COMMIT")
    finally:
        target.close()
    _copy_checkpoint_file(logbook.name, home, size)
    _link_files(logbook, home, size)
    return SetAside(home, logbook.name, size, root, note)


def _copy_rows(logbook: Logbook, target: sqlite3.Connection, size: int) -> tuple[str, bytes]:
    """Copy what stands in the tables; return note and root of the seal that the copy ends with."""
    book = logbook.pk
    _insert(target, Logbook, [_values(Logbook, Logbook.objects.using(alias_of(logbook)).get(pk=book))])
    which: Sequence[tuple[type[models.Model], dict[str, object], tuple[str, ...]]] = (
        (Entry, {"index__lt": size}, ("index",)),
        (Checkpoint, {"size__lte": size}, ("size",)),
        (Holding, {"size__lte": size}, ("size", "pk")),
        (SealingKey, {}, ("pk",)),
        (Attachment, {"index__lt": size}, ("index", "blob")),
    )
    for model, narrowed, order in which:
        rows = model._default_manager.using(alias_of(logbook)).filter(logbook=logbook, **narrowed)
        for batch in _batches(rows.order_by(*order)):
            _insert(target, model, [_values(model, row) for row in batch])
    level = 0
    while full := size >> 8 * (level + 1):
        tiles = Tile.objects.using(alias_of(logbook)).filter(logbook=logbook, level=level, index__lt=full)
        for batch in _batches(tiles.order_by("index")):
            _insert(target, Tile, [_values(Tile, row) for row in batch])
        level += 1
    last = Checkpoint.objects.using(alias_of(logbook)).get(logbook=logbook, size=size)
    return last.note, bytes(last.root)


def _copy_derived(target: sqlite3.Connection, book: int, size: int, root: bytes) -> None:
    """Write head, unfinished tiles and counters as they stood at that size."""
    tree = Tree.empty()
    full = size // TILE_WIDTH
    rows = target.execute("SELECT hashes FROM tile WHERE logbook = ? AND level = 0 ORDER BY [index]", (book,))
    for (hashes,) in rows:
        tree.append([hashes[at : at + HASH_SIZE] for at in range(0, len(hashes), HASH_SIZE)])
    tail = b"".join(
        leaves
        for (leaves,) in target.execute(
            "SELECT leaves FROM checkpoint WHERE logbook = ? AND size > ? ORDER BY size",
            (book, full * TILE_WIDTH),
        )
    )
    tree.append([tail[at : at + HASH_SIZE] for at in range(0, len(tail), HASH_SIZE)])
    for level, hashes in enumerate(tree.tails):
        if level:
            target.execute(
                "INSERT INTO edge (logbook, level, hashes) VALUES (?, ?, ?)", (book, level, hashes)
            )
    last: dict[str, int] = {}
    newest = ""
    for at, content in target.execute(
        "SELECT recorded_at, content FROM entry WHERE logbook = ? ORDER BY [index]", (book,)
    ):
        newest = at
        for name, value in json.loads(content).items():
            if name.startswith("numbers/") and isinstance(value, int):
                last[name[8:]] = value
    target.executemany(
        "INSERT INTO number (logbook, name, last) VALUES (?, ?, ?)",
        [(book, name, value) for name, value in last.items()],
    )
    target.execute(
        "UPDATE logbook SET size = ?, root = ?, last_at = ? WHERE id = ?", (size, root, newest, book)
    )


def _copy_checkpoint_file(name: str, home: Home, size: int) -> None:
    path = home.checkpoint_file(name)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        for line in read_lines(checkpoint_path(name)):
            if line.note is not None and _size_of(line.note) <= size:
                add_line(path, line.at, line.note)
    except FileNotFoundError:
        return


def _size_of(note: str) -> int:
    """Return the size that a note states; a line that is no seal is left out of the copy."""
    try:
        return Seal.parse(parse_note(note).text).size
    except LedgerError:
        return 1 << 62


def _link_files(logbook: Logbook, home: Home, size: int) -> None:
    """Let the copy see the attached files where they are: a check only reads, and who alters one replaces the link."""
    source: Home = settings.INDELIBLE_HOME
    rows = Attachment.objects.using(alias_of(logbook)).filter(logbook=logbook, index__lt=size)
    for blob in rows.order_by("index").values_list("blob", flat=True):
        path = source.attachments / blob[:2] / blob
        if path.is_file():
            link = home.attachments / blob[:2] / blob
            link.parent.mkdir(mode=0o700, exist_ok=True)
            link.symlink_to(path)


def _batches(rows: models.QuerySet[Any]) -> Iterator[list[Any]]:
    batch: list[Any] = []
    for row in rows.iterator(chunk_size=ROWS_AT_ONCE):
        batch.append(row)
        if len(batch) == ROWS_AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def _columns(model: type[models.Model]) -> list[tuple[str, str]]:
    """Return attribute and column of each field that is stored."""
    return [(field.attname, field.column) for field in model._meta.concrete_fields if field.column]


def _values(model: type[models.Model], row: Any) -> list[object]:
    values = [getattr(row, attribute) for attribute, _column in _columns(model)]
    return [bytes(value) if isinstance(value, memoryview) else value for value in values]


def _insert(target: sqlite3.Connection, model: type[models.Model], rows: list[list[object]]) -> None:
    names = ", ".join(f'"{column}"' for _attribute, column in _columns(model))
    marks = ", ".join("?" * len(_columns(model)))
    sql = f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({marks})'  # noqa: S608 - our own names
    target.executemany(sql, rows)
