"""Canonical JSON: for each value one and only one spelling, so that it can be hashed.

RFC 8785 (JCS), cut down to what every JSON reader understands alike: objects, arrays, strings, true,
false, null and integers within 2**53 - 1. No floats, at most 64 levels deep, no lone surrogates, no key
twice. Without floats the canonical form is plain sorted JSON, which msgspec writes; only objects whose
keys sort differently by UTF-16 unit than by code point are refused, because there encoders differ.
The property tests hold this module to the `rfc8785` package.
"""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

import msgspec

from .errors import MalformedInput
from .strict import read_utf8, write_utf8

MAX_DEPTH = 64
MAX_SAFE_INTEGER = 2**53 - 1

_encoder = msgspec.json.Encoder(order="sorted")
# Possessive, and an unfinished string runs to the end: hostile text costs no more than its length.
_STRING = re.compile(r'"(?:[^"\\]++|\\.)*+(?:"|\Z)', re.DOTALL)
_BRACKET = re.compile(r"[\[\]{}]")


def encode(value: object) -> bytes:
    """Return the canonical UTF-8 form of `value`: dict, list, str, bool, None or int, freely nested.

    Raises MalformedInput (`bad-json-value`, `bad-utf8`, `json-too-deep`) for anything else.
    """
    _check(value, 1)
    return _encoder.encode(value)


def decode(data: bytes | str) -> Any:
    """Return the value of JSON text of any spelling, read strictly.

    Raises MalformedInput (`bad-json`, `bad-json-value`, `bad-utf8`, `json-too-deep`) for what `json` lets
    pass: a key twice, NaN and Infinity, floats, integers beyond 2**53 - 1, lone surrogates, deep nesting.
    """
    text = read_utf8(data, "JSON") if isinstance(data, bytes) else data
    _check_depth_of(text)
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_refuse_number,
            parse_float=_refuse_number,
            parse_int=_integer,
        )
    except json.JSONDecodeError as error:
        raise MalformedInput("bad-json", str(error)) from error
    _check(value, 1)
    return value


def is_canonical(data: bytes) -> bool:
    """Say whether `data` is, to the byte, what `encode` gives for the value it stands for."""
    try:
        return encode(decode(data)) == data
    except MalformedInput:
        return False


def _check(value: object, depth: int) -> None:
    """Refuse what has no canonical form. Exact types only: a subclass could encode as something else."""
    kind = type(value)
    if kind is str:
        assert isinstance(value, str)
        if not value.isascii():
            write_utf8(value, "a string")
    elif kind is int:
        assert isinstance(value, int)
        if not -MAX_SAFE_INTEGER <= value <= MAX_SAFE_INTEGER:
            raise MalformedInput("bad-json-value", "an integer beyond 2**53 - 1")
    elif kind is dict or kind is list:
        assert isinstance(value, dict | list)
        if depth > MAX_DEPTH:
            raise MalformedInput("json-too-deep", f"more than {MAX_DEPTH} levels")
        if isinstance(value, dict):
            _check_keys(value)
        for item in value.values() if isinstance(value, dict) else value:
            _check(item, depth + 1)
    elif value is not None and kind is not bool:
        raise MalformedInput("bad-json-value", f"a {kind.__name__}")


def _check_keys(value: dict[Any, object]) -> None:
    """Refuse keys that are no text, or whose order depends on how text is compared."""
    for key in value:
        if type(key) is not str:
            raise MalformedInput("bad-json-value", f"a key of type {type(key).__name__}")
    if all(map(str.isascii, value)):
        return
    by_utf16 = sorted(value, key=lambda key: write_utf8(key, "a key").decode("utf-8").encode("utf-16-be"))
    if by_utf16 != sorted(value):
        raise MalformedInput("bad-json-value", "keys that sort differently by UTF-16 unit and by code point")


def _check_depth_of(text: str) -> None:
    """Refuse deep nesting before the parser sees it, since the parser recurses."""
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return
    depth = 0
    for bracket in _BRACKET.findall(_STRING.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        if depth > MAX_DEPTH:
            raise MalformedInput("json-too-deep", f"more than {MAX_DEPTH} levels")


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise MalformedInput("bad-json", "a key twice in one object")
    return value


def _integer(text: str) -> int:
    # Longer texts are out of range anyway, and int() is slow on very long ones.
    if len(text) > 17:
        raise MalformedInput("bad-json-value", "an integer beyond 2**53 - 1")
    return int(text)


def _refuse_number(text: str) -> NoReturn:
    raise MalformedInput("bad-json-value", f"the number {text[:40]}")
