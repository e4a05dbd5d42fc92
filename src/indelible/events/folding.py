"""How text is made comparable: for searching, for exact filters, and for names that only look alike.

Three strengths, never mixed up:

* `fold` forgives case, accents and punctuation, so that "zoe" finds "Zoë" in either spelling of the ë;
* `exact_code` forgives only case and how Unicode composes a letter, so that a filter for one mailbox
  never takes in its look-alikes;
* `skeleton` brings letters together that look the same in print, to warn of exactly those look-alikes.

Folded text holds letters, digits and spaces only: then both databases cut it into the same words.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from hashlib import blake2b

_ASCII = bytes(
    code + 32 if 65 <= code <= 90 else code if chr(code).isalnum() and code < 128 else 32
    for code in range(256)
)
# Letters that Unicode does not take apart, but that people type without their stroke or as two letters.
_LETTERS = {
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "ð": "d",
    "þ": "th",
    "æ": "ae",
    "œ": "oe",
    "ı": "i",
    "ħ": "h",
    "ŧ": "t",
}
# Letters of other scripts, and digits, that pass for a Latin letter in print.
_LOOKS_LIKE = str.maketrans(
    "аеорсухіјѕһԁԛѡкмтвнгԝαορντικυχγω01",
    "aeopcyxijshdqwkmtbhrwaopvtikuxywol",
)


class _Folding(dict[int, str]):
    """Character -> its folded form, worked out at first sight."""

    def __missing__(self, code: int) -> str:
        letter = chr(code).casefold()
        folded = ""
        for part in unicodedata.normalize("NFKD", "".join(_LETTERS.get(one, one) for one in letter)):
            kind = unicodedata.category(part)
            if part.isalnum():
                folded += part.casefold()
            elif kind != "Mn":  # an accent vanishes; everything else parts words
                folded += part if kind == "Mc" else " "
        self[code] = folded
        return folded


_FOLDING = _Folding()


def fold(text: str) -> str:
    """Return `text` in small letters and digits without accents; a space for everything else."""
    if text.isascii():
        return text.encode().translate(_ASCII).decode()
    return text.translate(_FOLDING)


def plain(text: str) -> str:
    """Return the folded words of `text` with one space between them; empty where it has none."""
    return " ".join(fold(text).split())


@lru_cache(maxsize=1 << 16)
def exact_code(text: str) -> str:
    """Return 16 hex digits that stand for `text`, blind only to case and Unicode composition."""
    return blake2b(
        unicodedata.normalize("NFC", text).casefold().encode("utf-8", "replace"), digest_size=8
    ).hexdigest()


@lru_cache(maxsize=1 << 16)
def skeleton(text: str) -> str:
    """Return what `text` looks like in print: equal for names that a reader would take for one."""
    return plain(text).translate(_LOOKS_LIKE).replace("rn", "m")
