"""Checkpoints: how many entries a log holds, and the one hash that stands for all of them.

    <origin>\\n<tree size, decimal>\\n<root, base64>\\n

as the text of a signed note. The *origin* is the log's name for ever and the name of its key; a reader
asks for the origin that it expects, never just for a good signature. A log changes its key now and then: `LogKeys`
says which key may sign which size (rotation.py tells how one leads to the next). Extension lines are never written
and are refused, because implementations disagree on whether a cosignature covers them.
Source: C2SP tlog-checkpoint v1.0.0.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from .errors import MalformedInput, SignatureError
from .hashing import EMPTY_ROOT, HASH_SIZE
from .keys import ED25519, Signer, VerifierKey, check_key_name
from .notes import SignedNote, open_note, parse_note, sign_note
from .strict import MAX_INTEGER, read_base64, read_decimal, write_base64

_ED25519_SIGNATURE_SIZE = 64


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of a log at one size. Who vouches for it is told by the note around its text."""

    origin: str  # the log's lasting name, e.g. "audit.example.org/payroll"
    size: int  # number of entries; zero for an empty log
    root: bytes  # 32 bytes

    def __post_init__(self) -> None:
        check_key_name(self.origin)
        if not 0 <= self.size <= MAX_INTEGER or len(self.root) != HASH_SIZE:
            raise MalformedInput("bad-checkpoint", f"size {self.size}, root of {len(self.root)} bytes")
        if self.size == 0 and self.root != EMPTY_ROOT:
            raise MalformedInput("bad-checkpoint", f"size 0 with root {self.root.hex()}")

    @property
    def text(self) -> str:
        """The three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{write_base64(self.root)}\n"

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """Return the checkpoint that a note's text states.

        Raises MalformedInput (`bad-checkpoint`, `bad-number`, `bad-base64`, `bad-key-name`), also for
        extension lines.
        """
        lines = text.split("\n")
        if len(lines) != 4 or lines[3]:
            raise MalformedInput("bad-checkpoint", f"{len(lines) - 1} lines, not three")
        return cls(
            lines[0], read_decimal(lines[1], "a tree size"), read_base64(lines[2], "a root", HASH_SIZE)
        )


@dataclass(frozen=True, slots=True)
class Window:
    """A key of a log, and the sizes of checkpoints that it may sign (both ends included)."""

    key: VerifierKey
    since: int = 0
    until: int | None = None  # None: no end is known


@dataclass(frozen=True, slots=True)
class LogKeys:
    """The keys of one log, oldest first, each with what it may sign. May stand wherever a log's keys are asked for."""

    windows: tuple[Window, ...]

    @classmethod
    def of(cls, keys: VerifierKey | LogKeys) -> LogKeys:
        """Return keys as they are; a single key may sign everything."""
        return keys if isinstance(keys, LogKeys) else cls((Window(keys),))

    def __iter__(self) -> Iterator[VerifierKey]:
        """Give every key, oldest first, whatever it may sign."""
        return (window.key for window in self.windows)

    def at(self, size: int) -> tuple[VerifierKey, ...]:
        """Return the keys that may sign a checkpoint of `size` entries; empty where none may."""
        return tuple(
            window.key
            for window in self.windows
            if window.since <= size and (window.until is None or size <= window.until)
        )


def sign_checkpoint(checkpoint: Checkpoint, keys: Signer | Sequence[Signer]) -> str:
    """Return the checkpoint as a note signed by the log's key, or by each of its keys in turn, the oldest first.

    Raises ValueError for another log's key.
    """
    signers = keys if isinstance(keys, Sequence) else [keys]
    for key in signers:
        if key.verifier.name != checkpoint.origin:
            raise ValueError(f"a key of {key.verifier.name} for the log {checkpoint.origin}")
    return sign_note(checkpoint.text, signers)


def open_checkpoint(
    note: bytes | str | SignedNote, origin: str, verifiers: Iterable[VerifierKey] | LogKeys
) -> Checkpoint:
    """Return the checkpoint of the log called `origin`, vouched for by one of its keys among `verifiers`.

    Keys of witnesses may be among them: their lines must hold where they stand, but none stands for the log.
    Of `LogKeys` those count that may sign a checkpoint of the size that the note states; the others say nothing.

    Raises MalformedInput, and SignatureError: `other-origin` for another log, `no-trusted-signature`,
    `bad-signature`, `signed-twice` as `open_note` does.
    """
    parsed = note if isinstance(note, SignedNote) else parse_note(note)
    if isinstance(verifiers, LogKeys):
        verifiers = verifiers.at(Checkpoint.parse(parsed.text).size)
    opened = open_note(parsed, verifiers)
    checkpoint = Checkpoint.parse(opened.text)
    if checkpoint.origin != origin:
        raise SignatureError("other-origin", f"a checkpoint of {checkpoint.origin}, not of {origin}")
    if not any(good.key.name == origin and good.key.algorithm == ED25519 for good in opened.good):
        raise SignatureError("no-trusted-signature", f"no line by a trusted key of {origin}")
    return checkpoint


def bare(note: bytes | str | SignedNote, origin: str) -> str:
    """Return the note with nothing but its text and the log's own line: what gets time-stamped.

    It can be rebuilt from any cosigned copy. Where two keys of the log signed (while a key is changed), the
    first line is taken. Nothing is checked here.

    Raises MalformedInput (`bad-note`, ...; `no-log-signature` where no line is the log's).
    """
    parsed = note if isinstance(note, SignedNote) else parse_note(note)
    for signature in parsed.signatures:
        # A cosigner of the same name carries a time as well, so its field is longer.
        if signature.name == origin and len(signature.signature) == _ED25519_SIGNATURE_SIZE:
            return f"{parsed.text}\n{signature.line}"
    raise MalformedInput("no-log-signature", f"no line by {origin[:120]!a}")
