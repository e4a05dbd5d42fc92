"""Every known way to alter a log, done to a copy with plain SQL, as somebody with the machine would do it.

Each is a function that alters the copy and returns where, in words; None where the copy has nothing of the kind (no
attached file, too few entries). Beside it stands which findings name it rightly.
"""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from indelible.ledger.checkpoints import Checkpoint, sign_checkpoint
from indelible.ledger.entries import leaf_hashes_of
from indelible.ledger.keys import SigningKey
from indelible.ledger.tree import Tree

from .copying import SetAside


@dataclass(frozen=True, slots=True)
class Case:
    """One copy to alter. `pick` chooses entries, the same ones for the same drill."""

    aside: SetAside
    pick: random.Random

    @property
    def size(self) -> int:
        """How many entries the copy has."""
        return self.aside.size

    def entry(self) -> int:
        """Return an entry somewhere in the copy, not the first where there are others."""
        return self.pick.randrange(1, self.size) if self.size > 1 else 0

    @contextmanager
    def database(self, search: bool = False) -> Iterator[sqlite3.Connection]:
        """Open the copy's tables, or its search index; everything is committed at the end."""
        path = self.aside.home.search if search else self.aside.home.database
        connection = sqlite3.connect(path, isolation_level=None)
        try:
            yield connection
        finally:
            connection.close()


Alter = Callable[[Case], str | None]


@dataclass(frozen=True, slots=True)
class Alteration:
    """One way: what it is called (a key of the certificate's words), how it is done, which findings name it."""

    code: str
    alter: Alter
    kinds: frozenset[str]


ALTERATIONS: list[Alteration] = []


def _way(code: str, *kinds: str) -> Callable[[Alter], Alter]:
    def register(alter: Alter) -> Alter:
        ALTERATIONS.append(Alteration(code, alter, frozenset(kinds)))
        return alter

    return register


def _number(index: int) -> str:
    return f"{index + 1:,}"


# Entries -----------------------------------------------------------------------------------------------------


@_way("value-changed", "altered")
def _value_changed(case: Case) -> str | None:
    index = case.entry()
    with case.database() as database:
        content = _content(database, index)
        name = _a_detail(content)
        if name is None:
            return None
        content[name] = _other(content[name])
        _put(database, index, content)
    return _number(index)


@_way("value-removed", "altered", "gone")
def _value_removed(case: Case) -> str | None:
    index = case.entry()
    with case.database() as database:
        content = _content(database, index)
        name = _a_detail(content)
        if name is None:
            return None
        del content[name]
        _put(database, index, content)
    return _number(index)


@_way("value-added", "altered")
def _value_added(case: Case) -> str | None:
    index = case.entry()
    with case.database() as database:
        content = _content(database, index)
        content["reason"] = "written in later" if "reason" not in content else _other(content["reason"])
        _put(database, index, content)
    return _number(index)


@_way("value-twice", "altered")
def _value_twice(case: Case) -> str | None:
    index = case.entry()
    with case.database() as database:
        (text,) = database.execute("SELECT content FROM entry WHERE [index] = ?", (index,)).fetchone()
        doubled = '{"outcome":"failure",' + text[1:]
        database.execute("UPDATE entry SET content = ? WHERE [index] = ?", (doubled, index))
    return _number(index)


@_way("content-emptied", "gone", "altered")
def _content_emptied(case: Case) -> str | None:
    index = case.entry()
    with case.database() as database:
        database.execute("UPDATE entry SET content = '{}' WHERE [index] = ?", (index,))
    return _number(index)


@_way("time-changed", "altered")
def _time_changed(case: Case) -> str | None:
    index = case.entry()
    with case.database() as database:
        database.execute(
            "UPDATE entry SET recorded_at = '2001-01-01T00:00:00.000000Z' WHERE [index] = ?", (index,)
        )
    return _number(index)


@_way("secret-changed", "altered")
def _secret_changed(case: Case) -> str | None:
    index = case.entry()
    with case.database() as database:
        database.execute("UPDATE entry SET secret = ? WHERE [index] = ?", (case.pick.randbytes(32), index))
    return _number(index)


