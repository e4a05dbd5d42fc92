"""What words may stand for: acts, kinds of thing, and each reading of a phrase."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Reading:
    """What a phrase may be: a terminal of the grammar, what it stands for, and how far-fetched it is (0: not)."""

    type: str
    value: Any
    cost: int = 0


@dataclass(frozen=True, slots=True)
class Option:
    """One act that a word may stand for, and the kinds of thing with which it does (none: with any other)."""

    verbs: tuple[str, ...]
    things: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()

    def fits(self, kinds: Iterable[str]) -> bool:
        """Whether all of these kinds, at least one, are among those of this option."""
        found = [kind in self.things or kind.partition(".")[0] in self.things for kind in kinds]
        return bool(found) and all(found)


@dataclass(frozen=True, slots=True)
class Act:
    """What a word for an act stands for. More than one option: it depends on the things."""

    options: tuple[Option, ...]
    offer: str = ""
    alone: bool = False  # whether it is said without a thing: "sign-ins"
    noun: bool = False
    directed: bool = False  # whether it says more than the act: "increased"
    facts: tuple[str, ...] = ()

    def meant(self, kinds: Sequence[str]) -> tuple[Option, ...]:
        """Return the options that are left with these kinds of thing; several are a question."""
        if len(self.options) == 1 and not self.options[0].things:
            return self.options
        for option in self.options:
            if option.fits(kinds):
                return (option,)
        rest = tuple(one for one in self.options if not one.things)
        return rest or (self.options if len(self.options) > 1 else ())


@dataclass(frozen=True, slots=True)
class Kinds:
    """What a word for things stands for: kinds, or with `ask` one of them."""

    kinds: tuple[str, ...]
    ask: bool = False
    by_verb: tuple[tuple[str, tuple[str, ...]], ...] = ()
