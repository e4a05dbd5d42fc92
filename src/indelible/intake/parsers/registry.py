"""The list of parsers by name, and the two shapes that they have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from indelible.events.event import Event
from indelible.intake.fields import Record


@dataclass(slots=True)
class Draft:
    """An event in the making: the record it comes from, the event so far, and its flags so far."""

    record: Record
    event: Event
    flags: list[str] = field(default_factory=list)

    def flag(self, code: str) -> None:
        """Put one flag on the record, once."""
        if code not in self.flags:
            self.flags.append(code)


@dataclass(slots=True)
class Unpacked:
    """One of the records within a record. `part` tells it from the others ("" where it is the only one)."""

    record: dict[str, Any]
    flags: tuple[str, ...] = ()
    part: str = ""


Unpack = Callable[[Record], list[Unpacked]]
Finish = Callable[[Draft], None]

_UNPACKING: dict[str, Unpack] = {}
_FINISHING: dict[str, Finish] = {}


def unpacks(parser: Unpack) -> Unpack:
    """Register a parser that makes one record into those within it, by its function's name."""
    _UNPACKING[parser.__name__] = parser
    return parser


def finishes(parser: Finish) -> Finish:
    """Register a parser that completes an event, by its function's name."""
    _FINISHING[parser.__name__] = parser
    return parser


def unpacking(name: str) -> Unpack:
    """Return the unpacking parser of that name; raises KeyError for a name that no module registers."""
    return _UNPACKING[name]


def finishing(name: str) -> Finish:
    """Return the finishing parser of that name; raises KeyError for a name that no module registers."""
    return _FINISHING[name]
