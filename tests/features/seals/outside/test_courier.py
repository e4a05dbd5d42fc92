"""Seals reach their witnesses; what goes wrong is written down and tried again; a fork is kept and never resolved."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from indelible.features.seals.models import Witness
from indelible.features.seals.outside import courier
from indelible.features.seals.queries import held_outside, witness_keys
from indelible.ledger.keys import VerifierKey
from indelible.ledger.notes import open_note
from indelible.storage.database import outside, reads
from indelible.storage.database.models import Conflict, Holding
from tests.features.seals.outside.conftest import Odd
from tests.services.witness import RunningWitness

pytestmark = pytest.mark.django_db(transaction=True)


def later(row: Any, **fields: Any) -> None:
    """Let the pause of an outsider be over."""
    type(row).objects.filter(pk=row.pk).update(next_try_at=None, **fields)


def test_a_seal_is_held_once_the_witness_has_cosigned_it(
    book: Any, holm: Any, grow: Callable[[int], None]
) -> None:
    sent = courier.send_newest(book)
    assert (sent.took, sent.missing) == (["Holm and Partners"], {})
    newest = reads.get_checkpoint(book)
    held = held_outside(book)
    assert (held.size, held.holders) == (newest.size, ("Holm and Partners",))
    cosigned = outside.cosigned(book, outside.newest_held(book).note, newest.size)
    keys = [VerifierKey.parse(holm.key), VerifierKey.parse(book.public_key)]
    assert len(open_note(cosigned, keys).good) == 2
    assert witness_keys(book) == [{"key": holm.key, "name": "Holm and Partners"}]
    grow(300)  # past a full tile, with a real proof
    assert courier.send_newest(book).took == ["Holm and Partners"]
    holm.refresh_from_db()
    assert holm.size == reads.get_checkpoint(book).size == held.size + 300


def test_a_round_asks_only_when_there_is_something_new_or_a_day_is_over(book: Any, holm: Any) -> None:
    assert [sent.took for sent in courier.go_round()] == [["Holm and Partners"]]
    assert courier.go_round() == []
    later(holm)
    assert courier.go_round() == []
    tomorrow = datetime.now(UTC) + timedelta(hours=24, seconds=1)
    assert [sent.took for sent in courier.go_round(at=lambda: tomorrow)] == [["Holm and Partners"]]
    assert Holding.objects.count() == 1


def test_nothing_leaves_that_is_not_durable(book: Any, holm: Any, grow: Callable[[int], None]) -> None:
    with transaction.atomic():
        grow(1)
        with pytest.raises(ValueError, match="outside a transaction"):
            courier.send_newest(book)


def test_a_witness_that_is_down_is_asked_again_and_catches_up(
    book: Any, holm: Any, witness: RunningWitness, grow: Callable[[int], None]
) -> None:
    courier.send_newest(book)
    witness.stop()
    grow(2)
    assert courier.send_newest(book).missing == {"Holm and Partners": "no-answer"}
    holm.refresh_from_db()
    since = holm.failing_since
    assert since is not None
    assert (holm.trouble, holm.failures) == ("no-answer", 1)
    assert holm.next_try_at > datetime.now(UTC)
    assert courier.go_round() == []  # it pauses
    grow(1)
    courier.send_newest(book)
    holm.refresh_from_db()
    assert (holm.failing_since, holm.failures) == (since, 2)
    witness.start()
    later(holm)
    assert [sent.took for sent in courier.go_round()] == [["Holm and Partners"]]
    holm.refresh_from_db()
    assert (holm.failing_since, holm.trouble, holm.failures) == (None, "", 0)
    assert holm.size == reads.get_checkpoint(book).size


def test_what_the_witness_holds_already_is_found_out_once(
    book: Any, holm: Any, grow: Callable[[int], None]
) -> None:
    courier.send_newest(book)
    later(holm, size=0)  # as in a record restored from before
    grow(3)
    assert courier.send_newest(book).took == ["Holm and Partners"]
    later(
        holm, size=book.size + 3
    )  # as if an answer had been lost: asked with a size the witness does not know
    grow(1)
    assert courier.send_newest(book).took == ["Holm and Partners"]


def test_a_witness_that_does_not_know_us_is_told_apart(book: Any, tmp_path: Any) -> None:
    from tests.services.witness import running_witness

    with running_witness(tmp_path / "other", logs=[]) as stranger:
        Witness.objects.create(logbook=book, name="Stranger", key=stranger.key, url=stranger.url)
        assert courier.send_newest(book).missing == {"Stranger": "log-unknown"}


ODD_ANSWERS = {
    "garbage": ("200 OK", b"\x00\xff not a line", "text/plain", {}, "answer-unreadable"),
    "nothing": ("200 OK", b"", "text/plain", {}, "answer-unreadable"),
    "another_status": ("202 Accepted", b"later", "text/plain", {}, "witness-refused"),
    "redirect": (
        "307 Temporary Redirect",
        b"",
        "text/plain",
        {"Location": "http://127.0.0.1:1/"},
        "witness-refused",
    ),
    "size_of_wrong_type": ("409 Conflict", b"1\n", "text/plain", {}, "witness-refused"),
    "size_that_is_none": ("409 Conflict", b"+1\n", "text/x.tlog.size", {}, "witness-refused"),
    "too_much": ("200 OK", b"x" * 200_000, "text/plain", {}, "too-much"),
    "key_unknown": ("403 Forbidden", b"no", "text/plain", {}, "key-unknown"),
}


@pytest.mark.parametrize("name", ODD_ANSWERS)
def test_only_what_the_standard_names_counts_as_an_answer(
    book: Any, odd: Odd, witness: RunningWitness, name: str
) -> None:
    status, body, media_type, headers, code = ODD_ANSWERS[name]
    odd.says(status, body, media_type, **headers)
    Witness.objects.create(logbook=book, name="Odd", key=witness.key, url=odd.url)
    assert courier.send_newest(book).missing == {"Odd": code}
    assert Holding.objects.count() == Conflict.objects.count() == 0
    assert len(odd.asked) == 1  # never led elsewhere, never asked twice


def test_a_witness_that_says_its_size_for_ever_is_asked_twice_and_no_more(
    book: Any, odd: Odd, witness: RunningWitness
) -> None:
    odd.says("409 Conflict", b"0\n", "text/x.tlog.size")
    Witness.objects.create(logbook=book, name="Odd", key=witness.key, url=odd.url)
    assert courier.send_newest(book).missing == {"Odd": "witness-refused"}
    assert len(odd.asked) == 2


def test_an_answer_in_drops_is_cut_off_in_time_and_holds_up_no_other(book: Any, odd: Odd, holm: Any) -> None:
    odd.pieces, odd.pause = [b"HTTP/1.1 200 OK\r\n\r\n", *[b"x"] * 400], 0.05
    from indelible.ledger.keys import CosigningKey

    key = CosigningKey("slow.example/w", bytes(32)).verifier.text
    Witness.objects.create(logbook=book, name="Slow", key=key, url=odd.url)
    sent = courier.send_newest(book, deadline_seconds=1)
    assert (sent.took, sent.missing) == (["Holm and Partners"], {"Slow": "too-slow"})


def test_another_keys_line_is_no_cosignature(book: Any, witness: RunningWitness) -> None:
    from indelible.ledger.keys import CosigningKey

    other = CosigningKey("witness.example/w1", bytes(32)).verifier.text
    Witness.objects.create(logbook=book, name="Wrong key", key=other, url=witness.url)
    assert courier.send_newest(book).missing == {"Wrong key": "no-cosignature"}
    assert Holding.objects.count() == 0


def test_two_workers_at_once_ask_once(book: Any, holm: Any) -> None:
    rows = [Witness.objects.get(pk=holm.pk), Witness.objects.get(pk=holm.pk)]
    at = datetime.now(UTC)
    assert [courier.claim(row, at) for row in rows] == [True, False]
