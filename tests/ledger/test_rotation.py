"""A key card of any age leads to the newest key, and nobody else's key is led to."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indelible.ledger.checkpoints import Checkpoint, open_checkpoint, sign_checkpoint
from indelible.ledger.entries import disclosures, prepare, seal
from indelible.ledger.errors import LedgerError, MalformedInput, ProofError, SignatureError
from indelible.ledger.keys import SigningKey, VerifierKey
from indelible.ledger.proofs import prove_inclusion
from indelible.ledger.rotation import ANNOUNCED, Announcement, KeyHistory, LogKeys, Window
from indelible.ledger.tree import Tree

ORIGIN = "log.example/keys"
AT = "2026-03-01T12:00:00.000000Z"


class Memory:
    """The hashes of a small tree, as proofs ask for them."""

    def __init__(self, leaves: list[bytes]) -> None:
        self._leaves = b"".join(leaves)

    def hashes(self, level: int, index: int) -> bytes:
        return self._leaves if (level, index) == (0, 0) else b""


def key_of(place: int, origin: str = ORIGIN) -> SigningKey:
    return SigningKey.from_seed(origin, bytes([place + 1]) * 32)


def announce(
    old: SigningKey,
    new: SigningKey,
    index: int,
    *,
    said: str = ANNOUNCED,
    number: str = "numbers/sources/0",
    extra: dict[str, Any] | None = None,
    signer: SigningKey | None = None,
) -> Announcement:
    """Return a true announcement at `index`, or one that differs in one way."""
    named = {"new_key": new.verifier.text, "old_key": old.verifier.text} if extra is None else extra
    content = {"action": {"said": said, "verb": "add"}, "extra": named, number: index + 1}
    entry = seal(prepare([content], [bytes([index]) * 32]), [], AT)[0]
    leaves = [bytes([place]) * 32 for place in range(index)] + [entry.leaf_hash]
    tree = Tree.empty()
    tree.append(leaves)
    note = sign_checkpoint(Checkpoint(old.verifier.name, index + 1, tree.root()), signer or old)
    opened = tuple(disclosures(entry.content, entry.secret).values())
    path = tuple(prove_inclusion(index, index + 1, Memory(leaves)))
    return Announcement(index, entry.data.decode(), opened, path, note)


def history(count: int, revoked: dict[int, int] | None = None) -> KeyHistory:
    """Return the history of `count` keys, those of `revoked` (place to size) stolen."""
    stolen = revoked or {}
    keys = [key_of(place) for place in range(count)]
    steps = [
        announce(keys[place], keys[place + 1], 3 + 5 * place)
        for place in range(count - 1)
        if place not in stolen
    ]
    return KeyHistory(
        ORIGIN,
        tuple(key.verifier for key in keys),
        tuple(steps),
        tuple((keys[place].verifier, size) for place, size in stolen.items()),
    )


@given(st.integers(1, 6), st.data())
def test_every_key_card_leads_to_the_newest_key(count, data):
    told = history(count)
    card = key_of(data.draw(st.integers(0, count - 1))).verifier
    assert told.lead(card).newest == told.keys[-1]
    assert told.lead().newest == told.keys[-1]
    assert KeyHistory.parse(json.loads(json.dumps(told.as_json()))) == told


@given(st.integers(2, 6), st.data())
def test_only_cards_of_later_keys_lead_past_a_stolen_one(count, data):
    stolen = data.draw(st.integers(0, count - 2))
    told = history(count, {stolen: 9})
    for place, key in enumerate(told.keys):
        if place > stolen:
            assert told.lead(key).newest == told.keys[-1]
            continue
        with pytest.raises(SignatureError) as refusal:
            told.lead(key)
        assert refusal.value.code == "key-revoked"
    chain = told.lead()
    assert told.keys[stolen] in chain.log_keys.at(9)
    assert told.keys[stolen] not in chain.log_keys.at(10)


def test_a_card_of_another_log_leads_nowhere():
    with pytest.raises(SignatureError) as refusal:
        history(3).lead(key_of(77).verifier)
    assert refusal.value.code == "key-differs"


@given(st.integers(2, 5), st.data())
@settings(max_examples=60)
def test_one_bit_changed_anywhere_breaks_the_chain(count, data):
    told = history(count)
    place = data.draw(st.integers(0, len(told.announcements) - 1))
    step = told.announcements[place]
    what = data.draw(st.sampled_from(["leaf", "open", "path", "checkpoint_note", "index"]))
    if what == "index":
        bad = dataclasses.replace(step, index=step.index ^ 1)
    elif what == "path":
        hashes = list(step.path)
        at = data.draw(st.integers(0, len(hashes) - 1))
        hashes[at] = flip(hashes[at], data)
        bad = dataclasses.replace(step, path=tuple(hashes))
    elif what == "open":
        texts = list(step.open)
        at = data.draw(st.integers(0, len(texts) - 1))
        texts[at] = flip(texts[at].encode(), data).decode("latin-1")
        bad = dataclasses.replace(step, open=tuple(texts))
    else:
        text = flip(getattr(step, what).encode(), data).decode("latin-1")
        bad = dataclasses.replace(step, **{what: text})
    steps = (*told.announcements[:place], bad, *told.announcements[place + 1 :])
    with pytest.raises(ProofError) as refusal:
        dataclasses.replace(told, announcements=steps).lead(told.keys[0])
    assert refusal.value.code == "key-chain-broken"


def flip(value: bytes, data: st.DataObject) -> bytes:
    at = data.draw(st.integers(0, len(value) - 1))
    # Never the highest bit: the text stays ASCII, so that what refuses it is what it says.
    return value[:at] + bytes([value[at] ^ (1 << data.draw(st.integers(0, 6)))]) + value[at + 1 :]


OLD, NEW = key_of(0), key_of(1)


@pytest.mark.parametrize(
    "step",
    [
        announce(OLD, NEW, 4, said="invoice_changed"),
        announce(OLD, NEW, 4, number="numbers/sources/7"),
        announce(OLD, NEW, 4, extra={"new_key": key_of(9).verifier.text, "old_key": OLD.verifier.text}),
        announce(OLD, NEW, 4, extra={"new_key": NEW.verifier.text}),
        announce(OLD, NEW, 4, signer=NEW),
        dataclasses.replace(announce(OLD, NEW, 4), open=announce(OLD, NEW, 4).open[:2]),
    ],
    ids=["another-act", "record-of-a-source", "another-key", "no-old-key", "signed-by-the-new", "closed"],
)
def test_what_is_no_announcement_of_the_log_itself_leads_nowhere(step):
    with pytest.raises(ProofError) as refusal:
        KeyHistory(ORIGIN, (OLD.verifier, NEW.verifier), (step,)).lead(OLD.verifier)
    assert refusal.value.code == "key-chain-broken"


def test_an_announcement_left_out_put_twice_or_exchanged_is_refused():
    told = history(4)
    one, two, three = told.announcements
    for steps in [(one, two), (one, two, three, three), (two, one, three), (one, one, three)]:
        with pytest.raises(ProofError):
            dataclasses.replace(told, announcements=steps).lead()
    with pytest.raises(ProofError):  # the key in use is not revoked
        dataclasses.replace(told, revoked=((told.keys[-1], 3),)).lead()
    with pytest.raises(ProofError):
        dataclasses.replace(told, keys=(*told.keys[:3], key_of(3, "log.example/other").verifier)).lead()


@pytest.mark.parametrize("told", [history(1), history(3), history(4, {1: 9})], ids=["one", "three", "stolen"])
def test_a_key_card_is_read_as_it_was_written(told):
    assert KeyHistory.parse_card(told.card) == told
    assert KeyHistory.parse_card(told.card.replace("\n", "\r\n")) == told
    assert told.card.split("\n")[0] == told.keys[0].text


def test_a_card_whose_keys_are_not_those_of_its_history_is_refused():
    lines = history(2).card.split("\n")
    for card in ["", lines[0] + "\n" + lines[1], "\n".join([lines[0], *lines[2:]]), history(2).card[:-9]]:
        with pytest.raises(MalformedInput) as refusal:
            KeyHistory.parse_card(card)
        assert refusal.value.code == "keys-damaged"


def test_a_key_outside_its_sizes_says_nothing():
    old, new = key_of(0), key_of(1)
    keys = LogKeys((Window(old.verifier, 0, 6), Window(new.verifier, 5, None)))
    for size, key, holds in [(4, old, 1), (6, old, 1), (7, old, 0), (4, new, 0), (5, new, 1), (700, new, 1)]:
        note = sign_checkpoint(Checkpoint(ORIGIN, size, bytes(32)), key)
        if holds:
            assert open_checkpoint(note, ORIGIN, keys).size == size
            continue
        with pytest.raises(SignatureError) as refusal:
            open_checkpoint(note, ORIGIN, keys)
        assert refusal.value.code == "no-trusted-signature"


def test_a_checkpoint_with_both_lines_is_opened_by_either():
    old, new = key_of(0), key_of(1)
    text = Checkpoint(ORIGIN, 6, bytes(32)).text
    note = sign_checkpoint(Checkpoint(ORIGIN, 6, bytes(32)), [old, new])
    assert note == f"{text}\n{old.sign(text)}{new.sign(text)}"
    for keys in [
        LogKeys.of(old.verifier),
        LogKeys.of(new.verifier),
        LogKeys((Window(old.verifier), Window(new.verifier))),
    ]:
        assert open_checkpoint(note, ORIGIN, keys).size == 6


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "announcements",
                    "keys",
                    "origin",
                    "revoked",
                    "key",
                    "until",
                    "index",
                    "leaf",
                    "open",
                    "path",
                    "checkpoint",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@given(values)
def test_any_value_is_a_history_or_refused_as_malformed(value):
    try:
        told = KeyHistory.parse(value)
    except MalformedInput as refusal:
        assert refusal.code == "keys-damaged"
        return
    try:
        told.lead()
    except LedgerError:
        return
    assert all(isinstance(key, VerifierKey) for key in told.keys)
