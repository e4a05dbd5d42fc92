"""Group commit: callers that come while a commit is under way share the next one (turns.py).

A group has one connection, used by whichever thread leads. Between processes the database's own lock on
the head keeps order. A caller inside a transaction of its own does not come here (append.py).
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from sqlite3 import Error as SqliteError

from django.db import DatabaseError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import Error as PostgresError

from . import after_commit
from .errors import AppendFailed
from .models import Logbook
from .rows import Rows, rows_of
from .sealing import Held, Outcome, Ready, Recorded, Sealer
from .turns import Turns

MAX_ENTRIES = 4_096  # of one commit, unless one caller alone brings more

_DATABASE_ERRORS = (DatabaseError, SqliteError, PostgresError)


class _ConnectionLost(AppendFailed):
    """The connection broke before anything was committed over it."""


class _Call:
    """One caller's drafts, and what became of them."""

    __slots__ = ("checkpoint", "drafts", "error", "fates")

    def __init__(self, drafts: Sequence[Ready]) -> None:
        self.drafts = drafts
        self.fates: list[Recorded | Held] = []
        self.checkpoint = ""
        self.error: Exception | None = None


class Group:
    """The callers of one process that append to one logbook of one database."""

    def __init__(self, logbook: Logbook, alias: str) -> None:
        """Read the key. Raises AppendRefused as `Sealer` does."""
        self.sealer = Sealer(logbook)
        self._alias = alias
        self._turns: Turns[_Call] = Turns(self._commit_for, lambda call: len(call.drafts), MAX_ENTRIES)
        self._connection: BaseDatabaseWrapper | None = None  # used by the leader alone
        self._open_rows: Rows | None = None  # over that connection

    def append(self, drafts: Sequence[Ready]) -> tuple[list[Recorded | Held], str]:
        """Record drafts; return each one's fate and the checkpoint that covers them, all durable.

        Raises AppendRefused, NotFound, AppendFailed.
        """
        call = _Call(drafts)
        self._turns.join(call)
        if call.error is not None:
            raise call.error
        return call.fates, call.checkpoint

    def close(self) -> None:
        """Give the connection back. Only while nobody appends."""
        if self._connection is not None:
            self._connection.close()
            self._connection = self._open_rows = None

    def _commit_for(self, calls: Sequence[_Call]) -> None:
        """Give every call its result: all in one commit, or where that fails for one of them, each alone."""
        drafts = [draft for call in calls for draft in call.drafts]
        try:
            outcome = self._commit(drafts)
        except _DATABASE_ERRORS as failure:
            for call in calls:
                call.error = AppendFailed("commit-failed", f"{type(failure).__name__}: {failure}")
                call.error.__cause__ = failure
        except Exception as failure:
            if len(calls) == 1 or isinstance(failure, AppendFailed):
                for call in calls:
                    call.error = failure
                return
            for call in calls:
                self._commit_for([call])
        except BaseException:
            for call in calls:
                call.error = AppendFailed("commit-interrupted", "the committing thread was stopped")
            raise
        else:
            start = 0
            for call in calls:
                call.fates = outcome.fates[start : start + len(call.drafts)]
                call.checkpoint = outcome.checkpoint
                start += len(call.drafts)

    def _commit(self, drafts: Sequence[Ready]) -> Outcome:
        """Seal, write and commit, or leave nothing behind."""
        self.sealer.get_ready()
        try:
            outcome = self._attempt(drafts)
        except _ConnectionLost:
            # A server that was started anew takes no connection along; a second loss is the caller's to hear of.
            outcome = self._attempt(drafts)
        follow(self.sealer.name, outcome)
        return outcome

    def _attempt(self, drafts: Sequence[Ready]) -> Outcome:
        """Do it once. Raises _ConnectionLost where the connection broke and surely nothing was committed."""
        rows = self._rows()
        committing = False
        try:
            rows.begin()
            outcome = self.sealer.seal(rows, drafts)
            if outcome.commit:
                rows.write(outcome.commit)
            committing = True
            rows.commit()
        except BaseException as failure:
            if self._rolled_back(rows) or not isinstance(failure, _DATABASE_ERRORS):
                raise
            detail = f"{type(failure).__name__}: {failure}"
            if committing:
                raise AppendFailed("commit-unsure", detail) from failure
            raise _ConnectionLost("commit-failed", detail) from failure
        return outcome

    def _rows(self) -> Rows:
        if self._connection is None or self._open_rows is None:
            self._connection = connections.create_connection(self._alias)
            self._connection.inc_thread_sharing()
            self._open_rows = rows_of(self._connection)
        return self._open_rows

    def _rolled_back(self, rows: Rows) -> bool:
        """Roll back; a connection that cannot even do that is dropped, and the next commit opens another."""
        try:
            rows.rollback()
        except _DATABASE_ERRORS:
            self.close()
            return False
        return True


def follow(logbook: str, outcome: Outcome) -> None:
    """Let the checkpoint file follow what is now durable."""
    note = outcome.checkpoint if outcome.commit else outcome.overdue
    if note:
        after_commit.follower().checkpoint_made(logbook, outcome.size, outcome.made_at, note)


_groups: dict[tuple[str, int], Group] = {}  # guarded by _groups_lock; database alias, logbook id -> group
_groups_lock = threading.Lock()
_groups_pid = os.getpid()
_inherited: list[Group] = []  # a forked child keeps its parent's, since closing them would meddle with it


def group_of(logbook: Logbook, alias: str) -> Group:
    """Return the group of this process for a logbook. A child process begins with none of its parent's."""
    global _groups_pid, _groups_lock
    if _groups_pid != os.getpid():
        _inherited.extend(_groups.values())
        _groups.clear()
        _groups_lock = threading.Lock()
        _groups_pid = os.getpid()
    with _groups_lock:
        group = _groups.get((alias, logbook.pk))
        if group is None or group.sealer.name != logbook.name:
            group = _groups[alias, logbook.pk] = Group(logbook, alias)
        return group


def close_groups() -> None:
    """Close what this process holds open for appending, and forget it."""
    with _groups_lock:
        for group in _groups.values():
            group.close()
        _groups.clear()
