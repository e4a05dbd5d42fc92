"""The checkpoint file: what this machine remembers of a log apart from its database.

One line of JSON a checkpoint, `{"at", "note"}`, in a file opened for appending only and flushed. It may
lag behind the database, and its lines need not be in order of size, since several processes write; it
never leads. Where it does lead, the newest entries were cut off together with their checkpoints.

The setting INDELIBLE_CHECKPOINT_FOLDER puts the files elsewhere: on another disk, or better on a share
that can only be added to.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
from django.conf import settings

from indelible.ledger.checkpoints import Checkpoint, LogKeys, open_checkpoint
from indelible.ledger.errors import LedgerError
from indelible.ledger.keys import VerifierKey

TAIL_BYTES = 65_536  # a few hundred checkpoints: what a start looks through for the newest


class _Line(msgspec.Struct, forbid_unknown_fields=True):
    at: str
    note: str


@dataclass(frozen=True, slots=True)
class FileLine:
    """A line of the file. `note` is None where it is not such a line, as where writing was cut short."""

    number: int  # from 1
    at: str
    note: str | None


def checkpoint_path(logbook: str) -> Path:
    """Return where the checkpoints of a logbook are written besides the database."""
    folder = getattr(settings, "INDELIBLE_CHECKPOINT_FOLDER", None)
    if folder:
        return Path(folder) / f"{logbook}.jsonl"
    path: Path = settings.INDELIBLE_HOME.checkpoint_file(logbook)
    return path


def add_line(path: Path, at: str, note: str) -> None:
    """Add a checkpoint, durably. Raises OSError where that cannot be done."""
    line = msgspec.json.encode(_Line(at, note)) + b"\n"
    new = not path.exists()
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        end = os.lseek(handle, 0, os.SEEK_END)
        if end and os.pread(handle, 1, end - 1) != b"\n":
            line = b"\n" + line  # a line that a crash cut short must not swallow this one
        os.write(handle, line)
        os.fsync(handle)
    finally:
        os.close(handle)
    if new:
        _flush_folder(path.parent)


def read_lines(path: Path) -> Iterator[FileLine]:
    """Yield every line of the file, readable or not. Raises FileNotFoundError."""
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if line.strip():
                yield _parse(number, line)


def newest_in_file(path: Path, origin: str, keys: VerifierKey | LogKeys) -> Checkpoint | None:
    """Return the largest checkpoint among the last lines that a key of the log signed; None where none is.

    A line that none of them signed says nothing here: whoever can write the file must not be able to stop
    the log. Verification reads the whole file and reports such lines.
    """
    try:
        with path.open("rb") as file:
            start = max(0, file.seek(0, os.SEEK_END) - TAIL_BYTES)
            file.seek(start)
            lines = file.read().split(b"\n")
    except FileNotFoundError:
        return None
    # The first piece is cut where reading did not start at the file's beginning, and then does not parse.
    parsed = (_parse(0, line).note for line in lines if line)
    for _, note in sorted(_sizes(parsed), reverse=True):
        try:
            return open_checkpoint(note, origin, LogKeys.of(keys))
        except LedgerError:
            continue
    return None


def _sizes(notes: Iterable[str | None]) -> Iterator[tuple[int, str]]:
    """Yield (size, note) of each note that states a size, unchecked."""
    for note in notes:
        second = note.split("\n", 2)[1:2] if note else []
        if second and second[0].isascii() and second[0].isdigit() and len(second[0]) < 20:
            yield int(second[0]), note or ""


def _parse(number: int, line: bytes) -> FileLine:
    try:
        read = msgspec.json.decode(line, type=_Line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return FileLine(number, "", None)
    return FileLine(number, read.at, read.note)


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
