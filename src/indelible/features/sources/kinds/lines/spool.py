"""Lines that could not be recorded when they came, kept on the disk until they can be.

A datagram cannot be asked for again, so what came by UDP while the record takes nothing (the database is away, the
disk of the record is full, the key is missing) is kept here; and so is what any listener holds when the server has to
end in that state. Bounded: beyond MOST_BYTES nothing more is read, and what is lost then is counted.

One file a source, a JSON line a message, written before anything else is read. Lines keep the id that they were given
when they came, so that a line which was recorded just before a crash is found held and not recorded again.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from indelible.intake.logs.live import Arrived

MOST_BYTES: Final = 64 << 20


class Spool:
    """The file of one source. Used by one thread."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._at = 0  # what lies before is on the record
        # Half a line at the end was cut off by a crash: it was never said to be kept.
        self._size = path.read_bytes().rfind(b"\n") + 1 if path.exists() else 0

    @property
    def waiting(self) -> bool:
        """Whether lines wait here."""
        return self._at < self._size

    @property
    def has_room(self) -> bool:
        """Whether more may be kept."""
        return self._size < MOST_BYTES

    def keep(self, lines: Iterable[Arrived]) -> None:
        """Keep lines; durable on return. Raises OSError where the disk takes nothing either."""
        data = b"".join(_written(line) for line in lines)
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        with os.fdopen(handle, "r+b") as file:
            # A write that was cut off leaves half a line, which the next one must not be joined to.
            file.truncate(self._size)
            file.seek(self._size)
            file.write(data)
            file.flush()
            os.fsync(handle)
        self._size += len(data)

    def first(self, most: int) -> tuple[list[Arrived], int]:
        """Return the first lines that wait, and the place behind them, for `advance`."""
        if not self.waiting:
            return [], self._at
        lines: list[Arrived] = []
        with self._path.open("rb") as file:
            file.seek(self._at)
            while len(lines) < most and file.tell() < self._size and (text := file.readline()):
                if (line := _read(text)) is not None:
                    lines.append(line)
            place = file.tell()
        return lines, place

    def advance(self, place: int) -> None:
        """Note that all before `place` is on the record."""
        self._at = place
        if not self.waiting:
            self._path.unlink(missing_ok=True)
            self._at = self._size = 0


def spool_of(source: int) -> Spool:
    """Return the spool of a source."""
    return Spool(_folder() / f"lines-{source}.spool")


def sources_with_spools() -> set[int]:
    """Return the ids of the sources for which lines wait."""
    found = (path.name[len("lines-") : -len(".spool")] for path in _folder().glob("lines-*.spool"))
    return {int(name) for name in found if name.isdecimal()}


def _folder() -> Path:
    return Path(settings.INDELIBLE_HOME.uploads)


def _written(line: Arrived) -> bytes:
    told = {
        "data": base64.b64encode(line.original).decode("ascii"),
        "at": line.at.isoformat(),
        "sender": line.sender,
        "id": line.id,
        "number": line.number,
        "fault": line.fault,
    }
    return json.dumps(told, separators=(",", ":")).encode() + b"\n"


def _read(text: bytes) -> Arrived | None:
    """Return a kept line; None where the disk gave back something else."""
    try:
        told: dict[str, Any] = json.loads(text)
        at = datetime.fromisoformat(told["at"])
        data = base64.b64decode(told["data"], validate=True)
        return Arrived(data, at, told["sender"], told["id"], int(told["number"]), told["fault"])
    except (ValueError, KeyError, TypeError, binascii.Error):
        return None
