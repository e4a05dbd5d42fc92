"""The keyed codes by which sources tell a repeat: of a record, of what it says, of a whole file.

All are HMACs under the installation's secret (storage/database/codes), so that what is kept to recognise a
repeat names nobody and outlives an erasure.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from indelible.events.event import Event
from indelible.intake.reading import Record
from indelible.ledger import canonical
from indelible.storage.database.codes import repeat_code

# What two accounts of one record can disagree about: these parts of the event, whatever form it came in.
FACTS = (
    "occurred_at",
    "actor",
    "on_behalf_of",
    "action",
    "targets",
    "changes",
    "outcome",
    "reason",
    "context",
    "extra",
)
OWN = 0  # what Indelible itself does
CHUNK_BYTES = 1 << 20


def record_code(source: int, record: Record) -> bytes:
    """Return what tells that this record was taken in before, from this source, whatever file it came in."""
    if record.identity is not None:
        return repeat_code(source, f"id:{record.identity}")
    return repeat_code(source, f"bytes:{record.fingerprint.hex()}")


def content_code(source: int, record: Record) -> bytes:
    """Return what tells that the very same bytes were taken in, so that no facts need comparing."""
    return repeat_code(source, f"content:{hashlib.sha256(record.original).hexdigest()}")


def conflict_code(source: int, record: Record) -> bytes:
    """Return what tells that this other account of a held record is on the record already."""
    event: Event = record.event
    facts = {name: event[name] for name in FACTS if name in event}  # type: ignore[literal-required]
    digest = hashlib.sha256(canonical.encode(facts)).hexdigest()
    return repeat_code(source, f"conflict:{record.identity}:{digest}")


def file_codes(path: Path) -> tuple[str, bytes]:
    """Return a file's SHA-256 in hex, for its receipt, and the keyed code that is kept outside the log."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest(), repeat_code(OWN, f"file:{digest.hexdigest()}")
