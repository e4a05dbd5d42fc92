"""Entries that wait to be looked at, by whom they wait for; never for whoever did the act, by whichever account.

Where a duty names nobody whom we know, anybody may look, and the owners of the organisation are told for all; where
they did it themselves, everybody else is. Where all whom a duty names did it themselves, nobody of them may look, and
the owners are told that it waits. A dozen queries, however many entries there are; what the log itself says of an
entry never changes, so who did it is read once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final, NamedTuple

from indelible.events import signs
from indelible.events.vocabulary import OWN_SYSTEM
from indelible.features.people.models import User
from indelible.features.people.second.selves import selves_among
from indelible.features.reviews.models import Item
from indelible.features.reviews.queue.whom import lookers_of, names_of_many
from indelible.features.reviews.reminding.wording import ASKED, ENTRIES, STUCK
from indelible.features.runbooks.reminding.days import Person
from indelible.features.runbooks.reminding.piles import Pile, Thing
from indelible.storage.database.models import Logbook
from indelible.storage.database.reads import find_entries

MOST: Final = 2_000
NEAR: Final = timedelta(days=31)  # what is due later is told later, however long the holidays between are
AT_ONCE: Final = 400
KEPT: Final = 20_000
MOST_ACCOUNTS: Final = 2_000


class Did(NamedTuple):
    """Who did an act, or had it done: the names they go by, and their accounts where it was done here."""

    names: frozenset[str]
    accounts: frozenset[str]


class Waiting(NamedTuple):
    """An entry that waits."""

    key: int
    entry: int
    whom: str
    due_at: datetime
    since: datetime
    asked: int | None

    @property
    def thing(self) -> Thing:
        return Thing(self.key, self.due_at, self.since)


def piles(
    logbook: Logbook, people: Mapping[str, Person], organisation: tuple[str, ...], now: datetime
) -> list[Pile]:
    """Return what waits to be looked at, and what somebody was asked about."""
    rows = Item.objects.filter(logbook=logbook, waits=True).order_by("due_at", "pk")
    fields = ("pk", "entry", "whom", "due_at", "since", "asked")
    near = [Waiting(*row) for row in rows.filter(due_at__lte=now + NEAR).values_list(*fields)[: MOST + 1]]
    asked = [Waiting(*row) for row in rows.filter(asked__isnull=False).values_list(*fields)[:MOST]]
    return [*_to_look(logbook, near[:MOST], len(near) > MOST, people, organisation), *_asked(asked, people)]


def _asked(rows: Iterable[Waiting], people: Mapping[str, Person]) -> list[Pile]:
    """Return what people were asked about: told on every day until they, or others, answer."""
    whose: dict[str, list[Thing]] = {}
    for row in rows:
        whose.setdefault(f"user {row.asked}", []).append(row.thing)
    return [
        Pile(ASKED, ASKED, (name,), things, daily=True) for name, things in whose.items() if name in people
    ]


def _to_look(
    logbook: Logbook,
    rows: Sequence[Waiting],
    more: bool,
    people: Mapping[str, Person],
    organisation: tuple[str, ...],
) -> list[Pile]:
    if not rows:
        return []
    lookers = lookers_of({row.whom for row in rows})
    doers = _doers(logbook, [row.entry for row in rows])
    all_of_them = tuple(key for key in people if key.startswith("user "))
    found: dict[tuple[str, str, tuple[str, ...]], list[Waiting]] = {}
    for row in rows:
        named, what = lookers[row.whom].people, ENTRIES
        holders = organisation if named is None else tuple(key for key in all_of_them if _pk(key) in named)
        if not set(holders) - doers[row.entry]:  # all of them did it
            what, holders = (ENTRIES, all_of_them) if named is None else (STUCK, organisation)
        found.setdefault((row.whom, what, holders), []).append(row)
    return [
        Pile(
            f"{what}.{_short(whom, holders is all_of_them)}",
            what,
            holders,
            [row.thing for row in waiting],
            _not_theirs(waiting, doers) if what == ENTRIES else {},
            more=more,
        )
        for (whom, what, holders), waiting in found.items()
    ]


def _not_theirs(rows: Iterable[Waiting], doers: Mapping[int, frozenset[str]]) -> dict[str, frozenset[int]]:
    """Return which entries are not for whom: their own acts, and what they are asked about and so are told already."""
    found: dict[str, set[int]] = {}
    for row in rows:
        told = {f"user {row.asked}"} if row.asked is not None else set()
        for name in doers[row.entry] | told:
            found.setdefault(name, set()).add(row.key)
    return {name: frozenset(keys) for name, keys in found.items()}


def _short(whom: str, for_all: bool) -> str:
    """Return a short name for whom a pile waits for; not for who they are at present, who may come and go."""
    return sha256(f"{whom}\n{for_all}".encode()).hexdigest()[:12]


def _pk(name: str) -> int:
    return int(name.partition(" ")[2])


# Who did it ------------------------------------------------------------------------------------------------


def _doers(logbook: Logbook, indexes: Sequence[int]) -> dict[int, frozenset[str]]:
    """Return of each entry the accounts of whoever did it, all that are theirs, as keys of people."""
    users = list(User.objects.order_by("pk")[:MOST_ACCOUNTS])  # ended ones too: who did it may have another
    by_name: dict[str, set[int]] = {}
    for key, names in names_of_many(users).items():
        for name in names:
            by_name.setdefault(name, set()).add(key)
    selves = selves_among(users)
    found = {}
    for index, did in _did(logbook, indexes).items():
        keys = {key for name in did.names for key in by_name.get(name, ())}
        keys |= {int(account) for account in did.accounts if account.isdecimal() and int(account) in selves}
        found[index] = frozenset(f"user {one}" for key in keys for one in selves[key])
    return found


_known: dict[tuple[str, int], Did] = {}


def _did(logbook: Logbook, indexes: Sequence[int]) -> dict[int, Did]:
    """Return who did each of these entries, as they stand; what was read once is remembered."""
    wanted = sorted(set(indexes))
    missing = [index for index in wanted if (logbook.origin, index) not in _known]
    if len(_known) + len(missing) > KEPT:
        _known.clear()
        missing = wanted
    for start in range(0, len(missing), AT_ONCE):
        part = missing[start : start + AT_ONCE]
        entries = find_entries(logbook, part)
        for index in part:
            event = entries[index].event if index in entries else {}
            parties = [event.get("actor"), event.get("on_behalf_of")]
            if event.get("source", {}).get("system") == OWN_SYSTEM:
                ids = frozenset(str(party.get("id", "")) for party in parties if party)
                _known[logbook.origin, index] = Did(frozenset(), ids)
            else:
                names = frozenset().union(*(signs.names_of(party) for party in parties))
                _known[logbook.origin, index] = Did(names, frozenset())
    return {index: _known[logbook.origin, index] for index in wanted}