@_way("erased-without-entry", "gone", "altered")
def _erased_without_entry(case: Case) -> str | None:
    """Take a value out in the lawful form, with no entry that says why."""
    from indelible.ledger.opening import erase_secret

    index = case.entry()
    with case.database() as database:
        text, secret = database.execute(
            "SELECT content, secret FROM entry WHERE [index] = ?", (index,)
        ).fetchone()
        name = _a_detail(json.loads(text))
        if name is None or len(secret) != 32:
            return None
        content, left = erase_secret(text, secret, [name], by=0)
        database.execute("UPDATE entry SET content = ?, secret = ? WHERE [index] = ?", (content, left, index))
    return _number(index)


@_way("entry-removed", "removed")
def _entry_removed(case: Case) -> str | None:
    if case.size < 3:
        return None
    index = case.pick.randrange(1, case.size - 1)
    with case.database() as database:
        database.execute("DELETE FROM entry WHERE [index] = ?", (index,))
    return _number(index)


@_way("entry-removed-closed-up", "removed")
def _entry_removed_closed_up(case: Case) -> str | None:
    if case.size < 3:
        return None
    index = case.pick.randrange(1, case.size - 1)
    with case.database() as database:
        database.execute("DELETE FROM entry WHERE [index] = ?", (index,))
        # Upwards one by one: the places are unique.
        database.execute("UPDATE entry SET [index] = -[index] WHERE [index] > ?", (index,))
        database.execute("UPDATE entry SET [index] = -[index] - 1 WHERE [index] < 0")
    return _number(index)


@_way("entry-slipped-in", "inserted")
def _entry_slipped_in(case: Case) -> str | None:
    if case.size < 2:
        return None
    index = case.entry()
    with case.database() as database:
        database.execute("UPDATE entry SET [index] = -[index] - 1 WHERE [index] >= ?", (index,))
        database.execute("UPDATE entry SET [index] = -[index] WHERE [index] < 0")
        _insert_like(database, index, of=index - 1)
    return _number(index)


@_way("entry-put-behind", "inserted")
def _entry_put_behind(case: Case) -> str | None:
    with case.database() as database:
        _insert_like(database, case.size, of=case.size - 1)
    return _number(case.size)


@_way("entries-exchanged", "swapped")
def _entries_exchanged(case: Case) -> str | None:
    if case.size < 3:
        return None
    first = case.pick.randrange(1, case.size - 1)
    with case.database() as database:
        database.execute("UPDATE entry SET [index] = -1 WHERE [index] = ?", (first,))
        database.execute("UPDATE entry SET [index] = ? WHERE [index] = ?", (first, first + 1))
        database.execute("UPDATE entry SET [index] = ? WHERE [index] = -1", (first + 1,))
    return f"{_number(first)}, {_number(first + 1)}"


@_way("newest-cut-off", "cut_off", "removed")
def _newest_cut_off(case: Case) -> str | None:
    if case.size < 2:
        return None
    with case.database() as database:
        database.execute("DELETE FROM entry WHERE [index] = ?", (case.size - 1,))
    return _number(case.size - 1)


@_way("newest-cut-off-with-seals", "cut_off")
def _newest_cut_off_with_seals(case: Case) -> str | None:
    with case.database() as database:
        row = database.execute(
            "SELECT size, root FROM checkpoint WHERE size < ? ORDER BY size DESC LIMIT 1", (case.size,)
        ).fetchone()
        if row is None:
            return None
        size, root = row
        database.execute("DELETE FROM entry WHERE [index] >= ?", (size,))
        database.execute("DELETE FROM checkpoint WHERE size > ?", (size,))
        database.execute("DELETE FROM holding WHERE size > ?", (size,))
        last = database.execute("SELECT max(recorded_at) FROM entry").fetchone()[0]
        database.execute("UPDATE logbook SET size = ?, root = ?, last_at = ?", (size, root, last))
    return _number(size)


# Tree and seals ----------------------------------------------------------------------------------------------


@_way("fingerprint-changed", "tile_differs", "altered")
def _fingerprint_changed(case: Case) -> str | None:
    with case.database() as database:
        row = database.execute("SELECT [index], hashes FROM tile WHERE level = 0 LIMIT 1").fetchone()
        if row is None:
            return None
        index, hashes = row
        database.execute(
            "UPDATE tile SET hashes = ? WHERE level = 0 AND [index] = ?", (b"\x00" * 32 + hashes[32:], index)
        )
    return _number(index * 256)


