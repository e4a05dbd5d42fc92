"""Reading a pack's ZIP without believing it.

A ZIP says twice how large each file is and where it lies, and may lie both times. So nothing is unpacked to
a folder, no declared size is trusted, and reading stops at the bytes that the caller allows: those that the
manifest states. The directory is counted before it is read, since a short file can hold a long one.
Source: docs/formats/pack.md section 1; PKWARE APPNOTE 4.3 for the layout.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from ..errors import MalformedInput
from .lines import MAX_LINE_BYTES

MAX_FILES = 200_000
_MAX_DIRECTORY_BYTES = 128 * 1024 * 1024
_CHUNK = 256 * 1024
_END_SIGNATURE, _END_BYTES, _MAX_COMMENT = b"PK\x05\x06", 22, 65_535
_END64_SIGNATURE, _END64_BYTES, _LOCATOR_SIGNATURE, _LOCATOR_BYTES = b"PK\x06\x06", 56, b"PK\x06\x07", 20
_ITEM_SIGNATURE, _ITEM_BYTES = b"PK\x01\x02", 46
_ENCRYPTED = 0x1
_FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,  # a compression that Python does not know
    RuntimeError,  # a password
    UnicodeDecodeError,
    ValueError,
    OverflowError,
    OSError,  # seeking to where nothing is
)


class Archive:
    """The files of a ZIP by name. `file` must be seekable; it stays the caller's to close."""

    def __init__(self, file: BinaryIO) -> None:
        """Read the directory.

        Raises MalformedInput (`zip-damaged`) where it is no ZIP, a name stands twice or leads out of the folder, a
        file is locked or packed in another way, or there are more than 200,000.
        """
        try:
            _count(file)
            self._zip = zipfile.ZipFile(file)
        except _FAULTS as fault:
            raise _damaged(str(fault)) from fault
        self._items: dict[str, zipfile.ZipInfo] = {}
        for item in self._zip.infolist():
            _check_item(item)
            if item.filename.endswith("/") and not item.file_size:
                continue  # folders, which some programs add, hold nothing
            if item.filename in self._items:
                raise _damaged(f"{item.filename[:120]!a} stands twice")
            self._items[item.filename] = item

    @property
    def names(self) -> list[str]:
        """The names of the files, in the order of the directory."""
        return list(self._items)

    def __contains__(self, name: str) -> bool:
        return name in self._items

    def chunks(self, name: str, most: int) -> Iterator[bytes]:
        """Yield a file's bytes, and no more than `most` of them.

        Raises MalformedInput: `zip-damaged` where it cannot be unpacked, `file-grows` where there would be more.
        """
        left = most
        try:
            with self._zip.open(self._items[name]) as stream:
                while data := stream.read(_CHUNK):
                    left -= len(data)
                    if left < 0:
                        raise MalformedInput("file-grows", f"{name} has more than {most} bytes")
                    yield data
        except _FAULTS as fault:
            raise _damaged(f"{name}: {fault}") from fault

    def read(self, name: str, most: int) -> bytes:
        """Return a whole file. Raises MalformedInput as `chunks` does."""
        return b"".join(self.chunks(name, most))

    def lines(self, name: str, most: int, most_a_line: int = MAX_LINE_BYTES) -> Iterator[bytes]:
        """Yield a file's lines with their line ends (the last may lack its own).

        Raises MalformedInput as `chunks` does, and `line-too-long`.
        """
        rest: list[bytes] = []
        held = 0
        for chunk in self.chunks(name, most):
            first, line_end, others = chunk.partition(b"\n")
            held += len(first)
            if held > most_a_line:
                raise MalformedInput("line-too-long", f"{name} has a line of more than {most_a_line} bytes")
            rest.append(first + line_end)
            if not line_end:
                continue
            yield b"".join(rest)
            *whole, last = others.split(b"\n")
            for line in whole:
                yield line + b"\n"
            rest, held = [last], len(last)
        if last_line := b"".join(rest):
            yield last_line


def _check_item(item: zipfile.ZipInfo) -> None:
    name = item.orig_filename
    parts = name.split("/")
    plain = name.isascii() and name.isprintable() and name == item.filename
    if not plain or not name or "\\" in name or name.startswith("/") or ".." in parts or ":" in parts[0]:
        raise _damaged(f"the name {name[:120]!a}")
    if item.flag_bits & _ENCRYPTED:
        raise _damaged(f"{name[:120]!a} is locked")
    if item.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise _damaged(f"{name[:120]!a} is packed by method {item.compress_type}")


def _count(file: BinaryIO) -> None:
    """Refuse a directory of too many files before anything is made of them."""
    start, size = _directory(file)
    if not 0 <= size <= _MAX_DIRECTORY_BYTES or start < 0:
        raise _damaged(f"a directory of {size} bytes at {start}")
    file.seek(start)
    data = file.read(size)
    place = count = 0
    while place + _ITEM_BYTES <= len(data):
        if data[place : place + 4] != _ITEM_SIGNATURE:
            raise _damaged("the directory of the ZIP")
        count += 1
        if count > MAX_FILES:
            raise _damaged(f"more than {MAX_FILES} files")
        place += _ITEM_BYTES + sum(struct.unpack_from("<3H", data, place + 28))
    file.seek(0)


def _directory(file: BinaryIO) -> tuple[int, int]:
    """Return where the directory begins and how long it is, as `zipfile` is going to find it."""
    length = file.seek(0, 2)
    tail_start = max(length - _END_BYTES - _MAX_COMMENT - _END64_BYTES - _LOCATOR_BYTES, 0)
    file.seek(tail_start)
    tail = file.read(length - tail_start)
    # A ZIP without a comment ends in its end record; only else it is looked for, as `zipfile` does.
    found = len(tail) - _END_BYTES
    if found < 0 or tail[found : found + 4] != _END_SIGNATURE or tail[-2:] != b"\0\0":
        found = tail.rfind(_END_SIGNATURE)
    if found < 0 or found + _END_BYTES > len(tail):
        raise _damaged("no end of a ZIP")
    size: int = struct.unpack_from("<I", tail, found + 12)[0]
    end = tail_start + found
    locator, record = found - _LOCATOR_BYTES, found - _LOCATOR_BYTES - _END64_BYTES
    if (
        record >= 0
        and tail[locator : locator + 4] == _LOCATOR_SIGNATURE
        and tail[record : record + 4] == _END64_SIGNATURE
    ):
        size = struct.unpack_from("<Q", tail, record + 40)[0]
        end = tail_start + record
    return end - size, size


def _damaged(detail: str) -> MalformedInput:
    return MalformedInput("zip-damaged", detail)
