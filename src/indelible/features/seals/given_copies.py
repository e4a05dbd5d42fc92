"""Copies that somebody brings along, to be held against the log: what is in them, read without believing any of it.

a mailed receipt, a seal card's text, a signed note    its seals
a receipt of one entry (.tlog-proof)                   its seal, and the entry's fingerprint
an evidence pack (.zip)                                its seals, and the fingerprints of its entries
a published folder                                     its newest seal, and the fingerprints of all entries
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
from django.utils.translation import gettext as _

from indelible.features.seals.returned import MAX_BYTES, ZIP, read_returned
from indelible.ledger.checkpoints import Checkpoint
from indelible.ledger.errors import LedgerError, MalformedInput
from indelible.ledger.hashing import HASH_SIZE, leaf_hash
from indelible.ledger.notes import MAX_NOTE_BYTES, parse_note
from indelible.ledger.packs.archive import Archive
from indelible.ledger.packs.lines import Line
from indelible.ledger.proof_file import ProofFile
from indelible.ledger.tiles import tile_path
from indelible.ledger.tree import TILE_WIDTH
from indelible.storage.database.checking.copies import Copy

MOST_SEALS_BYTES = 64 * 1024 * 1024
MOST_ENTRIES_BYTES = 8 * 1024 * 1024 * 1024


class CopyUnreadable(Exception):
    """What was brought along is nothing that can be held against a log. `code` is a key of explanations.toml."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


class _Seal(msgspec.Struct):
    """A line of a pack's seals; the rest of it does not matter here."""

    cosigned: str


def read_copy(path: Path) -> Copy:
    """Return what a file or folder holds of a log.

    Raises CopyUnreadable (`copy-unreadable`) where that is nothing, OSError where it cannot be opened.
    """
    if path.is_dir():
        return _folder(path)
    with path.open("rb") as file:
        start = file.read(4)
    if start == ZIP:
        return _pack(path)
    if path.stat().st_size > MAX_BYTES:
        raise CopyUnreadable("copy-unreadable", name=path.name)
    found = read_returned(path.read_bytes())
    if found.proof:
        return _proof(path.name, found.proof)
    if not found.notes:
        raise CopyUnreadable("copy-unreadable", name=path.name)
    return Copy("receipt", path.name, found.notes)


def _proof(name: str, data: bytes) -> Copy:
    try:
        proof = ProofFile.parse(data)
    except MalformedInput as fault:
        raise CopyUnreadable("copy-unreadable", name=name) from fault
    extra = proof.extra
    if extra is None:
        return Copy("receipt", name, (proof.checkpoint_note,))
    return Copy("receipt", name, (proof.checkpoint_note,), leaves=lambda: [(proof.index, leaf_hash(extra))])


def _pack(path: Path) -> Copy:
    """Read the seals of a pack, and its entries when they are asked for."""
    notes: list[str] = []
    trouble = ""
    with path.open("rb") as file:
        try:
            archive = Archive(file)
            notes.append(archive.read("proof/checkpoint", MAX_NOTE_BYTES).decode("utf-8"))
            if "proof/seals.jsonl" in archive:
                for line in archive.lines("proof/seals.jsonl", MOST_SEALS_BYTES, MOST_SEALS_BYTES):
                    notes.append(msgspec.json.decode(line, type=_Seal).cosigned)
        except (LedgerError, KeyError, UnicodeDecodeError, msgspec.DecodeError):
            if not notes:
                raise CopyUnreadable("copy-unreadable", name=path.name) from None
            trouble = _("a part of it is damaged")
    return Copy("pack", path.name, tuple(dict.fromkeys(notes)), trouble, leaves=lambda: _leaves_of_pack(path))


def _leaves_of_pack(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield index and leaf hash of each entry of a pack, as far as it can be read."""
    with path.open("rb") as file:
        try:
            for line in Archive(file).lines("proof/entries.jsonl", MOST_ENTRIES_BYTES):
                entry = Line.parse(line)
                yield entry.index, leaf_hash(entry.leaf.encode("utf-8"))
        except (LedgerError, KeyError, OSError):
            return


def _folder(path: Path) -> Copy:
    """Read the newest seal of a published folder, and its fingerprints when they are asked for."""
    try:
        note = (path / "checkpoint").read_bytes()
        size = Checkpoint.parse(parse_note(note).text).size
        text = note.decode("utf-8")
    except (FileNotFoundError, LedgerError, UnicodeDecodeError) as fault:
        raise CopyUnreadable("copy-unreadable", name=path.name) from fault
    return Copy("folder", path.name, (text,), leaves=lambda: _leaves_of_folder(path, size))


def _leaves_of_folder(path: Path, size: int) -> Iterator[tuple[int, bytes]]:
    for index in range(-(-size // TILE_WIDTH)):
        width = min(TILE_WIDTH, size - index * TILE_WIDTH)
        try:
            hashes = (path / tile_path(0, index, width)).read_bytes()
        except FileNotFoundError:
            return
        for place in range(len(hashes) // HASH_SIZE):
            yield index * TILE_WIDTH + place, hashes[place * HASH_SIZE : (place + 1) * HASH_SIZE]
