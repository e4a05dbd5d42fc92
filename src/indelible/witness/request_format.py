"""The body of an add-checkpoint request, read strictly."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from indelible.ledger.errors import MalformedInput
from indelible.ledger.hashing import HASH_SIZE
from indelible.ledger.strict import read_base64, read_decimal, read_utf8

MAX_BODY_BYTES = 131_072
SIZE_TYPE = "text/x.tlog.size"
MAX_PROOF_LINES = 63


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """A request: the size the witness holds, the proof from there, and the checkpoint."""

    old: int
    proof: tuple[bytes, ...]
    note: str

    @classmethod
    def parse(cls, data: bytes) -> AddCheckpoint:
        """Take a body apart. Raises MalformedInput."""
        head, empty_line, note = read_utf8(data, "a request").partition("\n\n")
        if not empty_line:
            raise MalformedInput("bad-request", "no empty line")
        first, *proof = head.split("\n")
        if not first.startswith("old ") or len(proof) > MAX_PROOF_LINES:
            raise MalformedInput("bad-request", f"{len(proof)} lines of proof after {first[:60]!a}")
        old = read_decimal(first.removeprefix("old "), "the old size")
        return cls(old, tuple(read_base64(line, "a proof line", HASH_SIZE) for line in proof), note)


def origin_hash(origin: str) -> str:
    """Return the name of a log in addresses: hex of SHA-256 of its origin."""
    return sha256(origin.encode("utf-8")).hexdigest()
