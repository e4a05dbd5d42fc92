"""The words of one language as they stand in its files, and where their readings are gathered."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib import resources
from typing import Any

from indelible.language.lexicon.acts_forms import with_late
from indelible.language.lexicon.trie import Trie, keys_of, noun_keys
from indelible.language.lexicon.values import Reading


def _load(name: str) -> Mapping[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath(name).read_text("utf-8"))


class Words:
    """The words of one language, and two indexes of what they may be: as they stand, and nouns by their singular."""

    def __init__(self, language: str = "en") -> None:
        self.acts = _load(f"{language}_acts.toml")
        self.things = _load(f"{language}_things.toml")
        self.words = _load(f"{language}_words.toml")
        self.exact, self.nouns = Trie(), Trie()

    def _exact(self, phrase: str, reading: Reading) -> None:
        for one in with_late(reading, phrase, self.acts["irregular"]):
            self.exact.add(keys_of(phrase), one)

    def _noun(self, phrase: str, reading: Reading) -> None:
        for one in with_late(reading, phrase, self.acts["irregular"]):
            self.nouns.add(noun_keys(phrase), one)
