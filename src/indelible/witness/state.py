"""What a witness knows: whose keys count, what it cosigned, and what it refused although a log signed it.

Every decision happens inside `State.deciding`, one immediate transaction of SQLite: reading the newest seal
and storing the next are one step, across threads and processes, and on the disk before the answer is given.
A seal is only ever added above the newest one, so nothing here can roll a log back.

One connection serves all threads, one at a time. The rules of the protocol are in judging.py.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from indelible.ledger.keys import VerifierKey

from .errors import WitnessError
from .evidence import BEHIND, FORK, Evidence, Refused
from .tables import connect

# How many cosigned seals of a log are remembered, to tell a late message from a second history.
REMEMBERED = 10_000
_TIDY_EVERY = 1_000


@dataclass(frozen=True, slots=True)
class Held:
    """A seal that the witness cosigned."""

    size: int
    root: bytes  # 32 bytes
    note: str  # the log's lines and the witness's own
    at: int  # POSIX seconds


@dataclass(frozen=True, slots=True)
class WatchedLog:
    """A log with what the witness holds of it."""

    origin: str
    keys: tuple[str, ...]  # verifier keys that count now
    newest: Held | None
    refused: tuple[Refused, ...]  # oldest first
    not_kept: int

    @property
    def forks(self) -> tuple[Refused, ...]:
        """The proofs that the log signed two histories."""
        return tuple(refused for refused in self.refused if refused.reason == FORK)

    @property
    def late(self) -> tuple[Refused, ...]:
        """Those that may just have been overtaken by a newer one."""
        return tuple(refused for refused in self.refused if refused.reason == BEHIND)

    @property
    def unproven(self) -> tuple[Refused, ...]:
        """Those that need a look and prove nothing by themselves."""
        return tuple(refused for refused in self.refused if refused.reason not in (FORK, BEHIND))


class State:
    """The state file of one witness. Close it with `close`."""

    def __init__(self, path: Path, key: str, *, begin: bool = False) -> None:
        """Open the file of the witness whose verifier key is `key`.

        With `begin` the file may be new, or of a first start that was cut short.
        Raises WitnessError (`witness-key-missing`, `witness-key-differs`).
        """
        if begin and not path.exists():
            os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
        self._lock = threading.RLock()
        self._connection = connect(path)
        self._stored = 0
        self._evidence = Evidence(self._connection)
        try:
            self._belongs_to(path, key, begin=begin)
        except WitnessError:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the file. What was answered is on the disk already."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def deciding(self) -> Iterator[Evidence]:
        """Hold everything still for one decision; it is stored whole, or not at all where this raises.

        Gives the evidence, to which only a decision may add.
        """
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._evidence
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:  # a full disk has ended it already
                    self._connection.execute("ROLLBACK")
                raise

    def newest(self, origin: str) -> Held | None:
        """Return the seal that the next one of this log must extend, or None."""
        query = "SELECT size, root, note, at FROM cosigned WHERE origin = ? ORDER BY size DESC LIMIT 1"
        with self._lock:
            row = self._connection.execute(query, (origin,)).fetchone()
        return None if row is None else Held(*row)

    def store(self, origin: str, held: Held) -> None:
        """Make `held` the newest seal of a log, or the same one with a fresh time. Call while `deciding`.

        Raises ValueError for one that is older than the newest or another of the same size.
        """
        newest = self.newest(origin)
        if newest and (held.size, held.root) != (newest.size, newest.root) and held.size <= newest.size:
            raise ValueError(f"a seal of size {held.size} after {newest.size}")
        self._connection.execute(
            "INSERT INTO cosigned (origin, size, root, note, at) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (origin, size) DO UPDATE SET note = excluded.note, at = excluded.at",
            (origin, held.size, held.root, held.note, held.at),
        )
        # With the first after a start too, for a witness that is started often and stores little.
        if self._stored % _TIDY_EVERY == 0:
            self._tidy(origin)
        self._stored += 1

    # Logs and their keys ------------------------------------------------------------------------------

    def keys_of(self, origin: str) -> list[VerifierKey]:
        """Return the keys whose signature counts for a log; none where it is not watched."""
        query = "SELECT vkey FROM log_key WHERE origin = ? AND until IS NULL ORDER BY since, vkey"
        with self._lock:
            rows = self._connection.execute(query, (origin,)).fetchall()
        return [VerifierKey.parse(vkey) for (vkey,) in rows]

    def add_key(self, key: VerifierKey, now: int, *, again: bool = False) -> bool:
        """Let the signature of `key` count for the log it names; say whether it counts now.

        A key that was dropped stays dropped unless `again`: the list a server is started with may be old.
        """
        with self.deciding():
            self._connection.execute(
                "INSERT INTO log_key (vkey, origin, since) VALUES (?, ?, ?) ON CONFLICT (vkey) DO NOTHING",
                (key.text, key.name, now),
            )
            if again:
                self._connection.execute(
                    "UPDATE log_key SET until = NULL, since = ? WHERE vkey = ? AND until IS NOT NULL",
                    (now, key.text),
                )
        return key in self.keys_of(key.name)

    def drop_key(self, key: VerifierKey, now: int) -> bool:
        """Let the signature of `key` count no more; say whether it did. What was cosigned is kept."""
        with self.deciding():
            done = self._connection.execute(
                "UPDATE log_key SET until = ? WHERE vkey = ? AND until IS NULL", (now, key.text)
            )
        return done.rowcount == 1

    def origins(self) -> list[str]:
        """Return the logs that are or were watched, by name."""
        with self._lock:
            rows = self._connection.execute("SELECT DISTINCT origin FROM log_key ORDER BY origin").fetchall()
        return [origin for (origin,) in rows]

    def log(self, origin: str) -> WatchedLog:
        """Return all that is known of a log."""
        with self._lock:
            keys = tuple(key.text for key in self.keys_of(origin))
            refused, not_kept = self._evidence.of(origin), self._evidence.not_kept(origin)
            return WatchedLog(origin, keys, self.newest(origin), refused, not_kept)

    # The file itself ----------------------------------------------------------------------------------

    def _belongs_to(self, path: Path, key: str, *, begin: bool) -> None:
        """Check that the file is this witness's. One that holds nothing yet may change its owner."""
        with self.deciding():
            row = self._connection.execute("SELECT value FROM about WHERE name = 'key'").fetchone()
            used = self._connection.execute("SELECT count(*) FROM cosigned").fetchone()[0]
            if begin and used:
                raise WitnessError(
                    "witness-key-missing", f"{path} belongs to {row and row[0]}", path=path.parent
                )
            if not begin and (row is None or row[0] != key):
                raise WitnessError(
                    "witness-key-differs", f"{path} belongs to {row and row[0]}", path=path.parent
                )
            self._connection.execute("INSERT OR REPLACE INTO about (name, value) VALUES ('key', ?)", (key,))

    def _tidy(self, origin: str) -> None:
        """Forget all but the newest seals of a log."""
        self._connection.execute(
            "DELETE FROM cosigned WHERE origin = ?1 AND size <= ("
            " SELECT size FROM cosigned WHERE origin = ?1 ORDER BY size DESC LIMIT 1 OFFSET ?2)",
            (origin, REMEMBERED),
        )
