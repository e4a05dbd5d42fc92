"""Single fields: opened to a reader, compared with the leaf, erased without a trace of the value."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indelible.ledger.entries import (
    Leaf,
    Sealed,
    check_disclosure,
    differing_fields,
    disclosures,
    erase_secret,
    leaf_data_of,
    parse_leaf,
    prepare,
    seal,
)
from indelible.ledger.errors import LedgerError, MalformedInput, ProofError
from tests.ledger.test_entries import AT, contents, secret_of, secrets

CONTENT: dict[str, Any] = {
    "action": {"verb": "change"},
    "actor": {"id": "u-17", "name": "Ada"},
    "numbers/sources/7": 5,
    "targets/0": {"id": "INV-1"},
    "targets/1": {"id": "INV-2"},
}


@pytest.fixture
def entry() -> Sealed:
    return seal(prepare([CONTENT], [secret_of(0)]), [], AT)[0]


@pytest.fixture
def leaf(entry: Sealed) -> Leaf:
    return parse_leaf(entry.data)


@settings(max_examples=100)
@given(contents, secrets)
def test_each_field_opens_to_its_name_and_value(content: dict[str, Any], secret: bytes) -> None:
    [entry] = seal(prepare([content], [secret]), [], AT)
    leaf = parse_leaf(entry.data)
    opened = [check_disclosure(leaf, text) for text in disclosures(entry.content, secret).values()]
    assert opened == sorted(content.items())


def test_a_disclosure_that_was_touched_does_not_open(entry: Sealed, leaf: Leaf) -> None:
    text = disclosures(entry.content, entry.secret)["actor"]
    with pytest.raises(ProofError) as refusal:
        check_disclosure(leaf, text.replace("Ada", "Eve"))
    assert refusal.value.code == "disclosure-differs"


def test_a_disclosure_does_not_open_under_another_name(entry: Sealed, leaf: Leaf) -> None:
    text = disclosures(entry.content, entry.secret)["targets/0"]
    with pytest.raises(ProofError) as refusal:
        check_disclosure(leaf, text.replace("targets/0", "targets/1"))
    assert refusal.value.code == "disclosure-differs"
    with pytest.raises(ProofError) as refusal:
        check_disclosure(leaf, text.replace("targets/0", "targets/2"))
    assert refusal.value.code == "disclosure-of-no-field"


@pytest.mark.parametrize(
    "text",
    [
        *("", "{}", "[]", '["a"]', '["a","b",1.5]', "\ud800"),
        '["MiyONd9w9fvT9inYvynhFE9x","actor"]',
        '["MiyONd9w9fvT9inYvynhFE9x","actor",1,2]',
        '["MiyONd9w9fvT9inYvynhFE9x",1,2]',
        '["MiyONd9w9fvT9inYvynhFE9x", "actor",1]',
        '["MiyONd9w9fvT9inYvynhFE9=","actor",1]',
        '["short","actor",1]',
        '[null,"actor",1]',
    ],
)
def test_a_text_that_is_no_disclosure_is_refused(leaf: Leaf, text: str) -> None:
    with pytest.raises(MalformedInput):
        check_disclosure(leaf, text)


def test_an_entry_as_it_was_sealed_has_no_differing_field(entry: Sealed) -> None:
    assert differing_fields(entry.data, entry.content, entry.secret) == []


@pytest.mark.parametrize("name", CONTENT)
def test_the_field_that_was_changed_is_named(entry: Sealed, name: str) -> None:
    changed = json.dumps({**CONTENT, name: "changed"}, separators=(",", ":"))
    assert differing_fields(entry.data, changed, entry.secret) == [name]


@pytest.mark.parametrize("name", CONTENT)
def test_the_field_that_is_missing_is_named(entry: Sealed, name: str) -> None:
    left = {key: value for key, value in CONTENT.items() if key != name}
    assert differing_fields(entry.data, json.dumps(left, separators=(",", ":")), entry.secret) == [name]


def test_a_field_that_was_added_is_named(entry: Sealed) -> None:
    more = json.dumps(dict(sorted({**CONTENT, "reason": "new"}.items())), separators=(",", ":"))
    assert differing_fields(entry.data, more, entry.secret) == ["reason"]


def test_with_another_secret_every_field_differs(entry: Sealed) -> None:
    assert differing_fields(entry.data, entry.content, secret_of(1)) == sorted(CONTENT)


@settings(max_examples=100)
@given(contents, secrets, st.data())
def test_an_erasure_keeps_the_leaf_and_the_other_fields(
    content: dict[str, Any], secret: bytes, data: st.DataObject
) -> None:
    [entry] = seal(prepare([content], [secret]), [], AT)
    erasable = [name for name in sorted(content) if not name.startswith("numbers/")]
    if not erasable:
        return
    names = data.draw(st.lists(st.sampled_from(erasable), unique=True, min_size=1))
    stored, left = erase_secret(entry.content, secret, names, 9)
    assert leaf_data_of([stored], [left], [AT]) == [entry.data]
    assert secret not in left
    texts = disclosures(stored, left)
    before = disclosures(entry.content, secret)
    assert texts == {name: text for name, text in before.items() if name not in names}
    assert differing_fields(entry.data, stored, left) == []
    for name in names:
        assert before[name][2:26] not in left.decode()  # the salt is gone with the value


def test_a_field_erased_before_keeps_the_word_of_the_first_erasure(entry: Sealed) -> None:
    content, secret = erase_secret(entry.content, entry.secret, ["actor"], 9)
    content, secret = erase_secret(content, secret, ["actor", "targets/1"], 12)
    erased = json.loads(secret)["erased"]
    assert (erased["actor"]["by"], erased["targets/1"]["by"]) == (9, 12)
    assert leaf_data_of([content], [secret], [AT]) == [entry.data]


def test_all_fields_but_the_numbers_can_be_erased(entry: Sealed) -> None:
    names = [name for name in CONTENT if not name.startswith("numbers/")]
    content, secret = erase_secret(entry.content, entry.secret, names, 9)
    assert json.loads(content) == {"numbers/sources/7": 5}
    assert leaf_data_of([content], [secret], [AT]) == [entry.data]


@pytest.mark.parametrize("name", ["numbers/sources/7", "reason"])
def test_a_running_number_or_an_absent_field_cannot_be_erased(entry: Sealed, name: str) -> None:
    with pytest.raises(ValueError, match="no field to erase"):
        erase_secret(entry.content, entry.secret, [name], 9)


def test_a_change_after_an_erasure_is_found(entry: Sealed) -> None:
    content, secret = erase_secret(entry.content, entry.secret, ["actor"], 9)
    changed = content.replace("INV-1", "INV-9")
    assert differing_fields(entry.data, changed, secret) == ["targets/0"]
    back_in = json.dumps(
        dict(sorted({**json.loads(content), "actor": CONTENT["actor"]}.items())), separators=(",", ":")
    )
    assert differing_fields(entry.data, back_in, secret) == ["actor"]
    [leaf] = leaf_data_of([back_in], [secret], [AT])
    assert isinstance(leaf, MalformedInput)


def _left(entry: Sealed) -> tuple[str, dict[str, Any]]:
    content, secret = erase_secret(entry.content, entry.secret, ["actor"], 9)
    return content, json.loads(secret)


DAMAGE: dict[str, Any] = {
    "a salt too few": lambda left: left["salts"].pop("action"),
    "a salt too many": lambda left: left["salts"].update(reason="A" * 24),
    "a salt that is too short": lambda left: left["salts"].update(action="A" * 23),
    "a salt in the other alphabet": lambda left: left["salts"].update(action="+" * 24),
    "a salt that is no text": lambda left: left["salts"].update(action=1),
    "no digest": lambda left: left["erased"]["actor"].pop("digest"),
    "a digest with spare bits": lambda left: left["erased"]["actor"].update(digest="A" * 42 + "B"),
    "no word by which entry": lambda left: left["erased"]["actor"].pop("by"),
    "a word by true": lambda left: left["erased"]["actor"].update(by=True),
    "a word by an entry before the first": lambda left: left["erased"]["actor"].update(by=-1),
    "another key": lambda left: left.update(more=1),
    "a field both erased and there": lambda left: left["erased"].update(action=left["erased"]["actor"]),
    "an erased field of the wrong name": lambda left: left["erased"].update({"a b": left["erased"]["actor"]}),
    "no erased field": lambda left: left["erased"].clear(),
    "salts that are no object": lambda left: left.update(salts=[]),
}


@pytest.mark.parametrize("what", DAMAGE)
def test_what_an_erasure_left_is_refused_with(entry: Sealed, what: str) -> None:
    content, left = _left(entry)
    DAMAGE[what](left)
    secret = json.dumps(left, sort_keys=True, separators=(",", ":")).encode()
    [leaf] = leaf_data_of([content], [secret], [AT])
    assert isinstance(leaf, MalformedInput)
    with pytest.raises(LedgerError):
        disclosures(content, secret)


def test_what_an_erasure_left_is_refused_in_another_spelling(entry: Sealed) -> None:
    content, left = _left(entry)
    [leaf] = leaf_data_of([content], [json.dumps(left, sort_keys=True).encode()], [AT])
    assert isinstance(leaf, MalformedInput)


def test_an_erased_field_with_another_digest_is_named(entry: Sealed) -> None:
    content, left = _left(entry)
    left["erased"]["actor"]["digest"] = "A" * 43
    secret = json.dumps(left, sort_keys=True, separators=(",", ":")).encode()
    assert differing_fields(entry.data, content, secret) == ["actor"]
