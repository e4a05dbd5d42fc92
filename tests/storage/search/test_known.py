"""Logins that are somebody's: found by the person's name, each within its time and source; and who was seen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from indelible.language.pattern import Pattern, Who
from indelible.language.world import Member, Person, World
from indelible.storage.database import search
from indelible.storage.database.append import Draft, append
from indelible.storage.database.search.actors import LOOKED_THROUGH, _blocks

MARCH = "2025-03-01T00:00:00Z"
SPRING = datetime(2025, 3, 1, tzinfo=UTC)


def act(login: str, at: str, **who: str) -> dict[str, object]:
    return {
        "occurred_at": at,
        "actor": {"id": login, **who},
        "action": {"verb": "change", "said": "Edited"},
        "source": {"name": "Xero", "system": "xero"},
    }


def record(logbook, *events, source: int = 7) -> list[int]:
    return [one.index for one in append(logbook, [Draft(one, source=source) for one in events]).entries]


def world(**people: Member) -> World:
    """A world of these people, each with one login."""
    return World(people=tuple(Person(name.replace("_", " "), (one,)) for name, one in people.items()))


def find(logbook, known: World, *who: str, **parts) -> list[int]:
    return search.find(logbook, Pattern.of(who=[Who(name=name) for name in who], **parts), known).indexes


def test_a_person_is_found_by_their_logins_within_their_time(logbook):
    early, late, other, named = record(
        logbook,
        act("mlopez", "2025-02-28T23:30:00Z"),
        act("mlopez", "2025-03-01T00:00:00Z"),
        act("treed", "2025-03-02T00:00:00Z"),
        act("x", "2020-01-01T00:00:00Z", name="Maria Lopez"),
    )
    assert find(logbook, World(), "Maria Lopez") == [named]
    known = world(Maria_Lopez=Member("mlopez", until=MARCH), Marco_Lopez=Member("mlopez", since=MARCH))
    assert find(logbook, known, "Maria Lopez") == [named, early]
    assert find(logbook, known, "Marco Lopez") == [late]
    assert find(logbook, known, "Maria Lopez", "Marco Lopez") == [named, late, early]
    assert find(logbook, known, "Marco Lopez", text=["edited"]) == [late]
    assert other not in find(logbook, known, "Marco Lopez")


def test_a_login_is_the_whole_of_what_an_entry_says(logbook):
    whole, *_others = record(
        logbook,
        act("12", "2025-03-01T00:00:00Z", name="Desk"),
        act("12 b", "2025-03-01T00:00:00Z"),
        act("x", "2025-03-01T00:00:00Z", name="Room 12"),
    )
    assert find(logbook, world(Maria_Lopez=Member("12")), "Maria Lopez") == [whole]


def test_a_login_of_one_source_is_found_in_that_source_alone(logbook):
    (here,) = record(logbook, act("mlopez", "2025-03-01T00:00:00Z"))
    record(logbook, act("mlopez", "2025-03-01T00:00:00Z"), source=8)
    assert find(logbook, world(Maria_Lopez=Member("mlopez", 7)), "Maria Lopez") == [here]


def test_whoever_is_in_a_group_is_found_and_can_be_left_out(logbook):
    inside, outside = record(
        logbook, act("MLopez@example.com", "2025-03-01T00:00:00Z"), act("12", "2025-03-01T00:00:00Z")
    )
    known = World(groups={"Finance": (Member("mlopez@example.com"),)})
    for parts, wanted in (
        ({"who": [Who(group="Finance")]}, [inside]),
        ({"not_who": [Who(group="finance")]}, [outside]),
    ):
        found = search.find(logbook, Pattern.of(verbs=["change"], **parts), known).indexes
        assert found == wanted


def test_no_more_than_two_hundred_logins_are_looked_for(logbook):
    members = tuple(Member(f"login{n}") for n in range(300))
    indexes = record(logbook, *(act(f"login{n}", "2025-03-01T00:00:00Z") for n in range(300)))
    known = World(people=(Person("Maria Lopez", members),))
    found = search.find_all(logbook, Pattern.of(who=[Who(name="Maria Lopez")]), known)
    assert found == indexes[:200]


def test_a_time_outside_of_all_that_happened_finds_nothing(logbook):
    record(logbook, act("mlopez", "2025-02-01T00:00:00Z"))
    later = world(Marco_Lopez=Member("mlopez", since="2026-04-01T00:00:00Z"))
    assert find(logbook, later, "Marco Lopez") == []


def test_whoever_was_seen_is_counted_by_source(logbook):
    old, *_rest = record(
        logbook,
        act("old", "2024-01-01T00:00:00Z"),
        act("mlopez", "2025-03-01T00:00:00Z"),
        act("MLOPEZ", "2025-03-02T00:00:00Z"),
        act("treed", "2025-03-02T00:00:00Z", kind="service"),
    )
    record(logbook, act("mlopez", "2025-03-03T00:00:00Z"), source=8)
    seen = search.actors_seen(logbook, SPRING, SPRING + timedelta(days=30))
    assert [(one.id, one.source, one.entries) for one in seen.actors] == [
        ("MLOPEZ", "7", 2), ("mlopez", "8", 1), ("treed", "7", 1),
    ]  # fmt: skip
    assert (seen.looked_through, seen.of) == (4, 4)
    assert old not in {one.newest for one in seen.actors}


def test_of_very_many_entries_blocks_spread_over_all_are_looked_through():
    blocks = list(_blocks(1_000, 1_001_000))
    assert sum(last - first for first, last in blocks) == LOOKED_THROUGH
    assert blocks[0][0] == 1_000 and blocks[-1][1] == 1_001_000
    assert all(left[1] <= right[0] for left, right in pairwise(blocks))
