"""Each of the three facts is computed anew, and each has something that breaks it and it alone."""

from __future__ import annotations

from typing import Any

import pytest

from indelible.features.record.proof import Prover, Verdict
from indelible.ledger.keys import VerifierKey
from indelible.ledger.proof_file import ProofFile, check_proof_file
from indelible.storage.database import reads

from .conftest import Put, alter, sql, told

GOOD, BAD, UNKNOWN = "matches", "does not match", "could not be checked"


def facts(book: Any, index: int) -> list[Verdict]:
    return [fact.verdict for fact in Prover(book).prove(reads.get_entry(book, index)).facts]


def test_an_entry_as_it_was_sealed_has_all_three_facts_and_a_receipt(book: Any, put: Put) -> None:
    (index,) = put(told())
    proof = Prover(book).prove(reads.get_entry(book, index))
    assert [fact.verdict for fact in proof.facts] == [GOOD, GOOD, GOOD]
    assert proof.verdict == GOOD
    assert proof.receipt is not None
    key = VerifierKey.parse(book.public_key)
    assert check_proof_file(ProofFile.parse(proof.receipt.text), book.origin, [key]).size == index + 1


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("content", '{"outcome":"success"}'),
        ("content", "not even JSON"),
        ("secret", b"x" * 32),
        ("recorded_at", "2020-01-01T00:00:00.000000Z"),
    ],
)
def test_other_content_secret_or_time_breaks_the_first_fact_alone(
    book: Any, put: Put, column: str, value: object
) -> None:
    (index,) = put(told())
    sql(f'UPDATE "entry" SET "{column}" = %s WHERE "index" = %s', value, index)
    assert facts(book, index) == [BAD, GOOD, GOOD]
    assert Prover(book).prove(reads.get_entry(book, index)).receipt is None


def test_a_seal_with_another_root_breaks_the_second_and_third_fact(book: Any, put: Put) -> None:
    first, last = put(told())[0], put(told())[0]
    note = reads.get_checkpoint(book).note
    lines = note.split("\n")
    lines[2] = lines[2].swapcase()
    sql('UPDATE "checkpoint" SET "note" = %s WHERE "size" = %s', "\n".join(lines), last + 1)
    assert facts(book, first) == [GOOD, BAD, BAD]


def test_a_first_seal_that_is_not_ours_breaks_the_third_fact_alone(book: Any, put: Put) -> None:
    (index,) = put(told())
    put(told())
    other = reads.get_checkpoint(book, index + 1).note.replace("— ", "— x")
    sql('UPDATE "checkpoint" SET "note" = %s WHERE "size" = %s', other, index + 1)
    assert facts(book, index) == [GOOD, GOOD, BAD]


def test_a_fingerprint_that_is_not_at_hand_is_no_accusation(book: Any, put: Put) -> None:
    (index,) = put(told())
    sql('UPDATE "checkpoint" SET "leaves" = %s', b"")
    assert facts(book, index)[:2] == [UNKNOWN, UNKNOWN]
    sql('DELETE FROM "checkpoint"')
    assert Prover(book).prove(reads.get_entry(book, index)).verdict == UNKNOWN


def test_proving_a_page_of_entries_reads_each_tile_and_seal_once(
    book: Any, put: Put, django_assert_max_num_queries: Any
) -> None:
    indexes = put(*[told() for _ in range(300)])
    entries = reads.get_entries(book, indexes[0], indexes[-1])
    with django_assert_max_num_queries(9):  # the keys once, too
        proofs = Prover(book).prove_all(entries)
    assert {proof.verdict for proof in proofs.values()} == {GOOD}
    assert {proof.first_seal for proof in proofs.values()} == {indexes[-1] + 1}
    alter(indexes[40], "Maria", "Marta")
    verdicts = Prover(book).reads_as_sealed(reads.get_entries(book, indexes[0], indexes[-1]))
    assert [index for index, verdict in verdicts.items() if verdict != GOOD] == [indexes[40]]
