"""What a log and its witnesses say to each other.

A witness keeps, for each log, the last checkpoint that it cosigned, and cosigns a later one only with a proof
that nothing before it was rewritten. The log posts

    old <size that the witness cosigned last>
    <base64 hash>           0 to 63 lines: the consistency proof from that size
    <empty line>
    <the checkpoint's note, with the log's own line>

to `add-checkpoint`, and gets one or more cosignature lines back. This module is those two texts, for both
sides; which answer a request deserves is decided by the witness, and sending is left to the log's courier.
Source: C2SP tlog-witness (main of July 2026).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from .errors import MalformedInput, SignatureError
from .hashing import HASH_SIZE
from .keys import ED25519_COSIGNATURE, MLDSA44_COSIGNATURE, VerifierKey
from .notes import GoodSignature, parse_note
from .strict import MAX_INTEGER, read_base64, read_decimal, read_utf8, write_base64

ADD_CHECKPOINT = "add-checkpoint"
MAX_BODY_BYTES = 131_072
MAX_PROOF_LINES = 63
MAX_ANSWER_CHARACTERS = 65_536

# How a witness says "I cosigned another size last": status 409, this type, and the size on a line.
SIZE_TYPE = "text/x.tlog.size"

_OLD = "old "


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """A request to cosign, taken apart; nothing is checked but its form."""

    old: int  # the size that the witness cosigned last; 0 if never
    proof: tuple[bytes, ...]  # 32 bytes each
    note: str  # the checkpoint, signed by the log

    def __post_init__(self) -> None:
        if not 0 <= self.old <= MAX_INTEGER or len(self.proof) > MAX_PROOF_LINES:
            raise MalformedInput("bad-witness-request", f"old {self.old}, {len(self.proof)} proof lines")
        if any(len(step) != HASH_SIZE for step in self.proof):
            raise MalformedInput("bad-witness-request", "a proof line that is not 32 bytes")

    @property
    def text(self) -> str:
        """The body, as `parse` reads it."""
        return "".join(
            (f"{_OLD}{self.old}\n", *(write_base64(step) + "\n" for step in self.proof), "\n", self.note)
        )

    @classmethod
    def parse(cls, data: bytes) -> AddCheckpoint:
        """Take a body apart.

        Raises MalformedInput (`bad-witness-request`, `bad-number`, `bad-base64`, `bad-utf8`, `bad-note`), also
        for a body of more than 128 KiB, more than 63 proof lines, or a note that is none.
        """
        if len(data) > MAX_BODY_BYTES:
            raise MalformedInput("bad-witness-request", f"{len(data)} bytes")
        # The FIRST empty line divides here; the note behind it divides itself at its last.
        head, empty_line, note = read_utf8(data, "witness request").partition("\n\n")
        first, *lines = head.split("\n")
        if not empty_line or not first.startswith(_OLD):
            raise MalformedInput("bad-witness-request", f"begins {head[:60]!a}")
        old = read_decimal(first.removeprefix(_OLD), "the old size")
        if len(lines) > MAX_PROOF_LINES:
            raise MalformedInput("bad-witness-request", f"{len(lines)} proof lines")
        parse_note(note)
        return cls(old, tuple(read_base64(line, "a proof line", HASH_SIZE) for line in lines), note)


def origin_hash(origin: str) -> str:
    """Return the name under which a witness shows a log's checkpoint: SHA-256 of its origin, as hex."""
    return sha256(origin.encode("utf-8")).hexdigest()


def read_size(answer: str) -> int:
    """Return the size in the body of a 409. Raises MalformedInput (`bad-number`)."""
    return read_decimal(answer.removesuffix("\n"), "the witness's size")


def read_cosignatures(answer: str, text: str, keys: Iterable[VerifierKey]) -> list[GoodSignature]:
    """Return the cosignatures in a witness's answer that hold over the checkpoint `text`, in their order.

    `keys` are the configured keys of witnesses. Lines of any other key are passed over, and so are keys that
    do not cosign: an answer must not be able to add a line of the log's own. An empty list means that nobody
    asked for has cosigned.

    Raises MalformedInput (`bad-witness-answer`, `bad-note`, `bad-base64`) where the answer is no signature
    lines; SignatureError: `bad-signature` where a configured key's line does not hold, `signed-twice`.
    """
    if len(answer) > MAX_ANSWER_CHARACTERS or not answer:
        raise MalformedInput("bad-witness-answer", f"{len(answer)} characters")
    # Lines have the form of a note's, so a note is made of them: under a text of our own, not the answer's.
    note = parse_note(f"{text}\n{answer}")
    if note.text != text:
        raise MalformedInput("bad-witness-answer", "an empty line in the answer")
    cosigners = {
        (key.name, key.key_id): key
        for key in keys
        if key.algorithm in (ED25519_COSIGNATURE, MLDSA44_COSIGNATURE)
    }
    good: dict[VerifierKey, GoodSignature] = {}
    for signature in note.signatures:
        key = cosigners.get((signature.name, signature.key_id))
        if key is None:
            continue
        if key in good:
            raise SignatureError("signed-twice", f"two lines by {key.text}")
        good[key] = GoodSignature(key, key.check(text, signature.signature), signature.line)
    return list(good.values())
