"""A pack before it is made, as its reader will see it: the first entries with what will be hidden in them.

The same parts as in the making do the work, over the first entries only. What other entries hide shows only once
they are all read, which the page says.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

from indelible.events.event import Event
from indelible.features.packs.choosing import Chooser
from indelible.features.packs.closing import Closed, Closer, is_asked
from indelible.features.packs.fields import words_of
from indelible.features.packs.orders import Order, PackError
from indelible.features.packs.questions import masked_question
from indelible.features.packs.reading import Read, entries_at
from indelible.features.packs.sheet import told_event, why_closed
from indelible.features.packs.withholding import Withheld
from indelible.ledger.packs.lines import ASKED, OPEN_ROLES
from indelible.ledger.proofs import KeptTiles
from indelible.storage.database import reads
from indelible.storage.database.models import Logbook

LOOKED_AT = 1_000
SHOWN = 8


@dataclass(frozen=True, slots=True)
class Line:
    """One entry as the reader of the pack will see it."""

    index: int
    at: str
    event: Event
    closed: list[tuple[str, str]]  # name of a detail, and how it stands there


@dataclass(frozen=True, slots=True)
class Preview:
    """The first entries of a pack, and what can be said of all of it."""

    order: Order  # with the question as the pack will state it
    lines: list[Line]
    count: int  # entries that were asked for, as far as was looked
    is_all: bool  # whether that are all of them
    facts: list[str]  # facts of `extra` that occur and can be hidden
    maker: str  # as far as the pack may name them

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """What is withheld in words, each with its reason."""
        return [(words_of(field), reason) for field, reason in self.order.withhold]


def preview(logbook: Logbook, order: Order, maker: str = "") -> Preview:
    """Look at the first entries that a pack made by `maker` would hold. Raises PackError where one was altered."""
    tiles = KeptTiles(reads.stored_hashes(logbook), 256)
    withheld = Withheld((field for field, _reason in order.withhold), (logbook.origin, logbook.public_key))
    chooser = Chooser(logbook, order)
    candidates = chooser.candidates(reads.head(logbook).size)
    asked: list[tuple[Read, str]] = []
    facts: set[str] = set()
    looked = 0
    for read in entries_at(logbook, islice(candidates, LOOKED_AT), tiles, with_texts=True):
        looked += 1
        role = chooser.take(read)
        if role in OPEN_ROLES:
            withheld.add_entry(read.content)
        if role == ASKED:
            facts.update(name for name in read.content if name.startswith("extra/"))
            if len(asked) < SHOWN:
                asked.append((read, role))
    if not asked and looked < LOOKED_AT:
        raise PackError("pack-nothing-found")
    told = masked_question(order, withheld, logbook)
    closer = Closer(order.sequences, withheld)
    lines = [_line(closer.close(read, role), told) for read, role in asked]
    return Preview(
        told, lines, len(chooser.choice.asked), looked < LOOKED_AT, sorted(facts), withheld.masked(maker)
    )


def _line(closed: Closed, order: Order) -> Line:
    assert is_asked(closed)
    why = [(words_of(name), why_closed(reason, name, order)) for name, reason in closed.line.closed.items()]
    return Line(closed.line.index, closed.at, told_event(closed.line, closed.values, order), why)
