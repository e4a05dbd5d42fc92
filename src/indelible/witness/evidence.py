"""What a log signed and a witness refused: kept for ever, since it may be the only proof of a second history.

Not everything refused accuses the log. Nobody has to identify themselves to a witness, and a log's signed
seals are no secret, so anybody can send a true one with a wrong proof. The reasons are told apart:

* `fork`: another root for a size of which a signed note is held already. Both notes together prove that the
  log signed two histories; nobody but the holder of the log's key can have made them.
* `no-extension`: the proof does not lead from the newest seal to this one. Proves nothing by itself.
* `behind`: smaller than the newest seal and not one that was cosigned. Proves nothing by itself.
* `empty-root`: size 0 with a root that is not the empty tree's. The log signed something that cannot be.

One (size, root) is kept once. Each log has a share of each reason, so that a flood of one reason pushes out no
other; what comes after that is counted. Of a note only the log's own lines are kept.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

FORK = "fork"
NO_EXTENSION = "no-extension"
BEHIND = "behind"
EMPTY_ROOT = "empty-root"

KEPT_OF_EACH_REASON = 100


@dataclass(frozen=True, slots=True)
class Refused:
    """A note that a log signed and the witness did not cosign."""

    reason: str
    size: int
    root: bytes  # 32 bytes
    note: str  # the log's lines only
    at: int  # POSIX seconds
    old: int  # the size that the request said it extends
    against: str | None  # the signed note that it contradicts: same size, other root


class Evidence:
    """The refused notes of all logs of one witness. Changes happen within `State.deciding`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def of(self, origin: str) -> tuple[Refused, ...]:
        """Return what was refused of a log, oldest first."""
        rows = self._connection.execute(
            "SELECT reason, size, root, note, at, old, against FROM refused WHERE origin = ? ORDER BY number",
            (origin,),
        ).fetchall()
        return tuple(Refused(*row) for row in rows)

    def not_kept(self, origin: str) -> int:
        """Return how many refusals of a log were counted only."""
        query = "SELECT coalesce(sum(count), 0) FROM not_kept WHERE origin = ?"
        return int(self._connection.execute(query, (origin,)).fetchone()[0])

    def is_cosigned(self, origin: str, size: int, root: bytes) -> bool:
        """Whether this very seal was cosigned before: then a request for it is merely late."""
        query = "SELECT 1 FROM cosigned WHERE origin = ? AND size = ? AND root = ?"
        return self._connection.execute(query, (origin, size, root)).fetchone() is not None

    def other_note(self, origin: str, size: int, root: bytes) -> str | None:
        """Return a note of this log for the same size with another root, or None."""
        for table in ("cosigned", "refused"):
            query = f"SELECT note FROM {table} WHERE origin = ? AND size = ? AND root <> ? LIMIT 1"  # noqa: S608 - two fixed names
            if row := self._connection.execute(query, (origin, size, root)).fetchone():
                return str(row[0])
        return None

    def keep(self, origin: str, refused: Refused) -> bool:
        """Keep a refused note; say whether it is new. One that shows a fork tells so of its counterpart too."""
        if self._is_known(origin, refused.size, refused.root):
            return False
        if refused.reason == FORK:
            self.contradicted(origin, refused.size, refused.root, refused.note)
        if self._count(origin, refused.reason) >= KEPT_OF_EACH_REASON:
            self._connection.execute(
                "INSERT INTO not_kept (origin, reason, count) VALUES (?, ?, 1)"
                " ON CONFLICT (origin, reason) DO UPDATE SET count = count + 1",
                (origin, refused.reason),
            )
            return False
        self._connection.execute(
            "INSERT INTO refused (origin, reason, size, root, note, at, old, against)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                origin,
                refused.reason,
                refused.size,
                refused.root,
                refused.note,
                refused.at,
                refused.old,
                refused.against,
            ),
        )
        return True

    def contradicted(self, origin: str, size: int, root: bytes, note: str) -> Refused | None:
        """Mark what was refused of the same size with another root as a fork; return one that became one."""
        done = self._connection.execute(
            "UPDATE refused SET reason = ?, against = ?"
            " WHERE origin = ? AND size = ? AND root <> ? AND reason <> ?",
            (FORK, note, origin, size, root, FORK),
        )
        if not done.rowcount:
            return None
        return next(each for each in self.of(origin) if each.size == size and each.reason == FORK)

    def _is_known(self, origin: str, size: int, root: bytes) -> bool:
        query = "SELECT 1 FROM refused WHERE origin = ? AND size = ? AND root = ?"
        return self._connection.execute(query, (origin, size, root)).fetchone() is not None

    def _count(self, origin: str, reason: str) -> int:
        query = "SELECT count(*) FROM refused WHERE origin = ? AND reason = ?"
        return int(self._connection.execute(query, (origin, reason)).fetchone()[0])
