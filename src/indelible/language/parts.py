"""What goes into the grammar, and what comes out: readings of words, and the parts of a meaning."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from indelible.language.understanding import Kind


@dataclass(frozen=True, slots=True)
class Edge:
    """A run of words of the sentence, read as one terminal of the grammar."""

    type: str
    value: Any
    start: int  # place of its first character in the sentence
    end: int


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that was said."""

    name: str
    value: Any
    start: int = -1
    end: int = -1


Parts = tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """A whole sentence, as the grammar took it apart. Several clauses speak of different events."""

    kind: Kind | None
    clauses: tuple[Parts, ...] = ()
    duties: Parts = ()
    flags: frozenset[str] = field(default=frozenset())  # "everything", "stop"
