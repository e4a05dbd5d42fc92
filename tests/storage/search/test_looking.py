"""What the index cannot tell is looked at within bounds: a page says how far it looked, and goes on from there."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

from indelible.language.pattern import Condition, Pattern
from indelible.language.world import NOWHERE
from indelible.storage.database import search
from indelible.storage.database.append import Draft, append
from indelible.storage.database.search import embedded, finding

SAME = Pattern.of(where=[Condition("payee", "same_as", "supplier")])


def record(logbook, count: int, same: set[int]) -> list[int]:
    """Record so many payments; those at some places go to whoever supplied."""
    events = [
        {
            "action": {"verb": "pay"},
            "extra": {"payee": f"p{place}", "supplier": f"p{place}" if place in same else "-"},
        }
        for place in range(count)
    ]
    return [one.index for one in append(logbook, [Draft(event) for event in events]).entries]


def test_a_page_that_looked_far_enough_says_so_and_goes_on(logbook, monkeypatch):
    monkeypatch.setattr(finding, "MOST_LOOKED", 100)
    monkeypatch.setattr(finding, "MOST_COUNTED", 100)
    indexes = record(logbook, 700, {3, 5, 350, 690})
    wanted = [indexes[place] for place in (690, 350, 5, 3)]
    found, before, pages = [], None, 0
    while True:
        page = search.find(logbook, SAME, before=before)
        found += page.indexes
        pages += 1
        if page.older is None:
            break
        assert page.looked_to == page.older
        before = page.older
    assert found == wanted
    assert 2 < pages < 9
    assert page.newer is not None  # and back again
    assert search.find_all(logbook, SAME) == wanted[::-1]  # which looks at all
    back, after = [], page.newer
    while after is not None:
        page = search.find(logbook, SAME, after=after)
        back = page.indexes + back
        after = page.newer
    assert back and back == wanted[: len(back)]


def test_a_count_that_would_take_too_long_is_not_said_to_be_all(logbook, monkeypatch):
    monkeypatch.setattr(finding, "MOST_COUNTED", 100)
    record(logbook, 300, set(range(0, 300, 2)))
    page = search.find(logbook, SAME)
    assert (page.counted_all, len(page.indexes)) == (False, 50)
    assert 50 <= page.count < 150


def test_entries_of_a_stretch_of_recording_are_counted(logbook):
    record(logbook, 5, {1})
    now = datetime.now(UTC)
    pays = Pattern.of(verbs=["pay"])
    for pattern, count in ((pays, 5), (SAME, 1), (Pattern(), 6)):
        counted = search.count_in(
            logbook, pattern, NOWHERE, now - timedelta(hours=1), now + timedelta(hours=1)
        )
        assert (counted.count, counted.counted_all) == (count, True)
    assert search.count_in(logbook, pays, NOWHERE, None, now - timedelta(hours=1)).count == 0
    assert search.count_in(logbook, pays, NOWHERE, None, None, limit=3) == search.Counted(3, False)


def test_what_nothing_can_be_held_against_is_refused(logbook):
    with pytest.raises(ValueError, match="no way to compare"):
        search.find(logbook, Pattern.of(where=[Condition("amount", "about", "5")]))  # type: ignore[arg-type]


def test_a_search_file_of_another_version_is_made_anew(tmp_path):
    path = tmp_path / "search.sqlite3"
    with sqlite3.connect(path) as old:
        old.execute("CREATE TABLE search (id INTEGER PRIMARY KEY, anything TEXT)")
        old.execute("PRAGMA user_version = 1")
    old.close()
    made = embedded.connect(path)
    assert made.execute("SELECT count(occurred) FROM search").fetchone() == (0,)
    made.close()
