"""Events on disk until they are acknowledged: a folder of files that are only added to.

A process writes to a file of its own (`<number>.events`), one line of JSON an event, handed to the operating system
before `add` returns; so the end of the process loses nothing. `durable=True` waits for the disk besides, for the end of
the machine. A file is locked by the process that writes it. What another left behind, because it ended or was killed,
is nobody's any more: whoever can lock it sends the rest of it.

How far a file was sent stands beside it (`.sent`). It may lag behind what was sent and never leads, so the worst is
that an event is sent again, which its id makes harmless. A file that was sent whole, and is not written to, is removed.
"""

from __future__ import annotations

import errno
import json
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import Any

from .errors import SpoolFull

try:
    import fcntl
except ImportError:  # no such locks here: one process a folder then, which `Spool` says in its docstring
    fcntl = None  # type: ignore[assignment]

ROLL_AT_BYTES = 4_000_000
MOST_BYTES = 256_000_000
EVENTS, SENT, REFUSED = ".events", ".sent", "refused.jsonl"


@dataclass(frozen=True, slots=True)
class Batch:
    """Events that lie behind one another in one file. `end` is the file's place after the last of them."""

    path: Path
    events: list[dict[str, Any]]
    end: int


class Spool:
    """The spool of one process. Safe to use from several threads.

    Several processes may share the folder where the system has file locks (Linux, macOS, BSD); on others each
    process needs a folder of its own.
    """

    def __init__(self, folder: Path, *, most_bytes: int = MOST_BYTES, durable: bool = False) -> None:
        """Use (and make, readable by its owner alone) a folder. Raises OSError where that cannot be."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder = folder
        self._most_bytes = most_bytes
        self._durable = durable
        self._lock = threading.Lock()
        self._file: FileIO | None = None  # being written; guarded by _lock
        self._adopted: dict[
            Path, FileIO
        ] = {}  # left behind by others, locked by us; used by the sender alone

    def add(self, line: bytes) -> None:
        """Keep one event, a line of JSON without its end. Raises SpoolFull, and OSError where the disk refuses."""
        with self._lock:
            if self.size() + len(line) > self._most_bytes:
                raise SpoolFull(
                    f"{self.folder} holds {self._most_bytes:,} bytes that the server has not taken, so the event "
                    "was not kept. See why the server cannot be reached, or allow the spool more."
                )
            file = self._writable()
            try:
                written = file.write(line + b"\n")
                if written != len(line) + 1:
                    raise OSError(errno.ENOSPC, "only a part of the event could be written", str(self.folder))
                if self._durable:
                    os.fsync(file.fileno())
            except OSError:
                self._leave(file)  # half a line may stand at its end, so nothing may be written behind it
                raise

    def batches(self, most_events: int, most_bytes: int) -> Iterator[Batch]:
        """Give what is to be sent, the oldest file first, at most one batch a file and round."""
        for path in self._ours():
            batch = _read(path, _sent(path), most_events, most_bytes)
            if batch.events or batch.end > _sent(path):
                yield batch
            else:
                self._finish(path)

    def acknowledge(self, batch: Batch) -> None:
        """Note that a batch needs no more sending."""
        draft = batch.path.with_suffix(f"{SENT}.new")
        draft.write_text(str(batch.end))
        draft.replace(batch.path.with_suffix(SENT))

    def refuse(self, event: dict[str, Any], reason: str) -> None:
        """Keep an event that the server cannot record, with the reason, for a person to look at."""
        line = json.dumps({"reason": reason, "event": event}, ensure_ascii=False) + "\n"
        with (self.folder / REFUSED).open("ab") as file:
            file.write(line.encode("utf-8", "backslashreplace"))

    def size(self) -> int:
        """Return how many bytes of events lie in the folder, sent ones included until their file is removed."""
        total = 0
        for path in self.folder.glob(f"*{EVENTS}"):
            try:
                total += path.stat().st_size
            except FileNotFoundError:  # sent whole and removed meanwhile
                continue
        return total

    def is_empty(self) -> bool:
        """Whether nothing of this process, or left behind by others, waits to be sent."""
        return all(path.stat().st_size <= _sent(path) for path in self._ours())

    def close(self) -> None:
        """Let go of every file. What is in them is sent by whoever uses the folder next."""
        with self._lock:
            if self._file is not None:
                self._leave(self._file)
            for path in list(self._adopted):
                if not _read(path, _sent(path), 1, 1).events:
                    self._finish(path)
            for file in self._adopted.values():
                file.close()
            self._adopted.clear()

    def abandon(self) -> None:
        """Let go of files that a fork handed down, without a word to the process that still writes them."""
        for file in [self._file, *self._adopted.values()]:
            if file is not None:
                file.close()
        self._file = None
        self._adopted.clear()

    def _writable(self) -> FileIO:
        """Return the file to write to, a new one where the present one has grown enough."""
        if self._file is not None and self._file.tell() >= ROLL_AT_BYTES:
            self._leave(self._file)
        if self._file is None:
            path = self.folder / f"{time.time_ns():020d}-{os.getpid()}{EVENTS}"
            self._file = FileIO(path, "xb", opener=_open_private)
            _lock(self._file)
        return self._file

    def _leave(self, file: FileIO) -> None:
        """Write no more to a file; what is in it is sent all the same."""
        self._adopted[Path(str(file.name))] = file
        self._file = None

    def _ours(self) -> list[Path]:
        """Return the files that this process may send, oldest first: its own, and those nobody holds."""
        own = Path(str(self._file.name)) if self._file is not None else None
        found = []
        for path in sorted(self.folder.glob(f"*{EVENTS}")):
            if path == own or path in self._adopted or self._adopt(path):
                found.append(path)
        return found

    def _adopt(self, path: Path) -> bool:
        """Take over a file whose writer is gone; say whether it is ours now."""
        try:
            file = FileIO(path, "rb")
        except FileNotFoundError:
            return False
        if not _lock(file) or not path.exists():  # another holds it, or sent and removed it just now
            file.close()
            return False
        self._adopted[path] = file
        return True

    def _finish(self, path: Path) -> None:
        """Remove a file that was sent whole, unless it is being written to."""
        file = self._adopted.pop(path, None)
        if file is not None:
            _remove(path)  # before the lock is let go, so that nobody adopts it
            file.close()


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_APPEND, 0o600)


def _read(path: Path, start: int, most_events: int, most_bytes: int) -> Batch:
    """Read whole lines from a place on; a line that breaks off is still being written, or never will be."""
    events: list[dict[str, Any]] = []
    end = start
    with path.open("rb") as file:
        file.seek(start)
        while len(events) < most_events and end - start < most_bytes:
            line = file.readline()
            if not line.endswith(b"\n"):
                break
            end += len(line)
            try:
                event = json.loads(line)
            except ValueError:  # half a line, which a killed process or a full disk left within the file
                continue
            events.append(event)
    return Batch(path, events, end)


def _sent(path: Path) -> int:
    """Return up to which place a file was sent."""
    try:
        return int(path.with_suffix(SENT).read_text() or 0)
    except (FileNotFoundError, ValueError):
        return 0


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.with_suffix(SENT).unlink(missing_ok=True)


def _lock(file: FileIO) -> bool:
    """Lock a file for this process; False where another holds it."""
    if fcntl is None:
        return True
    try:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
