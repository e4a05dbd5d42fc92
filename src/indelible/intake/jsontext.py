"""Strict and exact reading of one JSON value.

A record must come out as its source wrote it, so: a name given twice is refused (which one would
count?), so is NaN; a number that a float would bend (a fraction, an id above 2^53) stays text, marked as
`NumberText`; and nesting is bounded before the parser runs, since a parser's own stack is no bound.

Source: RFC 8259 sections 4 and 6; the bounds are ours.
"""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

from indelible.intake.pieces import Json

MAX_SAFE_INT = 2**53
_BRACKET_OR_STRING = re.compile(r'[\[\]{}]|"(?:[^"\\]++|\\.)*+"?', re.S)
_HALF_OR_NUL = re.compile(r"\\u(?:[dD][89abcdefABCDEF]|0000)")
_SURROGATE = re.compile("[\ud800-\udfff]")


class NumberText(str):
    """A number kept as the text that the source wrote."""

    __slots__ = ()


class JsonFault(ValueError):
    """A text that is no JSON value we can take; `reason` is the code for a rejected record."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def parse_json(text: str, max_depth: int = 50) -> tuple[Json, tuple[str, ...]]:
    """Read one JSON value; give it with the flags that apply.

    Flags: `lone_surrogate` (half a character was replaced by U+FFFD), `nul_removed`.
    Raises JsonFault: `not_json`, `duplicate_keys`, `not_a_number`, `nested_too_deep`.
    """
    if text.count("[") + text.count("{") > max_depth and nesting(text) > max_depth:
        raise JsonFault("nested_too_deep")
    try:
        value: Json = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise JsonFault("not_json") from error
    if not _HALF_OR_NUL.search(text):
        return value, ()
    flags: set[str] = set()
    return _healed(value, flags), tuple(sorted(flags))


def nesting(text: str) -> int:
    """Return how deep lists and objects lie within each other, without recursion."""
    depth = deepest = 0
    for match in _BRACKET_OR_STRING.finditer(text):
        mark = text[match.start()]
        if mark in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif mark in "]}":
            depth -= 1
    return deepest


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise JsonFault("duplicate_keys")
    return result


def _integer(digits: str) -> int | NumberText:
    if len(digits) < 16:
        return int(digits)
    if len(digits) < 18 and abs(number := int(digits)) <= MAX_SAFE_INT:
        return number
    return NumberText(digits)


def _constant(name: str) -> NoReturn:
    raise JsonFault("not_a_number")


# Control characters within strings are taken as they are: several exporters write raw tabs.
_DECODER = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_float=NumberText,
    parse_int=_integer,
    parse_constant=_constant,
    strict=False,
)


def _healed(value: Json, flags: set[str]) -> Json:
    """Replace half characters and drop NULs in all strings; depth is bounded by parse_json."""
    if isinstance(value, dict):
        return {_healed_text(key, flags): _healed(item, flags) for key, item in value.items()}
    if isinstance(value, list):
        return [_healed(item, flags) for item in value]
    if isinstance(value, str) and not isinstance(value, NumberText):
        return _healed_text(value, flags)
    return value


def _healed_text(text: str, flags: set[str]) -> str:
    if "\x00" in text:
        flags.add("nul_removed")
        text = text.replace("\x00", "")
    if _SURROGATE.search(text):
        flags.add("lone_surrogate")
        text = _SURROGATE.sub("\ufffd", text)
    return text
