"""Logins that are somebody's: found by the person's name, each within its time and source; and who was seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from indelible.storage.database import search
from indelible.storage.database.append import Draft, append
from indelible.storage.database.search import KnownLogin, known
from indelible.storage.database.search.actors import LOOKED_THROUGH, _blocks
from indelible.storage.database.search.query import Query

MARCH = datetime(2025, 3, 1, tzinfo=UTC)


def act(login: str, at: str, **who: str) -> dict[str, object]:
    return {
        "occurred_at": at,
        "actor": {"id": login, **who},
        "action": {"verb": "change", "said": "Edited"},
        "source": {"name": "Xero", "system": "xero"},
    }


def record(logbook, *events, source: int = 7) -> list[int]:
    return [one.index for one in append(logbook, [Draft(one, source=source) for one in events]).entries]


@pytest.fixture
def told() -> Iterator[dict[str, Sequence[KnownLogin]]]:
    """What is known, by the text of the filter."""
    names: dict[str, Sequence[KnownLogin]] = {}
    before = list(known._providers)
    search.provide_logins(lambda value: names.get(value, ()))
    yield names
    known._providers[:] = before


def find(logbook, *who: str) -> list[int]:
    return search.find(logbook, Query(who=who)).indexes


def test_a_person_is_found_by_their_logins_within_their_time(logbook, told):
    early, late, other, named = record(
        logbook,
        act("mlopez", "2025-02-28T23:30:00Z"),
        act("mlopez", "2025-03-01T00:00:00Z"),
        act("treed", "2025-03-02T00:00:00Z"),
        act("x", "2020-01-01T00:00:00Z", name="Maria Lopez"),
    )
    assert find(logbook, "Maria Lopez") == [named]
    told["Maria Lopez"] = [KnownLogin("mlopez", end=MARCH)]
    told["Marco Lopez"] = [KnownLogin("mlopez", start=MARCH), KnownLogin("nobody@example.com")]
    assert find(logbook, "Maria Lopez") == [named, early]
    assert find(logbook, "Marco Lopez") == [late]
    assert find(logbook, "Maria Lopez", "Marco Lopez") == [named, late, early]
    assert search.find_all(logbook, Query(who=("Marco Lopez",), words=("edited",))) == [late]
    assert other not in find(logbook, "Marco Lopez")


def test_a_login_of_one_source_is_found_in_that_source_alone(logbook, told):
    (here,) = record(logbook, act("mlopez", "2025-03-01T00:00:00Z"))
    record(logbook, act("mlopez", "2025-03-01T00:00:00Z"), source=8)
    told["Maria Lopez"] = [KnownLogin("mlopez", source=7)]
    assert find(logbook, "Maria Lopez") == [here]


def test_one_person_alone_can_be_asked_for_and_no_text_is_searched_then(logbook, told):
    first, _other = record(
        logbook, act("mlopez@example.com", "2025-03-01T00:00:00Z"), act("12", "2025-03-01T00:00:00Z")
    )
    told["#12"] = [KnownLogin("MLopez@example.com")]
    assert find(logbook, "#12") == [first]
    assert find(logbook, "#13") == []


def test_no_more_than_twenty_logins_are_looked_for(logbook, told):
    told["Maria Lopez"] = [KnownLogin(f"login{n}") for n in range(40)]
    indexes = record(logbook, *(act(f"login{n}", "2025-03-01T00:00:00Z") for n in range(40)))
    assert sorted(find(logbook, "Maria Lopez")) == indexes[:20]


def test_a_time_outside_of_all_that_happened_finds_nothing(logbook, told):
    record(logbook, act("mlopez", "2025-02-01T00:00:00Z"))
    told["Marco Lopez"] = [KnownLogin("mlopez", start=MARCH + timedelta(days=400))]
    assert find(logbook, "Marco Lopez") == []


def test_whoever_was_seen_is_counted_by_source(logbook):
    old, *_rest = record(
        logbook,
        act("old", "2024-01-01T00:00:00Z"),
        act("mlopez", "2025-03-01T00:00:00Z"),
        act("MLOPEZ", "2025-03-02T00:00:00Z"),
        act("treed", "2025-03-02T00:00:00Z", kind="service"),
    )
    record(logbook, act("mlopez", "2025-03-03T00:00:00Z"), source=8)
    seen = search.actors_seen(logbook, MARCH, MARCH + timedelta(days=30))
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
