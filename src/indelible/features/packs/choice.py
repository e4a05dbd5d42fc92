"""The choice of a pack's entries as bare places, eight bytes an entry, and their running numbers held together."""

from __future__ import annotations

import heapq
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import repeat

from indelible.features.packs.orders import PackError
from indelible.features.packs.reading import Read
from indelible.ledger.packs.lines import ASKED, EDGE, ERASURE, MAKING, OTHER, REGISTER, ROLES

MOST_ENTRIES = 250_000


@dataclass(slots=True)
class Choice:
    """The places of a pack's entries by what they are there for, each list rising."""

    asked: array[int] = field(default_factory=lambda: array("q"))
    others: array[int] = field(default_factory=lambda: array("q"))
    register: array[int] = field(default_factory=lambda: array("q"))
    before: dict[str, int] = field(default_factory=dict)  # name of running numbers -> edge before the first
    after: dict[str, int] = field(default_factory=dict)  # name of running numbers -> edge after the last
    erasures: set[int] = field(default_factory=set)
    making: int | None = None

    def roles(self) -> Iterator[tuple[int, str]]:
        """Yield each place with its role, by rising place; of two roles the first in the format's order."""
        lists: list[tuple[str, list[int] | array[int]]] = [
            (ASKED, self.asked),
            (MAKING, [] if self.making is None else [self.making]),
            (REGISTER, self.register),
            (ERASURE, sorted(self.erasures)),
            (OTHER, self.others),
            (EDGE, sorted({*self.before.values(), *self.after.values()})),
        ]
        ranked = [zip(indexes, repeat(ROLES.index(role))) for role, indexes in lists]
        last = -1
        for index, rank in heapq.merge(*ranked):
            if index != last:
                yield index, ROLES[rank]
            last = index


class Numbers:
    """Holds running numbers against each other as entries come by rising place."""

    def __init__(self) -> None:
        self.first: dict[str, int] = {}
        self.last: dict[str, int] = {}

    def take(self, read: Read, name: str) -> None:
        """Take in the next entry under a name. Raises PackError (`pack-number-missing`) for a hole or a double."""
        number = read.number(name)
        if number is None:
            return
        expected = self.last.get(name, number - 1) + 1
        if number != expected:
            raise missing(name, expected)
        self.first.setdefault(name, number)
        self.last[name] = number


def too_large() -> PackError:
    """Return the word for a pack of too many entries."""
    return PackError("pack-too-large", most=f"{MOST_ENTRIES:,}")


def missing(name: str, number: int) -> PackError:
    """Return the word for a running number that should be there and is not."""
    return PackError("pack-number-missing", name=name, number=f"{number:,}")
