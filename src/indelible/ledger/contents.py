"""The stored content of an entry: one object of canonical JSON, field name to value.

Whoever can write to the database can write anything here, so content is believed only if it is canonical
to the byte: a doubled key, for one, reads differently to two readers. The strict reading of canonical.py
costs some fifty microseconds; here a whole batch is read by msgspec, written again and compared, with a
few cheap looks for what that comparison cannot see. Where one of them is in doubt, the strict reading
decides.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from operator import methodcaller
from typing import Any, NoReturn

import msgspec

from . import canonical
from .errors import MalformedInput
from .strict import write_utf8


class _Float(ValueError):
    """A number with a fraction or an exponent."""


def _refuse_float(text: str) -> NoReturn:
    raise _Float(text)


_decoder = msgspec.json.Decoder(dict[str, Any], float_hook=_refuse_float)
_encoder = msgspec.json.Encoder(order="sorted")

_DIGITS_ALIKE = bytes.maketrans(b"123456789", b"000000000")
_LONG_NUMBER = b"0" * 16
_LONG_INTEGER = re.compile(rb"[:\[,]-?[0-9]{16,}[,}\]]")
_BEYOND_BMP = re.compile(rb"[\xf0-\xf4]")
_END_OF_BMP = re.compile(rb"[\xee\xef]")
_HALF_AS_DEEP = canonical.MAX_DEPTH // 2
_square_brackets = methodcaller("count", b"[")
_curly_brackets = methodcaller("count", b"{")


def write_contents(contents: Sequence[dict[str, object]]) -> tuple[list[bytes], list[dict[str, Any]]]:
    """Return each content as it is stored, and as it reads back (keys of every object in canonical order).

    Raises MalformedInput (`bad-json-value`, `bad-utf8`, `json-too-deep`) where one has no canonical form.
    """
    try:
        data = _encoder.encode_lines(contents)
        values = _decoder.decode_lines(data)
        # Equality finds what the encoder took for something else: NaN as null, bytes or dates as text.
        if values == contents:
            lines = data.split(b"\n")
            lines.pop()
            if not _in_doubt(data, lines):
                return lines, values
    except (msgspec.MsgspecError, TypeError, ValueError, RecursionError):
        pass  # the strict way below says what is wrong, and where
    lines = [canonical.encode(content) for content in contents]
    return lines, [canonical.decode(line) for line in lines]


def read_contents(contents: Sequence[str | bytes]) -> list[dict[str, Any]] | None:
    """Return stored contents as values if all are canonical for sure; None: read them one by one."""
    try:
        lines = [one if isinstance(one, bytes) else one.encode() for one in contents]
        data = b"\n".join(lines)
        values = _decoder.decode_lines(data)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    # The comparison also finds a line end inside a content, and an empty one that would hide it.
    if len(values) != len(contents) or _encoder.encode_lines(values) != data + b"\n":
        return None
    return None if _in_doubt(data, lines) else values


def read_content(content: str | bytes) -> dict[str, Any]:
    """Return one stored content as values.

    Raises MalformedInput (`bad-content`, and those of canonical JSON) where it is not canonical.
    """
    data = write_utf8(content, "content") if isinstance(content, str) else content
    value = canonical.decode(data)
    if not isinstance(value, dict):
        raise MalformedInput("bad-content", "no object")
    if canonical.encode(value) != data:
        raise MalformedInput("bad-content", "not canonical JSON")
    return value


def _in_doubt(data: bytes, lines: list[bytes]) -> bool:
    """Say whether these lines of sorted JSON could hold what only the strict reading tells apart."""
    # An integer of 16 digits or more may lie beyond 2**53 - 1.
    if _LONG_NUMBER in data.translate(_DIGITS_ALIKE) and _LONG_INTEGER.search(data):
        return True
    # Keys with characters on both sides sort differently by UTF-16 unit.
    if not data.isascii() and _BEYOND_BMP.search(data) and _END_OF_BMP.search(data):
        return True
    # 64 levels take more than 32 brackets of one kind.
    if data.count(b"[") > _HALF_AS_DEEP and max(map(_square_brackets, lines)) > _HALF_AS_DEEP:
        return True
    return max(map(_curly_brackets, lines), default=0) > _HALF_AS_DEEP
