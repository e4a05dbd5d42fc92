"""One file of a watched folder is taken: copied whole, compared with what was taken before, handed to the import.

The copy is what is recorded, so what happens to the file from then on changes nothing. The row of the file is written
in the same transaction as its import. A worker that dies before leaves a copy that nobody needs (`live.leftovers`
sweeps it away), and the file is taken again; one that dies after has taken it, once.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, BinaryIO, Final

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from indelible.features.sources import codes
from indelible.features.sources.kinds.folder import growing, items
from indelible.features.sources.live.files import kept_path, take_file
from indelible.features.sources.live.walking import Seen, open_file, seen_as
from indelible.features.sources.models import Import, Source, SourceItem, Stage
from indelible.features.sources.uploads import LEFT_FREE_BYTES
from indelible.intake.limits import Limits

CHUNK_BYTES: Final = 1 << 20
NONE: Final[Mapping[str, int]] = MappingProxyType({})


class NotYet(Exception):
    """The file is still being written: it moved while it was read."""


class NoRoom(Exception):
    """The disk of the data folder has no room for the copy."""


class _TakenMeanwhile(Exception):
    """Another worker was faster."""


@dataclass(frozen=True, slots=True)
class Copy:
    """What was read of a file: where that lies, the code of the whole file, and up to which of its bytes.

    `first_line` is where it begins in the file: 1, or further on where it is only what is new.
    """

    path: Path
    code: bytes
    size: int
    first_line: int = 1

    def as_facts(self) -> dict[str, Any]:
        """Return what is kept of it, to know the file again and what it grew by."""
        return {"code": self.code.hex(), "to": self.size, **({"part": True} if self.first_line > 1 else {})}


def take(
    source: Source,
    seen: Seen,
    renew: Callable[[], None],
    *,
    whole_lines: bool = False,
    grown: Mapping[str, int] = NONE,
) -> str:
    """Take one file; return what became of it (a word of `items`).

    `whole_lines` takes a file that never stands still up to the end of its last whole line. `grown` are the files that
    were taken in parts: their codes, and the import of the last part.
    Raises NotYet, NoRoom, and OSError where the file cannot be read.
    """
    now = timezone.now()
    item = SourceItem.objects.get(source=source, name=seen.name)
    if seen.size == 0 or seen.size > Limits().max_bytes:
        became = items.TOO_LARGE if seen.size else items.EMPTY
        items.settled(item, seen, became, now)
        return became
    copy = _copy(source, seen, item, renew, whole_lines=whole_lines)
    kept = False
    try:
        if item.facts.get("code") == copy.code.hex() and item.taken_in_id is not None:
            items.settled(item, seen, items.TAKEN, now, **copy.as_facts())  # only touched
            return items.TAKEN
        before = _same_before(source, copy, grown)
        if before is not None:
            item.taken_in = before
            items.settled(item, seen, items.SAME, now, **copy.as_facts(), same_as=before.file_name)
            return items.SAME

        def note(row: Import) -> None:
            mine = SourceItem.objects.select_for_update().get(pk=item.pk)
            if (mine.version, mine.facts.get("code")) != (item.version, item.facts.get("code")):
                raise _TakenMeanwhile
            mine.taken_in = row
            items.settled(mine, seen, items.TAKEN, now, **copy.as_facts())
            if copy.first_line > 1:
                row.file_name = _("%(name)s, from line %(line)s") % {
                    "name": seen.name[:200],
                    "line": f"{copy.first_line:,}",
                }
                row.save(update_fields=["file_name"])

        take_file(source, copy.path, seen.name, received_at=now, together_with=note)
        kept = True
        return items.TAKEN
    except _TakenMeanwhile:
        return items.TAKEN
    finally:
        if not kept:
            copy.path.unlink(missing_ok=True)


def _same_before(source: Source, copy: Copy, grown: Mapping[str, int]) -> Import | None:
    """Return the import that took this very content from this source before, under whatever name."""
    imports = Import.objects.filter(logbook=source.logbook, source=source)
    if (key := grown.get(copy.code.hex())) is not None:
        return imports.filter(pk=key).first()
    return imports.filter(fingerprint=copy.code).first()


def _copy(
    source: Source, seen: Seen, item: SourceItem, renew: Callable[[], None], *, whole_lines: bool
) -> Copy:
    """Copy a file to the data folder, durably. Raises NotYet where it changed meanwhile, NoRoom, OSError."""
    folder = Path(settings.INDELIBLE_HOME.uploads)
    if shutil.disk_usage(folder).free < seen.size + LEFT_FREE_BYTES:
        raise NoRoom
    path = kept_path()
    handle = open_file(Path(source.settings["folder"]), seen.path)
    try:
        with open(handle, "rb", closefd=False) as read:
            copy = _new_part(source, seen, item, read, path, renew, whole_lines=whole_lines)
            if copy is None:
                copy = _whole(read, path, renew, whole_lines=whole_lines)
        if not whole_lines and seen_as(seen.path, os.fstat(handle)).version != seen.version:
            raise NotYet
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    finally:
        os.close(handle)
    _flush(path)
    _flush(folder)
    return copy


def _new_part(
    source: Source,
    seen: Seen,
    item: SourceItem,
    read: BinaryIO,
    path: Path,
    renew: Callable[[], None],
    *,
    whole_lines: bool,
) -> Copy | None:
    """Write what is new of a file that only grew; None where the whole has to be read."""
    recorded = item.taken_in is not None and item.taken_in.stage == Stage.DONE
    if not recorded or not growing.may_have_grown(item.facts, seen.size):
        return None
    try:
        with open(path, "xb", opener=_private) as written:
            code, size, first_line = growing.write_part(
                source, seen.name, item.facts, read, written, renew, whole_lines=whole_lines
            )
    except growing.NoPart:
        path.unlink(missing_ok=True)
        return None
    return Copy(path, code, size, first_line)


def _whole(read: BinaryIO, path: Path, renew: Callable[[], None], *, whole_lines: bool) -> Copy:
    """Write the whole of a file."""
    read.seek(0)
    with open(path, "xb", opener=_private) as written:
        size = _copy_bytes(read, written, Limits().max_bytes, renew)
    if whole_lines:
        size = _cut_to_whole_lines(path, size)
    return Copy(path, codes.file_codes(path)[1], size)


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
