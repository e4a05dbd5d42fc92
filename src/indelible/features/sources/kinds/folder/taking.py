"""One file of a watched folder is taken: copied whole, compared with what was taken before, handed to the import.

The copy is what is recorded, so what happens to the file from then on changes nothing. The row of the file is written
in the same transaction as its import: a worker that dies before leaves a copy that nobody needs, and the file is taken
again; one that dies after has taken it, once.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from indelible.features.sources import codes
from indelible.features.sources.kinds.folder import items
from indelible.features.sources.live.files import take_file
from indelible.features.sources.live.walking import Seen, open_file, seen_as
from indelible.features.sources.models import Import, Source, SourceItem
from indelible.features.sources.uploads import LEFT_FREE_BYTES
from indelible.intake.limits import Limits

CHUNK_BYTES: Final = 1 << 20
UNUSED_AFTER_SECONDS: Final = 6 * 3600.0


class NotYet(Exception):
    """The file is still being written: it moved while it was read."""


class NoRoom(Exception):
    """The disk of the data folder has no room for the copy."""


class _TakenMeanwhile(Exception):
    """Another worker was faster."""


@dataclass(frozen=True, slots=True)
class Copy:
    """What was read of a file: where it lies, its code, and how many bytes."""

    path: Path
    code: bytes
    size: int


def take(source: Source, seen: Seen, renew: Callable[[], None], *, whole_lines: bool = False) -> str:
    """Take one file; return what became of it (a word of `items`).

    `whole_lines` takes a file that never stands still up to the end of its last whole line.
    Raises NotYet, NoRoom, and OSError where the file cannot be read.
    """
    now = timezone.now()
    item = SourceItem.objects.get(source=source, name=seen.name)
    if seen.size == 0 or seen.size > Limits().max_bytes:
        became = items.TOO_LARGE if seen.size else items.EMPTY
        items.settled(item, seen, became, now)
        return became
    copy = _copy(source, seen, renew, whole_lines=whole_lines)
    kept = False
    try:
        if item.facts.get("code") == copy.code.hex() and item.taken_in_id is not None:
            items.settled(item, seen, items.TAKEN, now, code=copy.code.hex())  # only touched
            return items.TAKEN
        before = Import.objects.filter(logbook=source.logbook, source=source, fingerprint=copy.code).first()
        if before is not None:
            item.taken_in = before
            items.settled(item, seen, items.SAME, now, code=copy.code.hex(), same_as=before.file_name)
            return items.SAME

        def note(row: Import) -> None:
            mine = SourceItem.objects.select_for_update().get(pk=item.pk)
            if (mine.version, mine.facts.get("code")) != (item.version, item.facts.get("code")):
                raise _TakenMeanwhile
            mine.taken_in = row
            items.settled(mine, seen, items.TAKEN, now, code=copy.code.hex())

        take_file(source, copy.path, seen.name, received_at=now, together_with=note)
        kept = True
        return items.TAKEN
    except _TakenMeanwhile:
        return items.TAKEN
    finally:
        if not kept:
            copy.path.unlink(missing_ok=True)


def _copy(source: Source, seen: Seen, renew: Callable[[], None], *, whole_lines: bool) -> Copy:
    """Copy a file to the data folder, durably. Raises NotYet where it changed meanwhile, NoRoom, OSError."""
    folder = Path(settings.INDELIBLE_HOME.uploads)
    if shutil.disk_usage(folder).free < seen.size + LEFT_FREE_BYTES:
        raise NoRoom
    path = folder / f"{_drafts_of(source)}{secrets.token_hex(16)}.upload"
    handle = open_file(Path(source.settings["folder"]), seen.path)
    try:
        with open(handle, "rb", closefd=False) as read, open(path, "xb", opener=_private) as written:
            size = _copy_bytes(read, written, Limits().max_bytes, renew)
            if not whole_lines and seen_as(seen.path, os.fstat(handle)).version != seen.version:
                raise NotYet
        if whole_lines:
            size = _cut_to_whole_lines(path, size)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    finally:
        os.close(handle)
    _flush(path)
    _flush(folder)
    _digest, code = codes.file_codes(path)
    return Copy(path, code, size)


def _copy_bytes(read: BinaryIO, written: BinaryIO, most: int, renew: Callable[[], None]) -> int:
    size = 0
    while chunk := read.read(CHUNK_BYTES):
        size += len(chunk)
        if size > most:
            raise NotYet  # it grew beyond the bound: the next look says so
        written.write(chunk)
        renew()
    return size


def _cut_to_whole_lines(path: Path, size: int) -> int:
    """Cut a copy after its last line end; the rest was being written. Raises NotYet where there is none."""
    with path.open("r+b") as file:
        at = size
        while at > 0:
            begin = max(at - CHUNK_BYTES, 0)
            file.seek(begin)
            piece = file.read(at - begin)
            if b"\0" in piece:
                raise NotYet  # room made for what is still to come
            if (end := piece.rfind(b"\n")) >= 0:
                file.truncate(begin + end + 1)
                return begin + end + 1
            at = begin
    raise NotYet


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _drafts_of(source: Source) -> str:
    return f"folder-{source.pk}-"


def sweep(source: Source) -> None:
    """Remove copies that a worker left which died before it handed them on."""
    folder = Path(settings.INDELIBLE_HOME.uploads)
    old = timezone.now().timestamp() - UNUSED_AFTER_SECONDS
    left = [each for each in folder.glob(f"{_drafts_of(source)}*.upload") if each.stat().st_mtime < old]
    if left:
        with transaction.atomic():
            used = set(
                Import.objects.filter(source=source, held_at__in=map(str, left)).values_list(
                    "held_at", flat=True
                )
            )
        for each in left:
            if str(each) not in used:
                each.unlink(missing_ok=True)
