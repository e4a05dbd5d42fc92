"""Which entries go into a pack, and what each is there for.

For a selection that is whatever answers the question. A whole pack needs more: the entry of its source or rule
before the first and the one after the last, every entry of rule 0, and by `happened` every other entry of the
source. The search table only says where to look; that nothing is missing is told by the running numbers alone,
which are held against each other here, before anything is signed (docs/formats/pack.md sections 3 and 7).
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice

from indelible.features.packs.asking import read
from indelible.features.packs.choice import MOST_ENTRIES, Choice, Numbers, missing, too_large
from indelible.features.packs.orders import HAPPENED, Order, PackError
from indelible.features.packs.reading import Read
from indelible.ledger.packs.lines import ASKED, EDGE, OTHER, REGISTER
from indelible.storage.database import reads, search
from indelible.storage.database.errors import NotFound
from indelible.storage.database.models import Logbook
from indelible.storage.database.search.sequences import first_place_of, last_place_of, places_of

MOST_OTHERS = 100_000
RULE_0 = "rules/0.1"
OWN_SOURCE = "0"
REGISTERED = ("log_source", "log.rule")  # kinds of thing that rule 0 is about
_AT_ONCE = 10_000


class Chooser:
    """Finds the candidates for one order, and says of each what it is there for.

    `thorough` looks for entries of rule 0 among all that Indelible itself did, not only where the search table
    says that sources and rules are told of.
    """

    def __init__(self, logbook: Logbook, order: Order, *, thorough: bool = False) -> None:
        self._logbook, self._order, self._thorough = logbook, order, thorough
        self.choice = Choice()
        self._numbers = Numbers()
        # Where each run begins that is asked for; what stands before is there for rule 0 alone.
        self._begins: dict[str, int] = {}
        sequence = order.sequences[0] if order.sequences else ""
        self._family = f"{sequence.rpartition('.')[0]}." if sequence.startswith("rules/") else ""
        self._listed: set[object] = set()  # ids of sources and rules that the register names
        self._nameless = 0  # register entries whose name was erased
        self._ended: set[str] = set()  # names under which an entry came after the period

    def candidates(self, size: int) -> Iterator[int]:
        """Yield the places among the first `size` entries that may belong into the pack, rising."""
        if not self._order.is_whole:
            yield from self._answers(size)
            return
        last = -1
        for index in heapq.merge(self._of_sequences(size), self._own(size)):
            if index != last:
                yield index
            last = index

    def count(self, size: int) -> int:
        """Return how many entries are to be read. Raises PackError (`pack-too-large`) before that takes long."""
        most = MOST_ENTRIES
        if self._order.by == HAPPENED and self._order.is_whole:
            most += MOST_OTHERS  # how many of them are asked for shows only when they are read
        found = sum(1 for _each in islice(self.candidates(size), most + 1))
        if found > most:
            raise too_large()
        return found

    def is_for(self, read: Read) -> bool:
        """Whether an entry that was recorded meanwhile may belong into the pack."""
        return self._order.is_whole and (bool(self._names(read)) or read.number(RULE_0) is not None)

    def take(self, read: Read) -> str | None:
        """Say what an entry is there for, and keep it; None where it does not belong into the pack."""
        choice = self.choice
        role = self._role_of(read) if self._order.is_whole else ASKED
        if role == ASKED:
            choice.asked.append(read.index)
            choice.erasures.update(read.erased().values())
        elif role == OTHER:
            choice.others.append(read.index)
        if self._order.is_whole and read.number(RULE_0) is not None:
            if RULE_0 not in self._order.sequences:
                self._numbers.take(read, RULE_0)
            choice.register.append(read.index)
            self._list(read)
            if role != ASKED:
                role = REGISTER
                choice.erasures.update(read.erased().values())
        self._hold_bounds()
        return role

    def check(self, held: Mapping[str, int]) -> tuple[str, ...]:
        """Check that numbers begin and end where they must; `held` are the last ones that were ever given.

        Return what the pack opens the running numbers of: a rule may have got a version since it was asked for.
        Raises PackError (`pack-nothing-found`, `pack-number-missing`, `pack-source-unlisted`).
        """
        if not self.choice.asked:
            raise PackError("pack-nothing-found")
        first, last = self._numbers.first, self._numbers.last
        sequences = self._order.sequences
        if self._family:  # everything of a rule is everything of all its versions
            sequences = tuple(sorted(name for name in held if name.startswith(self._family)))
        for name in sequences:
            if name in first and first[name] != 1 and name not in self.choice.before:
                raise missing(name, 1)
            if name not in self._ended and last.get(name, 0) != held.get(name, 0):
                raise missing(name, last.get(name, 0) + 1)
        given = held.get(RULE_0, 0) if self._order.is_whole else 0
        if given and RULE_0 not in sequences:
            if first.get(RULE_0) != 1:
                raise missing(RULE_0, 1)
            if last[RULE_0] != given:
                raise missing(RULE_0, last[RULE_0] + 1)
        if self._order.is_whole:
            self._check_listed(held)
        return sequences

    def _names(self, read: Read) -> list[str]:
        """Return the names of what was asked for under which an entry has a number."""
        if not self._family:
            return [name for name in self._order.sequences if read.number(name) is not None]
        names = [
            field.removeprefix("numbers/") for field in read.content if field.startswith("numbers/rules/")
        ]
        return [name for name in names if name.startswith(self._family) and read.number(name) is not None]

    def _list(self, read: Read) -> None:
        """Take note of which source or rule a register entry tells."""
        thing = read.content.get("targets/0")
        if isinstance(thing, dict):
            self._listed.add(thing.get("id"))
        else:
            self._nameless += 1

    def _check_listed(self, held: Mapping[str, int]) -> None:
        """Check that the register names every source and rule that ever gave a number."""
        names = [name for name in sorted(held) if name not in (RULE_0, f"sources/{OWN_SOURCE}")]
        unlisted = [name for name in names if name.partition("/")[2] not in self._listed]
        if len(unlisted) > self._nameless:
            raise PackError("pack-source-unlisted", name=unlisted[0])

    def _hold_bounds(self) -> None:
        if len(self.choice.asked) > MOST_ENTRIES:
            raise too_large()
        if len(self.choice.others) > MOST_OTHERS:
            raise PackError("pack-too-many-others", most=f"{MOST_OTHERS:,}")

    def _role_of(self, read: Read) -> str | None:
        """Return what an entry of a whole pack's own source or rule is there for."""
        roles = [self._role_under(read, name) for name in self._names(read)]
        return next((role for role in (ASKED, OTHER, EDGE) if role in roles), None)

    def _role_under(self, read: Read, name: str) -> str | None:
        order = self._order
        if name in self._ended or read.index < self._begins.get(name, 0):
            return None
        self._numbers.take(read, name)
        if order.by == HAPPENED:
            happened = read.content.get("occurred_at")
            inside = isinstance(happened, str) and _within(happened, order.since, order.until)
            return ASKED if inside else OTHER
        if order.since and before(read.entry.recorded_at, order.since):
            self.choice.before[name] = read.index
            return EDGE
        if order.until and not before(read.entry.recorded_at, order.until):
            self._ended.add(name)
            self.choice.after[name] = read.index
            return EDGE
        return ASKED

    def _answers(self, size: int) -> Iterator[int]:
        if self._order.indexes is not None:
            yield from self._order.indexes
            return
        asked = read(self._logbook, self._order.code, self._order.tz, datetime.now(UTC))
        low = 0
        while low < size:
            found = search.find_all(
                self._logbook, asked.pattern, asked.world, low=low, high=size, limit=_AT_ONCE
            )
            yield from found
            if len(found) < _AT_ONCE:
                return
            low = found[-1] + 1

    def _own(self, size: int) -> Iterator[int]:
        """Yield where entries of rule 0 may stand: among what Indelible itself did, about sources and rules."""
        kinds = () if self._thorough or RULE_0 in self._order.sequences else REGISTERED
        return places_of(self._logbook, f"sources/{OWN_SOURCE}", 0, size, kinds=kinds)

    def _of_sequences(self, size: int) -> Iterator[int]:
        """Yield the places of what was asked for: of each name the one before the period, those in it, the one
        after.
        """
        low, high = self._range(size)
        if self._family == "rules/0.":
            return  # among what Indelible itself did
        whole = self._family.removesuffix(".") or self._order.sequences[0]
        outer: list[int] = []
        for name in self._order.sequences:
            last = last_place_of(self._logbook, name, low) if low else None
            self._begins[name] = low if last is None else last
            after = first_place_of(self._logbook, name, high, size) if high < size else None
            outer += [place for place in (last, after) if place is not None]
        outer.sort()
        yield from (place for place in outer if place < low)
        yield from places_of(self._logbook, whole, low, high)
        yield from (place for place in outer if place >= high)

    def _range(self, size: int) -> tuple[int, int]:
        """Return the first place recorded in the period, and the first after it."""
        order = self._order
        if order.by == HAPPENED:
            return 0, size
        low = _first_not_before(self._logbook, order.since, size) if order.since else 0
        high = _first_not_before(self._logbook, order.until, size) if order.until else size
        return low, high


def before(instant: str, bound: str) -> bool:
    """Whether an instant, with as many fractions as it has, is before a bound in whole seconds."""
    return instant.removesuffix("Z") < bound.removesuffix("Z")


def _within(instant: str, since: str, until: str) -> bool:
    return not (since and before(instant, since)) and (not until or before(instant, until))


def _first_not_before(logbook: Logbook, bound: str, size: int) -> int:
    """Return the first place recorded at or after `bound`: the times of recording never fall."""
    low, high = 0, size
    while low < high:
        middle = (low + high) // 2
        try:
            recorded_at = reads.get_entry(logbook, middle).recorded_at
        except NotFound:
            raise PackError("pack-entry-altered", number=f"{middle + 1:,}", index=middle) from None
        if before(recorded_at, bound):
            low = middle + 1
        else:
            high = middle
    return low
