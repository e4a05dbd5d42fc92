"""Names, values and lists in a sentence: bare where nothing else can be read into them, else in quotation marks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from indelible.language.lexicon import lexicon

_NAME: Final = re.compile(r"[A-Z][a-z]+(?: [A-Z][a-z]+){0,3}")

_CODE: Final = re.compile(r"[A-Z]{1,6}-\d{1,12}")

_FREE: Final = re.compile(r"[A-Za-z][A-Za-z0-9 '%-]*")

NUMBER: Final = re.compile(r"-?(?:0|[1-9]\d{0,17})(?:\.\d{1,6})?")


@lru_cache(maxsize=1 << 12)
def said_name(name: str) -> str:
    """Return a name as it is where nobody can take it for anything else, else in quotation marks."""
    role = (
        any(one.value is None for one in lexicon().of_phrase(name, "ROLE"))
        and name.islower()
        and name.isalpha()
        and name.endswith("s")
    )
    return name if role or _is_plain_name(name) else quoted(name)


def _is_plain_name(name: str) -> bool:
    if not _NAME.fullmatch(name):
        return False
    words = name.lower().split()
    known = lexicon().vocabulary
    return not any(word in known or word.removesuffix("s") in known for word in words) or (
        any(
            reading.value == name
            for kind in ("SYSTEM", "GROUP")
            for reading in lexicon().of_phrase(name, kind)
        )
        and len(lexicon().of_phrase(name, "ACT")) + len(lexicon().of_phrase(name, "THING")) == 0
    )


def said_code(name: str) -> str:
    """Return the name of a thing, bare where it is a number of the usual form."""
    return name if _CODE.fullmatch(name) else quoted(name)


def said_rule(rule: str) -> str:
    """Return the number of a rule."""
    return rule if re.fullmatch(r"\d+(\.\d+)?", rule) else quoted(rule)


def quoted(text: str) -> str:
    """Return a text in quotation marks."""
    return '"' + text.replace('"', '""') + '"'


def said_text(text: str, reserved: frozenset[str]) -> str:
    """Return a free text as it is where it ends where it should, else in quotation marks."""
    free = _FREE.fullmatch(text) and text == " ".join(text.split())
    return text if free and not reserved.intersection(text.lower().split()) else quoted(text)


def listed(items: Sequence[str], last: str = "or") -> str:
    """Return several as a list in words."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def grouped(number: str) -> str:
    """Return a number with its thousands apart."""
    whole, dot, part = number.partition(".")
    if len(part) == 3 or (part and len(whole) < 4):
        return number
    return f"{int(whole):,}{dot}{part}" if not part and not whole.startswith("-0") else number


def typed_word(value: str) -> str:
    """Return a value as it is typed behind a qualifier."""
    return value if re.fullmatch(r"[^\s\",;:()]+", value) else quoted(value)
