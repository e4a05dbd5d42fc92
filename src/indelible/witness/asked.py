"""One request to cosign, as it was asked: read, but not yet judged.

`ledger.witnessing` takes the request apart; here its note is taken apart too, loosely in one point only: a
size of 0 with another root than the empty tree's is readable, because it is refused with a code of its own.
Extension lines are refused: implementations disagree on whether a cosignature covers them, and a witness
can say nothing about them.
"""

from __future__ import annotations

from dataclasses import dataclass

from indelible.ledger.errors import MalformedInput
from indelible.ledger.hashing import HASH_SIZE
from indelible.ledger.notes import SignedNote, parse_note
from indelible.ledger.strict import read_base64, read_decimal
from indelible.ledger.witnessing import AddCheckpoint


@dataclass(frozen=True, slots=True)
class Asked:
    """A log's request: cosign `note`, which extends the seal of size `old` as `proof` shows."""

    old: int
    proof: tuple[bytes, ...]
    note: SignedNote
    origin: str
    size: int
    root: bytes  # 32 bytes

    @classmethod
    def parse(cls, data: bytes) -> Asked:
        """Read the body of a request. Raises MalformedInput where it follows no format."""
        request = AddCheckpoint.parse(data)
        note = parse_note(request.note)
        lines = note.text.split("\n")
        if len(lines) != 4 or lines[3]:
            raise MalformedInput(
                "bad-checkpoint", f"{len(lines) - 1} lines, not three: extension lines are not cosigned here"
            )
        if not lines[0]:
            raise MalformedInput("bad-checkpoint", "no origin")
        size = read_decimal(lines[1], "a tree size")
        root = read_base64(lines[2], "a root", HASH_SIZE)
        return cls(request.old, tuple(request.proof), note, lines[0], size, root)