@_way("entry-and-fingerprint-changed", "altered")
def _entry_and_fingerprint_changed(case: Case) -> str | None:
    """Alter an entry, and make the stored fingerprint fit it."""
    with case.database() as database:
        row = database.execute("SELECT [index], hashes FROM tile WHERE level = 0 LIMIT 1").fetchone()
        if row is None:
            return None
        place, hashes = row
        index = place * 256 + case.pick.randrange(1, 256)
        content = _content(database, index)
        content["reason"] = "written in later"
        _put(database, index, content)
        text, secret, at = database.execute(
            "SELECT content, secret, recorded_at FROM entry WHERE [index] = ?", (index,)
        ).fetchone()
        (leaf,) = leaf_hashes_of([text], [secret], [at])
        start = index % 256 * 32
        forged = hashes[:start] + bytes(leaf) + hashes[start + 32 :]  # type: ignore[arg-type]
        database.execute("UPDATE tile SET hashes = ? WHERE level = 0 AND [index] = ?", (forged, place))
    return _number(index)


@_way("seal-changed", "checkpoint_differs")
def _seal_changed(case: Case) -> str | None:
    with case.database() as database:
        (note,) = database.execute("SELECT note FROM checkpoint WHERE size = ?", (case.size,)).fetchone()
        lines = note.split("\n")
        lines[1] = str(int(lines[1]) + 1)
        database.execute("UPDATE checkpoint SET note = ? WHERE size = ?", ("\n".join(lines), case.size))
    return f"{case.size:,}"


@_way("root-changed", "checkpoint_differs")
def _root_changed(case: Case) -> str | None:
    with case.database() as database:
        database.execute(
            "UPDATE checkpoint SET root = ? WHERE size = ?", (case.pick.randbytes(32), case.size)
        )
    return f"{case.size:,}"


@_way("head-changed", "checkpoint_differs")
def _head_changed(case: Case) -> str | None:
    with case.database() as database:
        database.execute("UPDATE logbook SET root = ?", (case.pick.randbytes(32),))
    return f"{case.size:,}"


@_way("seal-file-changed", "copy_differs", "other_key")
def _seal_file_changed(case: Case) -> str | None:
    path = case.aside.home.checkpoint_file(case.aside.logbook)
    if not path.exists() or not path.stat().st_size:
        return None
    lines = path.read_text().split("\n")
    told = json.loads(lines[0])
    said = told["note"].split("\n")
    said[1] = str(int(said[1]) + 1)
    told["note"] = "\n".join(said)
    path.write_text("\n".join([json.dumps(told), *lines[1:]]))
    return "1"


@_way("written-anew-with-another-key", "other_key")
def _written_anew(case: Case) -> str | None:
    """Alter an entry and seal the whole log again, with a key of one's own put in the place of ours."""
    with case.database() as database:
        index = case.entry()
        content = _content(database, index)
        content["reason"] = "written in later"
        _put(database, index, content)
        origin = database.execute("SELECT origin FROM logbook").fetchone()[0]
        key = SigningKey.from_seed(origin, case.pick.randbytes(32))
        _seal_again(database, key)
        database.execute("UPDATE logbook SET public_key = ?", (key.verifier.text,))
    return _number(index)


@_way("holding-changed", "copy_differs")
def _holding_changed(case: Case) -> str | None:
    """Put another root into what the log remembers of a witness."""
    with case.database() as database:
        row = database.execute("SELECT id, holder FROM holding ORDER BY size DESC LIMIT 1").fetchone()
        if row is None:
            return None
        database.execute("UPDATE holding SET root = ? WHERE id = ?", (case.pick.randbytes(32), row[0]))
    return str(row[1])


# What follows from entries -----------------------------------------------------------------------------------


@_way("number-changed", "number_missing", "number_doubled")
def _number_changed(case: Case) -> str | None:
    with case.database() as database:
        row = database.execute("SELECT name FROM number ORDER BY name LIMIT 1").fetchone()
        if row is None:
            return None
        database.execute("UPDATE number SET last = last + 1 WHERE name = ?", row)
    return str(row[0])


