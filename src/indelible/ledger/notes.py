"""Signed notes: a short text, and who vouches for it.

    <text, ends in \\n>\\n
    U+2014 SP <key name> SP base64(u32 key ID || signature) \\n      one line or more

A reader brings the keys that it trusts. A line whose (name, key ID) is not among them says nothing; a
line of a trusted key whose signature fails spoils the whole note. Three kinds of line are understood:

* `0x01`, Ed25519 over the text: how a log signs its checkpoints;
* `0x04`, Ed25519 over a header with the time, then the text: how a witness cosigns;
* `0x06`, ML-DSA-44 over origin, size and root with the time: read and checked, never written here.

What the text says is the matter of checkpoints.py.
Sources: C2SP signed-note v1.0.0, tlog-cosignature v1.0.1 (0x04) and v1.1.0-rc.1 (0x06).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .errors import MalformedInput, SignatureError
from .keys import CosigningKey, Signer, SigningKey, VerifierKey
from .strict import read_base64, read_utf8, write_utf8

__all__ = [
    "CosigningKey",
    "GoodSignature",
    "NoteSignature",
    "OpenedNote",
    "SignedNote",
    "SigningKey",
    "VerifierKey",
    "open_note",
    "parse_note",
    "sign_note",
]

MAX_NOTE_BYTES = 1_000_000
MAX_SIGNATURES = 100

_DASH = "\u2014 "
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One signature line, not checked: whose it claims to be, and what it carries."""

    name: str
    key_id: bytes  # 4 bytes
    signature: bytes  # what follows the key ID: 64 bytes for 0x01, 72 for 0x04
    line: str  # as it stood in the note, with its line end


@dataclass(frozen=True, slots=True)
class SignedNote:
    """A note taken apart, nothing checked. `text` ends in a line end; `signatures` as they stand."""

    text: str
    signatures: tuple[NoteSignature, ...]


@dataclass(frozen=True, slots=True)
class GoodSignature:
    """A signature that was checked and holds. `time` is POSIX seconds for a cosignature, else None."""

    key: VerifierKey
    time: int | None
    line: str


@dataclass(frozen=True, slots=True)
class OpenedNote:
    """A note that at least one trusted key vouches for, and none of them disowns."""

    text: str
    good: tuple[GoodSignature, ...]
    unknown: tuple[NoteSignature, ...]

    def by(self, key: VerifierKey) -> GoodSignature | None:
        """Return the good signature by `key`, or None."""
        return next((good for good in self.good if good.key == key), None)


def parse_note(data: bytes | str) -> SignedNote:
    """Take a signed note apart.

    Raises MalformedInput (`bad-note`, `bad-utf8`, `bad-base64`): control characters, no empty line before
    the signatures, no signature, a malformed line, more than 100 lines or 1 MB.
    """
    if len(data) > MAX_NOTE_BYTES:
        raise MalformedInput("bad-note", f"{len(data)} bytes")
    raw = write_utf8(data, "note") if isinstance(data, str) else data
    if len(raw) > MAX_NOTE_BYTES:
        raise MalformedInput("bad-note", f"{len(raw)} bytes")
    whole = read_utf8(raw, "note")
    if control := _CONTROL.search(whole):
        raise MalformedInput("bad-note", f"control character U+{ord(control[0]):04X} at {control.start()}")
    # The LAST empty line divides: the text itself may hold empty lines, signature lines cannot.
    divide = whole.rfind("\n\n")
    if divide <= 0 or not whole.endswith("\n"):
        raise MalformedInput("bad-note", "no text, empty line and signatures")
    lines = whole[divide + 2 : -1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise MalformedInput("bad-note", f"{len(lines)} signature lines")
    return SignedNote(whole[: divide + 1], tuple(_parse_line(line) for line in lines))


def open_note(data: bytes | str | SignedNote, verifiers: Iterable[VerifierKey]) -> OpenedNote:
    """Check a note's signatures by the keys that the caller trusts.

    Raises MalformedInput where it is no note, and SignatureError: `bad-signature` where a trusted key's line
    does not hold, `signed-twice` where one key signed in two lines, `no-trusted-signature` where no trusted
    key signed. Which of several keys must have signed is for the caller to ask (`OpenedNote.by`).
    """
    note = data if isinstance(data, SignedNote) else parse_note(data)
    trusted = {(key.name, key.key_id): key for key in verifiers}
    good: dict[VerifierKey, GoodSignature] = {}
    unknown: list[NoteSignature] = []
    for signature in note.signatures:
        key = trusted.get((signature.name, signature.key_id))
        if key is None:
            unknown.append(signature)
            continue
        if key in good:
            raise SignatureError("signed-twice", f"two lines by {key.text}")
        good[key] = GoodSignature(key, key.check(note.text, signature.signature), signature.line)
    if not good:
        raise SignatureError("no-trusted-signature", f"signed by {[line.name for line in note.signatures]}")
    return OpenedNote(note.text, tuple(good.values()), tuple(unknown))


def sign_note(text: str, keys: Sequence[Signer]) -> str:
    """Return the note that says `text` (which ends in a line end), signed by each of `keys` in turn."""
    if not text.endswith("\n") or _CONTROL.search(text):
        raise ValueError("the text of a note ends in a line end and holds no control characters")
    if not keys or len({key.verifier for key in keys}) != len(keys):
        raise ValueError("a note is signed by one key or more, each once")
    return text + "\n" + "".join(key.sign(text) for key in keys)


def _parse_line(line: str) -> NoteSignature:
    """Take one signature line (without its line end) apart."""
    name, space, encoded = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not space or not name or "+" in name or any(map(str.isspace, name)):
        raise MalformedInput("bad-note", f"signature line {line[:120]!a}")
    field = read_base64(encoded, "a signature")
    if len(field) < 5:
        raise MalformedInput("bad-note", f"a signature field of {len(field)} bytes")
    return NoteSignature(name, field[:4], field[4:], line + "\n")
