"""Packs as files by name: taken out of a ZIP, given a manifest anew, put into a ZIP.

The manifest can be made to fit again without its signature (as anybody could), or signed again (as only the
holder of the log's key could), so that a test says against whom a check holds.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Mapping
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

from indelible.ledger.keys import SigningKey
from indelible.ledger.notes import sign_note
from indelible.ledger.packs import manifest as names
from indelible.ledger.packs.manifest import FileItem, manifest_text, pack_note_text

Parts = dict[str, bytes]

PLACEHOLDER = b"<!doctype html><title>Check this pack</title><p>The checking page stands here."


def page_of(parts: Mapping[str, bytes], inner_manifest: bytes, note: str) -> bytes:
    """Return the page over the other files: the real one, or a line where it was not built yet."""
    try:
        from indelible.verifier.page import build_page
    except ImportError:
        return PLACEHOLDER
    inside: dict[str, Callable[[], Any]] = {
        name: (lambda data=data: BytesIO(data))  # type: ignore[misc]
        for name, data in parts.items()
        if name.startswith(("proof/", "attachments/")) and not name.startswith(names.PROOFS_FOLDER)
    }
    try:
        return b"".join(build_page(inner_manifest, note, inside))
    except FileNotFoundError:  # the page is being built
        return PLACEHOLDER


def items_of(parts: Mapping[str, bytes]) -> list[FileItem]:
    """Return what the manifest lists of these files."""
    return [
        FileItem(name, len(data), sha256(data).hexdigest())
        for name, data in parts.items()
        if name not in (names.MANIFEST_NAME, names.NOTE_NAME)
    ]


def close(
    parts: Parts,
    claims: Mapping[str, Any],
    counts: Mapping[str, Any],
    seal: Mapping[str, Any],
    key: SigningKey,
    *,
    real_page: bool = True,
) -> Parts:
    """Return the files with page, manifest and note, in the order of the ZIP."""
    rest = {name: data for name, data in parts.items() if name != names.PAGE_NAME}
    inside = manifest_text(claims, counts, items_of(rest), seal)
    origin = key.verifier.name
    note = sign_note(pack_note_text(origin, inside), [key])
    page = page_of(rest, inside, note) if real_page else PLACEHOLDER
    listed = {names.PAGE_NAME: page, **rest}
    manifest = manifest_text(claims, counts, items_of(listed), seal)
    signed = sign_note(pack_note_text(origin, manifest), [key])
    return in_order({**listed, names.MANIFEST_NAME: manifest, names.NOTE_NAME: signed.encode()})


def in_order(parts: Parts) -> Parts:
    """Return the files in the order of the ZIP: the four to open, manifest and note, proofs, attachments."""
    first = [names.PAGE_NAME, names.COVER_NAME, names.TABLE_NAME, names.SHEET_NAME]
    first += [names.MANIFEST_NAME, names.NOTE_NAME]
    fixed = first + [name for name in names.LISTED_NAMES if name not in first]
    rest = [name for name in parts if name not in fixed]
    return {name: parts[name] for name in fixed + rest if name in parts}


def signed_again(
    parts: Parts, key: SigningKey, edit: Callable[[dict[str, Any]], None] | None = None
) -> Parts:
    """Return the files with a manifest that fits them, and the log's signature over it.

    `edit` may change the manifest's object before. The page is built anew too, as its maker would.
    """
    value = json.loads(parts[names.MANIFEST_NAME])
    if edit is not None:
        edit(value)
    rest = {name: data for name, data in parts.items() if name not in (names.MANIFEST_NAME, names.NOTE_NAME)}
    real = parts.get(names.PAGE_NAME, PLACEHOLDER) != PLACEHOLDER
    return close(rest, value["claims"], value["counts"], value["seal"], key, real_page=real)


def fitted(parts: Parts, edit: Callable[[dict[str, Any]], None] | None = None) -> Parts:
    """Return the files with a manifest that fits them, and the old note, which does not: nobody has the key."""
    value = json.loads(parts[names.MANIFEST_NAME])
    if edit is not None:
        edit(value)
    manifest = manifest_text(value["claims"], value["counts"], items_of(parts), value["seal"])
    return parts | {names.MANIFEST_NAME: manifest}


def read_zip(path: Path) -> Parts:
    """Return the files of a ZIP by name."""
    with zipfile.ZipFile(path) as archive:
        return {item.filename: archive.read(item) for item in archive.infolist()}


def write_zip(path: Path, parts: Mapping[str, bytes], *, compression: int = zipfile.ZIP_DEFLATED) -> None:
    """Write files as a ZIP, in their order, always the same bytes for the same files."""
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in parts.items():
            info = zipfile.ZipInfo(name, (2025, 1, 1, 0, 0, 0))
            info.compress_type = compression
            archive.writestr(info, data)
