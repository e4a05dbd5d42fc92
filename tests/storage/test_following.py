"""Following: each entry once and in order, whatever fails on the way."""

from __future__ import annotations

import threading

import pytest
from django.db import connections

from indelible.storage.database.append import Draft, append
from indelible.storage.database.following import follow, upto_of


def fill(logbook, count):
    append(logbook, [Draft({"action": {"verb": "change", "said": str(n)}}) for n in range(count)])


def test_a_follower_gets_each_entry_once_and_in_order(logbook):
    fill(logbook, 24)
    seen: list[int] = []
    left = follow(logbook, "t", lambda batch: seen.extend(entry.index for entry in batch), batch=10)
    assert (seen, left) == (list(range(25)), 0)
    fill(logbook, 3)
    follow(logbook, "t", lambda batch: seen.extend(entry.index for entry in batch))
    assert seen == list(range(28))


def test_a_new_follower_may_begin_at_a_later_entry(logbook):
    fill(logbook, 5)
    seen: list[int] = []
    follow(logbook, "late", lambda batch: seen.extend(entry.index for entry in batch), start=4)
    assert seen == [4, 5]


def test_a_call_does_no_more_than_it_may_and_says_what_is_left(logbook):
    fill(logbook, 29)
    seen: list[int] = []
    left = follow(logbook, "t", lambda batch: seen.extend(entry.index for entry in batch), batch=5, most=10)
    assert (seen, left) == (list(range(10)), 20)


def test_a_batch_that_fails_is_given_again(logbook):
    fill(logbook, 9)
    seen: list[int] = []

    def once(batch):
        seen.extend(entry.index for entry in batch)
        if batch[-1].index == 9:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        follow(logbook, "t", once, batch=5)
    assert upto_of(logbook, "t") == 5
    follow(logbook, "t", lambda batch: seen.extend(entry.index for entry in batch), batch=5)
    assert seen == [*range(10), *range(5, 10)]


def test_several_workers_share_a_follower_and_none_gets_an_entry_twice(logbook):
    fill(logbook, 199)
    seen: list[int] = []

    def work():
        while follow(logbook, "t", lambda batch: seen.extend(entry.index for entry in batch), batch=7):
            pass
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == list(range(200))
