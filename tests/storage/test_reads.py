"""Reading back: the event as it was given, and a proof that anybody can check."""

from __future__ import annotations

import pytest
from django.db import connections

from indelible.ledger.keys import VerifierKey
from indelible.ledger.proof_file import ProofFile, check_proof_file
from indelible.ledger.proofs import check_consistency, prove_consistency
from indelible.storage.database.append import Draft, append
from indelible.storage.database.errors import EntryDiffers, NotFound
from indelible.storage.database.logbooks import alias_of
from indelible.storage.database.reads import (
    checkpoints,
    covering_checkpoint,
    find_entries,
    get_checkpoint,
    get_entries,
    get_entry,
    leaf_data,
    prove,
    stored_hashes,
)

EVENT = {
    "occurred_at": "2026-03-03T14:03:00.123Z",
    "actor": {"name": "María \U0001f600 López", "kind": "person"},
    "action": {"verb": "change", "category": "money", "said": "Invoice\x00Edited"},
    "targets": [{"kind": "invoice.sales", "id": "INV-1043"}, {"kind": "customer", "name": "Acme"}],
    "changes": [{"field": "amount", "before": "", "after": "12,000.00"}],
    "outcome": "success",
    "extra": {"amount": "12000.00", "whatever": [1, None, {"a": True}]},
}


@pytest.fixture
def grown(logbook):
    for size in (1, 200, 100, 300, 7):
        append(logbook, [Draft(EVENT, source=7) for _ in range(size)])
    return logbook


def test_an_event_comes_back_as_it_was_given_with_its_numbers(logbook):
    append(logbook, [Draft(EVENT, source=7)])
    entry = get_entry(logbook, 1)
    assert entry.event == {**EVENT, "numbers": {"sources": {"7": 1}}}
    assert entry.problem is None
    assert len(entry.secret) == 32


def test_runs_and_sets_of_entries_come_in_order_and_within_the_limit(grown):
    assert [entry.index for entry in get_entries(grown, 5, 9)] == [5, 6, 7, 8, 9]
    assert [entry.index for entry in get_entries(grown, 5, 900, limit=2)] == [5, 6]
    assert sorted(find_entries(grown, [600, 3, 9_999])) == [3, 600]
    assert find_entries(grown, []) == {}


def test_an_entry_that_is_not_there_is_said_not_to_be_there(logbook):
    with pytest.raises(NotFound):
        get_entry(logbook, 1)


def test_any_entry_is_proved_to_anybody_with_the_public_key(grown):
    for index in (0, 1, 255, 256, 300, 511, 512, 608):
        proof = ProofFile.parse(prove(grown, index).text)
        key = VerifierKey.parse(grown.public_key)
        assert check_proof_file(proof, grown.origin, [key]).size == 609
        assert proof.extra == leaf_data(get_entry(grown, index))


def test_an_entry_is_proved_against_any_checkpoint_that_covers_it(grown):
    sizes = [checkpoint.size for checkpoint in checkpoints(grown)]
    assert sizes == [609, 602, 302, 202, 2, 1]
    assert covering_checkpoint(grown, 201).size == 202
    for size in (602, 302, 202):
        key = VerifierKey.parse(grown.public_key)
        assert check_proof_file(prove(grown, 201, size), grown.origin, [key]).size == size
    with pytest.raises(NotFound):
        prove(grown, 202, 202)
    with pytest.raises(NotFound):
        prove(grown, 0, 201)


def test_each_checkpoint_is_proved_to_extend_each_before_it(grown):
    stored, known = stored_hashes(grown), checkpoints(grown)
    for new in known:
        for old in known:
            if old.size <= new.size:
                path = prove_consistency(old.size, new.size, stored)
                check_consistency(old.size, old.root, new.size, new.root, path)


def test_checkpoints_are_paged_newest_first(grown):
    assert [one.size for one in checkpoints(grown, before=602, limit=2)] == [302, 202]
    assert get_checkpoint(grown).size == 609


LAWFUL = '{"action":{"verb":"create"}}'


@pytest.mark.parametrize("content", ["no json", "[]", '{"action":1,"nonsense":2}', LAWFUL])
def test_an_altered_entry_is_still_shown_but_never_proved(grown, content):
    with connections[grown._state.db].cursor() as cursor:
        cursor.execute(
            'UPDATE "entry" SET "content" = %s WHERE "logbook" = %s AND "index" = 5', [content, grown.pk]
        )
    entry = get_entry(grown, 5)
    assert entry.stored == content
    assert (entry.problem is None) == (content == LAWFUL)
    with pytest.raises(EntryDiffers) as refusal:
        prove(grown, 5)
    assert refusal.value.index == 5


def test_bytes_that_are_no_text_stop_neither_the_entry_nor_its_neighbours(logbook):
    append(logbook, [Draft({"action": {"verb": "change", "said": f"act {n}"}}) for n in range(3)])
    with connections[alias_of(logbook)].cursor() as cursor:
        if cursor.connection.__class__.__module__.startswith("psycopg"):
            return  # PostgreSQL takes nothing into a text column that is no UTF-8
        spoiled = 'UPDATE entry SET content = CAST(%s AS TEXT) WHERE logbook = %s AND "index" = 2'
        cursor.execute(spoiled, [b"{\xff\xfe", logbook.pk])
    assert get_entry(logbook, 2).problem is not None
    assert [entry.index for entry in get_entries(logbook, 0, 3)] == [0, 1, 2, 3]
    assert sorted(find_entries(logbook, [1, 2])) == [1, 2]
