"""A question as what the text index is asked: all of several groups, any term of each.

People's words are matched with the word list here, at the time of asking: "invoices" is the text and
also every kind of invoice, "edited" is the text and also the verb `change`. So a better word list finds
more at once, without a new index.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache

from indelible.events.folding import plain
from indelible.events.vocabulary import CATEGORIES, THINGS, VERBS

from . import tokens
from .known import KnownLogin, logins_of
from .query import Query

ANYWHERE, WHO, ABOUT, WORDS, KEYS = "anywhere", "who", "about", "words", "keys"
ONE_PERSON = "#"
"""A `who:` value that begins so stands for one known person alone, by a number; no text is searched for it."""
NOBODY = "zznobody"
"""A word that no entry holds."""


@dataclass(frozen=True, slots=True)
class Term:
    """A phrase of folded words in one part of the text index.

    `within`: what the same entry must hold besides, of each group at least one term.
    """

    place: str
    phrase: str
    prefix: bool = False  # whether longer words that begin with the phrase's last word count too
    within: tuple[tuple[Term, ...], ...] = ()


Group = tuple[Term, ...]


Reach = tuple[datetime, datetime]


def groups_of(query: Query, reach: Reach | None = None) -> list[Group]:
    """Return what an entry must hold: of each group at least one term.

    `reach` is from when to when anything happened at all; without it logins that are somebody's only for a time
    are not looked for.
    """
    groups = [tuple(_word(one)) for one in query.words]
    for values, read in (
        (query.who, lambda value: _who(value, reach)),
        (query.about, _about),
        (query.what, _what),
        (query.source, _source),
        (query.outcome, _outcome),
        (query.flag, _flag),
    ):
        if values:
            groups.append(tuple(term for value in values for term in read(value)))
    return groups


def period_group(start: datetime, end: datetime) -> Group:
    """Return the terms that cover the hours from `start` to `end`."""
    return tuple(Term(KEYS, key) for key in tokens.period_keys(start, end))


def reading_of(qualifier: str, value: str) -> str:
    """Return what a filter's value was taken for: the plain name in the word list, else the value."""
    said = plain(value)
    if qualifier == "about" and (kind := kinds_named().get(said)) is not None:
        return THINGS[kind].name if kind in THINGS else kind
    if qualifier == "what":
        if (verb := next(iter(verbs_named().get(said, ())), None)) is not None:
            return VERBS[verb].past
        if (category := categories_named().get(said)) is not None:
            return CATEGORIES[category]
    return value


@cache
def verbs_named() -> dict[str, tuple[str, ...]]:
    """Return folded word -> the verbs that people mean by it."""
    named: dict[str, list[str]] = {}
    for name, verb in VERBS.items():
        for said in (name, verb.past, verb.someone):
            named.setdefault(plain(said), []).insert(0, name)
        for said in verb.also:
            for form in _forms(plain(said)):
                named.setdefault(form, []).append(name)
    return {said: tuple(dict.fromkeys(names)) for said, names in named.items()}


@cache
def kinds_named() -> dict[str, str]:
    """Return folded word -> the kind of thing, or the general part of several kinds, that it names."""
    named: dict[str, str] = {}
    for kind, thing in THINGS.items():
        general = kind.partition(".")[0]
        named.setdefault(plain(general), general)
        article, _, bare = thing.name.partition(" ")
        name = plain(bare if article in ("a", "an") else thing.name)
        for said in (plain(kind), name, _plural(name)):
            named.setdefault(said, kind)
    return named | {_plural(said): kind for said, kind in named.items() if _plural(said) not in named}


@cache
def categories_named() -> dict[str, str]:
    """Return folded word -> category."""
    return {plain(said): name for name, title in CATEGORIES.items() for said in (name, title)}


def _forms(said: str) -> Iterator[str]:
    """Yield a regular verb as it is, and as people write it of somebody, of the past and of now."""
    first, space, rest = said.partition(" ")
    stem = first.removesuffix("e")
    soft = first.endswith("y") and first[-2:-1] not in "aeou"
    past = first[:-1] + "ied" if soft else stem + "ed"
    for form in (first, _plural(first), past, stem + "ing"):
        yield form + space + rest


def _plural(said: str) -> str:
    return said[:-1] + "ies" if said.endswith("y") and said[-2:-1] not in "aeou" else said + "s"


def _phrase(place: str, value: str) -> Iterator[Term]:
    phrase = plain(value)
    if phrase:
        yield Term(place, phrase, value.endswith("*"))


def _word(value: str) -> Iterator[Term]:
    yield from _phrase(ANYWHERE, value)
    if value.endswith("*"):
        return
    said = plain(value)
    if (kind := kinds_named().get(said)) is not None:
        yield Term(KEYS, tokens.kind_key(kind))
    for verb in verbs_named().get(said, ()):
        yield Term(KEYS, tokens.verb_key(verb))
    yield Term(KEYS, tokens.source_words(value))


def _who(value: str, reach: Reach | None) -> Iterator[Term]:
    if value.startswith(ONE_PERSON):
        yield Term(KEYS, NOBODY)
    else:
        yield from _actor(value)
    for known in logins_of(value):
        yield from _known(known, reach)


def _actor(value: str) -> Iterator[Term]:
    if "@" in value.strip("@"):
        yield Term(KEYS, tokens.actor_key(value))
    else:
        yield from _phrase(WHO, value)


def _known(known: KnownLogin, reach: Reach | None) -> Iterator[Term]:
    """Yield the term of a login that is somebody's, within its source and its time."""
    within: list[Group] = []
    if known.source is not None:
        within.append((Term(KEYS, tokens.source_key(str(known.source))),))
    if known.start is not None or known.end is not None:
        if reach is None:
            return
        start, end = max(known.start or reach[0], reach[0]), min(known.end or reach[1], reach[1])
        if start >= end:
            return
        within.append(period_group(start, end))
    for term in _actor(known.login):
        yield replace(term, prefix=False, within=tuple(within))


def _about(value: str) -> Iterator[Term]:
    if "@" in value.strip("@"):
        yield Term(KEYS, tokens.address_key(value))
        return
    kind = kinds_named().get(plain(value))
    if kind is not None:
        yield Term(KEYS, tokens.kind_key(kind))
    elif value.startswith("x."):
        yield Term(KEYS, tokens.kind_key(value))
    yield from _phrase(ABOUT, value)


def _what(value: str) -> Iterator[Term]:
    said = plain(value)
    verbs = verbs_named().get(said, ())
    for verb in verbs:
        yield Term(KEYS, tokens.verb_key(verb))
    category = categories_named().get(said)
    if category is not None:
        yield Term(KEYS, tokens.category_key(category))
    if not verbs and category is None:
        yield from _phrase(ANYWHERE, value)


def _source(value: str) -> Iterator[Term]:
    if value.isdecimal():
        yield Term(KEYS, tokens.source_key(value))
    yield Term(KEYS, tokens.source_words(value))


def _outcome(value: str) -> Iterator[Term]:
    yield Term(KEYS, tokens.outcome_key(value))


def _flag(value: str) -> Iterator[Term]:
    yield Term(KEYS, tokens.flag_key(value))
