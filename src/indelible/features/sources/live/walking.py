"""What lies in a folder, read so that nobody can lead us out of it.

Every step is taken from the folder's own handle and no link is followed, so a link put in place of a file or a
subfolder between two steps leads nowhere. Names are bytes to the system and text to the record: what is no text is
written as `\\xff`, what cannot be seen as `\\u000a`, and a backslash is doubled, so that no two names read alike.
"""

from __future__ import annotations

import os
import stat
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

from indelible.storage.database.codes import code_of

MOST_FILES: Final = 100_000
DEEPEST: Final = 64
LONGEST_NAME_BYTES: Final = 1_900  # what an index of any database takes
MOST_HANDLES_LOOKED_AT: Final = 50_000

# What programs write while they are at it, and put under its real name once it is whole.
UNFINISHED: Final = (
    "*.part",
    "*.partial",
    "*.filepart",
    "*.tmp",
    "*.crdownload",
    "*.download",
    "*~",
    "~$*",
    "*.swp",
)


@dataclass(frozen=True, slots=True)
class Seen:
    """A file as it lies there. Times are nanoseconds since 1970; `changed` is when anything about it last was."""

    name: str  # as it is kept and shown, below the folder
    path: bytes
    size: int
    modified: int
    changed: int
    inode: int
    mode: int
    uid: int
    gid: int

    @property
    def version(self) -> str:
        """What is another text as soon as the file was written, replaced or set differently."""
        return f"{self.size}.{self.modified}.{self.changed}.{self.inode}"


@dataclass(slots=True)
class Listing:
    """The files of a folder. `unlisted` are the subfolders that could not be read: what is in them is not known."""

    files: dict[str, Seen] = field(default_factory=dict)
    unlisted: list[str] = field(default_factory=list)
    too_many: bool = False

    def tells_of(self, name: str) -> bool:
        """Whether this look would have found a file of that name, were it there."""
        return not self.too_many and not any(name.startswith(f"{folder}/") for folder in self.unlisted)


def list_folder(
    folder: Path,
    *,
    deep: bool,
    wanted: Callable[[bytes], bool],
    leave_out: bytes = b"",
    most: int = MOST_FILES,
) -> Listing:
    """List the files of a folder whose own name is `wanted`, with `deep` those of its subfolders too.

    `leave_out` is a subfolder that is passed over. Raises OSError where the folder itself cannot be read.
    """
    found = Listing()
    root = open_folder(folder)
    try:
        for seen in _walk(root, b"", deep, wanted, leave_out, found):
            if len(found.files) >= most:
                found.too_many = True
                break
            found.files[seen.name] = seen
    finally:
        os.close(root)
    return found


def open_folder(folder: Path) -> int:
    """Return a handle on a folder. Raises OSError."""
    return os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)


def _walk(
    handle: int,
    below: bytes,
    deep: bool,
    wanted: Callable[[bytes], bool],
    leave_out: bytes,
    found: Listing,
) -> Iterator[Seen]:
    folders: list[bytes] = []
    with os.scandir(handle) as entries:
        for entry in entries:
            own = os.fsencode(entry.name)
            try:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(own)
                    continue
                if not entry.is_file(follow_symlinks=False) or not wanted(own):
                    continue
                facts = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue  # gone since it was listed
            yield seen_as(below + own, facts)
    for own in folders:
        path = below + own
        if not deep or path == leave_out or not wanted(own + b"/"):
            continue
        if path.count(b"/") >= DEEPEST:
            found.unlisted.append(shown(path))
            continue
        try:
            inner = os.open(own, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=handle)
        except FileNotFoundError:
            continue
        except OSError:
            found.unlisted.append(shown(path))
            continue
        try:
            yield from _walk(inner, path + b"/", deep, wanted, leave_out, found)
        except OSError:  # read in part: what is missing from it may be there all the same
            found.unlisted.append(shown(path))
        finally:
            os.close(inner)


