"""Topic: the hashes that a checker with no library needs to get right first."""

from __future__ import annotations

import hashlib
import hmac

from vectors.making import Answers, topic

# Lengths around one block of SHA-256 (64 bytes) and of SHA-512 (128), where padding goes wrong.
LENGTHS = [0, 1, 3, 55, 56, 57, 63, 64, 65, 111, 112, 113, 119, 120, 127, 128, 129, 1000]

# Published answers: FIPS 180-4's examples for "abc", RFC 7914 section 11, RFC 4231 case 2.
ABC_256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
ABC_512 = (
    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
    "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
)
RFC7914 = {
    "passwd": "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
    "49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783",
    "Password": "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56"
    "a1d425a1225833549adb841b51c9b3176a272bdebba1d078478f62b397f33c8d",
}
JEFE = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"

DERIVED = [
    ("passwd", "salt", 1, 64),
    ("Password", "NaCl", 80000, 64),
    ("", "salt", 2, 16),
    ("a password of more than sixty-four bytes, which is hashed before it is used", "s", 3, 40),
]


@topic("hashes")
def hashes() -> Answers:
    messages = [(length, bytes(index % 251 for index in range(length))) for length in LENGTHS]
    assert hashlib.sha256(b"abc").hexdigest() == ABC_256
    assert hashlib.sha512(b"abc").hexdigest() == ABC_512
    assert hmac.digest(b"Jefe", b"what do ya want for nothing?", "sha256").hex() == JEFE
    return {
        "origin": "SHA-256, SHA-512, HMAC-SHA-256 and PBKDF2 by Python's hashlib, compared with the examples of FIPS"
        " 180-4, RFC 4231 and RFC 7914. A message of n bytes is 0, 1, 2 ... 250, 0, 1 ... n of them.",
        "abc": {"sha256_hex": ABC_256, "sha512_hex": ABC_512},
        "million_a": {
            "sha256_hex": hashlib.sha256(b"a" * 1_000_000).hexdigest(),
            "sha512_hex": hashlib.sha512(b"a" * 1_000_000).hexdigest(),
        },
        "counting": [
            {
                "length": length,
                "sha256_hex": hashlib.sha256(message).hexdigest(),
                "sha512_hex": hashlib.sha512(message).hexdigest(),
            }
            for length, message in messages
        ],
        "hmac_sha256": [_hmac(b"Jefe", b"what do ya want for nothing?"), _hmac(bytes(200), b"a long key")],
        "pbkdf2_sha256": [
            {
                "password": password,
                "salt": salt,
                "rounds": rounds,
                "length": length,
                "derived_hex": _derived(password, salt, rounds, length),
            }
            for password, salt, rounds, length in DERIVED
        ],
    }


def _hmac(key: bytes, message: bytes) -> Answers:
    return {
        "key_hex": key.hex(),
        "message": message.decode(),
        "mac_hex": hmac.digest(key, message, "sha256").hex(),
    }


def _derived(password: str, salt: str, rounds: int, length: int) -> str:
    derived = hashlib.pbkdf2_hmac("sha256", password.encode(), salt.encode(), rounds, length).hex()
    assert derived == RFC7914.get(password, derived)
    return derived
