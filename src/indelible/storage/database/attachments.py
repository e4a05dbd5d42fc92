"""Files that belong to entries.

They lie in the attachments folder under random names, never under their hash: a hash of a personal file
would outlive its erasure and let anybody try out what it was. Size and SHA-256 stand in the entry alone,
where they are sealed as a disclosure.

A file is stored first and named in the entry after. What was stored and then never recorded (the person
closed the page) belongs to no entry and is cleared away in time.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import IO, BinaryIO

from django.conf import settings

from indelible.events.shape import Attachment

from .clock import now
from .errors import NotFound, StorageError
from .logbooks import alias_of
from .models import Attachment as AttachmentRow
from .models import Logbook
from .reads import StoredEntry

MAX_BYTES = 256 * 1024 * 1024
CHUNK_BYTES = 1024 * 1024


def store_attachment(
    logbook: Logbook, file: IO[bytes], name: str, media_type: str, max_bytes: int = MAX_BYTES
) -> Attachment:
    """Store a file durably and return what an event says of it. Memory does not grow with the file.

    Raises StorageError (`attachment-too-large`, `attachment-empty`); nothing of it is left then.
    """
    blob = secrets.token_hex(16)
    path = _path(blob)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        size, digest = _write(path, file, max_bytes)
        AttachmentRow.objects.using(alias_of(logbook)).create(
            blob=blob, logbook=logbook, size=size, stored_at=now()
        )
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return {"name": name, "media_type": media_type, "size": size, "sha256": digest, "blob": blob}


def open_attachment(entry: StoredEntry, place: int) -> BinaryIO:
    """Open the file of `entry.event["attachments"][place]`. Whether it is as sealed, only a check tells.

    Raises NotFound (`no-such-attachment`) where the entry has no such attachment or the file is gone.
    """
    attached = entry.event.get("attachments", [])
    if not 0 <= place < len(attached) or "blob" not in attached[place]:
        raise NotFound("no-such-attachment", f"attachment {place} of entry {entry.index}")
    try:
        return _path(attached[place]["blob"]).open("rb")
    except FileNotFoundError:
        raise NotFound(
            "no-such-attachment", f"the file of attachment {place} of entry {entry.index}"
        ) from None


def attachment_digest(blob: str) -> tuple[int, str]:
    """Return size and SHA-256 (hex) of a stored file, as a check wants them. Raises NotFound."""
    try:
        with _path(blob).open("rb") as file:
            size, hasher = 0, sha256()
            while chunk := file.read(CHUNK_BYTES):
                size += len(chunk)
                hasher.update(chunk)
    except FileNotFoundError:
        raise NotFound("no-such-attachment", f"the file {blob}") from None
    return size, hasher.hexdigest()


def clear_unrecorded(logbook: Logbook, stored_before: str) -> int:
    """Remove the files stored before that time which no entry names; return how many."""
    rows = AttachmentRow.objects.using(alias_of(logbook)).filter(
        logbook=logbook, index=None, stored_at__lt=stored_before
    )
    blobs = list(rows.values_list("blob", flat=True))
    # The row goes first, and only while still unnamed: an entry recorded meanwhile keeps its file.
    gone = [blob for blob in blobs if rows.filter(blob=blob).delete()[0]]
    _remove(gone)
    return len(gone)


def _remove(blobs: Iterable[str]) -> None:
    for blob in blobs:
        with suppress(FileNotFoundError):
            _path(blob).unlink()


def _path(blob: str) -> Path:
    if len(blob) != 32 or not set(blob) <= set("0123456789abcdef"):
        # The name comes out of an entry, which may have been altered to lead elsewhere.
        raise NotFound("no-such-attachment", f"no file is called {blob[:40]!r}")
    folder: Path = settings.INDELIBLE_HOME.attachments
    return folder / blob[:2] / blob


def _write(path: Path, file: IO[bytes], max_bytes: int) -> tuple[int, str]:
    hasher, size = sha256(), 0
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as target:
        while chunk := file.read(CHUNK_BYTES):
            size += len(chunk)
            if size > max_bytes:
                raise StorageError("attachment-too-large", f"more than {max_bytes} bytes")
            hasher.update(chunk)
            target.write(chunk)
        if not size:
            raise StorageError("attachment-empty", "no bytes came")
        target.flush()
        os.fsync(handle)
    return size, hasher.hexdigest()