@_way("search-words-changed", "search_differs")
def _search_words_changed(case: Case) -> str | None:
    with case.database(search=True) as search:
        row = search.execute("SELECT id, [index] FROM search ORDER BY id DESC LIMIT 1").fetchone()
        if row is None:
            return None
        search.execute("UPDATE search SET who = 'somebody else' WHERE id = ?", (row[0],))
    return _number(row[1])


@_way("search-row-removed", "search_differs")
def _search_row_removed(case: Case) -> str | None:
    with case.database(search=True) as search:
        row = search.execute("SELECT id, [index] FROM search ORDER BY id LIMIT 1").fetchone()
        if row is None:
            return None
        search.execute("DELETE FROM search WHERE id = ?", (row[0],))
    return _number(row[1])


@_way("file-changed", "altered")
def _file_changed(case: Case) -> str | None:
    row = _attached(case)
    if row is None:
        return None
    path = _path(case, row[0])
    data = path.read_bytes()
    path.unlink()  # the link alone: the file itself belongs to the real log
    path.write_bytes(bytes([data[0] ^ 1]) + data[1:] if data else b"x")
    return _number(row[1])


@_way("file-removed", "gone")
def _file_removed(case: Case) -> str | None:
    row = _attached(case)
    if row is None:
        return None
    _path(case, row[0]).unlink()
    return _number(row[1])


# Pieces ------------------------------------------------------------------------------------------------------


def _attached(case: Case) -> tuple[str, int] | None:
    with case.database() as database:
        rows = database.execute("SELECT blob, [index] FROM attachment WHERE [index] IS NOT NULL LIMIT 50")
        return next((row for row in rows if _path(case, row[0]).exists()), None)


def _path(case: Case, blob: str) -> Path:
    return case.aside.home.attachments / blob[:2] / blob


def _content(database: sqlite3.Connection, index: int) -> dict[str, Any]:
    (text,) = database.execute("SELECT content FROM entry WHERE [index] = ?", (index,)).fetchone()
    content: dict[str, Any] = json.loads(text)
    return content


def _a_detail(content: dict[str, Any]) -> str | None:
    """Return the first detail of an entry that is no running number."""
    return next((each for each in sorted(content) if not each.startswith("numbers/")), None)


def _put(database: sqlite3.Connection, index: int, content: dict[str, Any]) -> None:
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    database.execute("UPDATE entry SET content = ? WHERE [index] = ?", (text, index))


def _other(value: object) -> object:
    return f"{value}x" if isinstance(value, str) else {"said": "something else"}


def _insert_like(database: sqlite3.Connection, index: int, of: int) -> None:
    database.execute(
        "INSERT INTO entry (logbook, [index], recorded_at, content, secret)"
        " SELECT logbook, ?, recorded_at, content, randomblob(32) FROM entry WHERE [index] = ?",
        (index, of),
    )


def _seal_again(database: sqlite3.Connection, key: SigningKey) -> None:
    """Build the tree anew from what stands, and sign every checkpoint with `key`."""
    tree = Tree.empty()
    sizes = [row[0] for row in database.execute("SELECT size FROM checkpoint ORDER BY size")]
    database.execute("BEGIN IMMEDIATE")
    for size in sizes:
        rows = database.execute(
            "SELECT content, secret, recorded_at FROM entry WHERE [index] >= ? AND [index] < ? ORDER BY [index]",
            (tree.size, size),
        ).fetchall()
        leaves = [leaf for leaf in leaf_hashes_of(*zip(*rows, strict=True)) if isinstance(leaf, bytes)]
        for tile in tree.append(leaves):
            database.execute(
                "UPDATE tile SET hashes = ? WHERE level = ? AND [index] = ?",
                (tile.hashes, tile.level, tile.index),
            )
        fresh = min(len(leaves), size % 256)
        note = sign_checkpoint(Checkpoint(key.verifier.name, size, tree.root()), key)
        database.execute(
            "UPDATE checkpoint SET root = ?, note = ?, leaves = ? WHERE size = ?",
            (tree.root(), note, b"".join(leaves[len(leaves) - fresh :]), size),
        )
    for level, hashes in enumerate(tree.tails):
        if level:
            database.execute("UPDATE edge SET hashes = ? WHERE level = ?", (hashes, level))
    database.execute("UPDATE logbook SET root = ?", (tree.root(),))
    database.execute("COMMIT")
