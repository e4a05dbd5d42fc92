"""Proof files: one entry's way into one signed checkpoint, in a file that checks alone.

    c2sp.org/tlog-proof@v1
    extra <base64>          where there is one
    index <decimal>
    <base64 hash>           one line a step, from the leaf's sibling upward

    <the checkpoint's note>

Indelible puts the entry's leaf data into `extra`. Nothing vouches for it there: it is hashed first, and
believed once the path from that hash leads to the signed root.
Source: C2SP tlog-proof.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .checkpoints import Checkpoint, LogKeys, open_checkpoint
from .errors import MalformedInput
from .hashing import HASH_SIZE, leaf_hash
from .keys import VerifierKey
from .notes import MAX_NOTE_BYTES, parse_note
from .proofs import check_inclusion
from .strict import MAX_INTEGER, read_base64, read_decimal, read_utf8, write_base64
from .tiles import MAX_ENTRY_BYTES

FIRST_LINE = "c2sp.org/tlog-proof@v1"
MAX_STEPS = 63


@dataclass(frozen=True, slots=True)
class ProofFile:
    """A proof as it stands in the file, nothing checked. `index` counts from zero."""

    index: int
    path: tuple[bytes, ...]  # 32 bytes each
    checkpoint_note: str
    extra: bytes | None = None  # in our files: the entry's leaf data

    def __post_init__(self) -> None:
        if not 0 <= self.index <= MAX_INTEGER or len(self.path) > MAX_STEPS:
            raise MalformedInput("bad-proof-file", f"index {self.index}, {len(self.path)} steps")
        if any(len(step) != HASH_SIZE for step in self.path):
            raise MalformedInput("bad-proof-file", "a step that is not 32 bytes")

    @property
    def text(self) -> str:
        """The file, as `parse` reads it."""
        lines = [FIRST_LINE]
        if self.extra is not None:
            lines.append(f"extra {write_base64(self.extra)}")
        lines.append(f"index {self.index}")
        lines += map(write_base64, self.path)
        return "\n".join(lines) + "\n\n" + self.checkpoint_note

    @classmethod
    def parse(cls, text: str | bytes) -> ProofFile:
        """Take a proof file apart.

        Raises MalformedInput (`bad-proof-file`, and those of notes and base64), also where the note after the
        proof is none.
        """
        whole = read_utf8(text, "proof file") if isinstance(text, bytes) else text
        if len(whole) > 2 * MAX_NOTE_BYTES:
            raise MalformedInput("bad-proof-file", f"{len(whole)} characters")
        # The FIRST empty line divides here; the note behind it divides itself at its last.
        head, empty_line, note = whole.partition("\n\n")
        lines = head.split("\n")
        if not empty_line or lines.pop(0) != FIRST_LINE:
            raise MalformedInput("bad-proof-file", f"begins {head[:60]!a}")
        extra = None
        if lines and lines[0].startswith("extra "):
            extra = read_base64(lines.pop(0).removeprefix("extra "), "extra")
        if not lines or not lines[0].startswith("index "):
            raise MalformedInput("bad-proof-file", "no index line where it should be")
        index = read_decimal(lines.pop(0).removeprefix("index "), "the index")
        if len(lines) > MAX_STEPS:
            raise MalformedInput("bad-proof-file", f"{len(lines)} steps")
        path = tuple(read_base64(line, "a step", HASH_SIZE) for line in lines)
        parse_note(note)
        return cls(index, path, note, extra)


def check_proof_file(
    proof: ProofFile,
    origin: str,
    verifiers: Iterable[VerifierKey] | LogKeys,
    leaf_data: bytes | None = None,
) -> Checkpoint:
    """Check that the entry is in the log called `origin`, and return the checkpoint that says so.

    `leaf_data` is the entry as the reader holds it; without it, the file's own `extra` is taken. `verifiers`
    are the trusted keys of that log, and any witnesses' whose lines must hold where they stand.

    Raises MalformedInput (`proof-without-entry` where there is no leaf data, `entry-too-long`),
    SignatureError as `open_checkpoint` does, ProofError as `check_inclusion` does.
    """
    data = proof.extra if leaf_data is None else leaf_data
    if data is None:
        raise MalformedInput("proof-without-entry", "neither leaf data nor an extra line")
    if len(data) > MAX_ENTRY_BYTES:
        raise MalformedInput("entry-too-long", f"{len(data)} bytes")
    checkpoint = open_checkpoint(proof.checkpoint_note, origin, verifiers)
    check_inclusion(leaf_hash(data), proof.index, checkpoint.size, proof.path, checkpoint.root)
    return checkpoint
