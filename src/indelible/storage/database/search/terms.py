"""What the text index is asked in: all of several groups, any term of each. `asking` makes them of a pattern."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from . import tokens

ANYWHERE, WHO, ABOUT, WORDS, KEYS = "anywhere", "who", "about", "words", "keys"
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
"""From when to when anything happened at all."""


def period_group(start: datetime, end: datetime) -> Group:
    """Return the terms that cover the hours from `start` to `end`."""
    return tuple(Term(KEYS, key) for key in tokens.period_keys(start, end))
