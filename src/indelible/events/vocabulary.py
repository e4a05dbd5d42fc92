"""The closed word list: what may be sealed as a verb, a category, a kind of thing or a fact.

Outside vocabularies change, so none of them is ever sealed: an entry holds our word beside the
source's own. The words are data (`vocabulary.toml`); this module reads them once and answers which
category an act belongs to. A source word that fits no verb is recorded without one, never forced into
a near miss. How a verb reads in a sentence: `phrases`. How it maps to OCSF and ECS: `mapping`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from types import MappingProxyType
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Verb:
    """One of the acts that can be recorded."""

    name: str  # as sealed, e.g. "sign_in"
    past: str  # "signed in"
    someone: str  # what follows "when someone", e.g. "signs in with"
    also: tuple[str, ...]  # other words that people type for it
    hint: str | None  # a word of advice on its use, where there is one


@dataclass(frozen=True, slots=True)
class Thing:
    """A kind of thing that acts are done to."""

    kind: str  # as sealed, e.g. "invoice.sales"; dots go from general to special
    name: str  # plain name with its article, e.g. "a sales invoice"
    group: str  # heading under which people find it, e.g. "Money"
    category: str


def _load() -> dict[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath("vocabulary.toml").read_text("utf-8"))


_WORDS: Final = _load()

VERBS: Final[Mapping[str, Verb]] = MappingProxyType(
    {
        name: Verb(name, word["past"], word["someone"], tuple(word["also"]), word.get("hint"))
        for name, word in _WORDS["verbs"].items()
    }
)
CATEGORIES: Final[Mapping[str, str]] = MappingProxyType(dict(_WORDS["categories"]))
"""Each category with its plain title."""

THINGS: Final[Mapping[str, Thing]] = MappingProxyType(
    {
        kind: Thing(kind, name, group, category)
        for group, kinds in _WORDS["things"].items()
        for kind, (name, category) in kinds.items()
    }
)
FACTS: Final[frozenset[str]] = frozenset(_WORDS["facts"]["names"])
"""Names of the facts that rules ask for."""

SEPARATE_FACTS: Final = frozenset(fact for fact in FACTS if "." not in fact)
"""Facts that are a disclosure of their own in `extra`. Those with a dot name a part of another field."""

OUTCOMES: Final = ("success", "failure", "denied", "partial", "pending", "unknown")
ACTOR_KINDS: Final = ("person", "service", "system", "unknown")
TIME_BASES: Final = ("source", "given", "assumed", "inferred")
REFERENCES: Final = ("correction", "note", "answer", "conflict", "sign_off", "erasure", "run")

OWN_SYSTEM: Final = "indelible"
"""The system of events about Indelible itself."""

_CUSTOM_KIND = re.compile(r"x(\.[a-z0-9_]+)+")
_PERSONAL_VERBS = frozenset({"view", "search", "export", "erase"})
_PERSONAL_ROOTS = frozenset({"customer", "employee", "candidate"})


def is_kind(kind: str) -> bool:
    """Whether `kind` may be sealed: a listed thing, or a customer's own such as `x.greenhouse_tray`."""
    return kind in THINGS or _CUSTOM_KIND.fullmatch(kind) is not None


def category_of(verb: str | None, kinds: Iterable[str]) -> str | None:
    """Return the category that follows from an act and the things it was done to.

    The first listed kind decides where the verb does not. None where nothing decides: a customer's
    own kinds name their category when they are made, and an unknown act on nothing has none.
    """
    if verb in ("sign_in", "sign_out"):
        return "sign_in"
    listed = [kind for kind in kinds if kind in THINGS]
    if verb in _PERSONAL_VERBS and any(kind.partition(".")[0] in _PERSONAL_ROOTS for kind in listed):
        return "personal_data"
    return THINGS[listed[0]].category if listed else None
