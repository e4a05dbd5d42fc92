"""From fields to digests, many entries at a time.

A *disclosure* is the text `["<salt>","<name>",<value>]`; its digest is
base64url(SHA-256(base64url(text))), as RFC 9901 section 4.2 has it. Salts of an entry are SHAKE-128 of its
secret, cut into pieces of 18 bytes, one for each field in the order of the sorted names.

A call into C costs more here than the hashing that it does, so everything but the hashes themselves is
done for whole batches: one SHAKE an entry, and JSON and base64 of all fields at once by msgspec, which
writes bytes as base64. What is left is to swap two letters of its alphabet and to drop the padding.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256, shake_128

import msgspec

SALT_BYTES = 18
SALT_CHARACTERS = 24  # 18 bytes in base64, which needs no padding
SECRET_BYTES = 32

# Above a thousand entries the processor's caches lose, below a hundred the calls show.
BATCH = 128

_TEXT_AROUND = len('["",') + SALT_CHARACTERS
_encoder = msgspec.json.Encoder()
_encode = _encoder.encode
_encode_lines = _encoder.encode_lines
_URLSAFE = bytes.maketrans(b"+/", b"-_")


def salts_of(secrets: Iterable[bytes], counts: Iterable[int]) -> list[str]:
    """Return the salts of entries one after another: as many of each secret as the entry has fields."""
    pairs = zip(secrets, counts, strict=True)
    stream = b"".join([shake_128(secret).digest(SALT_BYTES * count) for secret, count in pairs])
    # 18 bytes are 24 characters exactly, so the base64 of all is the base64 of each, side by side.
    text = _encode(stream).translate(_URLSAFE, b'"').decode("ascii")
    return [text[at : at + SALT_CHARACTERS] for at in range(0, len(text), SALT_CHARACTERS)]


def texts_of(salts: Iterable[str], names: Iterable[str], values: Iterable[object]) -> list[bytes]:
    """Return the disclosure text of each field. Objects in `values` have their keys in canonical order."""
    # A list: an iterator that is given to the encoder is never let go of again (msgspec 0.22).
    lines = _encode_lines(list(zip(salts, names, values, strict=True))).split(b"\n")
    lines.pop()  # behind the last line end
    return lines


def value_in(text: bytes, name: str) -> bytes:
    """Return the canonical JSON of the value in a disclosure text of the field `name`."""
    return text[_TEXT_AROUND + len(f'"{name}",') : -1]


def digests_of(texts: Sequence[bytes]) -> list[str]:
    """Return the digest of each disclosure text, 43 characters each."""
    return quoted_digests_of(texts)[1:-1].split('","') if texts else []


def quoted_digests_of(texts: Sequence[bytes]) -> str:
    """Return the digests of disclosure texts as they stand in a leaf: `"...","..."`, 46 characters apart."""
    if not texts:
        return ""
    lines = _encode_lines(texts).replace(b"+", b"-").replace(b"/", b"_").replace(b"=", b"")
    hashes = [sha256(disclosure).digest() for disclosure in lines[1:-2].split(b'"\n"')]
    return _encode(hashes).translate(_URLSAFE, b"=")[1:-1].decode("ascii")
