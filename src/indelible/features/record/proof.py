"""How do I know that this entry is untouched? Three plain facts, each shown with its own verdict.

1. It reads as it did when it was sealed: its details still give the fingerprint that the log holds.
2. It is inside a seal: a receipt leads from that fingerprint to a root that our key signed.
3. Nothing was rewritten since: the newest seal still contains the first seal that covered it.

A fourth, that others hold the same seal, is told by the feature that sends seals out (`seals.queries.held_fact`).
Each is computed anew from what is stored now. A fact that could not be computed says so; it is never ticked.
A `Prover` does so for one page: it reads each tile and each seal once, however many entries stand on it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

from indelible.ledger.checkpoints import Checkpoint, LogKeys, open_checkpoint
from indelible.ledger.errors import LedgerError
from indelible.ledger.hashing import HASH_SIZE, leaf_hash
from indelible.ledger.proof_file import ProofFile
from indelible.ledger.proofs import (
    KeptTiles,
    check_consistency,
    check_inclusion,
    prove_consistency,
    prove_inclusion,
)
from indelible.ledger.tree import TILE_WIDTH
from indelible.storage.database import reads
from indelible.storage.database.errors import EntryDiffers, NotFound
from indelible.storage.database.keys import log_keys
from indelible.storage.database.models import Logbook
from indelible.storage.database.reads import StoredCheckpoint, StoredEntry

Verdict = Literal["matches", "does not match", "could not be checked"]
WORST_FIRST: Final[tuple[Verdict, ...]] = ("does not match", "could not be checked", "matches")


@dataclass(frozen=True, slots=True)
class Fact:
    """One of the facts: its verdict, and what an engineer would want to know where it is not good."""

    verdict: Verdict
    detail: str = ""


UNKNOWN: Final = "could not be checked"


@dataclass(frozen=True, slots=True)
class Proof:
    """What could be shown about one entry just now."""

    reads_as_sealed: Fact
    inside_a_seal: Fact
    not_rewritten: Fact
    held_hash: bytes | None  # the fingerprint that the log holds
    receipt: ProofFile | None  # only where the first two facts are good
    first_seal: int  # how many entries the first seal that covers it covers; 0 where none is at hand
    newest_seal: int

    @property
    def facts(self) -> tuple[Fact, Fact, Fact]:
        """The three facts in the order of the page."""
        return self.reads_as_sealed, self.inside_a_seal, self.not_rewritten

    @property
    def verdict(self) -> Verdict:
        """The worst of the facts."""
        verdicts = {fact.verdict for fact in self.facts}
        return next(verdict for verdict in WORST_FIRST if verdict in verdicts)


class Prover:
    """Proves entries of one logbook, as stored now, against its newest seal."""

    def __init__(self, logbook: Logbook) -> None:
        self._logbook = logbook
        self._hashes = KeptTiles(reads.stored_hashes(logbook))
        self._checkpoints: dict[int, Checkpoint] = {}
        self._extensions: dict[int, Fact] = {}

    @cached_property
    def _keys(self) -> LogKeys:
        return log_keys(self._logbook)

    @cached_property
    def _newest(self) -> StoredCheckpoint | None:
        try:
            return reads.get_checkpoint(self._logbook)
        except NotFound:
            return None

    def reads_as_sealed(self, entries: Iterable[StoredEntry]) -> dict[int, Verdict]:
        """Return the first fact's verdict for each entry, by index: cheap enough for every list."""
        return {
            entry.index: self._reads_as_sealed(entry, self._held(entry.index))[0].verdict for entry in entries
        }

    def prove_all(self, entries: Iterable[StoredEntry]) -> dict[int, Proof]:
        """Compute the three facts for several entries, by index."""
        first: StoredCheckpoint | None = None
        proofs: dict[int, Proof] = {}
        for entry in sorted(entries, key=lambda entry: entry.index):
            # Of entries in rising order, a seal that was the first to cover one is so for all that it covers.
            if first is None or first.size <= entry.index:
                first = self._first_seal(entry.index)
            proofs[entry.index] = self._prove(entry, first)
        return proofs

    def prove(self, entry: StoredEntry) -> Proof:
        """Compute the three facts for one entry."""
        return self._prove(entry, self._first_seal(entry.index))

    def _first_seal(self, index: int) -> StoredCheckpoint | None:
        try:
            return reads.covering_checkpoint(self._logbook, index)
        except NotFound:
            return None

    def _prove(self, entry: StoredEntry, first: StoredCheckpoint | None) -> Proof:
        held = self._held(entry.index)
        reads_well, data = self._reads_as_sealed(entry, held)
        if first is None or self._newest is None:
            missing = Fact(UNKNOWN, f"no checkpoint covers entry {entry.index}")
            return Proof(reads_well, missing, missing, held, None, 0, 0)
        inside, path = self._inside(entry.index, held, self._newest)
        good = data is not None and path is not None and reads_well.verdict == inside.verdict == "matches"
        return Proof(
            reads_well,
            inside,
            self._extended(first, self._newest),
            held,
            ProofFile(entry.index, path or (), self._newest.note, data) if good else None,
            first.size,
            self._newest.size,
        )

    def _held(self, index: int) -> bytes | None:
        """Return the fingerprint that the log's own tree holds for the entry; None where it holds none."""
        at = index % TILE_WIDTH * HASH_SIZE
        found = self._hashes.hashes(0, index // TILE_WIDTH)[at : at + HASH_SIZE]
        return found if len(found) == HASH_SIZE else None

    def _reads_as_sealed(self, entry: StoredEntry, held: bytes | None) -> tuple[Fact, bytes | None]:
        try:
            data = reads.leaf_data(entry)
        except EntryDiffers as fault:
            return Fact("does not match", str(fault)), None
        if held is None:
            return Fact(UNKNOWN, "the log holds no fingerprint for this entry"), data
        computed = leaf_hash(data)
        if computed == held:
            return Fact("matches"), data
        return Fact("does not match", f"{computed.hex()}, sealed: {held.hex()}"), data

    def _inside(
        self, index: int, held: bytes | None, newest: StoredCheckpoint
    ) -> tuple[Fact, tuple[bytes, ...] | None]:
        if held is None:
            return Fact(UNKNOWN, "the log holds no fingerprint for this entry"), None
        try:
            sealed = self._opened(newest)
            path = tuple(prove_inclusion(index, sealed.size, self._hashes))
            check_inclusion(held, index, sealed.size, path, sealed.root)
        except LedgerError as fault:
            return Fact("does not match", str(fault)), None
        return Fact("matches"), path

    def _extended(self, first: StoredCheckpoint, newest: StoredCheckpoint) -> Fact:
        if first.size not in self._extensions:
            self._extensions[first.size] = self._extension(first, newest)
        return self._extensions[first.size]

    def _extension(self, first: StoredCheckpoint, newest: StoredCheckpoint) -> Fact:
        try:
            old, new = self._opened(first), self._opened(newest)
            path = prove_consistency(old.size, new.size, self._hashes)
            check_consistency(old.size, old.root, new.size, new.root, path)
        except LedgerError as fault:
            return Fact("does not match", str(fault))
        return Fact("matches")

    def _opened(self, state: StoredCheckpoint) -> Checkpoint:
        if state.size not in self._checkpoints:
            self._checkpoints[state.size] = open_checkpoint(state.note, self._logbook.origin, self._keys)
        return self._checkpoints[state.size]
