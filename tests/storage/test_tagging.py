"""Tagging: every entry is counted under the rules in force when it is sealed, whoever changed them meanwhile."""

from __future__ import annotations

import threading

import pytest
from django.db import connections, transaction

from indelible.storage.database import tagging
from indelible.storage.database.append import Draft, append
from indelible.storage.database.errors import AppendFailed
from indelible.storage.database.logbooks import alias_of
from indelible.storage.database.models import Number
from indelible.storage.database.reads import get_entries


def draft(said: str = "edited", **more: object) -> Draft:
    return Draft({"action": {"verb": "change", "said": said}}, **more)  # type: ignore[arg-type]


class Rules:
    """Rules that a test keeps in memory: one, whose version a test raises."""

    def __init__(self) -> None:
        self.version = 1
        self.read = 0
        self.while_tagging = None

    def __call__(self, logbook, mark):
        self.read += 1
        version = self.version

        def tag(event, source):
            if self.while_tagging is not None:
                self.while_tagging()
            said = event.get("action", {}).get("said", "")
            if said == "untouched":
                return event, ()
            cleaned = {**event, "action": {**event["action"], "said": said.replace("secret", "removed")}}
            return cleaned, (f"7.{version}",)

        return tag

    def change(self, logbook, then=None):
        """Raise the version as a feature does: the entry that tells of it first."""
        with transaction.atomic(using=alias_of(logbook)):
            append(logbook, [draft("the rule is changed", rules=("0.1",))])
            self.version += 1
            tagging.rules_changed(logbook)
            if then is not None:
                then()


@pytest.fixture
def rules():
    before = list(tagging._provided)
    kept = Rules()
    tagging.provide_tagger(kept)
    yield kept
    tagging.provide_tagger(before[0] if before else None)


def numbers(logbook, first, last):
    return [entry.event["numbers"]["rules"] for entry in get_entries(logbook, first, last)]


def test_an_entry_carries_its_running_number_in_each_rule_it_matches(logbook, rules):
    append(logbook, [draft("a"), draft("b", rules=("0.1",)), draft("untouched"), draft("c")])
    found = get_entries(logbook, 1, 4)
    assert [entry.event["numbers"].get("rules") for entry in found] == [
        {"7.1": 1},
        {"0.1": 1, "7.1": 2},
        None,
        {"7.1": 3},
    ]


def test_what_tagging_takes_out_is_never_sealed(logbook, rules):
    append(logbook, [draft("a secret word")])
    assert get_entries(logbook, 1, 1)[0].event["action"]["said"] == "a removed word"


def test_a_change_by_another_process_counts_from_the_entry_that_tells_of_it(logbook, rules):
    append(logbook, [draft("before")])
    done = threading.Event()

    def elsewhere():
        rules.change(logbook)
        connections.close_all()
        done.set()

    def interrupt():
        rules.while_tagging = None
        thread = threading.Thread(target=elsewhere)
        thread.start()
        assert done.wait(20)
        thread.join()

    rules.while_tagging = interrupt  # the rules change while this draft is tagged with the old ones
    append(logbook, [draft("after")])
    assert numbers(logbook, 1, 3) == [{"7.1": 1}, {"0.1": 1, "7.1": 2}, {"7.2": 1}]


def test_a_change_inside_a_transaction_counts_for_what_follows_in_it(logbook, rules):
    append(logbook, [draft("before")])
    rules.change(logbook, then=lambda: append(logbook, [draft("after")]))
    append(logbook, [draft("later")])
    assert numbers(logbook, 1, 4)[2:] == [{"7.2": 1}, {"7.2": 2}]


def test_a_change_that_is_rolled_back_leaves_the_old_rules_in_force(logbook, rules):
    append(logbook, [draft("before")])

    def fail():
        append(logbook, [draft("inside")])
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        rules.change(logbook, then=fail)
    rules.version = 1
    append(logbook, [draft("after")])
    assert numbers(logbook, 1, 2) == [{"7.1": 1}, {"7.1": 2}]
    assert not Number.objects.using(alias_of(logbook)).filter(logbook=logbook, name="rules/7.2").exists()


def test_rules_are_read_once_while_they_do_not_change(logbook, rules):
    for number in range(5):
        append(logbook, [draft(str(number))])
    assert rules.read == 1


def test_rules_that_never_stand_still_stop_the_append_and_record_nothing(logbook, rules):
    append(logbook, [draft("before")])
    tagging.rules_changed(logbook)
    rules.while_tagging = lambda: tagging.rules_changed(logbook)
    with pytest.raises(AppendFailed):
        append(logbook, [draft("never")])
    rules.while_tagging = None
    append(logbook, [draft("after")])
    assert [entry.event["action"]["said"] for entry in get_entries(logbook, 1, 2)] == ["before", "after"]


def test_callers_that_share_a_commit_with_one_tagged_by_old_rules_are_recorded(logbook, rules):
    append(logbook, [draft("first")])
    seen: list[int] = []

    def work(thread):
        for turn in range(10):
            if thread == 0 and turn % 3 == 0:
                rules.change(logbook)
            else:
                seen.append(append(logbook, [draft(f"{thread}.{turn}")]).recorded[0].index)
        connections.close_all()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(seen)) == len(seen) == 36
    version = 1
    for entry in get_entries(logbook, 1, 41):  # each counted by the version in force at its place
        said, rules_of = entry.event["action"]["said"], entry.event["numbers"]["rules"]
        assert f"7.{version}" in rules_of
        version += said == "the rule is changed"
