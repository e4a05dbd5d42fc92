"""What follows a commit and must not hold it up: the checkpoint file, and the search index.

One thread a process writes the newest checkpoint of each logbook to its file, at once where the last
one was written a while ago, else after a moment, so that a busy log does not pay a second flush a
commit. What is still to be written when the process ends is written then. A process that is killed
leaves the file behind the database; whoever appends next makes up for it (guard.py).
"""

from __future__ import annotations

import atexit
import logging
import os
import threading
import time

from .checkpoint_file import add_line, checkpoint_path

PACE_SECONDS = 1.0

_log = logging.getLogger(__name__)


class Follower:
    """Brings checkpoints to their files, each logbook's newest first come."""

    def __init__(self) -> None:
        self._pending: dict[str, tuple[int, str, str]] = {}  # guarded by _lock; logbook -> size, at, note
        self._lock = threading.Lock()
        self._idle = True  # guarded by _lock; whether the thread has to be woken
        self._work = threading.Event()
        self._writing = threading.Lock()  # one writer at a time: the thread, or whoever calls flush
        self._thread: threading.Thread | None = None
        self._pid = os.getpid()

    def checkpoint_made(self, logbook: str, size: int, at: str, note: str) -> None:
        """Take note of a durable checkpoint made at that time; returns at once."""
        with self._lock:
            known = self._pending.get(logbook)
            if known is None or known[0] < size:
                self._pending[logbook] = size, at, note
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="checkpoint-file", daemon=True)
                self._thread.start()
            wake, self._idle = self._idle, False
        if wake:
            self._work.set()

    def flush(self) -> None:
        """Write what is still to be written, now."""
        with self._writing:
            with self._lock:
                pending, self._pending = self._pending, {}
            for logbook, (size, at, note) in pending.items():
                self._write(logbook, size, at, note)

    def _write(self, logbook: str, size: int, at: str, note: str) -> None:
        try:
            add_line(checkpoint_path(logbook), at, note)
        except OSError as failure:
            # The entries are durable and stay acknowledged; the file lags, which it may, and is tried again.
            _log.warning("checkpoint %s of %s did not reach its file: %s", size, logbook, failure)
            with self._lock:
                self._pending.setdefault(logbook, (size, at, note))

    def _run(self) -> None:
        while True:
            self._work.wait()
            self._work.clear()
            self.flush()
            time.sleep(PACE_SECONDS)
            with self._lock:
                self._idle = not self._pending
                if self._pending:
                    self._work.set()


_follower = Follower()


def follower() -> Follower:
    """Return the follower of this process: a child process of another has a thread of its own."""
    global _follower
    if _follower._pid != os.getpid():
        _follower = Follower()
    return _follower


def flush() -> None:
    """Write every checkpoint that is not in its file yet: before a process says that it is done."""
    follower().flush()


atexit.register(flush)
