"""A file whose records are on the record is moved to the subfolder "taken", where that was chosen.

Nothing is ever written over: where a file of that name lies there already, the new one gets a number. And what was
written to in the last moment is put back, since only what was read may leave the folder.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from indelible.features.sources.kinds.folder import items
from indelible.features.sources.live.walking import Seen, open_folder
from indelible.features.sources.models import Source, SourceItem, Stage

SUBFOLDER: Final = b"taken"
MOST_AT_ONCE: Final = 200
MOST_OF_A_NAME: Final = 1_000


def put_away(source: Source, files: dict[str, Seen]) -> str | None:
    """Move what is recorded; return the name of a file that could not be moved, None where all could."""
    stuck = None
    rows = SourceItem.objects.filter(
        source=source,
        gone_at=None,
        facts__became__in=(items.TAKEN, items.SAME),
        taken_in__stage=Stage.DONE,
    )
    for item in rows.order_by("pk")[:MOST_AT_ONCE]:
        seen = files.get(item.name)
        if seen is None or seen.version != item.version:
            continue
        try:
            if _move(Path(source.settings["folder"]), seen):
                item.facts = {**item.facts, "became": items.AWAY}
                item.save(update_fields=["facts"])
        except OSError:
            stuck = stuck or item.name
    return stuck


def _move(folder: Path, seen: Seen) -> bool:
    """Move one file below the subfolder; False where it was written to just now. Raises OSError."""
    root = open_folder(folder)
    opened = [root]
    try:
        *steps, own = seen.path.split(b"/")
        source = _go(root, steps, opened, make=False)
        target = _go(root, [SUBFOLDER, *steps], opened, make=True)
        name = _free_name(target, own)
        try:
            os.rename(own, name, src_dir_fd=source, dst_dir_fd=target)
        except OSError:
            os.unlink(name, dir_fd=target)  # nothing took the place that was kept
            raise
        moved = os.stat(name, dir_fd=target, follow_symlinks=False)
        if (moved.st_size, moved.st_mtime_ns, moved.st_ino) != (seen.size, seen.modified, seen.inode):
            os.rename(name, own, src_dir_fd=target, dst_dir_fd=source)
            return False
        return True
    finally:
        for handle in opened:
            os.close(handle)


def _go(handle: int, steps: list[bytes], opened: list[int], *, make: bool) -> int:
    for step in steps:
        if make:
            with suppress(FileExistsError):
                os.mkdir(step, 0o755, dir_fd=handle)
        handle = os.open(step, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=handle)
        opened.append(handle)
    return handle


def _free_name(target: int, own: bytes) -> bytes:
    """Return a name that nothing has in the target, kept for us by an empty file that the move replaces."""
    stem, dot, ending = own.rpartition(b".")
    stem, ending = (stem, dot + ending) if stem else (own, b"")
    for number in range(1, MOST_OF_A_NAME):
        name = own if number == 1 else stem + b" (%d)" % number + ending
        try:
            os.close(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600, dir_fd=target))
        except FileExistsError:
            continue
        return name
    raise FileExistsError(own)
