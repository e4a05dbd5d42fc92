"""What a file is by its first bytes: text, a packing we open, or something that is no log.

The names given here are facts for people's texts ("a PDF document"), see notices.toml and the
explanations. A name's ending is never looked at.
"""

from __future__ import annotations

import re
from typing import IO

_HEAD = 1 << 16

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "pdf"),
    (b"\x89PNG\r\n\x1a\n", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF87a", "picture"),
    (b"GIF89a", "picture"),
    (b"II*\x00", "picture"),
    (b"MM\x00*", "picture"),
    (b"\x1f\x8b", "gz"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"PK\x07\x08", "zip"),
    (b"\x7fELF", "program"),
    (b"\xcf\xfa\xed\xfe", "program"),
    (b"\xca\xfe\xba\xbe", "program"),
    (b"SQLite format 3\x00", "database"),
    (b"ElfFile\x00", "windows_event_log"),
    (b"Rar!\x1a\x07", "other_archive"),
    (b"7z\xbc\xaf\x27\x1c", "other_archive"),
    (b"\xfd7zXZ\x00", "other_archive"),
    (b"\x28\xb5\x2f\xfd", "other_archive"),
    (b"{\\rtf", "office_document"),
    (b"OggS\x00", "recording"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Marks that could begin a text as well, with what must follow.
_LONGER_MAGIC: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (re.compile(rb"PAR1[^\n]*\x00"), "parquet"),
    (re.compile(rb"BZh[1-9]1AY&SY"), "other_archive"),
    (re.compile(rb"ID3[\x00-\x08]"), "recording"),
    (re.compile(rb"RIFF....WEBP", re.S), "picture"),
    (re.compile(rb"RIFF....(WAVE|AVI )", re.S), "recording"),
)
_WEB_PAGE = re.compile(rb"\s*(<!doctype html|<html)", re.I)
_CONTROL = re.compile(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def kind_of(file: IO[bytes]) -> str:
    """Return "text", "gz", "zip", "empty", or what the file is instead.

    "empty" is a file of nothing but blanks, line ends, no-break spaces and NUL bytes.
    """
    head = file.read(_HEAD)
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    for pattern, kind in _LONGER_MAGIC:
        if pattern.match(head):
            return kind
    if head.startswith(_OLE):
        return _old_office(head + file.read(1 << 20))
    if head[:2] == b"MZ" and b"\x00" in head[:64]:
        return "program"
    if head[257:262] == b"ustar":
        return "other_archive"
    if head[4:8] == b"ftyp":
        return "recording"
    if _WEB_PAGE.match(head.removeprefix(b"\xef\xbb\xbf")):
        return "web_page"
    if _is_blank(head, file):
        return "empty"
    return "text" if _looks_like_text(head) else "binary"


def _old_office(data: bytes) -> str:
    """Tell a workbook with a password, which is packed like this, from the older office formats."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        return "password_workbook"
    if "Workbook".encode("utf-16-le") in data or "Book".encode("utf-16-le") in data:
        return "old_workbook"
    return "office_document"


def _is_blank(head: bytes, file: IO[bytes]) -> bool:
    """Tell whether all of the file is blank; stops at the first byte that is not."""
    blank = b"\x00\x09\x0a\x0b\x0c\x0d\x20"
    marks = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\xc2\xa0", b"\xa0")
    while head:
        rest = head.strip(blank)
        for mark in marks:
            rest = rest.replace(mark, b"") if len(rest) < 4096 else rest
        if rest.strip(blank):
            return False
        head = file.read(_HEAD)
    return True


def _looks_like_text(head: bytes) -> bool:
    """Tell text, in whatever encoding, from bytes that are not: hardly any control characters.

    NUL bytes do not count: a crashed machine leaves tails of them. In UTF-16 the bytes say nothing, but the
    characters do.
    """
    for codec, mark in (("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff")):
        if head.startswith(mark):
            head = head.decode(codec, "replace").encode("utf-8", "replace")
    meaningful = len(head) - head.count(0)
    return len(_CONTROL.findall(head)) <= meaningful * 0.02 + 2
