"""One JSON value, read so that nothing of it can be read in two ways.

Unlike an export, which is taken as it is, what a program sends can be mended at once: so a name given twice, NaN,
half a character or NUL is refused, and the refusal says where. Numbers that a float would bend stay the text that
the sender wrote.

Source: RFC 8259 sections 4, 6 and 8.2; the bound on depth is ours.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final, NoReturn

from indelible.intake.jsontext import NumberText, nesting

MOST_DEPTH: Final = 50
LARGEST: Final = 2**53 - 1  # what every JSON reader holds exactly

_SUSPECT = re.compile(r"\\u(?:[dD][89abcdefABCDEF]|0000)")
_HALF = re.compile("[\ud800-\udfff]")


class JsonRefused(Exception):
    """A text that is no JSON value we take: `code` is stable, `detail` says where and what."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


def parse(text: str) -> Any:
    """Return one JSON value; numbers beyond an exact integer are `NumberText`.

    Raises JsonRefused: `not-json`, `nested-too-deep`, `name-twice`, `not-a-number`, `half-a-character`,
    `nul-character`.
    """
    if text.count("[") + text.count("{") > MOST_DEPTH and nesting(text) > MOST_DEPTH:
        raise JsonRefused(
            "nested-too-deep", f"lists and objects within each other more than {MOST_DEPTH} deep"
        )
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as fault:
        where = f"line {fault.lineno}, column {fault.colno}"
        raise JsonRefused("not-json", f"not JSON at {where}: {fault.msg}") from fault
    if _SUSPECT.search(text):
        check_characters(value, "")
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise JsonRefused("name-twice", f"{_shown(twice)} is given twice in one object")
    return result


def _integer(digits: str) -> int | NumberText:
    if len(digits) < 16:
        return int(digits)
    if len(digits) < 18 and abs(number := int(digits)) <= LARGEST:
        return number
    return NumberText(digits)


def _constant(name: str) -> NoReturn:
    raise JsonRefused("not-a-number", f"{name} is no number")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=NumberText, parse_int=_integer, parse_constant=_constant
)


def check_characters(value: Any, where: str) -> None:
    """Raise JsonRefused at the first text with half a character or NUL. Depth is bounded by `parse`."""
    if isinstance(value, dict):
        for name, inner in value.items():
            _check_text(name, f"the name {_shown(name)}")
            check_characters(inner, f"{where}.{name}" if where else name)
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            check_characters(inner, f"{where}[{place}]")
    elif isinstance(value, str):
        _check_text(value, where or "the value")


def _check_text(text: str, where: str) -> None:
    if "\0" in text:
        raise JsonRefused("nul-character", f"{where[:200]}: holds the character NUL")
    if _HALF.search(text):
        raise JsonRefused("half-a-character", f"{where[:200]}: holds half of a surrogate pair")


def _shown(name: str) -> str:
    return ascii(name[:80])
