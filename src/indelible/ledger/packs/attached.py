"""Attached files: is each the one that its entry names, and does each belong to an entry at all?

The bytes were hashed when the files were compared with the manifest; here only hashes and names meet.
Source: docs/formats/pack.md section 7, "Attachments".
"""

from __future__ import annotations

from collections.abc import Mapping

from .claims import Claims
from .details import Opened
from .manifest import ATTACHMENTS_FOLDER, attachment_name
from .report import Check

_FAMILY = "attachments/"


class Attached:
    """The check `attachments`. `hashes` maps each file that is there to its SHA-256 in hex (None: unreadable)."""

    def __init__(self, claims: Claims, listed: frozenset[str], hashes: Mapping[str, str | None]) -> None:
        self.check = Check("attachments")
        self.named = 0  # details that name a file
        self._claims = claims
        self._listed = listed
        self._hashes = {name: value for name, value in hashes.items() if name.startswith(ATTACHMENTS_FOLDER)}
        self._unclaimed = set(self._hashes)

    @property
    def applies(self) -> bool:
        """Whether there is any file to speak of."""
        return bool(self.named or self._hashes)

    def add(self, entry: Opened) -> None:
        """Compare the files that a line names."""
        for field, value in entry.values.items():
            if not field.startswith(_FAMILY):
                continue
            self.named += 1
            given = value if isinstance(value, dict) else {}
            name = given.get("name")
            file = attachment_name(
                entry.index, int(field.removeprefix(_FAMILY)), name if isinstance(name, str) else ""
            )
            self._compare(entry.index, field, file, given.get("sha256"))

    def _compare(self, index: int, field: str, file: str, digest: object) -> None:
        self._unclaimed.discard(file)
        if file in self._hashes:
            self.check.count += 1
            if self._hashes[file] != digest:
                self.check.find("attachment-differs", index, field, file)
        elif file in self._listed or not self._claims.withhold:
            self.check.find("attachment-missing", index, field, file)

    def end(self) -> None:
        """Refuse files that no entry names."""
        for file in self._unclaimed:
            self.check.find("attachment-differs", None, None, file)
