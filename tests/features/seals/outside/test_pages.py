"""The pages about those who hold our seals outside: what they say, and what becomes an entry."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from indelible.features.seals.models import Authority as AuthorityRow
from indelible.features.seals.models import Check, Explanation, Witness
from indelible.features.seals.outside import courier, services
from indelible.ledger.checkpoints import Checkpoint, sign_checkpoint
from indelible.ledger.keys import CosigningKey
from indelible.storage.database import outside, reads
from indelible.storage.database.group import close_groups
from indelible.storage.database.keys import signers
from indelible.storage.database.models import Conflict, Holding
from tests.features.record.conftest import text_of
from tests.features.seals.conftest import told
from tests.services.authority import Authority
from tests.services.witness import RunningWitness

pytestmark = pytest.mark.django_db(transaction=True)


def other_note(book: Any, size: int = 1) -> str:
    """A seal under our own key of another history."""
    signing = signers(book)[0]
    return sign_checkpoint(Checkpoint(book.origin, size, bytes(32)), signing)  # type: ignore[arg-type]


def put_check(book: Any) -> None:
    """Put a good check on file that ended just now."""
    at = datetime.now(UTC)
    size = reads.head(book).size
    Check.objects.create(
        logbook=book,
        state=Check.State.DONE,
        verdict="matches",
        asked_at=at,
        started_at=at,
        finished_at=at,
        done=size,
        size=size,
        report=told("matches"),
    )


def test_with_nobody_outside_the_overview_says_why_somebody_should_be(signed_in: Client, book: Any) -> None:
    text = text_of(signed_in.get("/seals/"))
    assert "Nobody else holds your seals yet." in text
    assert "Add a witness" in text


def test_a_witness_is_read_from_its_page_checked_added_and_tried_at_once(
    signed_in: Client, book: Any, witness: RunningWitness, sentences: Callable[[], list[str]]
) -> None:
    add = "/seals/witnesses/add/"
    page = signed_in.post(add, {"name": "Holm and Partners", "url": witness.url, "read": "1"})
    assert witness.key in page.content.decode().replace("&#x27;", "'")
    fields = {"name": "Holm and Partners", "url": witness.url, "key": witness.key}
    checked = text_of(signed_in.post(add, fields))
    assert "Check before the witness is added" in checked
    assert book.public_key in checked
    assert not Witness.objects.exists()
    answer = signed_in.post(add, {**fields, "add": "1"}, follow=True)
    assert "Holm and Partners is set up and holds our newest seal." in text_of(answer)
    assert sentences()[-1] == "Ana Ruiz added Holm and Partners to the witnesses who hold our seals"
    assert "Agrees" in text_of(signed_in.get("/seals/"))
    size = Witness.objects.get().size
    seal = text_of(signed_in.get(f"/seals/{size}/"))
    assert "A witness: holds the same seal by its own signature" in seal
    note = signed_in.get(f"/seals/{size}/cosigned/").content.decode()
    assert note.count("\u2014 ") == 2


def test_what_is_no_witnesses_key_is_refused_with_a_word(signed_in: Client, book: Any, holm: Any) -> None:
    fields = {"name": "A", "url": "https://w.example"}
    for key, words in (
        ("nonsense", "This is no key of a witness."),
        (book.public_key, "This is a key that seals a record"),
        (holm.key, "A witness with this key is set up already."),
    ):
        answer = signed_in.post("/seals/witnesses/add/", {**fields, "key": key})
        assert answer.status_code == 422
        assert words in text_of(answer)
    other = CosigningKey("w.example/1", bytes(32)).verifier.text
    named = {"name": "Holm and Partners", "url": "https://w.example", "key": other}
    assert "Another witness has or had this name." in text_of(signed_in.post("/seals/witnesses/add/", named))
    for url in ("ftp://w.example", "https://u:p@w.example", "https://w.example/?a=1", "w.example"):
        answer = signed_in.post("/seals/witnesses/add/", {"name": "B", "url": url, "key": other})
        assert "Give an address that begins with https://" in text_of(answer), url


def test_a_page_without_a_key_says_so(signed_in: Client, odd: Any) -> None:
    odd.says("200 OK", b"<p>hello</p>", "text/html")
    answer = signed_in.post("/seals/witnesses/add/", {"name": "B", "url": odd.url, "read": "1"})
    assert "The page shows no key of a witness, or several. Paste the key instead." in text_of(answer)


def test_a_witness_that_does_not_answer_is_named_with_since_when(
    signed_in: Client, book: Any, holm: Any, witness: RunningWitness, grow: Callable[[int], None]
) -> None:
    courier.send_newest(book)
    witness.stop()
    grow(1)
    answer = text_of(signed_in.post("/seals/send/", follow=True))
    assert "Not everybody took it: Holm and Partners does not answer." in answer
    assert "newer entries are not yet held outside" in answer
    page = text_of(signed_in.get(f"/seals/witnesses/{holm.pk}/"))
    assert "Your record is not affected, but one outside copy is missing until it does." in page
    Witness.objects.update(failing_since="2026-06-12T09:00:00Z")
    assert "Holm and Partners does not answer" in text_of(signed_in.get("/"))


def test_ending_a_witness_asks_why_and_keeps_what_it_holds(
    signed_in: Client, book: Any, holm: Any, witness: RunningWitness, sentences: Callable[[], list[str]]
) -> None:
    courier.send_newest(book)
    end = f"/seals/witnesses/{holm.pk}/end/"
    assert "Say why." in text_of(signed_in.post(end, {"reason": ""}))
    signed_in.post(end, {"reason": "They close down"})
    assert sentences()[-1] == "Ana Ruiz ended Holm and Partners as a witness of our seals: “They close down”"
    assert "It gets no more seals." in text_of(signed_in.get(f"/seals/witnesses/{holm.pk}/"))
    assert Holding.objects.count() == 1
    assert courier.send_newest(book).took == []
    again = {"name": "Holm", "url": witness.url, "key": holm.key, "add": "1"}
    signed_in.post("/seals/witnesses/add/", again)  # it may come back, under the name it had
    assert Witness.objects.get().name == "Holm and Partners"
    assert Witness.objects.get().ended_at is None


def test_an_authority_is_added_with_its_roots_and_stamps_at_once(
    signed_in: Client, book: Any, authority: Authority, sentences: Callable[[], list[str]]
) -> None:
    fields = {"name": "Stamps Ltd", "url": authority.url, "roots": authority.root_pem, "policy": ""}
    assert "Check before it is added" in text_of(signed_in.post("/seals/authorities/add/", fields))
    answer = text_of(signed_in.post("/seals/authorities/add/", {**fields, "add": "1"}, follow=True))
    assert "Stamps Ltd is set up and holds our newest seal." in answer
    assert sentences()[-2:] == [
        "Ana Ruiz added Stamps Ltd to those who give our seals outside time stamps",
        f"Indelible received the outside time stamp of Stamps Ltd on seal {reads.head(book).size - 1}",
    ]
    held = Holding.objects.get()
    assert signed_in.get(f"/seals/{held.size}/stamps/{held.pk}/").content == bytes(held.evidence)
    assert signed_in.get(f"/seals/{held.size}/stamps/{held.pk}/seal/").content.decode() == held.note
    row = AuthorityRow.objects.get()
    signed_in.post(f"/seals/authorities/{row.pk}/end/", {"reason": "Too dear"})
    assert sentences()[-1] == "Ana Ruiz ended the outside time stamps by Stamps Ltd: “Too dear”"


def test_roots_that_cannot_be_read_are_refused(signed_in: Client, book: Any, authority: Authority) -> None:
    fields = {"name": "Stamps Ltd", "url": "https://tsa.example"}
    add = "/seals/authorities/add/"
    assert "Paste or choose the root certificates." in text_of(signed_in.post(add, fields))
    answer = signed_in.post(
        add, {**fields, "roots": "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----"}
    )
    assert "This holds no certificate that can be read." in text_of(answer)
    file = SimpleUploadedFile("root.pem", authority.root_pem.encode())
    assert "Check before it is added" in text_of(signed_in.post(add, {**fields, "file": file}))
    answer = signed_in.post(add, {**fields, "roots": "x", "policy": "1.3.x"})
    assert "A policy is a number with points" in text_of(answer)


def test_a_different_seal_is_an_alarm_on_every_page_until_it_is_explained(
    signed_in: Client, book: Any, holm: Any, sentences: Callable[[], list[str]]
) -> None:
    courier.send_newest(book)
    found, _new = outside.keep_conflict(
        book, Conflict.Kind.FORK, holm.name, other_note(book), "", found_by_them=False
    )
    for path in ("/", "/seals/", "/record/", "/settings/"):
        assert "holds a different seal" in text_of(signed_in.get(path)).lower(), path
    page = text_of(signed_in.get(f"/seals/differences/{found.pk}/"))
    for words in (
        f"{holm.name} holds a different seal 1",
        "Ours and theirs cannot both be right.",
        "Do not hand out packs until you know which is right.",
        "on a number you already have.",
    ):
        assert words in page
    assert signed_in.get(f"/seals/differences/{found.pk}/theirs/").content.decode() == found.their_note
    assert signed_in.get(f"/seals/differences/{found.pk}/ours/").status_code == 404
    close_groups()  # as a process that begins, or one that looked a second ago, would see it
    signed_in.post(f"/seals/differences/{found.pk}/", {"text": "Our own test server did it."})
    written = Explanation.objects.get()
    assert written.entry is None  # nothing may be appended at present
    after = text_of(signed_in.get(f"/seals/differences/{found.pk}/"))
    assert "Our own test server did it." in after
    assert "not an entry yet" in after
    put_check(book)
    home = text_of(signed_in.get("/"))
    assert "1 known break · explained" in home
    assert "Your record has 1 known break, explained" in home
    assert "Your record is untouched" not in home
    assert "Holm and Partners held a different seal 1. Explained." in text_of(signed_in.get("/seals/"))
    assert "New entries still wait" in text_of(signed_in.get("/"))
    assert services.record_waiting_explanations() == 0
    Conflict.objects.filter(pk=found.pk).update(found_by_them=True)  # the other history was theirs after all
    close_groups()
    assert [services.record_waiting_explanations() for _again in range(2)] == [1, 0]
    assert sentences()[-1].endswith("knows another seal 1: “Our own test server did it.”")


def test_an_explanation_is_an_entry_where_entries_are_taken(
    signed_in: Client, book: Any, holm: Any, sentences: Callable[[], list[str]]
) -> None:
    found, _new = outside.keep_conflict(
        book, Conflict.Kind.FORK, holm.name, other_note(book), "", found_by_them=True
    )
    assert "Another server seals with our key" in text_of(signed_in.get("/seals/"))
    signed_in.post(f"/seals/differences/{found.pk}/", {"text": "A test server"})
    assert sentences()[-1] == "Ana Ruiz explained why Holm and Partners knows another seal 1: “A test server”"
    assert Explanation.objects.get().entry == reads.head(book).size - 1


def test_a_stranger_reaches_none_of_these_pages(stranger: Client, holm: Any) -> None:
    for path in (
        "witnesses/add/",
        "authorities/add/",
        f"witnesses/{holm.pk}/",
        f"witnesses/{holm.pk}/end/",
        "1/cosigned/",
    ):
        answer = stranger.get(f"/seals/{path}")
        assert answer.status_code == 302, path
        assert "/account/sign-in/" in answer["Location"]
