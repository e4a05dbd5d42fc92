"""Keys that vouch for notes: their names, their text forms, signing and checking.

A key's ID is the first four bytes of SHA-256(name || 0x0A || type || public key). It only says which key
a line means; what is trusted is the whole public key, which travels in the *verifier key*:

    <name>+<8 hex digits of the ID>+base64(type || public key)

Private keys have Go's form, `PRIVATE+KEY+<name>+<ID>+base64(0x01 || seed)`, which the standard leaves open.
Nothing here makes a seed: chance is handed in by the caller.
Sources: C2SP signed-note, tlog-cosignature; Go golang.org/x/mod/sumdb/note for the private form.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

from .errors import MalformedInput, SignatureError
from .strict import MAX_INTEGER, read_base64, read_decimal, write_base64

ED25519 = 0x01
ED25519_COSIGNATURE = 0x04
MLDSA44_COSIGNATURE = 0x06

_PUBLIC_KEY_SIZES = {ED25519: 32, ED25519_COSIGNATURE: 32, MLDSA44_COSIGNATURE: 1312}
_TIME_SIZE = 8
_PRIVATE = "PRIVATE+KEY+"

# Host, then a path where there is one: witnesses in the wild are often named by their host alone.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~%@:-]+)*")
MAX_NAME_BYTES = 255


def check_key_name(name: str) -> str:
    """Return `name` if a key, and so a log, may be called that: ASCII of the shape host/path.

    Raises MalformedInput (`bad-key-name`).
    """
    if len(name) > MAX_NAME_BYTES or not _NAME.fullmatch(name):
        raise MalformedInput("bad-key-name", ascii(name[:120]))
    return name


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key with its name and what it signs (`algorithm`: the type byte of signed-note)."""

    name: str
    algorithm: int
    public_key: bytes

    def __post_init__(self) -> None:
        check_key_name(self.name)
        if len(self.public_key) != _PUBLIC_KEY_SIZES.get(self.algorithm):
            detail = f"type {self.algorithm}, {len(self.public_key)} bytes"
            raise MalformedInput("bad-verifier-key", detail)

    @classmethod
    def parse(cls, vkey: str) -> VerifierKey:
        """Return the key that a verifier key text stands for.

        Raises MalformedInput (`bad-verifier-key`, `bad-key-name`, `bad-base64`), also where the ID in the
        text is not the key's own or the type is none that is understood here.
        """
        # Only the first two plus signs divide: base64 may hold more.
        parts = vkey.split("+", 2) if len(vkey) <= 4096 else []
        if len(parts) != 3:
            raise MalformedInput("bad-verifier-key", ascii(vkey[:120]))
        raw = read_base64(parts[2], "a public key")
        if not raw:
            raise MalformedInput("bad-verifier-key", "no public key")
        key = cls(parts[0], raw[0], raw[1:])
        if key.key_id.hex() != parts[1]:
            raise MalformedInput("bad-verifier-key", f"ID {parts[1][:20]!a} should be {key.key_id.hex()}")
        return key

    @property
    def key_id(self) -> bytes:
        """The four bytes that a signature line carries to say which key it means."""
        return sha256(self.name.encode("ascii") + b"\n" + bytes([self.algorithm]) + self.public_key).digest()[
            :4
        ]

    @property
    def text(self) -> str:
        """The verifier key, as `parse` reads it."""
        return f"{self.name}+{self.key_id.hex()}+{write_base64(bytes([self.algorithm]) + self.public_key)}"

    def check(self, text: str, signature: bytes) -> int | None:
        """Check a signature (what follows the key ID) over a note's text; return a cosignature's time.

        Raises SignatureError (`bad-signature`).
        """
        try:
            if self.algorithm == ED25519:
                Ed25519PublicKey.from_public_bytes(self.public_key).verify(signature, text.encode("utf-8"))
                return None
            time = _time_of(signature)
            if self.algorithm == ED25519_COSIGNATURE:
                message = cosigned_message(text, time)
                Ed25519PublicKey.from_public_bytes(self.public_key).verify(signature[_TIME_SIZE:], message)
            else:
                message = cosigned_subtree(self.name, text, time)
                MLDSA44PublicKey.from_public_bytes(self.public_key).verify(signature[_TIME_SIZE:], message)
        except (InvalidSignature, ValueError) as error:  # ValueError: the bytes are no key on the curve
            raise SignatureError(
                "bad-signature", f"the line by {self.name}+{self.key_id.hex()} does not hold"
            ) from error
        return time


class Signer(Protocol):
    """What signs notes: a key in memory, or one that lies where nobody can read it and only signs."""

    @property
    def verifier(self) -> VerifierKey:
        """The public half."""
        ...

    def sign(self, text: str) -> str:
        """Return the signature line over a note's text, with its line end."""
        ...


