"""Phrases by their pieces: how one is looked up."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from indelible.language.lexicon.forms import singular
from indelible.language.lexicon.values import Reading
from indelible.language.tokens import pieces_of

_PLAIN: Final = re.compile(r"[a-z]+(?: [a-z]+)*")


@dataclass
class Trie:
    """Phrases by their pieces, each with its readings."""

    root: dict[str, Any] = field(default_factory=dict)

    def add(self, keys: Sequence[str], reading: Reading) -> None:
        """Let this phrase have this reading too; of two equal ones the nearer stays."""
        if not keys or not all(keys):
            return
        node = self.root
        for key in keys:
            node = node.setdefault(key, {})
        readings = node.setdefault("", [])
        for place, other in enumerate(readings):
            if other.type == reading.type and other.value == reading.value:
                if reading.cost < other.cost:
                    readings[place] = reading
                return
        readings.append(reading)

    def found(self, keys: Sequence[str], start: int) -> Iterator[tuple[int, list[Reading]]]:
        """Yield each phrase that begins at this place: where it ends, and its readings."""
        node = self.root
        for place in range(start, len(keys)):
            key = keys[place]
            if not key or key not in node:
                return
            node = node[key]
            if "" in node:
                yield place + 1, node[""]


def keys_of(phrase: str) -> list[str]:
    """Return a phrase as it is looked up."""
    if _PLAIN.fullmatch(phrase):
        return phrase.split(" ")
    return [piece.key for piece in pieces_of(phrase)]


def noun_keys(phrase: str) -> list[str]:
    """Return a noun phrase as it is looked up, whatever its number."""
    return [singular(key) for key in keys_of(phrase)]
