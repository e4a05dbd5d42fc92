"""What tells that a record is one we have seen: its id at the source, or else what it says.

* A record with an id of its own is known by it, within its system. For a file of no known system the id
  is scoped by the file's columns, since `1` in one list has nothing to do with `1` in another; and an id
  that is merely a small number is joined by the record's instant, since two lists with the same columns
  may both count from 1.
* A record without one is known by its content, and by how many records of the same content came before
  it in the same file: two equal rows may be two events of one second, and the same file read again gives
  the same two.
"""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from collections.abc import Iterable, Mapping

from indelible.intake.fields import plain_name
from indelible.intake.interpret import Made
from indelible.intake.mapping import WHY_COLUMN
from indelible.intake.pieces import Json, RawRecord
from indelible.intake.profile import Profile
from indelible.intake.shapes import Kind

MOST_HELD = 200_000  # ids, and contents, of one file in memory
_BY_BYTES = ("log", "xml", "lines")
_BY_CELLS = ("csv", "html", "xlsx")
_OURS = plain_name(WHY_COLUMN)  # a column that we add when we give rows back is no fact of theirs
_SMALL_NUMBER = re.compile(r"\d{1,9}")
# The order of names within an object says nothing, so it does not count either.
_WRITTEN = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def signature_of(names: Iterable[str]) -> str:
    """Return a short text for a set of columns, the same in any order and spelling."""
    joined = "\x1f".join(sorted({plain_name(name) for name in names}))
    return hashlib.blake2b(joined.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


class Identities:
    """Names the records of one part of a file, and knows which of them came before.

    They are known by hashes only, and beyond a bound not in memory (`Seen`).
    """

    def __init__(self, profile: Profile, signature: str, seen: Seen, kind: Kind) -> None:
        self._kind = kind
        self._prefix = f"{profile.system}\x1f{signature}" if profile.guessed else profile.system
        self._scope = self._prefix.encode("utf-8", "surrogatepass")
        self._guessed = profile.guessed
        self._seen = seen
        self._keys: tuple[str, ...] = ()
        self._order: list[tuple[str, str]] = []

    def identity(self, made: Made) -> str | None:
        """Return the text that says which record this is at its source, None where nothing does."""
        if made.key is None:
            return None
        parts = [self._prefix, made.key]
        if made.part:
            parts.append(made.part)
        if self._guessed and _SMALL_NUMBER.fullmatch(made.key):
            event = made.event
            parts.append(event.get("occurred_at") or event.get("time", {}).get("said", ""))
        return "\x1f".join(parts)

    def content(self, raw: RawRecord, part: str = "") -> bytes:
        """Return 16 bytes for what the record says.

        That is its cells, wherever their columns stand, or its JSON however it was spaced and coded; of a
        log line or an element of XML, whose value need not hold every word of it, the bytes.
        """
        value = raw.value
        if self._kind in _BY_BYTES:
            said = raw.original
        elif self._kind in _BY_CELLS and isinstance(value, dict):
            cells = [f"{name}\x1e{cell}" for key, name in self._in_order(value) if (cell := value[key]) != ""]
            said = "\x1f".join(cells).encode("utf-8", "surrogatepass")
        else:
            said = _WRITTEN(value).encode("utf-8", "surrogatepass")
        return hashlib.blake2b(self._scope + part.encode() + b"\x1e" + said, digest_size=16).digest()

    def _in_order(self, cells: Mapping[str, Json]) -> list[tuple[str, str]]:
        """Return the keys of a row with their plain names, in an order that no export can change."""
        keys = tuple(cells)
        if keys != self._keys:
            named = sorted((plain_name(key), key) for key in keys)
            self._keys, self._order = keys, [(key, name) for name, key in named if name != _OURS]
        return self._order

    def fingerprint(self, content: bytes) -> tuple[bytes, bool]:
        """Return what tells a record without an id, and whether an equal one came before in this file."""
        before = self._seen.count(content)
        if not before:
            return content, False
        return hashlib.blake2b(content, digest_size=16, salt=before.to_bytes(8, "big")).digest(), True


class Seen:
    """What came before in one file: ids with the row and content of their first record, and contents.

    The first MOST_HELD of each are held in memory and the others in a file of SQLite's own, which nobody else can see
    and which is gone when it is closed: so a file of any length costs the same memory.
    """

    def __init__(self, most_held: int = MOST_HELD) -> None:
        self._most = most_held
        self._rows: dict[int, int] = {}
        self._counts: dict[bytes, int] = {}
        self._others: sqlite3.Connection | None = None

    def __enter__(self) -> Seen:
        return self

    def __exit__(self, *_: object) -> None:
        if self._others is not None:
            self._others.close()
            self._others = None

    def repeats(self, identity: str, row: int, content: bytes) -> int | None:
        """Return the row of the first record of this id if it said the same, else None.

        Ids and contents are compared by 64 bits each, so both would have to collide for two different
        records to be taken for one.
        """
        key, said = hash(identity), int.from_bytes(content[:8], "big")
        first = self._rows.get(key)
        if first is None:
            if len(self._rows) < self._most:
                self._rows[key] = row << 64 | said
                return None
            first = self._first_elsewhere(key, row, said)
        if first >> 64 == row or first & 0xFFFF_FFFF_FFFF_FFFF != said:
            return None
        return first >> 64

    def count(self, content: bytes) -> int:
        """Return how many of this content came before, and count this one."""
        before = self._counts.get(content)
        if before is None:
            if len(self._counts) >= self._most:
                return self._count_elsewhere(content)
            before = 0
        self._counts[content] = before + 1
        return before

    def _first_elsewhere(self, key: int, row: int, said: int) -> int:
        table = self._opened()
        found = table.execute("SELECT row, said FROM ids WHERE id = ?", (key,)).fetchone()
        if found is None:
            table.execute("INSERT INTO ids VALUES (?, ?, ?)", (key, row, said.to_bytes(8, "big")))
            return row << 64 | said
        return int(found[0]) << 64 | int.from_bytes(found[1], "big")

    def _count_elsewhere(self, content: bytes) -> int:
        table = self._opened()
        found = table.execute("SELECT times FROM contents WHERE content = ?", (content,)).fetchone()
        if found is None:
            table.execute("INSERT INTO contents VALUES (?, 1)", (content,))
            return 0
        table.execute("UPDATE contents SET times = times + 1 WHERE content = ?", (content,))
        return int(found[0])

    def _opened(self) -> sqlite3.Connection:
        if self._others is None:
            self._others = table = sqlite3.connect("", isolation_level=None, check_same_thread=False)
            table.executescript(
                "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -16000;"
                "CREATE TABLE ids (id INTEGER PRIMARY KEY, row INTEGER, said BLOB);"
                "CREATE TABLE contents (content BLOB PRIMARY KEY, times INTEGER) WITHOUT ROWID;"
                "BEGIN;"
            )
        return self._others
