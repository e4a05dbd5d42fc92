"""The files that hold the entries: the lines, their proofs, the attached files, the table and the workbook.

Two passes: one writes the lines and learns which columns there are, the next reads them back and writes the rows.
Nothing grows with the pack but a few bytes an entry.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, BinaryIO

import msgspec

from indelible.events.shape import Attachment
from indelible.features.packs.closing import Closed, is_asked, known
from indelible.features.packs.orders import PackError
from indelible.features.packs.parts import Part, Workshop
from indelible.features.packs.paths import Paths
from indelible.features.packs.reading import PackStopped, Stop
from indelible.features.packs.withholding import Withheld
from indelible.ledger.packs import manifest as names
from indelible.ledger.packs.lines import REPEATS, WITHHELD, Line
from indelible.ledger.packs.table import Columns
from indelible.ledger.proof_file import ProofFile
from indelible.ledger.strict import write_base64
from indelible.storage.database.attachments import open_attachment
from indelible.storage.database.errors import NotFound
from indelible.storage.database.reads import StoredEntry

MOST_SEARCHED_BYTES = 64 * 1024 * 1024


class _Kept(msgspec.Struct):
    """A line as it was written, read back."""

    closed: dict[str, str]
    index: int
    leaf: str
    open: tuple[str, ...]
    role: str


class _At(msgspec.Struct):
    at: str


_read_line = msgspec.json.Decoder(_Kept).decode
_read_at = msgspec.json.Decoder(_At).decode
_read_disclosure = msgspec.json.Decoder(tuple[str, str, Any]).decode


@dataclass(slots=True)
class Account:
    """What the lines amount to."""

    indexes: array[int] = field(default_factory=lambda: array("q"))
    closed: Counter[str] = field(default_factory=Counter)
    roles: Counter[str] = field(default_factory=Counter)
    hidden: Counter[str] = field(default_factory=Counter)  # names of fields that were hidden, with how many
    left_out: int = 0  # attached files
    first: int = -1  # place of the first asked entry
    last: int = -1
    first_at: str = ""
    last_at: str = ""

    def take(self, closed: Closed) -> None:
        """Count in a line."""
        line = closed.line
        self.indexes.append(line.index)
        self.roles[line.role] += 1
        for name, why in line.closed.items():
            kind = why.partition(":")[0]
            self.closed[kind] += 1
            if kind in (WITHHELD, REPEATS) and is_asked(closed):
                self.hidden[name] += 1
        if is_asked(closed):
            if self.first < 0:
                self.first, self.first_at = line.index, closed.at
            self.last, self.last_at = line.index, closed.at


def write_lines(
    shop: Workshop, lines: Iterator[tuple[Closed, StoredEntry]], withheld: Withheld
) -> tuple[Account, Columns]:
    """Write `entries.jsonl`, take in the attached files, and return what they amount to and the table's columns."""
    account, columns = Account(), Columns()
    with shop.writing(names.ENTRIES_NAME) as file:
        for closed, entry in lines:
            file.write(closed.text)
            account.take(closed)
            if is_asked(closed):
                columns.add(known(closed.line, closed.at, closed.values))
                account.left_out += _take_files(shop, closed, entry, withheld)
    return account, columns


def _take_files(shop: Workshop, closed: Closed, entry: StoredEntry, withheld: Withheld) -> int:
    """Take in the files of an entry that may be shown; return how many were left out."""
    attached = [name for name in closed.values if name.startswith("attachments/")]
    total = sum(name.startswith("attachments/") for name in (*closed.values, *closed.line.closed))
    hidden = any(why in (WITHHELD, REPEATS) for why in closed.line.closed.values())
    for name in attached:
        place = int(name.partition("/")[2])
        file: Attachment = closed.values[name]
        part = _part(entry, place, file)
        if not (withheld and _must_stay(part, withheld, hidden)):
            shop.take_part(part)
            total -= 1
    return total


def _part(entry: StoredEntry, place: int, file: Attachment) -> Part:
    """Return an attached file as a part of the pack. Raises PackError where it is gone, or not as it was sealed."""
    order = sorted(
        int(each.partition("/")[2]) for each in entry.content if each.startswith("attachments/")
    ).index(place)

    def reopen() -> BinaryIO:
        return open_attachment(entry, order)

    called = file.get("name", "")
    try:
        with reopen() as stream:
            size, digest = _digest(stream)
    except NotFound:
        raise PackError("pack-file-gone", number=f"{entry.index + 1:,}", name=called) from None
    if (size, digest) != (file.get("size"), file.get("sha256")):
        raise PackError("pack-file-altered", number=f"{entry.index + 1:,}", name=called)
    return Part(names.attachment_name(entry.index, place, called), size, digest, reopen)


def _digest(stream: BinaryIO) -> tuple[int, str]:
    hasher, size = sha256(), 0
    while chunk := stream.read(1 << 20):
        hasher.update(chunk)
        size += len(chunk)
    return size, hasher.hexdigest()


def _must_stay(part: Part, withheld: Withheld, hidden: bool) -> bool:
    """Whether a file must be left out: it holds what is withheld, or cannot be searched where something is."""
    if part.size > MOST_SEARCHED_BYTES:
        return hidden
    with part.open() as stream:
        data = stream.read()
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return hidden
    return hidden if "\0" in text else withheld.stands_in(text)


def write_proofs(shop: Workshop, note: str, paths: Paths, should_stop: Stop = lambda: False) -> None:
    """Write a proof file for each asked entry."""
    for line, _at, _values in asked_lines(shop):
        if should_stop():
            raise PackStopped
        text = ProofFile(line.index, paths.to(line.index), note, line.leaf.encode("ascii")).text
        shop.add(names.proof_name(line.index), text.encode("utf-8"))


def write_tree(shop: Workshop, hashes: Iterator[bytes]) -> None:
    """Write `tree.txt`."""
    with shop.writing(names.TREE_NAME) as file:
        for each in hashes:
            file.write(f"{write_base64(each)}\n".encode("ascii"))


def asked_lines(shop: Workshop) -> Iterator[tuple[Line, str, dict[str, Any]]]:
    """Yield each asked line that was written, when it was recorded, and what of it is open."""
    with shop.parts[names.ENTRIES_NAME].open() as file:
        for data in file:
            if not data.endswith(b'"role":"asked"}\n'):
                continue
            kept = _read_line(data)
            values = {name: value for _salt, name, value in map(_read_disclosure, kept.open)}
            line = Line(kept.index, kept.leaf, kept.open, kept.closed, kept.role)
            at = _read_at(kept.leaf.encode("ascii")).at
            yield known(line, at, values), at, values
