"""What the words of a language may mean: each word or phrase with its readings, as terminals of the grammar.

The words are data: the closed word list (`events.vocabulary`), and beside it one set of TOML files a language
(`en_acts`, `en_things`, `en_words`). A phrase is looked up piece by piece: verbs and small words in the forms that
`forms` makes, nouns by their singular. Built at first use, and kept.

Another language is another set of files and forms, and a grammar of its own where its words stand otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache, cached_property

from indelible.language.lexicon.acts import Acts, third_person
from indelible.language.lexicon.facts import Facts, fact_name
from indelible.language.lexicon.forms import singular
from indelible.language.lexicon.small_words import SmallWords
from indelible.language.lexicon.things import Things
from indelible.language.lexicon.trie import Trie, keys_of, noun_keys
from indelible.language.lexicon.values import Act, Kinds, Option, Reading
from indelible.language.tokens import Piece


class Lexicon(SmallWords, Acts, Things, Facts):
    """The words of one language."""

    def __init__(self, language: str = "en") -> None:
        super().__init__(language)
        self._add_small_words()
        self._add_conjunctions()
        self._add_acts()
        self._add_things()
        self._add_facts()
        self._add_narrowing()
        self._add_times()
        self._add_names()

    def readings(self, pieces: Sequence[Piece], start: int) -> Iterator[tuple[int, Reading]]:
        """Yield where each phrase that begins here ends, and what it may be."""
        keys = [piece.key for piece in pieces]
        for end, readings in self.exact.found(keys, start):
            for reading in readings:
                yield end, reading
        singulars = [singular(key) for key in keys]
        for end, readings in self.nouns.found(singulars, start):
            for reading in readings:
                yield end, reading

    def of_phrase(self, phrase: str, kind: str) -> list[Reading]:
        """Return what a whole phrase may be, as that terminal."""
        found = [(self.exact, keys_of(phrase)), (self.nouns, noun_keys(phrase))]
        return [
            reading
            for trie, keys in found
            for end, readings in trie.found(keys, 0)
            if end == len(keys)
            for reading in readings
            if reading.type == kind
        ]

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Every single word that begins or continues a phrase, for spelling."""
        found: set[str] = set()
        stack = [self.exact.root, self.nouns.root]
        while stack:
            node = stack.pop()
            for key, below in node.items():
                if key:
                    found.add(key)
                    stack.append(below)
        return frozenset(word for word in found if word.isalpha())


@cache
def lexicon() -> Lexicon:
    """Return the words of English, read at the first call."""
    return Lexicon()


__all__ = [
    "Act", "Kinds", "Lexicon", "Option", "Reading", "Trie", "fact_name", "keys_of", "lexicon", "noun_keys",
    "third_person",
]  # fmt: skip
