"""Who knows the sealing key: whom a revocation has to reach, and which witnesses know a key that is joining.

What happens to keys is the matter of storage (rotating.py, key_safety.py); here are the people and witnesses
around them.
"""

from __future__ import annotations

from dataclasses import dataclass

from indelible.features.seals.models import Outsider, Recipient, Witness
from indelible.features.seals.outside.witnesses import Attempt, Seal, Took, Trouble
from indelible.ledger.errors import LedgerError
from indelible.ledger.keys import VerifierKey
from indelible.ledger.notes import parse_note
from indelible.ledger.proofs import prove_consistency
from indelible.storage.database import reads
from indelible.storage.database.keys import key_table
from indelible.storage.database.models import Logbook
from indelible.storage.database.outside import newest_held

ASK_SECONDS = 5.0
NO_SEAL_YET = "no-seal-yet"


@dataclass(frozen=True, slots=True)
class Knows:
    """Whether one witness takes seals of the joining key. `accepts` is None where it could not be asked."""

    name: str
    accepts: bool | None
    code: str = ""  # why not, as the courier calls it
    detail: str = ""


def to_tell(logbook: Logbook, *kinds: type[Outsider]) -> list[str]:
    """Return by name who has our seals or checks them, and so has to hear of another key; of these kinds, or all."""
    found: list[str] = []
    for kind in kinds or (Witness, Recipient):
        rows = kind._default_manager.filter(logbook=logbook, ended_at=None).order_by("name")
        found += [str(row.name) for row in rows]
    return found


def who_knows(logbook: Logbook, *, seconds: float = ASK_SECONDS) -> list[Knows]:
    """Ask every witness whether it takes a seal that carries the joining key's line alone.

    A witness that takes it knows the key: the old one can stop signing. One that does not answers that nobody it knows
    has signed, which changes nothing there. Empty where no key is joining or there is no witness.
    """
    joining = key_table(logbook).joining
    witnesses = list(Witness.objects.filter(logbook=logbook, ended_at=None).order_by("name"))
    if joining is None or not witnesses:
        return []
    seal = _seal_of(logbook, VerifierKey.parse(joining.public_key))
    if seal is None:
        return [Knows(row.name, None, NO_SEAL_YET) for row in witnesses]
    asked = [(row, _begin(logbook, row, seal, seconds)) for row in witnesses]
    return [_answer(row, attempt) for row, attempt in asked]


def _seal_of(logbook: Logbook, key: VerifierKey) -> Seal | None:
    """Return the newest seal with the line of this key alone; None where it did not sign it yet."""
    newest = reads.get_checkpoint(logbook)
    parsed = parse_note(newest.note)
    lines = [one.line for one in parsed.signatures if (one.name, one.key_id) == (key.name, key.key_id)]
    return Seal(newest.size, parsed.text, f"{parsed.text}\n{lines[0]}") if lines else None


def _begin(logbook: Logbook, row: Witness, seal: Seal, seconds: float) -> Attempt | LedgerError:
    try:
        key = VerifierKey.parse(row.key)
    except LedgerError as unreadable:
        return unreadable
    stored = reads.stored_hashes(logbook)
    attempt = Attempt(row.url, key, seal, lambda old, new: prove_consistency(old, new, stored), seconds)
    attempt.begin(row.size)
    return attempt


def _answer(row: Witness, attempt: Attempt | LedgerError) -> Knows:
    if isinstance(attempt, LedgerError):
        return Knows(row.name, None, attempt.code, attempt.detail)
    while attempt.go_on():
        continue
    outcome = attempt.outcome
    if isinstance(outcome, Took):
        return Knows(row.name, True)
    if isinstance(outcome, Trouble) and outcome.code == "key-unknown":
        return Knows(row.name, False, outcome.code, outcome.detail)
    if isinstance(outcome, Trouble):
        return Knows(row.name, None, outcome.code, outcome.detail)
    return Knows(row.name, None, "differs", outcome.detail if outcome else "")


def held_until(logbook: Logbook) -> int:
    """Return up to which seal those of the key in use would count if it were revoked now; 0 where nobody holds one."""
    newest = newest_held(logbook)
    return newest.size if newest else 0
