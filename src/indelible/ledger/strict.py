"""Reading base64, decimals and text the way the formats mean them.

Python's own helpers are friendlier than the formats: `base64.b64decode` skips foreign characters,
`int` takes `+1`, `1_0` and other scripts' digits, `splitlines` also splits at U+2028. Two readers that
disagree about one byte can be shown two different logs, so everything untrusted is read through here.
"""

from __future__ import annotations

import base64
import binascii
import re

from .errors import MalformedInput

MAX_INTEGER = 2**63 - 1

_DECIMAL = re.compile(r"0|[1-9][0-9]*")


def read_decimal(text: str, what: str, largest: int = MAX_INTEGER) -> int:
    """Return the non-negative integer that `text` spells in the one allowed way (no sign, no leading 0).

    Raises MalformedInput (`bad-number`) for any other spelling or a value above `largest`.
    """
    # The length comes first: int() of a very long text is slow, and refused by newer Pythons.
    if len(text) <= 20 and _DECIMAL.fullmatch(text) and (number := int(text)) <= largest:
        return number
    raise MalformedInput("bad-number", f"{what} is {_shown(text)}")


def read_base64(text: str, what: str, size: int | None = None) -> bytes:
    """Return the bytes that padded standard base64 stands for, exactly `size` of them if given.

    Raises MalformedInput (`bad-base64`) for foreign characters, wrong padding, spare bits that are not
    zero (so that no two texts stand for the same bytes) or another size.
    """
    try:
        raw = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error) as error:
        raise MalformedInput("bad-base64", f"{what} is {_shown(text)}") from error
    if base64.b64encode(raw).decode("ascii") != text or size not in (None, len(raw)):
        raise MalformedInput("bad-base64", f"{what} is {_shown(text)}")
    return raw


def write_base64(raw: bytes) -> str:
    """Return padded standard base64 of `raw`."""
    return base64.b64encode(raw).decode("ascii")


def read_utf8(data: bytes, what: str) -> str:
    """Return `data` as text. Raises MalformedInput (`bad-utf8`) where it is not valid UTF-8."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedInput("bad-utf8", f"{what}: {error}") from error


def write_utf8(text: str, what: str) -> bytes:
    """Return `text` as UTF-8. Raises MalformedInput (`bad-utf8`) for a lone surrogate."""
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise MalformedInput("bad-utf8", f"{what}: {error}") from error


def _shown(text: str) -> str:
    """Return a short, escaped form of untrusted text for a detail."""
    return ascii(text) if len(text) <= 80 else f"{text[:80]!a}... ({len(text)} characters)"
