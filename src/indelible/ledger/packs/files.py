"""The files of a pack: are they those that the manifest lists, and did the log sign the manifest?

Each file is read once from end to end, no further than the size that the manifest states.
Source: docs/formats/pack.md sections 1, 2 and 7, "Files".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from hashlib import sha256

from ..errors import LedgerError, MalformedInput, SignatureError
from ..keys import VerifierKey
from ..notes import MAX_NOTE_BYTES, open_note
from .archive import Archive
from .manifest import LISTED_NAMES, MANIFEST_NAME, NOTE_NAME, FileItem, Manifest, pack_note_text
from .report import Check

_OTHER_NAME = re.compile(
    r"proof/entries/(?:0|[1-9][0-9]*)\.tlog-proof"
    r"|proof/stamps/(?:0|[1-9][0-9]*)-[1-9][0-9]*\.tsr"
    r"|attachments/(?:0|[1-9][0-9]*)-(?:0|[1-9][0-9]*)-[A-Za-z0-9._-]*"
)
_SECOND = {MANIFEST_NAME, NOTE_NAME}
Progress = Callable[[str, int, int], None]


class Files:
    """The check `files`, and the files themselves for the checks after it."""

    def __init__(self, archive: Archive, manifest: Manifest, data: bytes) -> None:
        self.check = Check("files")
        self.hashes: dict[str, str | None] = {}  # of each file that is there; None: cannot be unpacked
        self.listed = {item.name: item for item in manifest.files}
        self.archive = archive
        self._data = data

    def look(self, progress: Progress) -> None:
        """Hash every file and compare names, sizes and hashes with the manifest."""
        for name in LISTED_NAMES:
            if name not in self.listed:
                self.check.find("file-missing", None, None, name)
        for name in self.archive.names:
            if name not in self.listed and name not in _SECOND:
                self.check.find("file-unlisted", None, None, name)
        total = sum(item.size for item in self.listed.values())
        done = 0
        for item in self.listed.values():
            self._look_at(item)
            done += item.size
            progress("files", done, total)

    def _look_at(self, item: FileItem) -> None:
        name = item.name
        if name not in LISTED_NAMES and not _OTHER_NAME.fullmatch(name):
            self.check.find("file-unlisted", None, None, name)
        if name not in self.archive:
            self.check.find("file-missing", None, None, name)
            return
        self.check.count += 1
        hasher, size = sha256(), 0
        try:
            for chunk in self.archive.chunks(name, item.size):
                hasher.update(chunk)
                size += len(chunk)
        except MalformedInput as fault:
            self.hashes[name] = None
            code = "file-changed" if fault.code == "file-grows" else "zip-damaged"
            self.check.find(code, None, None, name)
            return
        self.hashes[name] = hasher.hexdigest()
        if (size, self.hashes[name]) != (item.size, item.sha256):
            self.check.find("file-changed", None, None, name)

    def signed(self, origin: str, key: VerifierKey | None) -> None:
        """Check the note over the manifest by the log's key; without a key that cannot be done."""
        if NOTE_NAME not in self.archive:
            self.check.find("file-missing", None, None, NOTE_NAME)
            return
        if key is None:
            self.check.blocked = True
            return
        try:
            opened = open_note(self.archive.read(NOTE_NAME, MAX_NOTE_BYTES), [key])
            if opened.text != pack_note_text(origin, self._data):
                raise SignatureError("other-manifest", "the note is over something else")
        except LedgerError as fault:
            damaged = isinstance(fault, MalformedInput) and fault.code == "zip-damaged"
            self.check.find("zip-damaged" if damaged else "manifest-signature", None, None, NOTE_NAME)

    def small(self, name: str, most: int) -> bytes | None:
        """Return a whole file of at most so many bytes; None where it is missing, broken or longer."""
        if self.hashes.get(name) is None or self.listed[name].size > most:
            return None
        return self.archive.read(name, self.listed[name].size)

    def is_readable(self, name: str) -> bool:
        """Say whether a file is there and can be unpacked."""
        return self.hashes.get(name) is not None
