"""The one decision of a witness: cosign this seal, or say why not.

The order is the standard's and decides which code a faulty request gets:

    400 malformed / 404 unknown log / 403 not signed by a key of the log / 400 older than what it says it
    extends / 409 extends another size than the newest cosigned / 422 no extension / 200 cosigned and stored

From 403 on the log itself has signed; what is refused after that may be evidence, see evidence.py.
Source: C2SP tlog-witness (main of July 2026).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from indelible.ledger import hashing
from indelible.ledger.errors import MalformedInput, ProofError, SignatureError
from indelible.ledger.keys import CosigningKey
from indelible.ledger.notes import open_note
from indelible.ledger.proofs import check_consistency
from indelible.ledger.witnessing import SIZE_TYPE

from .asked import Asked
from .evidence import BEHIND, EMPTY_ROOT, FORK, NO_EXTENSION, Evidence, Refused
from .state import Held, State

PLAIN = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back over HTTP."""

    status: int
    body: str
    content_type: str = PLAIN


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a seal that its log signed is not cosigned; `reason` where that may say something of the log."""

    answer: Answer
    reason: str | None = None


class Judge:
    """Decides on requests with one key and one state; safe to ask from several threads at once."""

    def __init__(
        self, key: CosigningKey, state: State, clock: Callable[[], int], tell: Callable[[str, Refused], None]
    ) -> None:
        """`clock` gives POSIX seconds; `tell` hears the origin and each refused note newly kept, but late ones."""
        self._key, self._state, self._clock, self._tell = key, state, clock, tell

    def add_checkpoint(self, data: bytes) -> Answer:
        """Answer the body of a request to cosign. What a 200 says is stored by the time this returns."""
        try:
            asked = Asked.parse(data)
        except MalformedInput as error:
            return Answer(400, f"not a request to cosign: {error}\n")
        trusted = self._state.keys_of(asked.origin)
        if not trusted:
            return Answer(404, "this witness does not watch that log\n")
        try:
            signed = open_note(asked.note, trusted)
        except SignatureError as error:
            return Answer(403, f"not signed by the log: {error}\n")
        return self._decide(asked, "".join(good.line for good in signed.good))

    def _decide(self, asked: Asked, log_lines: str) -> Answer:
        """Decide on a seal that its log signed (`log_lines`), with everything held still."""
        kept = None
        note = f"{asked.note.text}\n{log_lines}"
        with self._state.deciding() as evidence:
            held = self._state.newest(asked.origin)
            now = self._clock()
            refusal = refusal_of(asked, held)
            if refusal is None:
                line = self._key.cosign(asked.note.text, now)
                self._state.store(asked.origin, Held(asked.size, asked.root, note + line, now))
                kept = evidence.contradicted(asked.origin, asked.size, asked.root, note)
                answer = Answer(200, line)
            else:
                answer = refusal.answer
                kept = _keep(evidence, asked, refusal, note, now)
        # A late message is no news; it is on the page and in the list.
        if kept is not None and kept.reason != BEHIND:
            self._tell(asked.origin, kept)
        return answer


def refusal_of(asked: Asked, held: Held | None) -> Refusal | None:
    """Return why a seal signed by its log does not follow the newest cosigned one, or None where it does."""
    held_size, held_root = (held.size, held.root) if held else (0, hashing.EMPTY_ROOT)
    smaller = BEHIND if asked.size < held_size else None
    if asked.old > asked.size:
        return Refusal(Answer(400, f"old {asked.old} is more than the size {asked.size}\n"), smaller)
    if asked.old != held_size:
        return Refusal(Answer(409, f"{held_size}\n", SIZE_TYPE), smaller)
    if asked.size == 0 and asked.root != hashing.EMPTY_ROOT:
        return Refusal(Answer(422, "size 0 with a root that is not the empty tree's\n"), EMPTY_ROOT)
    try:
        check_consistency(asked.old, held_root, asked.size, asked.root, asked.proof)
    except ProofError as error:
        # From the empty tree everything is an extension: there, only the request itself is at fault.
        reason = NO_EXTENSION if asked.old and asked.size != asked.old else None
        return Refusal(Answer(422, f"no extension of the seal of size {held_size}: {error}\n"), reason)
    return None


def _keep(evidence: Evidence, asked: Asked, refusal: Refusal, note: str, now: int) -> Refused | None:
    """Keep a refused note where it may say something of the log; return it where it is new."""
    if evidence.is_cosigned(asked.origin, asked.size, asked.root):
        return None
    against = evidence.other_note(asked.origin, asked.size, asked.root)
    reason = FORK if against else refusal.reason
    if reason is None:
        return None
    refused = Refused(reason, asked.size, asked.root, note, now, asked.old, against)
    return refused if evidence.keep(asked.origin, refused) else None
