"""The organisation's own names: what words of a sentence may mean besides those of the word list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Final

from indelible.events.office import WorkCalendar


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody whom events may name in several ways, and from when to when each name was theirs.

    `since` and `until` are instants (RFC 3339, UTC; `until` not included), empty where open.
    """

    login: str  # an id, a name or an address, as events say it
    source: int | None = None  # only where this source says it; None: whichever says it
    since: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """A person the organisation knows, with every name they go by (their own name included)."""

    name: str
    goes_by: tuple[Member, ...] = ()


@dataclass(frozen=True)
class World:
    """What the words of one organisation can mean. Two with equal `mark` are the same, for whoever keeps what was
    worked out."""

    people: tuple[Person, ...] = ()
    groups: Mapping[str, tuple[Member, ...]] = field(default_factory=dict)  # its name -> who belongs to it
    systems: tuple[str, ...] = ()  # names of sources and of the systems behind them
    things: Mapping[str, str] = field(
        default_factory=dict
    )  # plain name, singular or plural -> its kind, `x.…`
    calendar: WorkCalendar = field(default_factory=WorkCalendar)
    zone: tzinfo | None = None  # None: UTC
    currency: str = ""  # what an amount without one is in; empty: any
    mark: str = ""


NOWHERE: Final = World()
"""A world without names of its own."""
