"""A pack from its order to its file.

    choose    read what may belong into it; hold tree and running numbers against each other
    record    fix the claims, append the making entry
    send      offer the newest seal to the witnesses
    write     lines, proofs, attached files, table, workbook, cover, keys, seals
    close     manifest and page, both signed; then all into one ZIP

Whatever goes wrong or stops it on the way leaves no file behind. Begun again, it goes on with the making that is on
record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings

from indelible.features.packs.closing import Closed, Closer
from indelible.features.packs.cover import cover
from indelible.features.packs.entries import Account, asked_lines, write_lines, write_proofs, write_tree
from indelible.features.packs.models import Pack
from indelible.features.packs.orders import Order, PackError
from indelible.features.packs.parts import Part, Workshop, appearing, workshop, write_zip
from indelible.features.packs.paths import Paths
from indelible.features.packs.reading import PackStopped, Stop, entries_at
from indelible.features.packs.recording import Chosen, Progress, fix
from indelible.features.packs.seals import Seal, seal_over, write_keys, write_seals
from indelible.features.packs.sheet import Sheet
from indelible.features.packs.telling import Made, how_made
from indelible.features.sources.origins import By
from indelible.ledger.notes import sign_note
from indelible.ledger.packs import manifest as names
from indelible.ledger.packs.lines import REPEATS, UNASKED, WITHHELD
from indelible.ledger.packs.tree import part_of_tree
from indelible.ledger.proofs import KeptTiles
from indelible.ledger.words import seal_words
from indelible.storage.database import reads
from indelible.storage.database.keys import signers
from indelible.storage.database.models import Logbook, Number
from indelible.storage.database.reads import StoredEntry
from indelible.verifier.page import build_page

RIDE_ALONG_BYTES = 20_000_000
"""Attached files up to so many bytes in all stand inside the page too, so that it alone checks them."""

SENDING, WRITING, TABLE, PAGE, PACKING = "sending", "writing", "table", "page", "packing"
_TELL_EVERY = 500


@dataclass(frozen=True, slots=True)
class File:
    """A pack that was made."""

    name: str
    kind: str
    entries: int  # that were asked for
    hidden: int  # details withheld, those that repeat one among them
    size: int  # bytes
    sha256: str
    seal: int  # how many entries its seal covers
    making: int  # index of the entry that tells of it


def make(
    row: Pack,
    order: Order,
    by: By,
    path: Path,
    progress: Progress = lambda step, done, total: None,
    should_stop: Stop = lambda: False,
) -> File:
    """Make the pack of `row` as the new file `path`.

    Raises PackError, PackStopped, FileExistsError, and what `append` raises; no file is left then.
    """
    if path.exists():
        raise FileExistsError(17, "File exists", str(path))
    chosen = fix(row, order, by, progress, should_stop)
    with workshop(Path(settings.INDELIBLE_HOME.uploads)) as shop:
        made = _Making(row, chosen, by, shop, progress, should_stop).write()
        with appearing(path) as file:
            digest = _pack(file, shop, progress, should_stop)
    account = made.account
    return File(
        row.name,
        order.kind,
        account.roles["asked"],
        account.closed[WITHHELD] + account.closed[REPEATS],
        path.stat().st_size,
        digest,
        made.seal.size,
        row.making or 0,
    )


class _Making:
    """The files of one pack, written one after the other."""

    def __init__(
        self, row: Pack, chosen: Chosen, by: By, shop: Workshop, progress: Progress, should_stop: Stop
    ) -> None:
        self._row, self._chosen, self._by, self._shop = row, chosen, by, shop
        self._progress, self._should_stop = progress, should_stop
        self._book: Logbook = row.logbook
        self._tiles = KeptTiles(reads.stored_hashes(row.logbook), 256)

    def write(self) -> Made:
        """Write every file; return what the pack amounts to."""
        chosen, shop, book = self._chosen, self._shop, self._book
        making = chosen.choice.making
        assert making is not None
        self._progress(SENDING, 0, 0)
        seal = seal_over(book, max([making, *chosen.choice.erasures]))
        account, columns = write_lines(shop, self._lines(), chosen.withheld)
        write_tree(shop, part_of_tree(account.indexes, seal.size, self._tiles))
        if account.roles["asked"] <= names.MAX_PROOF_FILES:
            write_proofs(shop, seal.note, Paths(seal.size, self._tiles), self._should_stop)
        lines, stamps = write_seals(shop, book, seal, account.first, account.last, self._tiles)
        write_keys(shop, book)
        made = self._made(account, seal)
        self._write_tables(columns, made)
        with shop.writing(names.COVER_NAME) as file:
            file.write(cover(made))
        self._write_manifest(made, lines, stamps)
        return made

    def _lines(self) -> Iterator[tuple[Closed, StoredEntry]]:
        """Yield the line of each entry, by rising place."""
        choice, order = self._chosen.choice, self._chosen.order
        closer = Closer(order.sequences, self._chosen.withheld)
        total = len(choice.asked) + len(choice.others) + len(choice.register)
        roles = choice.roles()
        ahead: list[str] = []

        def places() -> Iterator[int]:
            for index, role in roles:
                ahead.append(role)
                yield index

        reads_on = entries_at(self._book, places(), self._tiles, self._should_stop, with_texts=True)
        for done, read in enumerate(reads_on):
            if done % _TELL_EVERY == 0:
                self._progress(WRITING, done, total)
            yield closer.close(read, ahead.pop(0)), read.entry

    def _made(self, account: Account, seal: Seal) -> Made:
        order, withheld = self._chosen.order, self._chosen.withheld
        numbers = Number.objects.using(self._book._state.db).filter(
            logbook=self._book, name__in=order.sequences
        )
        return Made(
            order,
            self._chosen.claims,
            account,
            seal,
            seal_words(seal.text),
            withheld.masked(self._by.name),
            dict(numbers.order_by("name").values_list("name", "last")),
            sum(name.startswith(names.ATTACHMENTS_FOLDER) for name in self._shop.parts),
        )

    def _write_tables(self, columns: Any, made: Made) -> None:
        """Write the table and the workbook, row by row."""
        shop, total = self._shop, made.account.roles["asked"]
        path = shop.scratch("sheet.xlsx")
        sheet = Sheet(path, made.order, path.parent)
        with shop.writing(names.TABLE_NAME) as table:
            table.write(columns.header().encode("utf-8"))
            for done, (line, at, values) in enumerate(asked_lines(shop)):
                if done % _TELL_EVERY == 0:
                    self._progress(TABLE, done, total)
                    if self._should_stop():
                        raise PackStopped
                table.write(columns.row(line).encode("utf-8"))
                sheet.add(line, at, values)
        sheet.close(how_made(made))
        shop.take_file(names.SHEET_NAME, path)

    def _write_manifest(self, made: Made, seals: int, stamps: int) -> None:
        """Write the page over the inner manifest, and the manifest over all."""
        shop, account = self._shop, made.account
        counts = {
            "asked": account.roles["asked"],
            "attachments": made.files,
            "closed": {why: account.closed[why] for why in (REPEATS, UNASKED, WITHHELD, "erased")},
            "entries": len(account.indexes),
            "seals": seals,
            "stamps": stamps,
        }
        seal = names.seal_item(made.seal.size, made.words)

        def manifest() -> bytes:
            items = [part.item for part in shop.parts.values()]
            return names.manifest_text(made.claims, counts, items, seal)

        inner = manifest()
        with shop.writing(names.PAGE_NAME) as file:
            done = 0
            for piece in build_page(inner, self._signed(inner), self._inside()):
                if self._should_stop():
                    raise PackStopped
                file.write(piece)
                done += len(piece)
                self._progress(PAGE, done, 0)
        outer = manifest()
        shop.add(names.MANIFEST_NAME, outer)
        shop.add(names.NOTE_NAME, self._signed(outer).encode("utf-8"))

    def _signed(self, manifest: bytes) -> str:
        """Return the note over a manifest, by the key in use."""
        return sign_note(names.pack_note_text(self._book.origin, manifest), [signers(self._book)[0]])

    def _inside(self) -> dict[str, Callable[[], BinaryIO]]:
        """Return the files that stand inside the page: the proofs, and attached files as far as they are small."""
        parts = self._shop.parts
        inside = {
            name: part.open
            for name, part in parts.items()
            if name.startswith("proof/") and not name.startswith(names.PROOFS_FOLDER)
        }
        attached = {name: part for name, part in parts.items() if name.startswith(names.ATTACHMENTS_FOLDER)}
        if sum(part.size for part in attached.values()) <= RIDE_ALONG_BYTES:
            inside |= {name: part.open for name, part in attached.items()}
        return inside


def in_order(parts: dict[str, Part]) -> list[Part]:
    """Return the files in the order that the format gives them (docs/formats/pack.md section 1)."""
    fixed = (
        *names.LISTED_NAMES[:4],
        names.MANIFEST_NAME,
        names.NOTE_NAME,
        *names.LISTED_NAMES[4:],
    )
    rank = {name: place for place, name in enumerate(fixed)}
    folders = (names.PROOFS_FOLDER, names.STAMPS_FOLDER, names.ATTACHMENTS_FOLDER)

    def place(part: Part) -> tuple[int, int]:
        if part.name in rank:
            return rank[part.name], 0
        folder = next(number for number, start in enumerate(folders) if part.name.startswith(start))
        return len(rank) + folder, 0

    return sorted(parts.values(), key=place)


def _pack(file: BinaryIO, shop: Workshop, progress: Progress, should_stop: Stop) -> str:
    """Write the ZIP and return its SHA-256 in hex."""
    parts = in_order(shop.parts)
    total = sum(part.size for part in parts)
    write_zip(file, parts, lambda done: progress(PACKING, done, total), should_stop)
    file.seek(0)
    hasher = sha256()
    while chunk := file.read(1 << 20):
        hasher.update(chunk)
    return hasher.hexdigest()


__all__ = ["File", "PackError", "PackStopped", "make"]
