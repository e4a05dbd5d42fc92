"""Who acted: by name, by an address, by a login that is somebody's, by a group, or by kind.

A name is looked for as words; whoever in the world goes by exactly that name, or by that address, is found by each of
their logins too. A login is the whole of what an event says, never a part of it, within its source and its time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from indelible.events.folding import exact_code
from indelible.language.matching_seen import Seen, microseconds
from indelible.language.matching_words import is_address, phrase_of, whole_of, words_of
from indelible.language.pattern import Who
from indelible.language.world import Member, World

MOST_LOGINS: Final = 200
"""So many logins of one person, or of one group, are looked for."""


@dataclass(frozen=True, slots=True)
class Login:
    """What an event says of somebody, word for word, and where and when it is theirs."""

    code: str = ""  # of an address
    whole: str = ""  # all words of one text
    source: int | None = None
    start: int | None = None  # microseconds since 1970
    end: int | None = None  # the first microsecond after

    def fits(self, seen: Seen) -> bool:
        """Whether an event says so of who acted, or for whom, in its source and its time."""
        said = self.code in seen.addresses if self.code else self.whole in seen.who
        return said and self.holds(seen)

    def holds(self, seen: Seen) -> bool:
        """Whether it is theirs in the source and at the time of an event."""
        if self.source is not None and self.source != seen.source:
            return False
        if self.start is None and self.end is None:
            return True
        moment = seen.moment
        if moment is None:
            return False
        return (self.start is None or self.start <= moment) and (self.end is None or moment < self.end)


def who_test(who: Iterable[Who], world: World) -> Callable[[Seen], bool]:
    """Return the test whether any of these acted, or was acted for."""
    kinds: set[str] = set()
    addresses: set[str] = set()
    phrases: list[str] = []
    logins: list[Login] = []
    for one in who:
        if one.kind:
            kinds.add(one.kind)
        if one.group:
            logins += logins_of_group(one.group, world)
        if not one.name:
            continue
        if is_address(one.name):
            addresses.add(exact_code(one.name.strip()))
        elif phrase := phrase_of(one.name):
            phrases.append(phrase)
        logins += logins_of_name(one.name, world)

    def test(seen: Seen) -> bool:
        if kinds and seen.event.get("actor", {}).get("kind") in kinds:
            return True
        if addresses and not addresses.isdisjoint(seen.addresses):
            return True
        if phrases and any(phrase in seen.who for phrase in phrases):
            return True
        return any(login.fits(seen) for login in logins)

    return test


def logins_of_name(name: str, world: World) -> list[Login]:
    """Return the logins of everybody who goes by exactly that name or address; none for most."""
    return list(logins_of(members_of_name(name, world)))


def members_of_name(name: str, world: World) -> list[Member]:
    """Return what everybody goes by who goes by exactly that name or address; nothing for most."""
    address = exact_code(name.strip()) if is_address(name) else ""
    words = "" if address or name.rstrip().endswith("*") else words_of(name)
    found: list[Member] = []
    for person in world.people:
        if (words and words_of(person.name) == words) or (
            address and any("@" in one.login and exact_code(one.login) == address for one in person.goes_by)
        ):
            found += person.goes_by
    return found[:MOST_LOGINS]


def logins_of_group(group: str, world: World) -> list[Login]:
    """Return the logins of everybody in a group, by its name; none where there is no such group."""
    words = words_of(group)
    found: list[Login] = []
    for name, members in world.groups.items():
        if name == group or (words and words_of(name) == words):
            found += logins_of(members)
    return found[:MOST_LOGINS]


def logins_of(members: Iterable[Member]) -> Iterator[Login]:
    """Yield each login of these members that has words to look for."""
    for one in members:
        code = exact_code(one.login.strip()) if is_address(one.login) else ""
        whole = "" if code else whole_of(one.login)
        if code or whole:
            yield Login(
                code,
                whole,
                one.source,
                microseconds(one.since) if one.since else None,
                microseconds(one.until) if one.until else None,
            )
