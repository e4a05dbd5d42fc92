"""Topic: Ed25519, with the signatures on which checkers are known to disagree.

A checker in a browser may have to bring its own arithmetic, and must then answer as everybody else does. The
answers here are those of the `cryptography` library (OpenSSL), which checks without a cofactor: the exact
equation encode(S*B - h*A) == R, with S below the order of the curve. The arithmetic below is only for making
such signatures; it is slow and not safe for secrets.
Source: RFC 8032 sections 5.1 and 7.1.
"""

from __future__ import annotations

import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from vectors.making import Answers, topic

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)

Point = tuple[int, int]
IDENTITY: Point = (0, 1)

# (seed, message, signature) of RFC 8032 section 7.1.
RFC8032 = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0"
        "595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eae"
        "b4302aeeb00d291612bb0c00",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9"
        "716ed28dc027beceea1ec40a",
    ),
    (
        "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
        hashlib.sha512(b"abc").hexdigest(),
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c"
        "138ac17ad9bef1177331a704",
    ),
]


@topic("ed25519")
def ed25519() -> Answers:
    return {
        "origin": "The signatures of RFC 8032 section 7.1, and made-up ones on which checkers disagree. Whether each"
        " holds is the answer of the `cryptography` library 50 with OpenSSL: no cofactor, S below the order, R"
        " compared by its bytes. Go's crypto/ed25519 agrees on every one.",
        "known": [_known(bytes.fromhex(seed), bytes.fromhex(m), s) for seed, m, s in RFC8032],
        "long": [
            _signed(bytes(range(32)), bytes(n % 251 for n in range(size))) for size in (63, 64, 65, 1023)
        ],
        "cases": [
            {
                "what": what,
                "public_key_hex": key.hex(),
                "message_hex": message.hex(),
                "signature_hex": signature.hex(),
                "holds": _holds(key, message, signature),
            }
            for what, key, message, signature in [*_spoiled(), *_small_order(), *_mixed_order()]
        ],
    }


def _known(seed: bytes, message: bytes, signature_hex: str) -> Answers:
    signed = _signed(seed, message)
    assert signed["signature_hex"] == signature_hex
    return signed


def _signed(seed: bytes, message: bytes) -> Answers:
    private = Ed25519PrivateKey.from_private_bytes(seed)
    return {
        "seed_hex": seed.hex(),
        "public_key_hex": private.public_key().public_bytes_raw().hex(),
        "message_hex": message.hex(),
        "signature_hex": private.sign(message).hex(),
    }


def _holds(key: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):  # ValueError: not 32 bytes
        return False
    return True


Case = tuple[str, bytes, bytes, bytes]


def _spoiled() -> list[Case]:
    """A good signature, and ways of spoiling it."""
    private = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    key, message = private.public_key().public_bytes_raw(), b"an entry"
    good = private.sign(message)
    r, s = good[:32], int.from_bytes(good[32:], "little")
    other = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33))).public_key().public_bytes_raw()
    return [
        ("good", key, message, good),
        ("another message", key, b"an entrz", good),
        ("another key", other, message, good),
        ("one bit of R flipped", key, message, bytes([good[0] ^ 1]) + good[1:]),
        ("one bit of S flipped", key, message, good[:32] + bytes([good[32] ^ 1]) + good[33:]),
        ("the sign of R flipped", key, message, good[:31] + bytes([good[31] ^ 0x80]) + good[32:]),
        ("the sign of the key flipped", key[:31] + bytes([key[31] ^ 0x80]), message, good),
        ("S plus the order", key, message, r + _number(s + ORDER)),
        ("S plus twice the order", key, message, r + _number(s + 2 * ORDER)),
        ("S plus the order, seven times", key, message, r + _number(s + 7 * ORDER)),
        ("S with its highest bit set", key, message, r + _number(s | 1 << 255)),
        ("S equal to the order", key, message, r + _number(ORDER)),
        ("all bits of S set", key, message, r + b"\xff" * 32),
        ("R and S zero", key, message, bytes(64)),
        ("R not on the curve", key, message, _off_curve() + good[32:]),
        ("a signature of 63 bytes", key, message, good[:-1]),
        ("a signature of 65 bytes", key, message, good + b"\x00"),
        ("no signature", key, message, b""),
        ("a key of 31 bytes", key[:-1], message, good),
        ("a key of 33 bytes", key + b"\x00", message, good),
        ("a key that is not on the curve", _off_curve(), message, good),
    ]