class SigningKey:
    """A log's own key: Ed25519 over the text of a note (type 0x01)."""

    __slots__ = ("_private", "seed", "verifier")

    def __init__(self, name: str, seed: bytes) -> None:
        self._private, self.verifier = _ed25519(name, seed, ED25519)
        self.seed = seed

    @classmethod
    def from_seed(cls, name: str, seed: bytes) -> SigningKey:
        """Return the key called `name` that grows from 32 secret random bytes."""
        return cls(name, seed)

    @classmethod
    def parse(cls, text: str) -> SigningKey:
        """Return the key of Go's private form.

        Raises MalformedInput (`bad-signing-key`, `bad-key-name`), whose detail never shows the secret.
        """
        parts = text.removeprefix(_PRIVATE).split("+", 2) if len(text) <= 1024 else []
        if len(parts) != 3 or not text.startswith(_PRIVATE):
            raise MalformedInput("bad-signing-key", "not of the form PRIVATE+KEY+name+ID+key")
        try:
            raw = read_base64(parts[2], "a private key", 33)
        except MalformedInput:
            # Said anew without a cause, since the detail and the traceback would show the key.
            raise MalformedInput("bad-signing-key", "the key is not 33 bytes of base64") from None
        if raw[0] != ED25519:
            raise MalformedInput("bad-signing-key", f"type {raw[0]}")
        key = cls(parts[0], raw[1:])
        if key.verifier.key_id.hex() != parts[1]:
            raise MalformedInput(
                "bad-signing-key", f"ID {parts[1][:20]!a} should be {key.verifier.key_id.hex()}"
            )
        return key

    @property
    def text(self) -> str:
        """Go's private form, as `parse` reads it. A secret."""
        encoded = write_base64(bytes([ED25519]) + self.seed)
        return f"{_PRIVATE}{self.verifier.name}+{self.verifier.key_id.hex()}+{encoded}"

    def sign(self, text: str) -> str:
        """Return the signature line over a note's text, with its line end."""
        return signature_line(self.verifier, self._private.sign(text.encode("utf-8")))


class CosigningKey:
    """A witness's key: Ed25519 over the time and the text of a note (type 0x04).

    The signed message does not name the witness, so one seed must never serve two names.
    """

    __slots__ = ("_private", "verifier")

    def __init__(self, name: str, seed: bytes) -> None:
        self._private, self.verifier = _ed25519(name, seed, ED25519_COSIGNATURE)

    def cosign(self, text: str, time: int) -> str:
        """Return the cosignature line over a note's text, with its line end; `time` in POSIX seconds."""
        if not 1 <= time <= MAX_INTEGER:
            raise ValueError(f"no cosignature at time {time}")
        return signature_line(
            self.verifier, time.to_bytes(_TIME_SIZE, "big") + self._private.sign(cosigned_message(text, time))
        )


def cosigned_message(text: str, time: int) -> bytes:
    """Return what an Ed25519 cosignature (0x04) signs."""
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def cosigned_subtree(name: str, text: str, time: int) -> bytes:
    """Return what an ML-DSA-44 cosignature (0x06) of a checkpoint signs.

    subtree/v1 \\n 00 || u8 length || cosigner || u64 time || u8 length || origin || u64 0 || u64 size || root

    It covers the first three lines of the text only. Raises MalformedInput where those are no checkpoint's.
    """
    lines = text.split("\n", 3)
    if len(lines) != 4:
        raise MalformedInput("bad-checkpoint", f"{len(lines)} lines")
    cosigner, origin = name.encode("utf-8"), lines[0].encode("utf-8")
    if len(cosigner) > 255 or len(origin) > 255:
        raise MalformedInput("bad-checkpoint", "a name of more than 255 bytes")
    size = read_decimal(lines[1], "a tree size")
    return b"".join(
        (
            b"subtree/v1\n\x00",
            bytes([len(cosigner)]) + cosigner,
            time.to_bytes(_TIME_SIZE, "big"),
            bytes([len(origin)]) + origin,
            (0).to_bytes(8, "big"),
            size.to_bytes(8, "big"),
            read_base64(lines[2], "a root", 32),
        )
    )


def _time_of(signature: bytes) -> int:
    """Return the time that a cosignature carries. Raises ValueError outside 1 to 2**63 - 1."""
    time = int.from_bytes(signature[:_TIME_SIZE], "big")
    if len(signature) < _TIME_SIZE or not 1 <= time <= MAX_INTEGER:
        raise ValueError("a cosignature without a time")
    return time


def _ed25519(name: str, seed: bytes, algorithm: int) -> tuple[Ed25519PrivateKey, VerifierKey]:
    if len(seed) != 32:
        raise ValueError(f"a seed of {len(seed)} bytes")
    private = Ed25519PrivateKey.from_private_bytes(seed)
    public = private.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return private, VerifierKey(name, algorithm, public)


def signature_line(verifier: VerifierKey, signature: bytes) -> str:
    """Return the line of a note that carries this signature (what follows the key ID), with its line end."""
    return f"\u2014 {verifier.name} {write_base64(verifier.key_id + signature)}\n"
