"""The seal card: a seal on paper. What a scanner reads from its square is the whole seal, not only its words.

Format: docs/formats/seal-card.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Final

import segno

from indelible.features.seals.ours import signer_of
from indelible.ledger.checkpoints import Checkpoint, bare
from indelible.ledger.keys import VerifierKey
from indelible.storage.database import reads
from indelible.storage.database.models import Logbook

MAX_NOTE_BYTES: Final = 600  # above it the squares get too small for a telephone: then the three lines alone
ERROR_LEVEL: Final = "m"  # 15 % of it may be dirty or torn
QUIET_ZONE: Final = 4


@dataclass(frozen=True, slots=True)
class Card:
    """What stands on a card beside words and mark."""

    text: str  # what the code says
    code: str  # the code as SVG
    fingerprint: str  # of the key, in groups of four
    key: str


def card_of(logbook: Logbook, seal: reads.StoredCheckpoint) -> Card:
    """Return the card of a seal that is known to stand."""
    text = code_text(logbook.origin, seal)
    key = signer_of(logbook, seal)
    return Card(text, code_svg(text), fingerprint(key), key.text)


def code_text(origin: str, seal: reads.StoredCheckpoint) -> str:
    """Return what the code carries: the signed note with our own line, else origin, size and root alone."""
    note = bare(seal.note, origin)
    return note if len(note.encode()) <= MAX_NOTE_BYTES else Checkpoint(origin, seal.size, seal.root).text


def code_svg(text: str) -> str:
    """Return a QR code as one SVG path that takes its colour from the page. Deterministic."""
    code = segno.make_qr(text, error=ERROR_LEVEL, encoding="utf-8", boost_error=False)
    size = code.symbol_size(border=QUIET_ZONE)[0]
    runs = []
    for y, row in enumerate(code.matrix):
        x = 0
        while x < len(row):
            start = x
            while x < len(row) and row[x]:
                x += 1
            if x > start:
                runs.append(f"M{start + QUIET_ZONE} {y + QUIET_ZONE}h{x - start}v1h-{x - start}z")
            x += 1
    return (
        f'<svg class="qr" viewBox="0 0 {size} {size}" aria-hidden="true" focusable="false">'
        f'<path class="ground" d="M0 0h{size}v{size}H0z"/><path class="dots" d="{"".join(runs)}"/></svg>'
    )


def fingerprint(key: VerifierKey) -> str:
    """Return the SHA-256 of a verifier key's text, as hex digits in groups of four."""
    digits = sha256(key.text.encode()).hexdigest()
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))