def seen_as(path: bytes, facts: os.stat_result) -> Seen:
    """Return a file with what the system says of it."""
    return Seen(
        shown(path),
        path,
        facts.st_size,
        facts.st_mtime_ns,
        facts.st_ctime_ns,
        facts.st_ino,
        stat.S_IMODE(facts.st_mode),
        facts.st_uid,
        facts.st_gid,
    )


def open_file(folder: Path, path: bytes) -> int:
    """Return a handle on a file below a folder, for reading. Raises OSError, also for what is no plain file."""
    *folders, own = path.split(b"/")
    handle = open_folder(folder)
    try:
        for step in folders:
            inner = os.open(step, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=handle)
            os.close(handle)
            handle = inner
        # Without waiting: a pipe put in its place would else hold us for ever.
        file = os.open(own, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=handle)
    finally:
        os.close(handle)
    if not stat.S_ISREG(os.fstat(file).st_mode):
        os.close(file)
        raise FileNotFoundError(shown(path))
    return file


def shown(path: bytes) -> str:
    """Return a path as it is kept and shown: no two paths in the same way."""
    text = path.decode("utf-8", "surrogateescape")
    if not all(_is_plain(character) for character in text):
        text = "".join(_shown(character) for character in text)
    kept = text.encode()
    if len(kept) <= LONGEST_NAME_BYTES:
        return text
    return f"{kept[:LONGEST_NAME_BYTES].decode('utf-8', 'ignore')}… {code_of('long name', path).hex()[:16]}"


def _shown(character: str) -> str:
    if "\udc80" <= character <= "\udcff":
        return f"\\x{ord(character) - 0xDC00:02x}"
    if character == "\\":
        return "\\\\"
    return character if _is_plain(character) else f"\\u{ord(character):04x}"


def _is_plain(character: str) -> bool:
    """Whether a character can be seen for what it is; blanks of any width count."""
    return character != "\\" and (character.isprintable() or unicodedata.category(character) == "Zs")


def matcher(patterns: str, *, hidden: bool) -> Callable[[bytes], bool]:
    """Return what says whether a name is wanted: by patterns such as "*.csv; *.json", all where there are none.

    Names of unfinished files never are, and with `hidden` off none that begins with a dot. A name that ends with a
    slash is a subfolder's, to which patterns do not apply.
    """
    asked = tuple(each.strip().lower() for each in patterns.replace(",", ";").split(";") if each.strip())

    def wanted(own: bytes) -> bool:
        name = os.fsdecode(own).lower()
        if name.startswith(".") and (not hidden or name.startswith(".~lock.")):
            return False
        if name.endswith("/"):
            return True
        if any(fnmatchcase(name, each) for each in UNFINISHED):
            return False
        return not asked or any(fnmatchcase(name, each) for each in asked)

    return wanted


def held_open(folder: Path) -> frozenset[bytes]:
    """Return the files below a folder that some program has open for writing, as far as the system tells us."""
    found: set[bytes] = set()
    root = os.fsencode(folder).rstrip(b"/") + b"/"
    looked_at = 0
    for process in _numbers(Path("/proc")):
        for handle in _numbers(process / "fd"):
            looked_at += 1
            if looked_at > MOST_HANDLES_LOOKED_AT:
                return frozenset(found)
            try:
                target = os.fsencode(handle.readlink())
                if target.startswith(root) and _writes(process / "fdinfo" / handle.name):
                    found.add(target[len(root) :])
            except OSError:
                continue  # closed since, or not ours to look at
    return frozenset(found)


def _numbers(folder: Path) -> list[Path]:
    try:
        return [each for each in folder.iterdir() if each.name.isdigit()]
    except OSError:
        return []


def _writes(fdinfo: Path) -> bool:
    for line in fdinfo.read_text().splitlines():
        if line.startswith("flags:"):
            return int(line.split()[1], 8) & os.O_ACCMODE in (os.O_WRONLY, os.O_RDWR)
    return False