def _small_order() -> list[Case]:
    """Keys of an order that divides 8, and the identity as R: with them one signature may fit many messages."""
    zero = _number(0)
    identity, again = _encode(IDENTITY), _number(P + 1)
    minus_zero = identity[:31] + b"\x80"
    cases = [
        ("the identity as key, R the identity, S zero", identity, b"a", identity + zero),
        ("the identity as key, R the identity with a sign, S zero", identity, b"a", minus_zero + zero),
        ("the identity as key, R the identity spelled p + 1, S zero", identity, b"a", again + zero),
        ("the identity spelled p + 1 as key", again, b"a", identity + zero),
        ("the identity with a sign as key", minus_zero, b"a", identity + zero),
        ("the identity as key, S one", identity, b"a", _encode(_times(1, _base())) + _number(1)),
    ]
    torsion = _torsion()
    for order in (2, 4, 8):
        key = _encode(_times(8 // order, torsion))
        for message in (b"a", b"b", b"c", b"d"):
            cases.append((f"a key of order {order}, R the identity", key, message, identity + zero))
    return cases


def _mixed_order() -> list[Case]:
    """A proper key plus a point of order 8: signatures that hold only when multiplied by the cofactor."""
    secret, nonce = 0x1234567 * 2**200 % ORDER, 0x7654321 * 2**190 % ORDER
    torsion = _torsion()
    key = _encode(_add(_times(secret, _base()), torsion))
    cases = []
    for what, r in (("", _times(nonce, _base())), (" and R", _add(_times(nonce, _base()), torsion))):
        for number in range(6):
            message = b"entry %d" % number
            s = (nonce + _challenge(_encode(r), key, message) * secret) % ORDER
            cases.append((f"the key{what} off by a point of order 8", key, message, _encode(r) + _number(s)))
    return cases


def _challenge(r: bytes, key: bytes, message: bytes) -> int:
    return int.from_bytes(hashlib.sha512(r + key + message).digest(), "little") % ORDER


def _number(number: int) -> bytes:
    return number.to_bytes(32, "little")


def _encode(point: Point) -> bytes:
    return _number(point[1] | (point[0] & 1) << 255)


def _add(one: Point, two: Point) -> Point:
    (x1, y1), (x2, y2) = one, two
    product = D * x1 * x2 * y1 * y2
    x = (x1 * y2 + x2 * y1) * pow(1 + product, -1, P) % P
    return x, (y1 * y2 + x1 * x2) * pow(1 - product, -1, P) % P


def _times(number: int, point: Point) -> Point:
    result = IDENTITY
    while number:
        if number & 1:
            result = _add(result, point)
        point, number = _add(point, point), number >> 1
    return result


def _x_of(y: int) -> int | None:
    """The even x of a point with this y, or None where there is none."""
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * ROOT_OF_MINUS_ONE % P
    if x * x % P != square:
        return None
    return x if x % 2 == 0 else P - x


def _base() -> Point:
    y = 4 * pow(5, -1, P) % P
    x = _x_of(y)
    assert x is not None
    return x, y


def _torsion() -> Point:
    """A point of order 8: what is left of some point when the order of the base is multiplied away."""
    for y in range(2, 100):
        x = _x_of(y)
        point = IDENTITY if x is None else _times(ORDER, (x, y))
        if _times(4, point) != IDENTITY:
            return point
    raise AssertionError("no point of order 8")


def _off_curve() -> bytes:
    return next(_number(y) for y in range(2, 100) if _x_of(y) is None)
