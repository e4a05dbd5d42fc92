"""Check a pack: everything in it against its seal, its own words and what the reader trusts.

One pass hashes the files, one reads the entries and asks all questions about them at once while the tree is
walked beside them, one holds the table against them. So memory does not grow with the pack. A check that
fails stops no other, as long as what the other needs is there: whoever holds a bad pack wants to know all
that is wrong with it.
Source: docs/formats/pack.md section 7. Nothing here is shared with the checking page in the pack.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from ..errors import MalformedInput, ProofError
from ..hashing import HASH_SIZE, leaf_hash
from ..strict import read_base64
from .archive import Archive
from .attached import Attached
from .claims import Claims
from .details import Opened, open_line
from .files import Files, Progress
from .keyring import check_keys
from .lines import ASKED, MAX_LINE_BYTES, Line
from .manifest import (
    ATTACHMENTS_FOLDER,
    CHECKPOINT_NAME,
    ENTRIES_NAME,
    KEYS_NAME,
    MANIFEST_NAME,
    MAX_MANIFEST_BYTES,
    SEALS_NAME,
    TABLE_NAME,
    TREE_NAME,
    Manifest,
    seal_item,
)
from .numbers import Numbers, Register
from .report import Check, PackReport, Trust
from .said import Erasures, Said
from .seals import Seals
from .spoken import compare_typed, words_of
from .table import Columns
from .tabled import compare_table, rising
from .tree import root_of_part

MAX_KEYS_BYTES = 8 * 1024 * 1024
MAX_SMALL_BYTES = 1024 * 1024
_MAX_SEAL_LINE = 8 * 1024 * 1024
_TREE_LINE = 45  # 44 characters of base64 and the line end
_EVERY = 256  # lines between two words of progress


def check_pack(
    file: BinaryIO,
    trust: Trust | None = None,
    *,
    progress: Progress | None = None,
    most_bytes: int | None = None,
) -> PackReport:
    """Check a pack, and return the answer: what is wrong with a pack is never raised.

    `file` must be seekable and stays open. `progress(step, done, total)` is called now and then, step being
    `files` (in bytes), `entries` or `table` (in entries).

    Raises MalformedInput (`pack-too-large`) where the files together are larger than `most_bytes` unpacked, or one
    part that is read as a whole is longer than a hundredth of it.
    """
    try:
        archive = Archive(file)
    except MalformedInput:
        return _unreadable("zip-damaged")
    if MANIFEST_NAME not in archive:
        return _unreadable("file-missing", MANIFEST_NAME)
    try:
        data = archive.read(MANIFEST_NAME, _most_of_manifest(most_bytes))
        manifest = Manifest.parse(data)
        claims = Claims.parse(manifest.claims)
    except MalformedInput as fault:
        if fault.code == "file-grows" and most_bytes is not None:
            raise MalformedInput("pack-too-large", fault.detail) from fault
        code = {"zip-damaged": "zip-damaged", "bad-pack-version": "format-unknown"}.get(fault.code)
        return _unreadable(code or "manifest-damaged", MANIFEST_NAME)
    total = sum(item.size for item in manifest.files)
    if most_bytes is not None and total > most_bytes:
        raise MalformedInput("pack-too-large", f"{total} bytes unpacked, {most_bytes} allowed")
    files = Files(archive, manifest, data)
    most_a_line = MAX_LINE_BYTES if most_bytes is None else min(MAX_LINE_BYTES, most_bytes // 100)
    return _Examination(files, manifest, claims, trust or Trust(), progress or _nobody, most_a_line).report()


def _most_of_manifest(most_bytes: int | None) -> int:
    """Return how long a manifest may be: it is read as a whole, and a hostile one costs many times its length."""
    return MAX_MANIFEST_BYTES if most_bytes is None else min(MAX_MANIFEST_BYTES, most_bytes // 100)


def _unreadable(code: str, name: str | None = None) -> PackReport:
    check = Check("files")
    check.find(code, None, None, name)
    return PackReport(None, 0, False, (), None, (check,))


def _nobody(_step: str, _done: int, _total: int) -> None:
    """Tell nobody how far it is."""


class _Examination:
    """One pack on its way through the checks."""

    def __init__(
        self,
        files: Files,
        manifest: Manifest,
        claims: Claims,
        trust: Trust,
        progress: Progress,
        most_a_line: int,
    ) -> None:
        self._files, self._manifest, self._claims, self._trust = files, manifest, claims, trust
        self._progress = progress
        self._most_a_line = most_a_line
        self._entries = Check("entries")
        self._said = Said(manifest, claims)
        self._numbers = Numbers(claims) if claims.whole else None
        self._register = Register() if claims.whole else None
        self._erasures = Erasures()
        self._table = Check("table")
        self._columns = Columns()
        self._last_asked: int | None = None
        self._unread = False  # a line could not be read, so that the tree is not known
        self._unshown = False  # a line or a leaf could not be read, so that the table is not known

    def report(self) -> PackReport:
        """Do everything, in the order in which one thing needs another."""
        files, claims, trust = self._files, self._claims, self._trust
        files.look(self._progress)
        self._attached = Attached(claims, frozenset(files.listed), files.hashes)
        keyring, keys = check_keys(files.small(KEYS_NAME, MAX_KEYS_BYTES), claims.origin, trust)
        files.signed(claims.origin, keyring.in_use if keyring else None)
        seals = Seals(claims.origin, keyring, trust, lambda name: files.small(name, MAX_SMALL_BYTES))
        seals.checkpoint(files.small(CHECKPOINT_NAME, MAX_SMALL_BYTES))
        self._seals = seals
        readable = files.is_readable(ENTRIES_NAME)
        if readable:
            self._read_entries()
        self._read_seals()
        seals.end(self._last_asked)
        words = words_of(seals.newest.note.text) if seals.newest else ()
        same, compared = compare_typed(words, trust.words)
        if readable:
            self._conclude(words)
            self._read_table()
        else:
            for check in (self._entries, self._said.check, self._table):
                check.blocked = True
        return PackReport(
            claims.kind,
            self._said.asked,
            trust.key is not None,
            words,
            same,
            tuple(self._checks(keys, compared, readable)),
            self._manifest.claims,
            self._numbers.times_unknown if self._numbers else 0,
            dict(self._said.closed),
        )

    def _checks(self, keys: Check, words: Check | None, readable: bool) -> Iterator[Check]:
        """Yield the checks that there are, in their order."""
        yield self._files.check
        yield self._seals.seal
        yield self._entries
        yield self._said.check
        for counted in (self._numbers, self._register):
            if counted is not None:
                counted.check.blocked |= not readable
                yield counted.check
        if self._erasures.check.count:
            yield self._erasures.check
        if self._attached.applies:
            self._attached.check.blocked |= not readable
            yield self._attached.check
        yield self._table
        yield keys
        if self._seals.witnesses.count or self._trust.witnesses:
            yield self._seals.witnesses
        if self._seals.stamped:
            yield self._seals.stamps
        if words is not None:
            yield words

    # Entries ------------------------------------------------------------------------------------------

    def _read_entries(self) -> None:
        """Read the entries, and walk the tree beside them."""
        leaves = self._leaves()
        newest = self._seals.newest
        if newest is None or not self._files.is_readable(TREE_NAME):
            self._entries.blocked = True
        else:
            code = self._walk(newest.checkpoint.size, newest.checkpoint.root, leaves)
            for _leaf in leaves:  # what a broken walk left over
                pass
            if code is not None and not self._unread:
                self._entries.find(code)
        for _leaf in leaves:
            pass

    def _walk(self, size: int, root: bytes, leaves: Iterator[tuple[int, bytes]]) -> str | None:
        try:
            reached = root_of_part(size, leaves, self._tree_lines())
        except ProofError as fault:
            return "tree-length" if fault.code == "tree-length" else "tree-differs"
        except MalformedInput as fault:
            if fault.code == "pack-too-large":
                raise
            return "tree-differs"
        return None if reached == root else "tree-differs"

    def _tree_lines(self) -> Iterator[bytes]:
        size = self._files.listed[TREE_NAME].size
        for line in self._files.archive.lines(TREE_NAME, size, _TREE_LINE):
            if not line.endswith(b"\n"):
                raise MalformedInput("bad-tree-line", "no line end")
            yield read_base64(line[:-1].decode("ascii", "replace"), "a hash", HASH_SIZE)

    def _leaves(self) -> Iterator[tuple[int, bytes]]:
        """Yield index and leaf hash of each line, having asked everything about it."""
        last = -1
        for number, line in self._lines():
            if line is None:
                self._unread = self._unshown = True
                self._entries.find("entry-damaged", None, str(number))
                continue
            if line.index <= last:
                self._entries.find("entry-twice", line.index)
                continue
            last = line.index
            self._look_at(line)
            yield line.index, leaf_hash(line.leaf.encode("utf-8"))

    def _lines(self) -> Iterator[tuple[int, Line | None]]:
        """Yield each line with its number from 1; None for one that cannot be read."""
        size = self._files.listed[ENTRIES_NAME].size
        number = 0
        try:
            for data in self._files.archive.lines(ENTRIES_NAME, size, self._most_a_line):
                number += 1
                try:
                    yield number, Line.parse(data) if data.endswith(b"\n") else None
                except MalformedInput:
                    yield number, None
        except MalformedInput as fault:
            if fault.code == "line-too-long" and self._most_a_line < MAX_LINE_BYTES:
                raise MalformedInput("pack-too-large", fault.detail) from fault
            # A line longer than any can be ends the reading.
            yield number + 1, None

    def _look_at(self, line: Line) -> None:
        self._entries.count += 1
        try:
            opened, faults = open_line(line, self._claims)
        except MalformedInput:
            self._unshown = True
            self._entries.find("leaf-damaged", line.index)
            self._said.count(line.role, line.closed)
            return
        for code, name in faults:
            self._entries.find(code, line.index, name)
        self._said.add(opened)
        if self._numbers is not None:
            self._numbers.add(opened)
        if self._register is not None:
            self._register.add(opened)
        self._erasures.add(opened)
        self._attached.add(opened)
        self._columns.add(opened)
        if line.role == ASKED:
            self._last_asked = line.index
        if self._entries.count % _EVERY == 0:
            self._progress("entries", self._entries.count, self._stated_entries())

    def _stated_entries(self) -> int:
        stated = self._manifest.counts.get("entries")
        return stated if type(stated) is int else self._entries.count

    # What was gathered --------------------------------------------------------------------------------

    def _read_seals(self) -> None:
        """Read the earlier seals: after the entries, since stamps are slow and their count is asked for."""
        if not self._files.is_readable(SEALS_NAME):
            self._seals.seal.blocked = True
            return
        number = 0
        try:
            lines = self._files.archive.lines(SEALS_NAME, self._files.listed[SEALS_NAME].size, _MAX_SEAL_LINE)
            for number, data in enumerate(lines, 1):
                self._seals.earlier(number, data)
        except MalformedInput:
            self._seals.seal.find("seal-damaged", None, str(number + 1))

    def _conclude(self, words: tuple[str, ...]) -> None:
        """Ask what can be asked only when everything was read."""
        newest = self._seals.newest
        counted = {
            "attachments": sum(name.startswith(ATTACHMENTS_FOLDER) for name in self._files.hashes),
            "seals": self._seals.lines,
            "stamps": self._seals.stamped,
        }
        if not self._files.is_readable(SEALS_NAME):
            # Told as a missing or broken file; that the count differs would be said of nothing new.
            counted |= {key: self._manifest.counts.get(key, 0) for key in ("seals", "stamps")}
        self._said.end(counted, seal_item(newest.checkpoint.size, words) if newest else None)
        stated = self._said.numbers
        if self._numbers is not None:
            self._numbers.end(stated)
        if self._register is not None:
            self._register.end(stated)
        self._erasures.end()
        if self._unshown:
            self._attached.check.blocked = True  # which entry names what is left is not known
        else:
            self._attached.end()

    def _read_table(self) -> None:
        """Write the table anew from the entries, and compare it byte for byte."""
        if self._unshown or not self._files.is_readable(TABLE_NAME):
            self._table.blocked = True
            return
        given = self._files.archive.chunks(TABLE_NAME, self._files.listed[TABLE_NAME].size)
        lines = (line for _number, line in self._lines() if line is not None)
        compare_table(
            self._table,
            self._columns,
            rising(lines),
            given,
            self._row_of,
            lambda done: self._progress("table", done, self._said.asked),
        )

    def _row_of(self, line: Line) -> Line | Opened:
        """Return what may stand in the row: only what belongs to the entry, where anything does not."""
        return open_line(line, self._claims)[0] if self._entries.findings else line
