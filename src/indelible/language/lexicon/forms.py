"""How English words are inflected: by rule, but for those that a table names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Final

_VOWELS: Final = frozenset("aeiou")
_HISS: Final = ("s", "x", "z", "ch", "sh")
_DOUBLED: Final = frozenset(
    (
        "admit allot ban begin bin cancel commit control cut drop expel flag forget get label log map "
        "omit patrol permit pin plan put quit refer reset rig run scan scrap set ship shred shut skip "
        "spin spot stop strip submit swap tag transfer trap trim zip"
    ).split()
)
_ODD_PLURALS: Final = {"people": "person", "crises": "crisis", "staff": "staff", "data": "data", "children": "child",
                       "analyses": "analysis", "premises": "premises", "media": "media", "news": "news"}  # fmt: skip


def verb_forms(base: str, irregular: Mapping[str, Sequence[str]]) -> Iterable[str]:
    """Return a verb as people write it: itself, of somebody, of the past (both), and as it goes on."""
    first, blank, rest = base.partition(" ")
    for form in dict.fromkeys(_forms_of_word(first, irregular)):
        yield f"{form}{blank}{rest}"


def third(base: str) -> str:
    """Return the verb as it is said of somebody: "changes"."""
    if base in ("do", "go"):
        return f"{base}es"
    if base.endswith("y") and base[-2:-1] not in _VOWELS:
        return f"{base[:-1]}ies"
    return f"{base}es" if base.endswith(_HISS) else f"{base}s"


def _forms_of_word(base: str, irregular: Mapping[str, Sequence[str]]) -> Iterable[str]:
    yield base
    yield third(base)
    stem = base[:-1] if base.endswith("e") and not base.endswith(("ee", "ye", "oe")) else base
    if base in irregular:
        yield from irregular[base]
    elif base.endswith("e"):
        yield f"{base}d"
    elif base.endswith("y") and base[-2:-1] not in _VOWELS:
        yield f"{base[:-1]}ied"
    else:
        if base in _DOUBLED:
            yield f"{base}{base[-1]}ed"
        if base not in _DOUBLED or base in ("cancel", "label"):
            yield f"{base}ed"
    if base in _DOUBLED:
        yield f"{base}{base[-1]}ing"
    if base not in _DOUBLED or base in ("cancel", "label"):
        yield f"{stem}ing"
    if base == "tie":
        yield "tying"


@lru_cache(maxsize=1 << 14)
def singular(word: str) -> str:
    """Return what a noun is looked up by: "invoices" and "invoice" by the same; not always a word."""
    if word in ("ins", "ons", "outs", "offs", "ups"):  # "sign-ins", "log-offs"
        return word[:-1]
    if word in _ODD_PLURALS:
        return _ODD_PLURALS[word]
    if len(word) <= 3 or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith(("sses", "shes", "ches", "xes", "zzes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") else word
