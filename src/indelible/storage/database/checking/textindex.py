"""Does the text index say what the search table says? (SQLite; on PostgreSQL each row is compared by itself.)

SQLite's own check answers for the whole index. Only where that fails is it looked for which entries are told
wrongly: the words of the index are held against those of an index made anew from the same rows.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from ..search.embedded import PLACE_BITS, connect
from .place import Place, Reader

_COLUMNS = "who, about, words, keys"
_FRESH = (
    f"CREATE VIRTUAL TABLE fresh USING fts5({_COLUMNS}, tokenize='unicode61 remove_diacritics 0')",
    "CREATE VIRTUAL TABLE fresh_words USING fts5vocab('fresh', 'instance')",
)
_OLD_WORDS = "CREATE VIRTUAL TABLE temp.old_words USING fts5vocab('main', 'search_text', 'instance')"
_Word = tuple[str, int, str, int]


def text_index_fits(reader: Reader) -> bool:
    """Whether the text index as a whole says what the search table says."""
    if not reader.embedded or not Path(reader.place.search).exists():
        return True
    connection = connect(Path(reader.place.search))
    try:
        connection.execute("INSERT INTO search_text (search_text, rank) VALUES ('integrity-check', 1)")
    except sqlite3.DatabaseError as problem:
        if problem.sqlite_errorcode & 0xFF == sqlite3.SQLITE_CORRUPT:
            return False
        raise
    finally:
        connection.close()
    return True


def text_index_fits_at(place: Place) -> bool:
    """The same over connections of its own: what another process is given to do."""
    reader = Reader(place)
    try:
        return text_index_fits(reader)
    finally:
        reader.close()


def entries_told_wrongly(reader: Reader) -> list[int] | None:
    """Return the indexes of this logbook's entries whose words in the text index differ; None where it is unreadable.

    The two lists of words stand in the same order and are compared side by side, so memory stays flat but for
    the index made anew.
    """
    connection = connect(Path(reader.place.search))
    fresh = sqlite3.connect(":memory:", isolation_level=None)
    try:
        for statement in _FRESH:
            fresh.execute(statement)
        rows = connection.execute(f"SELECT id, {_COLUMNS} FROM search ORDER BY id")  # noqa: S608 - constants
        fresh.executemany(f"INSERT INTO fresh (rowid, {_COLUMNS}) VALUES (?, ?, ?, ?, ?)", rows)  # noqa: S608
        connection.execute(_OLD_WORDS)
        told = _words(connection, "temp.old_words")
        wrong = {word[1] for word in _differing(told, _words(fresh, "fresh_words"))}
    except sqlite3.DatabaseError:
        return None
    finally:
        connection.close()
        fresh.close()
    own = (row - (reader.logbook << PLACE_BITS) for row in wrong)
    return sorted(index for index in own if 0 <= index < 1 << PLACE_BITS)


def _words(connection: sqlite3.Connection, table: str) -> Iterator[_Word]:
    return iter(connection.execute(f"SELECT term, doc, col, offset FROM {table}"))  # noqa: S608 - constants


def _differing(left: Iterator[_Word], right: Iterator[_Word]) -> Iterator[_Word]:
    """Yield what stands in one of two lists only; both are in order."""
    one, other = next(left, None), next(right, None)
    while one is not None or other is not None:
        if one is not None and other is not None and one == other:
            one, other = next(left, None), next(right, None)
        elif other is None or (one is not None and _key(one) < _key(other)):
            assert one is not None
            yield one
            one = next(left, None)
        else:
            yield other
            other = next(right, None)


def _key(word: _Word) -> tuple[bytes, int, str, int]:
    """Order words as the index does: by the bytes of the term."""
    return word[0].encode(), *word[1:]
