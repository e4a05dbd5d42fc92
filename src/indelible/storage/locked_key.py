"""A secret key under a passphrase, as bytes: what a locked key file and a recovery sheet both hold.

    0x01 || log2 of N (1 byte) || salt (17 bytes) || ciphertext and tag (48 bytes)        67 bytes

The passphrase, in Unicode form NFC, goes through scrypt (N, r = 8, p = 1) with the salt; the 32 bytes that come out
are the key of ChaCha20-Poly1305 over the 32-byte seed. A salt is never used twice, so neither is that key, and
the nonce may be zero. `about` is authenticated with it: it says what the seed is for, so that one log's key
cannot be put in place of another's.

Pure functions: chance is handed in. Sources: RFC 7914 (scrypt), RFC 8439 (ChaCha20-Poly1305).
"""

from __future__ import annotations

import unicodedata

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

VERSION = 0x01
SALT_BYTES = 17
SEED_BYTES = 32
LOCKED_BYTES = 2 + SALT_BYTES + SEED_BYTES + 16
COST = 17  # log2 of N: 128 MB and about a third of a second, which a guesser pays for every guess
LEAST_COST, MOST_COST = 10, 20  # what is read: a file must not be able to ask for all memory
SHORTEST_PASSPHRASE = 12  # characters

_NONCE = bytes(12)


class KeyLockError(Exception):
    """A locked key stays locked. `code`: `lock-unreadable`, or `lock-differs` for another passphrase."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail


def lock(seed: bytes, passphrase: str, salt: bytes, about: bytes, *, cost: int = COST) -> bytes:
    """Return the seed (32 bytes) under a passphrase. `salt`: 17 random bytes that are used only here."""
    if len(seed) != SEED_BYTES or len(salt) != SALT_BYTES or not LEAST_COST <= cost <= MOST_COST:
        raise ValueError(f"a seed of {len(seed)} bytes, a salt of {len(salt)}, cost {cost}")
    head = bytes([VERSION, cost]) + salt
    return head + ChaCha20Poly1305(_stretched(passphrase, salt, cost)).encrypt(_NONCE, seed, about)


def unlock(locked: bytes, passphrase: str, about: bytes) -> bytes:
    """Return the seed.

    Raises KeyLockError: `lock-unreadable` where it is no locked key, `lock-differs` where the passphrase is another
    one (or a byte of it, or of `about`, was changed: nobody can tell these apart).
    """
    if len(locked) != LOCKED_BYTES or locked[0] != VERSION or not LEAST_COST <= locked[1] <= MOST_COST:
        raise KeyLockError("lock-unreadable", f"{len(locked)} bytes")
    salt = locked[2 : 2 + SALT_BYTES]
    try:
        key = _stretched(passphrase, salt, locked[1])
        return ChaCha20Poly1305(key).decrypt(_NONCE, locked[2 + SALT_BYTES :], about)
    except InvalidTag:
        # Said anew without a cause: a traceback may show what was tried.
        raise KeyLockError("lock-differs", "the passphrase does not fit") from None


def _stretched(passphrase: str, salt: bytes, cost: int) -> bytes:
    text = unicodedata.normalize("NFC", passphrase).encode("utf-8", "surrogatepass")
    return Scrypt(salt=salt, length=32, n=1 << cost, r=8, p=1).derive(text)
