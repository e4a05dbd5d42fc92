"""How do I know that this entry is untouched? Three plain facts, each shown with its own verdict.

1. It reads as it did when it was sealed: its details still give the fingerprint that the log holds.
2. It is inside a seal: a receipt leads from that fingerprint to a root that our key signed.
3. Nothing was rewritten since: the newest seal still contains the first seal that covered it.

Each is computed anew from what is stored now. A fact that could not be computed says so; it is never ticked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from indelible.ledger.checkpoints import Checkpoint, open_checkpoint
from indelible.ledger.errors import LedgerError
from indelible.ledger.hashing import HASH_SIZE, leaf_hash
from indelible.ledger.notes import VerifierKey
from indelible.ledger.proof_file import ProofFile
from indelible.ledger.proofs import check_consistency, check_inclusion, prove_consistency, prove_inclusion
from indelible.ledger.tree import TILE_WIDTH
from indelible.storage.database import reads
from indelible.storage.database.errors import EntryDiffers, NotFound
from indelible.storage.database.models import Logbook
from indelible.storage.database.reads import StoredCheckpoint, StoredEntry

Verdict = Literal["matches", "does not match", "could not be checked"]


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
        worst_first: tuple[Verdict, ...] = ("does not match", "could not be checked", "matches")
        return next(verdict for verdict in worst_first if verdict in verdicts)


def prove_entry(logbook: Logbook, entry: StoredEntry) -> Proof:
    """Compute the three facts for an entry as it is stored now."""
    try:
        first = reads.covering_checkpoint(logbook, entry.index)
        newest = reads.get_checkpoint(logbook)
    except NotFound as fault:
        missing = Fact(UNKNOWN, str(fault))
        return Proof(missing, missing, missing, None, None, 0, 0)
    held = _held_hash(logbook, entry.index)
    reads_well, data = _reads_as_sealed(entry, held)
    inside, path = _inside(logbook, entry.index, held, newest)
    good = data is not None and path is not None and reads_well.verdict == inside.verdict == "matches"
    return Proof(
        reads_well,
        inside,
        _extended(logbook, first, newest),
        held,
        ProofFile(entry.index, path or (), newest.note, data) if good else None,
        first.size,
        newest.size,
    )


def _held_hash(logbook: Logbook, index: int) -> bytes | None:
    """Return the fingerprint that the log's own tree holds for the entry; None where it holds none."""
    at = index % TILE_WIDTH * HASH_SIZE
    found = reads.stored_hashes(logbook).hashes(0, index // TILE_WIDTH)[at : at + HASH_SIZE]
    return found if len(found) == HASH_SIZE else None


def _reads_as_sealed(entry: StoredEntry, held: bytes | None) -> tuple[Fact, bytes | None]:
    try:
        data = reads.leaf_data(entry)
    except EntryDiffers as fault:
        return Fact("does not match", str(fault)), None
    if held is None:
        return Fact(UNKNOWN, "the log holds no fingerprint for this entry"), data
    computed = leaf_hash(data)
    good = computed == held
    return (
        Fact("matches") if good else Fact("does not match", f"{computed.hex()}, sealed: {held.hex()}")
    ), data


def _inside(
    logbook: Logbook, index: int, held: bytes | None, newest: StoredCheckpoint
) -> tuple[Fact, tuple[bytes, ...] | None]:
    if held is None:
        return Fact(UNKNOWN, "the log holds no fingerprint for this entry"), None
    try:
        sealed = _opened(logbook, newest)
        path = tuple(prove_inclusion(index, sealed.size, reads.stored_hashes(logbook)))
        check_inclusion(held, index, sealed.size, path, sealed.root)
    except LedgerError as fault:
        return Fact("does not match", str(fault)), None
    return Fact("matches"), path


def _extended(logbook: Logbook, first: StoredCheckpoint, newest: StoredCheckpoint) -> Fact:
    try:
        old, new = _opened(logbook, first), _opened(logbook, newest)
        path = prove_consistency(old.size, new.size, reads.stored_hashes(logbook))
        check_consistency(old.size, old.root, new.size, new.root, path)
    except LedgerError as fault:
        return Fact("does not match", str(fault))
    return Fact("matches")


def _opened(logbook: Logbook, state: StoredCheckpoint) -> Checkpoint:
    return open_checkpoint(state.note, logbook.origin, [VerifierKey.parse(logbook.public_key)])
