"""What a commit reads and writes, whichever database it is.

A commit takes the head of a logbook (and with it the lock that keeps every other process out), reads
the little that it needs, and writes one `Commit`. SQLite and PostgreSQL each have their own module for
that, because each has its own fastest way; both are held to this protocol and to the same tests.

Statements for reading are written once, with `%s` for each value; `fetch` says them in the database's
own dialect.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.db.backends.base.base import BaseDatabaseWrapper

from indelible.ledger.tree import FullTile


@dataclass(frozen=True, slots=True)
class Head:
    """Where a logbook stands: what the next entry is added to."""

    size: int
    root: bytes  # 32 bytes
    last_at: str  # `at` of the newest entry; empty where there is none
    key_change: int = 0  # another number whenever who signs has changed
    rule_change: int = 0  # another number whenever the rules in force have changed


@dataclass(frozen=True, slots=True)
class HeldCode:
    """A repeat code on record: the entry that it stands for, and the code of that entry's content."""

    index: int
    content_code: bytes | None


@dataclass(slots=True)
class Commit:
    """Everything that one commit adds to a logbook."""

    logbook: int
    head: Head  # as it will be
    note: str
    made_at: str  # the clock's word, which `at` may be later than
    leaves: bytes  # leaf hashes after the last full tile
    entries: list[tuple[int, str, str, bytes]] = field(default_factory=list)  # index, at, content, secret
    tiles: list[FullTile] = field(default_factory=list)
    edges: Mapping[int, bytes] = field(default_factory=dict)  # level from 1 -> hashes of its unfinished tile
    numbers: Mapping[str, int] = field(default_factory=dict)  # name -> last one given
    repeats: list[tuple[int, bytes, int, bytes | None]] = field(
        default_factory=list
    )  # source, code, index, content
    blobs: list[tuple[int, str]] = field(default_factory=list)  # index, attachment


class Rows(Protocol):
    """The tables of one database, over one connection, for one thread at a time."""

    def begin(self) -> None:
        """Begin a transaction that will write."""
        ...

    def commit(self) -> None:
        """Make it durable."""
        ...

    def rollback(self) -> None:
        """Leave no trace of it. Harmless where no transaction is open."""
        ...

    def take_head(self, logbook: int) -> Head:
        """Return the head, and keep every other writer of this logbook out until the transaction ends.

        Raises NotFound (`no-such-logbook`).
        """
        ...

    def fetch(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Return the rows of a SELECT written with `%s` for each value."""
        ...

    def find_held(
        self, logbook: int, codes: Sequence[tuple[int, bytes]]
    ) -> dict[tuple[int, bytes], HeldCode]:
        """Return which of these (source, repeat code) are on record."""
        ...

    def write(self, commit: Commit) -> None:
        """Write the rows of a commit."""
        ...


def rows_of(connection: BaseDatabaseWrapper) -> Rows:
    """Return the rows behind a Django connection, sharing its transaction."""
    from .rows_postgres import PostgresRows
    from .rows_sqlite import SqliteRows

    connection.ensure_connection()
    raw: Any = connection.connection
    return PostgresRows(raw) if connection.vendor == "postgresql" else SqliteRows(raw)
