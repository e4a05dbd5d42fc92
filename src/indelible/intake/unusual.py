"""Characters that make a text look like something it is not, or act on whoever opens it.

The values are kept as they came: a name with a Cyrillic letter in it may be an attack or a surname, and
only a person can tell. What a person needs is to be told, so each finding is a flag on the record.

* `mixed_script`: one word mixes letters of scripts whose letters look alike.
* `invisible_characters`: characters without a shape (joiners between emoji are honest and left alone).
* `bidi_control`: characters that turn the reading direction.
* `not_nfc`: the text is spelled with combining marks, so it looks equal to another but is not.
* `formula_like`: a spreadsheet would run it.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

BIDI_CONTROLS = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_BIDI = re.compile(f"[{BIDI_CONTROLS}]")
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200d\u2060-\u2064\ufeff\u3164\uffa0]"
)
# Joiners have honest work: they build one emoji out of several, and shape letters of Arabic and Indic scripts.
_EMOJI = "\u2600-\u27bf\ufe0f\U0001f000-\U0001faff"
_HONEST_JOINER = re.compile(f"(?<=[{_EMOJI}])\u200d(?=[{_EMOJI}])|(?<=[\u0600-\u0dff])[\u200c\u200d]")
_REMEMBERED_LENGTH = 200  # names come again and again; long texts do not, and would fill the memory
_WORD = re.compile(r"\w+")
FORMULA_FIRST = frozenset("=+-@\t\r\uff1d\uff0b\uff0d\uff20")
_PLAIN_NUMBER = re.compile(r"[+-]?\d[\d.,' \u00a0\u202f]*%?")
# Scripts with letters that pass for one another; others (Han beside Latin) are ordinary mixtures.
_LOOK_ALIKE_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC")


def unusual_characters(text: str) -> tuple[str, ...]:
    """Return the flags (without `formula_like`) that fit one text; none for plain ASCII."""
    if text.isascii():
        return ()
    return _remembered(text) if len(text) <= _REMEMBERED_LENGTH else _found(text)


def _found(text: str) -> tuple[str, ...]:
    flags = []
    if _BIDI.search(text):
        flags.append("bidi_control")
    if _INVISIBLE.search(_HONEST_JOINER.sub("", text)):
        flags.append("invisible_characters")
    if not unicodedata.is_normalized("NFC", text):
        flags.append("not_nfc")
    if any(len(_scripts(word)) > 1 for word in _WORD.findall(text) if not word.isascii()):
        flags.append("mixed_script")
    return tuple(flags)


_remembered = lru_cache(maxsize=8192)(_found)


def is_formula_like(text: str) -> bool:
    """Answer whether a spreadsheet may run this cell when it is opened."""
    return text[:1] in FORMULA_FIRST and len(text) > 1


def is_plain_number(text: str) -> bool:
    """Answer whether the text is nothing but a number, such as -99,00."""
    return _PLAIN_NUMBER.fullmatch(text) is not None


def _scripts(word: str) -> set[str]:
    return {script for letter in word if letter.isalpha() and (script := _script(letter)) is not None}


def _script(letter: str) -> str | None:
    name = unicodedata.name(letter, "").removeprefix("FULLWIDTH ").removeprefix("MATHEMATICAL BOLD ")
    first = name.partition(" ")[0]
    return first if first in _LOOK_ALIKE_SCRIPTS else None
