"""A source's own word for what was done, in ours.

A profile lists words (`[words]`), patterns where the word is a phrase (`[patterns]`), and nouns that
tell the kind of thing (`[nouns]`). A word that fits none keeps its own name and no verb: it is never
forced into a near miss, since a sealed verb cannot be taken back. An outcome may come with the word
(`UserLoginFailed`).

For systems that we do not know, `generic.toml` lists single words of several languages; there a phrase
has a verb only if all of its words that we know agree.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from indelible.events.vocabulary import OUTCOMES, VERBS, is_kind

_CACHED_WORDS = 20_000  # a source with more different words than this is free text, and is read each time
_LOOKED_AT = 400  # characters of a phrase; what comes later is detail, and patterns must stay cheap
_TOKEN = re.compile(r"[^\W\d_]+")
_CAMEL = re.compile(r"(?<=[a-zà-ÿ])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a source word says in our words; every part may be absent."""

    verb: str | None = None
    kind: str | None = None
    outcome: str | None = None


NOTHING = Meaning()


def meaning_of(entry: Any, where: str) -> Meaning:
    """Read `["verb", "kind", "outcome"]` of a profile (empty text: absent); raises ValueError if unlisted."""
    verb, kind, outcome = ([entry] if isinstance(entry, str) else [*entry]) + [""] * (
        2 if isinstance(entry, str) else 3 - len(entry)
    )
    if (verb and verb not in VERBS) or (kind and not is_kind(kind)) or (outcome and outcome not in OUTCOMES):
        raise ValueError(f"{where}: {entry!r} is not in the word list")
    return Meaning(verb or None, kind or None, outcome or None)


class Words:
    """The words, patterns and nouns of one system, asked by the source's word."""

    def __init__(
        self,
        words: Mapping[str, Any],
        patterns: Mapping[str, Any],
        nouns: Mapping[str, str],
        tokens: Mapping[str, Any] | None = None,
    ) -> None:
        self._words = {word.casefold(): meaning_of(entry, word) for word, entry in words.items()}
        self._patterns = [(_pattern(text), meaning_of(entry, text)) for text, entry in patterns.items()]
        self._nouns = [(_pattern(text), meaning_of(["", kind], text).kind) for text, kind in nouns.items()]
        # One question to all nouns first: most texts hold none.
        self._any_noun = _pattern("|".join(f"(?:{text})" for text in nouns)) if nouns else None
        self._tokens = {word.casefold(): meaning_of(entry, word) for word, entry in (tokens or {}).items()}
        self._known: dict[str, Meaning] = {}

    def meaning(self, said: str) -> Meaning:
        """Return the verb, kind and outcome that the word tells."""
        if (known := self._known.get(said)) is not None:
            return known
        found = self._look_up(said[:_LOOKED_AT])
        if len(self._known) < _CACHED_WORDS and len(said) <= _LOOKED_AT:
            self._known[said] = found
        return found

    def kind_in(self, text: str) -> str | None:
        """Return the kind of thing that a noun in the text names, if one does."""
        text = text[:_LOOKED_AT]
        if self._any_noun is None or not self._any_noun.search(text):
            return None
        for pattern, kind in self._nouns:
            if pattern.search(text):
                return kind
        return None

    @property
    def verbs(self) -> frozenset[str]:
        """The verbs that any of these words can mean."""
        return frozenset(each.verb for each in self._all_meanings() if each.verb)

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of thing that any of these words and nouns can mean."""
        meant = frozenset(each.kind for each in self._all_meanings() if each.kind)
        return meant | {kind for _pattern, kind in self._nouns if kind}

    def _all_meanings(self) -> list[Meaning]:
        matched = [meaning for _pattern, meaning in self._patterns]
        return [*self._words.values(), *matched, *self._tokens.values()]

    def _look_up(self, said: str) -> Meaning:
        plain = said.strip().casefold()
        found = self._words.get(plain) or self._matched(plain) or self._agreed(said)
        if found.kind is None and (kind := self.kind_in(plain)) is not None:
            return Meaning(found.verb, kind, found.outcome)
        return found

    def _matched(self, plain: str) -> Meaning | None:
        for pattern, meaning in self._patterns:
            if pattern.search(plain):
                return meaning
        return None

    def _agreed(self, said: str) -> Meaning:
        tokens = [token.casefold() for token in _TOKEN.findall(_CAMEL.sub(" ", said))]
        known = [self._tokens[token] for token in tokens if token in self._tokens]
        verbs = {meaning.verb for meaning in known if meaning.verb}
        outcomes = {meaning.outcome for meaning in known if meaning.outcome}
        return Meaning(
            verbs.pop() if len(verbs) == 1 else None,
            None,
            outcomes.pop() if len(outcomes) == 1 else None,
        )


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)
