"""One range of a log, checked by itself: what stands in its rows, and which subtree that makes.

A range is a chunk of 64 whole tiles, or the last part of the log. Whether its subtree is the right one is
decided where all ranges come together (run.py): here rows are compared with each other, the entries with
the stored tiles, the running numbers with one another, the search rows with the entries. So ranges can be
checked in any order, in any number of processes, and a check that was stopped goes on with those left.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from indelible.ledger.entries import leaf_hashes_of
from indelible.ledger.fields import SECRET_BYTES

from ..search.rows import SearchRow, row_of_fields
from .peaks import CHUNK_TILES, TILE, Peak, cut, peaks_of, subtree_root
from .place import Place, Reader

ROWS = 2_048  # entries in memory at a time: whole tiles
_ENTRIES = (
    'SELECT "index", recorded_at, content, secret FROM entry'
    ' WHERE logbook = %s AND "index" >= %s AND "index" < %s ORDER BY "index"'
)
_TILES = (
    'SELECT "index", hashes FROM tile WHERE logbook = %s AND level = %s AND "index" >= %s AND "index" < %s'
    ' ORDER BY "index"'
)
_UPPER = (
    'SELECT "index", hashes FROM tile WHERE logbook = %s AND level = %s AND "index" >= %s AND "index" < %s'
    " UNION ALL SELECT -1, hashes FROM edge WHERE logbook = %s AND level = %s"
)
_SEALS = "SELECT size FROM checkpoint WHERE logbook = %s AND size >= %s AND size <= %s ORDER BY size"
_EARLIER = "SELECT leaves FROM checkpoint WHERE logbook = %s AND size > %s AND size < %s ORDER BY size"
_TAIL = "SELECT leaves FROM checkpoint WHERE logbook = %s AND size > %s AND size <= %s ORDER BY size"
_SEARCH = (
    'SELECT "index", occurred, who, about, words, keys, 1 FROM search'
    ' WHERE id >= %s AND id < %s AND logbook = id >> 40 AND "index" = id & 1099511627775 ORDER BY id'
)
_NUMBER_PREFIX = "numbers/"
_BLOB = re.compile(r"[0-9a-f]{32}")
_decode = msgspec.json.Decoder().decode


class Task(msgspec.Struct, frozen=True):
    """What is to be checked: entries `first` up to `end`, `first` at the beginning of a tile."""

    first: int
    end: int
    from_entries: bool = True  # False: from the stored hashes alone
    with_search: bool = True
    looked_at_from: int = 0  # entries before this are only hashed: an earlier check looked at them


class Hole(msgspec.Struct, frozen=True):
    """A field that an erasure took, and the entry that is said to record it."""

    index: int
    field: str
    by: int


class Oddity(msgspec.Struct, frozen=True):
    """Something that does not fit within the range; what it means is decided later."""

    kind: str
    first: int
    last: int
    detail: str = ""
    other: int = 0


class Chunk(msgspec.Struct):
    """What a range gave. `peaks` are those of its entries, where these agree with the stored hashes."""

    first: int
    end: int
    clean: bool  # entries are all there, and say what tiles and checkpoints say
    peaks: list[tuple[int, bytes]] = []
    tile_roots: list[bytes] = []  # of its whole tiles, where clean: what checkpoints are held against
    numbers: dict[str, tuple[int, int]] = {}  # first and last running number of each name
    oddities: list[Oddity] = []
    holes: list[Hole] = []
    first_at: str = ""
    last_at: str = ""


def check_range(place: Place, task: Task) -> Chunk:
    """Check one range over connections of its own: what another process is given to do."""
    reader = Reader(place)
    try:
        return check_chunk(reader, task)
    finally:
        reader.close()


def check_chunk(reader: Reader, task: Task) -> Chunk:
    """Check one range."""
    chunk = Chunk(task.first, task.end, clean=True)
    look = _Look(reader, task, chunk)
    roots: list[bytes] = []
    tail: list[bytes] = []
    for start in range(task.first, task.end, ROWS):
        end = min(start + ROWS, task.end)
        stored = stored_leaves(reader, start, end)
        leaves = look.entries(start, end) if task.from_entries else stored
        if leaves != stored or None in leaves:
            chunk.clean = False
        if chunk.clean:
            whole = (end - start) // TILE * TILE
            hashes = b"".join(leaves[:whole])  # type: ignore[arg-type]  # clean, so none is missing
            roots += [subtree_root(hashes[at : at + TILE * 32]) for at in range(0, len(hashes), TILE * 32)]
            tail = leaves[whole:]  # type: ignore[assignment]
    if chunk.clean:
        _compare_upper(reader, chunk, roots)
        chunk.peaks = peaks_of(roots, tail)
        chunk.tile_roots = roots
    if task.from_entries:
        look.seals_between_times()
    return chunk


def stored_leaves(reader: Reader, start: int, end: int) -> list[bytes | None]:
    """Return the leaf hashes that tiles and checkpoints hold of entries `start` up to `end`; None for none.

    `start` is at the beginning of a tile; `end` at the end of one, or the end of the log that is checked.
    """
    first, last = start // TILE, end // TILE
    rows = reader.fetch(_TILES, (reader.logbook, 0, first, last))
    tiles = {
        index: hashes for index, hashes in rows if isinstance(hashes, bytes) and len(hashes) == TILE * 32
    }
    leaves: list[bytes | None] = []
    for index in range(first, last):
        leaves += cut(tiles[index]) if index in tiles else [None] * TILE
    if end % TILE:
        known = cut(b"".join(row[0] for row in reader.fetch(_TAIL, (reader.logbook, last * TILE, end))))
        leaves += known if len(known) == end % TILE else [None] * (end % TILE)
    return leaves


def earlier_leaves(reader: Reader, start: int, end: int) -> list[bytes]:
    """Return the first leaf hashes of the tile from `start`, as the checkpoints made before it was full hold them."""
    return cut(b"".join(row[0] for row in reader.fetch(_EARLIER, (reader.logbook, start, end))))


def stored_uppers(reader: Reader, level: int, first: int, end: int) -> list[bytes | None]:
    """Return the hashes that the tables hold at `level` from place `first` up to `end`; None for none."""
    found: list[bytes | None] = [None] * (end - first)
    tiles = first // TILE, -(-end // TILE)
    # One statement, so that a tile that fills up meanwhile is seen either unfinished or full.
    rows = reader.fetch(_UPPER, (reader.logbook, level, *tiles, reader.logbook, level))
    full = [index for index, _ in rows if index >= 0]
    unfinished = max(full) + 1 if full else tiles[0]
    for index, hashes in rows:
        begin = (unfinished if index < 0 else index) * TILE
        for place, one in enumerate(cut(bytes(hashes)), begin):
            if first <= place < end:
                found[place - first] = one
    return found


def entry_rows(reader: Reader, start: int, end: int) -> list[tuple[int, str, str, bytes]]:
    """Return index, recorded_at, content and secret of the rows from `start` up to `end`.

    Columns of another type than they were made with become empty ones, which no leaf has.
    """
    return [
        (
            index,
            at if isinstance(at, str) else "",
            content if isinstance(content, str) else "",
            bytes(secret) if isinstance(secret, bytes | memoryview) else b"",
        )
        for index, at, content, secret in reader.fetch(_ENTRIES, (reader.logbook, start, end))
    ]


def leaves_of_rows(rows: Sequence[tuple[int, str, str, bytes]]) -> list[bytes | None]:
    """Return the leaf hash of each row as it stands; None for one that cannot be a leaf."""
    hashes = leaf_hashes_of([row[2] for row in rows], [row[3] for row in rows], [row[1] for row in rows])
    return [one if isinstance(one, bytes) else None for one in hashes]


def search_rows(reader: Reader, start: int, end: int) -> dict[int, tuple[SearchRow, bool]]:
    """Return the search row of each entry from `start` up to `end`, and whether its text index fits it."""
    if reader.embedded:
        values: tuple[int, ...] = ((reader.logbook << 40) + start, (reader.logbook << 40) + end)
        rows = reader.fetch_search(_SEARCH, values)
    else:
        from ..search.postgres import ROWS_SQL

        rows = reader.fetch(ROWS_SQL, (reader.logbook, start, end))
    return {row[0]: (SearchRow(*row[:6]), bool(row[6])) for row in rows}


class _Look:
    """Goes through the entries of one range and notes what does not fit."""

    def __init__(self, reader: Reader, task: Task, chunk: Chunk) -> None:
        self.reader = reader
        self.task = task
        self.chunk = chunk
        self.boundaries: list[
            int
        ] = []  # sizes at which a commit must have ended, since the time changes there

    def entries(self, start: int, end: int) -> list[bytes | None]:
        """Return the leaf hashes of the entries as they stand, and look at each."""
        rows = entry_rows(self.reader, start, end)
        hashes = leaves_of_rows(rows)
        if len(rows) != end - start:
            by_index = dict(zip((row[0] for row in rows), hashes, strict=True))
            leaves = [by_index.get(index) for index in range(start, end)]
        else:
            leaves = hashes
        looked_at = [row for row in rows if row[0] >= self.task.looked_at_from]
        with_search = self.task.with_search and bool(looked_at)
        searched = search_rows(self.reader, start, end) if with_search else {}
        for index, at, content, secret in looked_at:
            self._look_at(index, at, content, secret, searched.get(index))
        return leaves

    def _look_at(
        self, index: int, at: str, content: str, secret: bytes, searched: tuple[SearchRow, bool] | None
    ) -> None:
        chunk = self.chunk
        if at != chunk.last_at:
            if chunk.last_at:
                self.boundaries.append(index)
                if at < chunk.last_at:
                    chunk.oddities.append(Oddity("clock", index, index, at))
            else:
                chunk.first_at = at
            chunk.last_at = at
        try:
            fields: dict[str, Any] = _decode(content)
        except (msgspec.DecodeError, UnicodeError):
            fields = {}
        if not isinstance(fields, dict):
            fields = {}
        if self.task.with_search:
            expected = row_of_fields(index, at, fields)
            if searched is None:
                chunk.oddities.append(Oddity("search", index, index, "missing"))
            elif searched[0] != expected:
                chunk.oddities.append(Oddity("search", index, index, "columns"))
            elif not searched[1]:
                chunk.oddities.append(Oddity("search", index, index, "text"))
        for name in fields:
            if name.startswith(_NUMBER_PREFIX):
                self._count(index, name[8:], fields[name])
            elif name.startswith("attachments/"):
                self._compare_file(index, fields[name])
        if len(secret) != SECRET_BYTES:
            chunk.holes += holes_of(index, secret)

    def _count(self, index: int, name: str, number: object) -> None:
        """Hold a running number against the one before it."""
        if type(number) is not int:
            return
        numbers = self.chunk.numbers
        known = numbers.get(name)
        if known is None:
            numbers[name] = (number, number)
            return
        first, last = known
        if number != last + 1:
            kind = "number_doubled" if number <= last else "number_missing"
            self.chunk.oddities.append(Oddity(kind, index, index, f"{name} {last + 1} {number}"))
        # Counting goes on from what stands, so that one slip is told once.
        numbers[name] = (first, number)

    def _compare_file(self, index: int, attachment: object) -> None:
        """Hold an attached file against the digest that was sealed."""
        blob = attachment.get("blob") if isinstance(attachment, dict) else None
        if not isinstance(attachment, dict) or not isinstance(blob, str) or not _BLOB.fullmatch(blob):
            return
        name = str(attachment.get("name", ""))
        try:
            digest = file_digest(Path(self.reader.place.attachments) / blob[:2] / blob)
        except FileNotFoundError:
            self.chunk.oddities.append(Oddity("attachment_gone", index, index, name))
        except OSError as problem:
            self.chunk.oddities.append(
                Oddity("attachment_unread", index, index, f"{name} ({problem.strerror})")
            )
        else:
            if digest != attachment.get("sha256"):
                self.chunk.oddities.append(Oddity("attachment_altered", index, index, name))

    def seals_between_times(self) -> None:
        """Note where the time of recording changes without a checkpoint: one commit has one time."""
        if not self.boundaries:
            return
        asked = (self.reader.logbook, self.boundaries[0], self.boundaries[-1])
        sealed = {row[0] for row in self.reader.fetch(_SEALS, asked)}
        self.chunk.oddities += [
            Oddity("seal_missing", size, size) for size in self.boundaries if size not in sealed
        ]


def holes_of(index: int, secret: bytes) -> list[Hole]:
    """Return the fields that an erasure took from an entry, by what it left in place of the secret."""
    try:
        left = _decode(secret)
    except (msgspec.DecodeError, UnicodeError):
        return []
    erased = left.get("erased") if isinstance(left, dict) else None
    return [
        Hole(index, name, hole["by"])
        for name, hole in (erased.items() if isinstance(erased, dict) else ())
        if isinstance(hole, dict) and type(hole.get("by")) is int
    ]


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file in hex. Memory does not grow with it."""
    hasher = sha256()
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            hasher.update(piece)
    return hasher.hexdigest()


def _compare_upper(reader: Reader, chunk: Chunk, roots: Sequence[bytes]) -> None:
    """Hold the roots of the range's tiles against the hashes that are stored for the level above."""
    first = chunk.first // TILE
    stored = stored_uppers(reader, 1, first, first + len(roots))
    chunk.oddities += [
        Oddity("tile", place * TILE, place * TILE + TILE - 1, f"1 {place // TILE}")
        for place, (one, root) in enumerate(zip(stored, roots, strict=True), first)
        if one != root
    ]


__all__ = ["CHUNK_TILES", "Chunk", "Hole", "Oddity", "Peak", "Task", "check_chunk", "check_range"]
