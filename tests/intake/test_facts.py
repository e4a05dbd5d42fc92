"""Two accounts of one record disagree only in what both state."""

from indelible.events.event import Event
from indelible.intake.facts import facts_differ

HELD: Event = {
    "occurred_at": "2026-03-02T13:00:00Z",
    "actor": {"email": "ana@example.com", "id": "7"},
    "action": {"verb": "change", "said": "update"},
    "targets": [{"kind": "file", "name": "a"}],
    "outcome": "success",
    "extra": {"note": "x"},
}


def test_an_account_that_says_less_contradicts_nothing() -> None:
    less: Event = {"actor": {"email": "ana@example.com"}, "action": {"said": "update"}}
    assert facts_differ(HELD, less) == []
    assert facts_differ(less, HELD) == []


def test_the_same_instant_in_other_digits_is_the_same() -> None:
    assert facts_differ(HELD, {**HELD, "occurred_at": "2026-03-02T13:00:00.000Z"}) == []


def test_each_contradiction_is_named() -> None:
    other: Event = {
        **HELD,
        "occurred_at": "2026-03-02T13:00:01Z",
        "actor": {"email": "ben@example.com"},
        "targets": [{"name": "b"}],
        "outcome": "failure",
        "extra": {"note": "y"},
    }
    assert facts_differ(HELD, other) == ["occurred_at", "actor", "targets", "outcome", "extra"]


def test_an_implied_outcome_contradicts_no_stated_one() -> None:
    stated: Event = {**HELD, "outcome": "failure"}
    implied: Event = {**HELD, "flags": ["outcome_implied"]}
    assert facts_differ(implied, stated) == []


def test_our_own_words_are_not_the_sources_facts() -> None:
    renamed: Event = {
        **HELD,
        "action": {"verb": "move", "said": "update"},
        "targets": [{"kind": "role", "name": "a"}],
    }
    assert facts_differ(HELD, renamed) == []
