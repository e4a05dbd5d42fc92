"""Typing slips: which words that the language knows look like one that it does not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Final

from indelible.language.lexicon import lexicon

MOST: Final = 3
LEAST_LENGTH: Final = 3


def suggestions(word: str, names: Iterable[str] = ()) -> list[str]:
    """Return the known words nearest to one that is not, the nearest first; none where nothing is near."""
    if len(word) < LEAST_LENGTH:
        return []
    own = [(name, name.lower()) for name in names]
    found = [(distance(word, other), other) for other in _candidates(word)]
    found += [(distance(word, low), name) for name, low in own if abs(len(low) - len(word)) <= _allowed(word)]
    near = sorted({(apart, other) for apart, other in found if 0 < apart <= _allowed(word)})
    least = near[0][0] if near else 0
    return list(dict.fromkeys(other for apart, other in near if apart <= least))[:MOST]


def is_near(word: str) -> bool:
    """Whether a word looks like a slip of one that is known."""
    return len(word) >= 4 and any(0 < distance(word, other) <= _allowed(word) for other in _candidates(word))


def _allowed(word: str) -> int:
    return 1 if len(word) < 6 else 2


@cache
def _index() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    known = lexicon()
    words = known.vocabulary | _inflected()
    for word in sorted(words):
        if len(word) >= LEAST_LENGTH:
            for less in _shorter(word):
                found.setdefault(less, []).append(word)
    return {less: tuple(words) for less, words in found.items()}


def warm_up() -> None:
    """Build what suggestions are found by, which takes a tenth of a second."""
    _index()


def _inflected() -> frozenset[str]:
    return frozenset(f"{word}s" for word in _nouns())


def _nouns() -> Iterator[str]:
    stack = [lexicon().nouns.root]
    while stack:
        for key, below in stack.pop().items():
            if key:
                if key.isalpha() and not key.endswith("s") and "" in below:
                    yield key
                stack.append(below)


def _candidates(word: str) -> Iterator[str]:
    seen: set[str] = set()
    for less in _shorter(word):
        for other in _index().get(less, ()):
            if other not in seen:
                seen.add(other)
                yield other


def _shorter(word: str) -> Iterator[str]:
    yield word
    for place in range(len(word)):
        yield word[:place] + word[place + 1 :]


def distance(one: str, other: str) -> int:
    """Return how many letters must be put in, left out, changed or swapped with the next to get from one to the
    other."""
    if abs(len(one) - len(other)) > 2:
        return 3
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        line = [row]
        for column, against in enumerate(other, 1):
            cost = min(last[column] + 1, line[column - 1] + 1, last[column - 1] + (letter != against))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == against:
                cost = min(cost, before[column - 2] + 1)
            line.append(cost)
        before, last = last, line
    return last[-1]
