"""A large file that is sent piece by piece, so that what arrived is not lost where a connection breaks.

Each unfinished upload is two files in the data folder: what was told of it (`<id>.pieces.json`) and what arrived so far
(`<id>.pieces`), whose length is the place where sending goes on. Nothing is in the database until all of it is here.

* An upload belongs to the person who began it; its id is random, and others are told that there is none.
* A piece is taken only at the very place that comes next, by one request at a time.
* Bounds: the size of a file, what is left free on the disk, how many uploads of one person are unfinished.
* A day after its last piece an unfinished upload is swept.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from indelible.features.people.models import User
from indelible.features.sources import uploads
from indelible.features.sources.importing import receive
from indelible.features.sources.models import Import, Source
from indelible.features.sources.origins import By, SourceError
from indelible.storage.database.models import Logbook

PIECE_BYTES: Final = 8_000_000
MOST_UNFINISHED: Final = 5  # of one person
KEPT: Final = timedelta(days=1)  # after its last piece
LONGEST_NAME: Final = 255
_ID: Final = re.compile(r"[0-9a-f]{32}")


class WrongPlaceError(SourceError):
    """A piece does not begin where the last one ended, or another is on its way: `received` is what is here."""

    def __init__(self, received: int) -> None:
        super().__init__("upload-wrong-place", received=received)
        self.received = received


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A file on its way: what was said of it when it was begun, and how much of it is here."""

    id: str
    name: str
    size: int  # bytes, as promised
    modified: int  # what the sender's system says of when it was changed: the same file is known again by it
    received: int
    until: datetime  # when it is swept, unless more comes

    @property
    def percent(self) -> int:
        """How much of it has arrived."""
        return 100 * self.received // self.size


def begin(user: User, name: str, size: int, modified: int, source: Source | None = None) -> Unfinished:
    """Begin an upload, or go on with the unfinished one of the same file; `source` is the one it is sent for.

    Raises SourceError: `upload-too-large`, `upload-no-room`, `upload-unfinished-many`, `empty_file`.
    """
    name = name.strip()[-LONGEST_NAME:] or "file"
    if size <= 0:
        raise SourceError("empty_file", name=name)
    if size > uploads.MOST_BYTES:
        raise SourceError("upload-too-large", name=name, limit=f"{uploads.MOST_BYTES // 1_000_000} MB")
    mine = unfinished_of(user)
    for each in mine:
        if (each.name, each.size, each.modified) == (name, size, modified):
            return each
    if len(mine) >= MOST_UNFINISHED:
        raise SourceError("upload-unfinished-many", most=MOST_UNFINISHED)
    _check_room(size)
    id = secrets.token_hex(16)
    told: dict[str, Any] = {"user": user.pk, "name": name, "size": size, "modified": modified}
    if source is not None:
        told["source"] = source.pk
    _data(id).touch(mode=0o600)
    about = _about(id)
    about.touch(mode=0o600)
    about.write_text(json.dumps(told), encoding="utf-8")
    return find(user, id)


def find(user: User, id: str) -> Unfinished:
    """Return an unfinished upload of a person. Raises SourceError (`upload-gone`) where there is none."""
    told = _told(id)
    if told is None or told["user"] != user.pk:
        raise SourceError("upload-gone")
    state = _data(id).stat()
    until = datetime.fromtimestamp(state.st_mtime, UTC) + KEPT
    return Unfinished(id, told["name"], told["size"], told["modified"], state.st_size, until)


def unfinished_of(user: User) -> list[Unfinished]:
    """Return what a person has on its way, newest first."""
    found = []
    for about in _folder().glob("*.pieces.json"):
        with contextlib.suppress(SourceError):
            found.append(find(user, about.name.partition(".")[0]))
    return sorted(found, key=lambda each: each.until, reverse=True)


def add(user: User, id: str, offset: int, piece: bytes) -> Unfinished:
    """Put a piece behind what is here. Raises WrongPlaceError, and SourceError as `begin` and `find` do."""
    upload = find(user, id)
    with _held(id, upload) as (data, received):
        if offset != received:
            raise WrongPlaceError(received)
        if received + len(piece) > upload.size:
            raise SourceError("upload-longer-than-said", name=upload.name)
        _check_room(len(piece))
        with data.open("ab") as file:
            file.write(piece)
    return find(user, id)


def finish(user: User, id: str, logbook: Logbook, by: By) -> Import:
    """Make a whole upload an import of which nothing is recorded yet. Raises SourceError where it is not whole."""
    upload = find(user, id)
    with _held(id, upload) as (data, received):
        if received != upload.size:
            raise WrongPlaceError(received)
        path = _folder() / f"{secrets.token_hex(16)}.upload"
        told = _told(id) or {}
        data.rename(path)
        _about(id).unlink(missing_ok=True)
    source = Source.objects.filter(pk=told.get("source") or 0, logbook=logbook).first()
    name = source.name if source is not None else None
    return receive(path, Path(upload.name).name or "file", logbook=logbook, by=by, source_name=name)


def forget(user: User, id: str) -> None:
    """Remove an unfinished upload. Raises SourceError where there is none."""
    find(user, id)
    _remove(id)


def sweep() -> int:
    """Remove what was left unfinished more than a day ago; return how many."""
    old = (datetime.now(UTC) - KEPT).timestamp()
    swept = 0
    for data in _folder().glob("*.pieces"):
        with contextlib.suppress(FileNotFoundError):
            if data.stat().st_mtime < old:
                _remove(data.name.partition(".")[0])
                swept += 1
    for about in _folder().glob("*.pieces.json"):  # whose other half is gone, or was never made
        with contextlib.suppress(FileNotFoundError):
            if about.stat().st_mtime < old and not _data(about.name.partition(".")[0]).exists():
                about.unlink()
    return swept


@contextlib.contextmanager
def _held(id: str, upload: Unfinished) -> Iterator[tuple[Path, int]]:
    """Hold an upload against other requests for it; gives its file and how much of it is here."""
    data = _data(id)
    try:
        handle = os.open(data, os.O_RDWR)
    except FileNotFoundError as gone:
        raise SourceError("upload-gone") from gone
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield data, os.fstat(handle).st_size
    except BlockingIOError as busy:
        raise WrongPlaceError(upload.received) from busy
    finally:
        os.close(handle)


def _check_room(size: int) -> None:
    free = shutil.disk_usage(settings.INDELIBLE_HOME.uploads).free
    if size > free - uploads.LEFT_FREE_BYTES:
        raise SourceError("upload-no-room")


def _told(id: str) -> dict[str, Any] | None:
    if not _ID.fullmatch(id) or not _data(id).exists():
        return None
    try:
        told = json.loads(_about(id).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return told if isinstance(told, dict) else None


def _remove(id: str) -> None:
    _data(id).unlink(missing_ok=True)
    _about(id).unlink(missing_ok=True)


def _folder() -> Path:
    return Path(settings.INDELIBLE_HOME.uploads)


def _data(id: str) -> Path:
    return _folder() / f"{id}.pieces"


def _about(id: str) -> Path:
    return _folder() / f"{id}.pieces.json"
