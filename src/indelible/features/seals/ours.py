"""What our own tree and keys say of one seal: the ground that words, receipts and comparisons stand on.

A row of the table of seals could have been left standing while the record below it was written anew. So nothing
here believes a row: the root is the one that the tree has at that size, and the signature is checked.
"""

from __future__ import annotations

from indelible.features.seals import queries
from indelible.features.seals.models import Check
from indelible.ledger.checkpoints import Checkpoint, bare, open_checkpoint
from indelible.ledger.errors import LedgerError, MalformedInput
from indelible.ledger.keys import VerifierKey
from indelible.ledger.notes import open_note
from indelible.ledger.proofs import tree_root
from indelible.storage.database import reads
from indelible.storage.database.errors import StorageError
from indelible.storage.database.keys import log_keys, trusted_keys
from indelible.storage.database.models import Logbook


def our_keys(logbook: Logbook, size: int) -> list[VerifierKey]:
    """Return the keys whose signature under a seal of `size` entries counts, wherever that seal comes from."""
    return [key for key, until in trusted_keys(logbook) if until is None or size <= until]


def signer_of(logbook: Logbook, seal: reads.StoredCheckpoint) -> VerifierKey:
    """Return the key that signed one of our own seals first. Raises LedgerError where none of ours did."""
    return open_note(bare(seal.note, logbook.origin), log_keys(logbook)).good[0].key


def root_at(logbook: Logbook, size: int) -> bytes:
    """Return the root that the tree, as it stands, has at `size` entries (not more than there are).

    Raises StorageError (`tree-differs`) where the tree cannot be read so far.
    """
    try:
        return tree_root(size, reads.stored_hashes(logbook))
    except MalformedInput as unreadable:
        raise StorageError("tree-differs", str(unreadable)) from unreadable


def stands(logbook: Logbook, seal: reads.StoredCheckpoint) -> bool:
    """Say whether a seal is signed by our key and is the one that the tree, as it stands, leads to."""
    try:
        said = open_checkpoint(seal.note, logbook.origin, log_keys(logbook))
        return (
            said == Checkpoint(logbook.origin, seal.size, root_at(logbook, seal.size))
            and said.root == seal.root
        )
    except (LedgerError, StorageError):
        return False


def is_altered(logbook: Logbook) -> bool:
    """Say whether the record is known not to fit its seals.

    So it is where the newest finished check found it altered, or somebody outside holds a seal of our key that it
    does not lead to, which nobody has explained.
    """
    done = Check.objects.filter(logbook=logbook, state=Check.State.DONE).order_by("-asked_at")
    if done.values_list("verdict", flat=True).first() == "does not match":
        return True
    versions = queries.two_versions(logbook)
    return versions is not None and not versions.is_explained
