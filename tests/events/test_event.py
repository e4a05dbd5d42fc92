"""What may stand in an event, and that nothing is lost on the way to disclosures and back."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indelible.events.event import (
    EventError,
    check_event,
    from_content,
    is_disclosure_name,
    to_content,
)
from indelible.events.lawful import MAX_DEPTH, MAX_ROWS
from indelible.events.vocabulary import FACTS, SEPARATE_FACTS
from tests.events.lawful_events import events

FULL: dict[str, Any] = {
    "occurred_at": "2026-03-03T14:03:00.123456789Z",
    "time": {"said": "3.3.2026 15:03", "zone": "Europe/Madrid", "basis": "given"},
    "actor": {"id": "7", "name": "Maria Lopez", "email": "maria@example.com", "kind": "person"},
    "action": {"verb": "change", "category": "money", "said": "Invoice Edited"},
    "targets": [{"kind": "invoice.sales", "id": "1043", "name": "INV-1043"}, {"kind": "x.tray", "id": "2"}],
    "changes": [{"field": "amount", "before": "1,200.00", "after": ""}, {"field": "tags", "after": ["a"]}],
    "outcome": "success",
    "on_behalf_of": {"name": "Tom Reed"},
    "context": {"ip": "192.0.2.7", "device": "laptop", "location": "Madrid", "session": "s1"},
    "reason": "typing mistake",
    "source": {"name": "Xero of Northwind", "system": "xero", "id": "e-1", "import": 17, "row": 5},
    "original": {"text": "1043;1,200.00", "media_type": "text/csv"},
    "refers_to": {"entry": 12, "through": 19, "as": "note"},
    "attachments": [
        {"name": "a.pdf", "media_type": "application/pdf", "size": 0, "sha256": "0a" * 32, "blob": "b"}
    ],
    "flags": ["outcome_implied"],
    "extra": {"amount": "12.00", "valid_to": "2027", "payload": {"a": [None, "", 1, True]}},
    "numbers": {"sources": {"7": 812}, "rules": {"3.2": 212}},
}


@given(events)
@settings(max_examples=300, deadline=None)
def test_every_lawful_event_is_taken_as_it_is(event: dict[str, Any]) -> None:
    before = copy.deepcopy(event)
    assert check_event(event) is event
    assert event == before


@given(events)
@settings(max_examples=300, deadline=None)
def test_an_event_cut_into_disclosures_and_put_together_is_the_same(event: dict[str, Any]) -> None:
    content = to_content(check_event(event))
    assert from_content(content) == event
    assert all(is_disclosure_name(name) for name in content)
    # What is stored is sorted by name, so places above nine come before two.
    stored = json.loads(json.dumps(content, sort_keys=True))
    assert from_content(stored) == event


def test_what_may_be_withheld_alone_is_a_disclosure_alone() -> None:
    assert sorted(to_content(check_event(FULL))) == [
        "action", "actor", "attachments/0", "changes/0", "changes/1", "context", "extra", "extra/amount",
        "extra/valid_to", "flags", "numbers/rules/3.2", "numbers/sources/7", "occurred_at", "on_behalf_of",
        "original", "outcome", "reason", "refers_to", "source", "targets/0", "targets/1", "time",
    ]  # fmt: skip
    assert to_content(FULL)["extra"] == {"payload": {"a": [None, "", 1, True]}}  # type: ignore[arg-type]


def test_seventy_targets_keep_their_order() -> None:
    event = check_event({"targets": [{"id": str(place)} for place in range(70)]})
    assert from_content(dict(sorted(to_content(event).items()))) == event


def test_an_event_with_a_hole_keeps_the_rest_in_order() -> None:
    content = to_content(check_event({"targets": [{"id": "a"}, {"id": "b"}, {"id": "c"}]}))
    del content["targets/1"]
    assert from_content(content) == {"targets": [{"id": "a"}, {"id": "c"}]}


@pytest.mark.parametrize(
    "name",
    ["salary", "targets", "targets/", "targets/01", "targets/-1", "targets/1234567", "targets/1/2", "actor/0",
     "numbers", "numbers/sources", "numbers/sources/07", "numbers/rules/3", "numbers/tribes/1",
     "extra/nickname", "extra/context.ip", "targets/٣", ""],
)  # fmt: skip
def test_a_name_outside_the_closed_list_is_no_disclosure(name: str) -> None:
    assert not is_disclosure_name(name)
    with pytest.raises(EventError) as refusal:
        from_content({name: "x"})
    assert refusal.value.code == "content-unknown-name"


def test_an_extra_that_is_no_object_is_refused() -> None:
    with pytest.raises(EventError) as refusal:
        from_content({"extra": "text"})
    assert refusal.value.code == "content-wrong-type"


def test_facts_with_a_dot_stay_with_the_rest_of_extra() -> None:
    assert {"context.ip", "changes.before"} <= FACTS - SEPARATE_FACTS
    assert to_content(check_event({"extra": {"context.ip": "192.0.2.1"}})) == {
        "extra": {"context.ip": "192.0.2.1"}
    }


def put(*path: Any, value: Any) -> Callable[[dict[str, Any]], object]:
    """Return a bend that sets one place of an event to an unlawful value."""

    def bend(event: dict[str, Any]) -> object:
        place: Any = event
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value
        return event

    return bend


def nested(depth: int) -> object:
    value: object = "x"
    for _ in range(depth):
        value = [value]
    return value


BENDS: dict[str, tuple[str, Callable[[dict[str, Any]], object]]] = {
    "no object": ("event-wrong-type", lambda _event: ["actor"]),
    "nothing at all": ("event-empty", lambda _event: {}),
    "an unknown key": ("event-unknown-key", put("colour", value="red")),
    "an unknown key inside": ("event-unknown-key", put("actor", "nickname", value="M")),
    "an unknown key of the source": ("event-unknown-key", put("source", "line", value=3)),
    "a key that is no text": ("event-unknown-key", put(7, value="x")),
    "an empty actor name": ("event-empty-text", put("actor", "name", value="")),
    "an empty reason": ("event-empty-text", put("reason", value="")),
    "an empty fact": ("event-empty-text", put("extra", "amount", value="")),
    "a fact without a name": ("event-empty-text", put("extra", "", value="x")),
    "an empty flag": ("event-empty-text", put("flags", value=[""])),
    "an empty list of targets": ("event-empty", put("targets", value=[])),
    "an empty target": ("event-empty", put("targets", value=[{}])),
    "an empty context": ("event-empty", put("context", value={})),
    "an empty extra": ("event-empty", put("extra", value={})),
    "null for an outcome": ("event-wrong-type", put("outcome", value=None)),
    "null before": ("event-null", put("changes", 0, "before", value=None)),
    "null for a fact": ("event-null", put("extra", "amount", value=None)),
    "a fraction as a fact": ("event-float", put("extra", "amount", value=12.5)),
    "a whole float": ("event-float", put("extra", "amount", value=12.0)),
    "a fraction deep inside": ("event-float", put("extra", "payload", "a", value=[{"b": 0.1}])),
    "a fraction after": ("event-float", put("changes", 0, "after", value=1.5)),
    "a fraction as a row": ("event-float", put("source", "row", value=1.0)),
    "a number no reader holds": ("event-number-range", put("extra", "count", value=2**53)),
    "a number too far below": ("event-number-range", put("extra", "count", value=-(2**53))),
    "row nought": ("event-number-range", put("source", "row", value=0)),
    "yes for a row": ("event-wrong-type", put("source", "row", value=True)),
    "a number for a name": ("event-wrong-type", put("actor", "id", value=7)),
    "an unknown verb": ("event-unknown-word", put("action", "verb", value="tickle")),
    "a verb with a capital": ("event-unknown-word", put("action", "verb", value="Change")),
    "an unknown category": ("event-unknown-word", put("action", "category", value="gossip")),
    "an unknown kind": ("event-unknown-word", put("targets", 0, "kind", value="invoice")),
    "a customer's kind without a name": ("event-unknown-word", put("targets", 0, "kind", value="x.")),
    "a customer's kind in capitals": ("event-unknown-word", put("targets", 0, "kind", value="x.Tray")),
    "an unknown outcome": ("event-unknown-word", put("outcome", value="ok")),
    "an unknown actor kind": ("event-unknown-word", put("actor", "kind", value="robot")),
    "an unknown basis of time": ("event-unknown-word", put("time", "basis", value="guessed")),
    "an unknown reference": ("event-unknown-word", put("refers_to", "as", value="joke")),
    "half a character in a name": ("event-lone-surrogate", put("actor", "name", value="a\ud83d")),
    "half a character in a fact": ("event-lone-surrogate", put("extra", "payload", value=["\udc00"])),
    "half a character in the name of a fact": ("event-lone-surrogate", put("extra", "\ud800", value="x")),
    "a day that is not": ("event-no-instant", put("occurred_at", value="2026-02-30T00:00:00Z")),
    "an instant without a zone": ("event-no-instant", put("occurred_at", value="2026-02-03T00:00:00")),
    "an instant with an offset": ("event-no-instant", put("occurred_at", value="2026-02-03T00:00:00+00:00")),
    "ten fraction digits": ("event-no-instant", put("occurred_at", value="2026-02-03T00:00:00.0123456789Z")),
    "a digest in capitals": ("event-no-digest", put("attachments", 0, "sha256", value="0A" * 32)),
    "a digest too short": ("event-no-digest", put("attachments", 0, "sha256", value="0a")),
    "a negative size": ("event-number-range", put("attachments", 0, "size", value=-1)),
    "an entry below nought": ("event-number-range", put("refers_to", "entry", value=-1)),
    "a run that ends before it begins": ("event-number-range", put("refers_to", "through", value=11)),
    "a reference without its kind": ("event-key-missing", put("refers_to", value={"entry": 3})),
    "an original twice": ("event-key-missing", put("original", "base64", value="eA==")),
    "an original without content": ("event-key-missing", put("original", value={"media_type": "text/csv"})),
    "an action without a word": ("event-key-missing", put("action", value={"category": "money"})),
    "number nought": ("event-number-range", put("numbers", "sources", "7", value=0)),
    "an id with a leading zero": ("event-unknown-key", put("numbers", "sources", "07", value=1)),
    "a rule without a version": ("event-unknown-key", put("numbers", "rules", "3", value=1)),
    "no numbers": ("event-wrong-type", put("numbers", "rules", value={})),
    "what JSON does not have": ("event-wrong-type", put("extra", "payload", value=(1, 2))),
    "bytes for text": ("event-wrong-type", put("reason", value=b"why")),
    "nested too deep": ("event-too-deep", put("extra", "payload", value=nested(MAX_DEPTH + 1))),
    "nested a hundred thousand deep": ("event-too-deep", put("extra", "payload", value=nested(100_000))),
    "too many flags": ("event-too-long", put("flags", value=["x"] * (MAX_ROWS + 1))),
    "names that two readers sort differently": (
        "event-names-unsortable",
        put("extra", "payload", value={"\U0001f600": 1, "\uffee": 2}),
    ),
}  # fmt: skip


def test_the_event_that_is_bent_is_lawful_itself() -> None:
    assert check_event(copy.deepcopy(FULL)) == FULL


@pytest.mark.parametrize("flaw", BENDS)
def test_an_event_is_refused_for(flaw: str) -> None:
    code, bend = BENDS[flaw]
    with pytest.raises(EventError) as refusal:
        check_event(bend(copy.deepcopy(FULL)))
    assert refusal.value.code == code


def test_a_refusal_says_exactly_where() -> None:
    bent = copy.deepcopy(FULL)
    bent["targets"][1]["colour"] = "red"
    with pytest.raises(EventError) as refusal:
        check_event(bent)
    assert refusal.value.detail == "event.targets[1].colour: there is no such key"


def test_nesting_up_to_the_bound_is_taken() -> None:
    check_event({"extra": {"payload": nested(MAX_DEPTH)}})


def test_a_source_may_say_that_something_was_empty() -> None:
    check_event({"changes": [{"field": "memo", "before": "", "after": "x"}]})


@given(
    st.recursive(
        st.none() | st.floats() | st.text() | st.integers(),
        lambda s: st.lists(s) | st.dictionaries(st.text(), s),
    )
)
@settings(max_examples=200, deadline=None)
def test_anything_is_an_event_or_refused_with_a_reason(thing: object) -> None:
    try:
        check_event(thing)
    except EventError as refusal:
        assert refusal.code.startswith("event-") and refusal.detail
