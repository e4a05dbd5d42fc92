"""Our own seals, as they leave and as they are recognised when somebody shows one.

What is sent carries the log's own lines alone. While the key is being changed those are two, so that a witness who
knows either key takes the seal. A time-stamp is made over the *bare* seal: the text and one line.
"""

from __future__ import annotations

from indelible.features.seals.outside.witnesses import Seal
from indelible.ledger.checkpoints import Checkpoint, open_checkpoint
from indelible.ledger.errors import LedgerError
from indelible.ledger.keys import VerifierKey
from indelible.ledger.notes import parse_note
from indelible.ledger.proofs import tree_root
from indelible.storage.database import keys, reads
from indelible.storage.database.models import Logbook

_SIGNATURE_BYTES = 64  # of a log's own line; a cosigner's carries a time as well


def own_keys(logbook: Logbook, size: int | None = None) -> list[VerifierKey]:
    """Return the keys whose seals count for this log, of `size` entries where that is told."""
    return [
        key for key, until in keys.trusted_keys(logbook) if size is None or until is None or size <= until
    ]


def newest_seal(logbook: Logbook) -> Seal:
    """Return the newest durable seal, as it may leave. Call outside a transaction, which could see what is not durable.

    Raises NotFound where there is none, LedgerError where it is not signed by a key of ours: that never leaves.
    """
    note = reads.get_checkpoint(logbook).note
    checkpoint = open_checkpoint(note, logbook.origin, own_keys(logbook))
    return Seal(checkpoint.size, checkpoint.text, own_note(note, logbook.origin))


def own_note(note: str, origin: str) -> str:
    """Return a note of this log with nothing but the log's own lines."""
    parsed = parse_note(note)
    own = [
        one.line for one in parsed.signatures if one.name == origin and len(one.signature) == _SIGNATURE_BYTES
    ]
    return f"{parsed.text}\n{''.join(own)}"


def signed_by_us(logbook: Logbook, note: str) -> Checkpoint | None:
    """Return the seal of a note that a key of ours signed, whoever shows it; None for any other.

    What a revoked key signed after it was revoked counts for nothing.
    """
    try:
        size = Checkpoint.parse(parse_note(note).text).size
        return open_checkpoint(note, logbook.origin, own_keys(logbook, size))
    except LedgerError:
        return None


def is_ours(logbook: Logbook, seal: Checkpoint) -> bool | None:
    """Whether our tree, as it is now, has this root at this size; None where the tree cannot be read."""
    if seal.size > reads.head(logbook).size:
        return False
    try:
        return tree_root(seal.size, reads.stored_hashes(logbook)) == seal.root
    except LedgerError:
        return None
