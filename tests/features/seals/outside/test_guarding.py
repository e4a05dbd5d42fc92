"""Before its first append a process asks the witnesses: quickly, cheaply, and without hanging on the silent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from indelible.features.seals.models import Witness
from indelible.features.seals.outside import courier, guarding
from indelible.ledger.checkpoints import Checkpoint, sign_checkpoint
from indelible.ledger.keys import SigningKey
from indelible.ledger.witnessing import origin_hash
from indelible.storage.database import outside, reads
from indelible.storage.database.errors import AppendRefused
from indelible.storage.database.group import close_groups
from indelible.storage.database.keys import signers
from indelible.storage.database.models import Conflict
from tests.features.seals.outside.conftest import Odd
from tests.services.witness import RunningWitness

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def showing(book: Any, odd: Odd, witness: RunningWitness) -> Callable[[str], None]:
    """A function that has a witness show this note as what it holds."""
    Witness.objects.create(logbook=book, name="Holm and Partners", key=witness.key, url=odd.url)

    def show(note: str) -> None:
        odd.says("200 OK", note.encode())
        close_groups()  # a new process

    return show


def note_of(book: Any, size: int, key: SigningKey | None = None) -> str:
    return sign_checkpoint(Checkpoint(book.origin, size, bytes(32)), key or signers(book)[0])  # type: ignore[arg-type]


def test_without_witnesses_that_costs_one_small_read(book: Any) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert guarding.ask_witnesses(book.pk, "default") == ()
    assert len(asked) == 1
    assert guarding.ask_witnesses(book.pk, "another") == ()


def test_a_witness_ahead_of_the_head_stops_the_first_append(
    book: Any, showing: Callable[[str], None], grow: Callable[[int], None], odd: Odd
) -> None:
    showing(note_of(book, 1_000))
    with pytest.raises(AppendRefused) as refusal:
        grow(1)
    assert refusal.value.code == "older-state-put-back"
    assert "Holm and Partners holds a checkpoint of 1000" in refusal.value.detail
    (kept,) = outside.conflicts(book)
    assert (kept.kind, kept.size, kept.found_by_them) == ("ahead", 1_000, False)
    assert odd.asked[0].startswith(f"GET /{origin_hash(book.origin)}/checkpoint ".encode())


def test_a_witness_off_the_tree_stops_it_inside_a_transaction_too(
    book: Any, showing: Callable[[str], None], grow: Callable[[int], None]
) -> None:
    showing(note_of(book, 1))
    with pytest.raises(AppendRefused) as refusal, transaction.atomic():
        grow(1)
    assert refusal.value.code == "not-an-extension"
    assert reads.head(book).size == 1


@pytest.mark.parametrize("what", ["garbage", "other_key", "silence"])
def test_nobody_without_our_key_can_stop_the_appending(
    book: Any, showing: Callable[[str], None], grow: Callable[[int], None], odd: Odd, what: str
) -> None:
    stranger = SigningKey(book.origin, bytes(32))
    showing({"garbage": "no note", "other_key": note_of(book, 1_000, stranger), "silence": ""}[what])
    if what == "silence":
        odd.pieces = []
    grow(1)
    assert reads.head(book).size == 2
    assert not Conflict.objects.exists()


def test_a_witness_that_holds_what_we_hold_stops_nothing(
    book: Any, holm: Any, grow: Callable[[int], None]
) -> None:
    courier.send_newest(book)
    close_groups()
    grow(1)
    assert not Conflict.objects.exists()


def test_a_claim_without_a_note_is_an_alarm_that_stops_nothing(
    book: Any, odd: Odd, witness: RunningWitness, grow: Callable[[int], None]
) -> None:
    Witness.objects.create(logbook=book, name="Odd", key=witness.key, url=odd.url)
    odd.says("409 Conflict", b"999999\n", "text/x.tlog.size")
    assert courier.send_newest(book).missing == {"Odd": "different-seal"}
    (kept,) = outside.conflicts(book)
    assert (kept.kind, kept.size, kept.their_note) == ("ahead", 999_999, "")
    close_groups()
    grow(1)
    assert reads.head(book).size == 2


def test_what_a_witness_gave_us_before_is_the_proof_where_it_shows_nothing(
    book: Any, holm: Any, witness: RunningWitness, odd: Odd
) -> None:
    courier.send_newest(book)
    with connection.cursor() as cursor:  # the log is rewritten, keys and all; what was held is left
        cursor.execute("UPDATE checkpoint SET leaves = %s", [bytes(32)])
    odd.says("422 Unprocessable Entity", b"no extension")
    Witness.objects.update(url=odd.url)
    assert courier.send_newest(book).missing == {"Holm and Partners": "different-seal"}
    kept = outside.conflicts(book)[0]
    assert kept.kind == "fork"
    assert witness.name in kept.their_note  # with its own line
