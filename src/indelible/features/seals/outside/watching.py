"""What a witness shows to everybody: the newest seal of ours that it holds, and those it refused.

The first is part of C2SP tlog-witness (`<prefix>/<hash of the origin>/checkpoint`). The second is an extension of
Indelible's own witness (`.../refused`): notes under the log's key that were no extension of what it held, so that the
server whose seals the witness holds learns of another one that signs with the same key. A witness that does not have
it answers 404, and nothing is known.

Nothing that is read here is believed: conflicting.py asks whether a key of ours signed it.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from indelible.features.seals.outside.calls import Answer, Call, CallFailed, Question, begin
from indelible.ledger.witnessing import origin_hash

MOST_CHECKPOINT_BYTES = 64 * 1024
MOST_REFUSED_BYTES = 1024 * 1024
MOST_REFUSED = 200


class _Refused(msgspec.Struct):
    """One refusal in the answer; what else stands there is left alone."""

    note: str


class _Answer(msgspec.Struct):
    refused: list[_Refused]


@dataclass(frozen=True, slots=True)
class Shown:
    """What a witness shows: the note it holds (None where it holds none), and the notes it refused."""

    held: str | None
    refused: tuple[str, ...]


class Watching:
    """Two questions to one witness, under way at once."""

    def __init__(self, prefix: str, origin: str, seconds: float, *, refused: bool = True) -> None:
        place = f"{prefix.rstrip('/')}/{origin_hash(origin)}"
        self._held: Call = begin(Question(f"{place}/checkpoint", MOST_CHECKPOINT_BYTES), seconds)
        self._refused: Call | None = (
            begin(Question(f"{place}/refused", MOST_REFUSED_BYTES), seconds) if refused else None
        )

    def shown(self) -> Shown:
        """Wait for both. Raises CallFailed where the first is not answered; the second may be missing."""
        held = _held(self._held.answer())
        return Shown(held, self._read_refused())

    def _read_refused(self) -> tuple[str, ...]:
        if self._refused is None:
            return ()
        try:
            answer = self._refused.answer()
            if answer.status != 200:
                return ()
            found = msgspec.json.decode(answer.body, type=_Answer).refused
        except (CallFailed, msgspec.DecodeError, UnicodeDecodeError):
            return ()
        return tuple(one.note for one in found[-MOST_REFUSED:])


def _held(answer: Answer) -> str | None:
    if answer.status == 404:
        return None
    if answer.status != 200:
        raise CallFailed("witness-refused", f"{answer.status} for its newest seal")
    try:
        return answer.body.decode("utf-8")
    except UnicodeDecodeError as fault:
        raise CallFailed("answer-unreadable", str(fault)) from fault
