"""Asking a witness for its cosignature on a seal: the client's side of C2SP tlog-witness.

The rules are strict, because a witness is worth what its refusals are worth:

1. What is sent is the seal with the log's own lines alone, and the proof that it extends what the witness held last.
2. Only 200 is success, and of its body only lines of the configured key that hold count.
3. Only 409 with the right media type and a size is a request to begin at that size. It is followed once.
4. A size beyond ours, and 422, say that the witness holds a seal that ours does not extend. That is reported
   (`Differs`) and never argued with.
5. Every other answer is a refusal, reported as such.

An `Attempt` asks without waiting (`begin`), so that many go on at once; `go_on` takes the answer, which may lead to
one more question. Reading the tree for a proof is the caller's, in the caller's thread.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from indelible.features.seals.outside.calls import Answer, Call, CallFailed, Question, begin
from indelible.ledger.errors import LedgerError, MalformedInput
from indelible.ledger.keys import VerifierKey
from indelible.ledger.notes import GoodSignature
from indelible.ledger.strict import read_decimal
from indelible.ledger.witnessing import MAX_BODY_BYTES, SIZE_TYPE, AddCheckpoint, read_cosignatures

Prove = Callable[[int, int], Sequence[bytes]]

SHOWN_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Seal:
    """A seal that may leave: its size, and the note with the log's own lines alone."""

    size: int
    text: str  # of the note, what is cosigned
    note: str


@dataclass(frozen=True, slots=True)
class Took:
    """The witness holds the seal: its line, which was checked."""

    cosignature: GoodSignature


@dataclass(frozen=True, slots=True)
class Trouble:
    """It did not come about this time. `code` is a key of words.TROUBLES."""

    code: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Differs:
    """The witness says that it holds another history: `size` is what it cosigned last, as far as it said so."""

    size: int
    detail: str


Outcome = Took | Trouble | Differs


class Attempt:
    """One seal on its way to one witness."""

    def __init__(self, prefix: str, key: VerifierKey, seal: Seal, prove: Prove, seconds: float) -> None:
        self._url = f"{prefix.rstrip('/')}/add-checkpoint"
        self._key, self._seal, self._prove, self._seconds = key, seal, prove, seconds
        self._call: Call | None = None
        self._asked_again = False
        self.outcome: Outcome | None = None  # set once it is over
        self.old = 0

    def begin(self, old: int) -> None:
        """Send the seal with the proof from `old`, the size that the witness is thought to hold."""
        if old > self._seal.size:
            self.outcome = Differs(old, f"it cosigned {old} entries, the log has {self._seal.size}")
            return
        self.old = old
        try:
            # From nothing there is nothing to prove, and the standard wants no proof then.
            path = tuple(self._prove(old, self._seal.size)) if old else ()
        except LedgerError as fault:
            self.outcome = Trouble("own-tree", str(fault))
            return
        body = AddCheckpoint(old, path, self._seal.note).text.encode()
        self._call = begin(Question(self._url, MAX_BODY_BYTES, body), self._seconds)

    @property
    def is_ready(self) -> bool:
        """Whether `go_on` would not wait."""
        return self.outcome is not None or self._call is None or self._call.is_over

    def go_on(self) -> bool:
        """Take the answer. True where one more question was asked, so that this has to be called again."""
        if self.outcome is not None or self._call is None:
            return False
        try:
            answer = self._call.answer()
        except CallFailed as failure:
            self.outcome = Trouble(failure.code, failure.detail)
            return False
        if answer.status == 409 and answer.media_type == SIZE_TYPE and not self._asked_again:
            return self._start_over(answer)
        self.outcome = self._judge(answer)
        return False

    def _start_over(self, answer: Answer) -> bool:
        """Begin at the size that the witness named, once."""
        try:
            held = read_decimal(answer.body.decode("ascii").removesuffix("\n"), "the size a witness holds")
        except (UnicodeDecodeError, MalformedInput):
            self.outcome = Trouble("witness-refused", _told(answer))
            return False
        self._asked_again = True
        self.begin(held)
        return self.outcome is None

    def _judge(self, answer: Answer) -> Outcome:
        if answer.status == 422:
            return Differs(self.old, _told(answer))
        if answer.status != 200:
            codes = {403: "key-unknown", 404: "log-unknown"}
            return Trouble(codes.get(answer.status, "witness-refused"), _told(answer))
        try:
            good = read_cosignatures(answer.body.decode("utf-8"), self._seal.text, [self._key])
        except (UnicodeDecodeError, LedgerError) as fault:
            return Trouble("answer-unreadable", str(fault))
        if not good or good[0].time is None:
            return Trouble("no-cosignature", "no line of the witness's key in the answer")
        return Took(good[0])


def _told(answer: Answer) -> str:
    """Return what a refusal said, short and plain enough to be shown to an engineer."""
    text = answer.body[: SHOWN_CHARACTERS * 4].decode("utf-8", "replace")
    plain = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return f"{answer.status} {plain[:SHOWN_CHARACTERS]}".strip()
