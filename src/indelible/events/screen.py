"""What is done to a sentence only on a screen: long parts cut, hidden characters shown.

The sentence itself keeps every character. On a screen a right-to-left override could turn a name around,
and a zero-width space make two names look alike; both are therefore written out as [U+202E]. Marks that
a script or an emoji needs to be read rightly stay as they are.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from typing import Final

from indelible.events.phrases import Part

_JOINERS: Final = "\u200c\u200d"
_BLANK_LETTERS: Final = "\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"  # letters by class, invisible in print
_SPACING: Final = "\t\n\v\f\r\x85\u2028\u2029"
_SUSPECT: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ud800-\udfff\ufeff\uffa0\ufff0-\ufffb"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)


def visible(text: str) -> str:
    """Return the text with line breaks as blanks, and other hidden characters as their code, [U+202E]."""
    if text.isascii() and text.isprintable():
        return text
    return _SUSPECT.sub(lambda found: _shown(text, found.start()), text)


def shortened(part: Part, limit: int) -> Part:
    """Return a part cut to `limit` characters, the last an ellipsis; our own text is never cut."""
    if part.role == "text" or len(part.text) <= limit:
        return part
    kept = part.text[: max(limit - 1, 1)]
    # A letter keeps its accents, and an emoji is not cut in two.
    while len(kept) > 1 and _continues(part.text[len(kept)], kept[-1]):
        kept = kept[:-1]
    end = part.text[-1] if part.role == "said" and part.text[-1] in "”“»’" else ""
    return replace(part, text=kept + "…" + end)


def _continues(following: str, last: str) -> bool:
    return unicodedata.combining(following) > 0 or following in "\u200d\ufe0f" or last == "\u200d"


def _shown(text: str, place: int) -> str:
    character = text[place]
    if character in _SPACING:
        return " "
    if character in _JOINERS and 0 < place < len(text) - 1 and _joins(text[place - 1], text[place + 1]):
        return character
    return f"[U+{ord(character):04X}]"


def _joins(before: str, after: str) -> bool:
    """Whether a joiner between these two is at home: inside an emoji, or in a script that has joiners."""
    if unicodedata.category(after) == "So":
        return unicodedata.category(before) in ("So", "Sk", "Mn")
    names = [unicodedata.name(character, "") for character in (before, after)]
    return all(
        name and not name.startswith(("LATIN", "GREEK", "CYRILLIC", "DIGIT")) for name in names
    ) and all(unicodedata.category(character)[0] in "LM" for character in (before, after))
