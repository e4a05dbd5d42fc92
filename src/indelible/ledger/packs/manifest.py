"""What a pack says of itself: names of its files, the claims, the manifest and the note over it.

The *claims* are what was asked for and how. They stand in the manifest, and their digest in the entry that
records the making, so that they cannot be changed without another entry in the log. The page inside the
pack cannot hold its own hash; it holds the *inner* manifest, which leaves the page out.
Source: docs/formats/pack.md sections 1 and 2.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from .. import canonical
from ..errors import MalformedInput
from ..keys import check_key_name
from ..strict import write_base64

VERSION = 1

PAGE_NAME = "1 Open this page to check.html"
COVER_NAME = "2 Cover.pdf"
TABLE_NAME = "3 Entries.csv"
SHEET_NAME = "4 Entries.xlsx"
MANIFEST_NAME = "manifest.json"
NOTE_NAME = "manifest.note"
ENTRIES_NAME = "proof/entries.jsonl"
TREE_NAME = "proof/tree.txt"
CHECKPOINT_NAME = "proof/checkpoint"
SEALS_NAME = "proof/seals.jsonl"
KEYS_NAME = "proof/keys.json"
PROOFS_FOLDER = "proof/entries/"
STAMPS_FOLDER = "proof/stamps/"
ATTACHMENTS_FOLDER = "attachments/"

# What every pack holds, in the order of the ZIP; manifest.json and manifest.note are not listed in themselves.
LISTED_NAMES = (
    PAGE_NAME,
    COVER_NAME,
    TABLE_NAME,
    SHEET_NAME,
    ENTRIES_NAME,
    TREE_NAME,
    CHECKPOINT_NAME,
    SEALS_NAME,
    KEYS_NAME,
)

WHOLE, SELECTION = "whole", "selection"
MAX_PROOF_FILES = 10_000
MAX_MANIFEST_BYTES = 64 * 1024 * 1024  # 200,000 files with long names
NOTE_FIRST_LINE = "indelible/pack/v1"

_KEYS = {"claims", "counts", "files", "seal", "v"}
_MAX_ATTACHMENT_NAME = 80


@dataclass(frozen=True, slots=True)
class FileItem:
    """A file as the manifest lists it: `size` in bytes, `sha256` in hex."""

    name: str
    size: int
    sha256: str

    def as_json(self) -> dict[str, str | int]:
        """Return the item as it stands in the manifest."""
        return {"name": self.name, "sha256": self.sha256, "size": self.size}


@dataclass(frozen=True, slots=True)
class Manifest:
    """A manifest, read. Its form is checked, not whether it is true."""

    claims: dict[str, Any]
    counts: dict[str, Any]
    files: tuple[FileItem, ...]
    seal: dict[str, Any]

    @classmethod
    def parse(cls, data: bytes) -> Manifest:
        """Read a manifest.

        Raises MalformedInput: `bad-pack-version` where it is of another format version, else `bad-manifest` and
        those of canonical JSON (not canonical, another key, files unsorted or doubled).
        """
        value = canonical.decode(data)
        if not isinstance(value, dict):
            raise MalformedInput("bad-manifest", "no object")
        # The version first: a newer format may look different in everything else.
        version = value.get("v")
        if type(version) is int and version != VERSION:
            raise MalformedInput("bad-pack-version", f"version {version}")
        if value.keys() != _KEYS or type(version) is not int:
            raise MalformedInput("bad-manifest", f"keys {sorted(value)[:20]!a}")
        if canonical.encode(value) != data:
            raise MalformedInput("bad-manifest", "not canonical JSON")
        if not all(isinstance(value[key], dict) for key in ("claims", "counts", "seal")):
            raise MalformedInput("bad-manifest", "claims, counts or seal that are no object")
        return cls(value["claims"], value["counts"], _files(value["files"]), value["seal"])


def _files(value: object) -> tuple[FileItem, ...]:
    if not isinstance(value, list):
        raise MalformedInput("bad-manifest", "no list of files")
    items: list[FileItem] = []
    for item in value:
        if not isinstance(item, dict) or item.keys() != {"name", "sha256", "size"}:
            raise MalformedInput("bad-manifest", "a file without name, sha256 and size")
        name, digest, size = item["name"], item["sha256"], item["size"]
        if not isinstance(name, str) or not isinstance(digest, str) or type(size) is not int or size < 0:
            raise MalformedInput("bad-manifest", f"the file {str(name)[:120]!a}")
        if items and items[-1].name >= name:
            raise MalformedInput("bad-manifest", f"the file {name[:120]!a} is not in its place")
        items.append(FileItem(name, size, digest))
    return tuple(items)


def claims_digest(claims: Mapping[str, object]) -> str:
    """Return what the making entry holds of the claims: SHA-256 of their canonical form in base64."""
    return write_base64(sha256(canonical.encode(dict(claims))).digest())


def manifest_text(
    claims: Mapping[str, object],
    counts: Mapping[str, object],
    files: Iterable[FileItem],
    seal: Mapping[str, object],
) -> bytes:
    """Return the manifest. `files` in any order; `seal` is `{"size", "words"}`. Raises MalformedInput."""
    items = sorted((item.as_json() for item in files), key=lambda item: str(item["name"]))
    value = {"claims": dict(claims), "counts": dict(counts), "files": items, "seal": dict(seal), "v": VERSION}
    return canonical.encode(value)


def inner(manifest: bytes) -> bytes:
    """Return the manifest without the item of the page, as the page itself holds it. Raises MalformedInput."""
    read = Manifest.parse(manifest)
    return manifest_text(
        read.claims, read.counts, (item for item in read.files if item.name != PAGE_NAME), read.seal
    )


def pack_note_text(origin: str, manifest: bytes) -> str:
    """Return the text of the note that is signed over a manifest, inner or not. Raises MalformedInput."""
    return f"{NOTE_FIRST_LINE}\n{check_key_name(origin)}\n{write_base64(sha256(manifest).digest())}\n"


def seal_item(size: int, words: Sequence[str]) -> dict[str, object]:
    """Return the manifest's `seal`."""
    return {"size": size, "words": list(words)}


def attachment_name(index: int, place: int, name: str) -> str:
    """Return the path of the file of `attachments/<place>` of entry `index`, called `name` by its source."""
    plain = "".join(each if each.isascii() and (each.isalnum() or each in ".-_") else "_" for each in name)
    return f"{ATTACHMENTS_FOLDER}{index}-{place}-{plain[-_MAX_ATTACHMENT_NAME:]}"


def proof_name(index: int) -> str:
    """Return the path of an entry's proof file."""
    return f"{PROOFS_FOLDER}{index}.tlog-proof"


def stamp_name(size: int, number: int) -> str:
    """Return the path of a time-stamp response; `number` counts from 1 in the order of the seals."""
    return f"{STAMPS_FOLDER}{size}-{number}.tsr"
