"""What comes back is held against the record: mails, notes, codes, words; same, another history, cut off, not ours."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from indelible.features.seals import receipts
from indelible.features.seals.models import Recipient
from indelible.features.seals.returned import find_notes, read_returned
from indelible.features.seals.services_receipts import compare_note
from indelible.features.settings.mail import read_setting
from indelible.ledger.checkpoints import Checkpoint, sign_checkpoint
from indelible.ledger.keys import SigningKey
from indelible.ledger.words import seal_words
from indelible.storage.database import reads
from indelible.storage.database.models import Conflict
from indelible.web.chrome import House
from tests.features.record.conftest import text_of

ORIGIN = "log.example/test"
KEY = SigningKey.from_seed(ORIGIN, bytes(range(32)))
NOTE = sign_checkpoint(Checkpoint(ORIGIN, 42, bytes(range(32))), KEY)
live = pytest.mark.django_db(transaction=True)


@pytest.fixture
def key(book: Any, settings: Any) -> SigningKey:
    """The sealing key of the logbook, as whoever stole it would have it."""
    return SigningKey.parse(settings.INDELIBLE_HOME.signing_key(book.name).read_text().strip())


@pytest.fixture
def mailed(signed_in: Client, book: Any, grow: Callable[[int], None]) -> bytes:
    """A receipt as it left by mail, and Holm who got it."""
    grow(3)
    row = Recipient.objects.create(logbook=book, name="Holm and Partners", email="seals@holm.example")
    server = read_setting("smtp://127.0.0.1:9/?tls=none", "Indelible <audit@northwind.example>")
    message = receipts.compose(row, reads.get_checkpoint(book), server, House("Northwind Trading Ltd"))
    return message.message().as_bytes()


def paste(client: Client, text: str, **more: str) -> str:
    return text_of(client.post("/seals/receipt/", {"text": text, **more}))


def upload(client: Client, data: bytes, name: str = "receipt.eml") -> str:
    return text_of(client.post("/seals/receipt/", {"file": SimpleUploadedFile(name, data)}))


def body_of(mail: bytes) -> str:
    from email import message_from_bytes, policy

    part = message_from_bytes(mail, policy=policy.default).get_body(("plain",))  # type: ignore[attr-defined]
    return str(part.get_content())


@live
def test_a_returned_receipt_is_the_same_in_every_form_it_comes_back_in(
    signed_in: Client,
    book: Any,
    mailed: bytes,
    grow: Callable[[int], None],
    sentences: Callable[[], list[str]],
) -> None:
    seal = reads.get_checkpoint(book)
    grow(4)
    body = body_of(mailed)
    quoted = "\r\n".join(f"> {line}" for line in body.splitlines())
    forms = {
        "whole mail": mailed.decode(),
        "the text alone": body,
        "quoted in an answer": f"Here it is.\r\n\r\nOn Monday Northwind wrote:\r\n{quoted}",
        "the note": seal.note,
        "a scanned code on one line": " ".join(seal.note.split()),
        "with a short dash": seal.note.replace("\u2014", "-"),
        "in a wrong encoding": seal.note.replace("\u2014", "\u00e2\u20ac\u201d"),
        "broken lines": seal.note.replace(f"{book.origin} ", f"{book.origin}\n "),
        "the three lines": seal.note.partition("\n\n")[0],
    }
    for what, text in forms.items():
        assert f"Seal {seal.size} is still the same." in paste(signed_in, text), what
    assert "It came without our signature" in paste(signed_in, forms["the three lines"])
    assert f"Seal {seal.size} is still the same." in upload(signed_in, mailed)
    assert f"Seal {seal.size} is still the same." in upload(signed_in, mailed.replace(b"\n", b"\r\n"))
    assert f"Seal {seal.size} is still the same." in upload(signed_in, seal.note.encode(), "seal.txt")
    assert sentences()[-1].endswith(
        f"a receipt of seal {seal.size} that came back against the record: it is the same"
    )
    assert not Conflict.objects.exists()


@live
def test_words_alone_are_compared_as_words(signed_in: Client, book: Any) -> None:
    text = reads.get_checkpoint(book).note.partition("\n\n")[0] + "\n"
    assert "The same 12 words." in paste(signed_in, ", ".join(seal_words(text)))


@live
def test_a_forwarded_mail_still_holds_its_seal(signed_in: Client, book: Any, mailed: bytes) -> None:
    from email import message_from_bytes, policy

    outer = EmailMessage()
    outer["From"], outer["To"], outer["Subject"] = (
        "Holm <seals@holm.example>",
        "ana@northwind.example",
        "Fwd: Seal",
    )
    outer["Message-ID"] = "<f@holm.example>"
    outer.set_content("As you asked.")
    outer.add_attachment(message_from_bytes(mailed, policy=policy.default))
    size = reads.get_checkpoint(book).size
    page = upload(signed_in, outer.as_bytes())
    assert f"Seal {size} is still the same." in page


@live
def test_a_receipt_of_another_history_is_an_alarm_and_is_kept(
    signed_in: Client, book: Any, mailed: bytes, key: SigningKey, grow: Callable[[int], None],
    sentences: Callable[[], list[str]],
) -> None:  # fmt: skip
    theirs = sign_checkpoint(Checkpoint(book.origin, 2, b"\x07" * 32), key)
    page = paste(signed_in, theirs, holder="seals@holm.example")
    assert "Our record holds another history than seal 2." in page
    assert "Both cannot be right" in page
    assert "Do not hand out packs until you know which is right." in page
    kept = Conflict.objects.get()
    assert (kept.kind, kept.holder, kept.size, kept.their_note) == ("fork", "Holm and Partners", 2, theirs)
    assert kept.our_note == reads.get_checkpoint(book, 1).note
    assert sentences()[-1].endswith(
        "a receipt of seal 2 that came back against the record: it is of another history"
    )
    paste(signed_in, theirs, holder="seals@holm.example")
    assert Conflict.objects.count() == 1
    assert "We give no seal words" in text_of(signed_in.get("/seals/1/"))
    assert "Holm and Partners" in text_of(signed_in.get("/"))


@live
def test_the_mail_itself_tells_who_held_the_seal(
    signed_in: Client, book: Any, mailed: bytes, key: SigningKey
) -> None:
    theirs = sign_checkpoint(Checkpoint(book.origin, 2, b"\x08" * 32), key)
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Message-ID"] = (
        "audit@northwind.example",
        "seals@HOLM.example",
        "<x@y.example>",
    )
    mail.set_content("Your seal")
    mail.add_attachment(theirs.encode(), "text", "plain", filename="seal.txt")
    upload(signed_in, mail.as_bytes())
    assert Conflict.objects.get().holder == "Holm and Partners"


@live
def test_a_seal_beyond_the_record_says_that_the_newest_was_cut_off(
    signed_in: Client, book: Any, key: SigningKey
) -> None:
    theirs = sign_checkpoint(Checkpoint(book.origin, 900, b"\x09" * 32), key)
    page = paste(signed_in, theirs)
    assert "Seal 900 covers more than the record holds." in page
    assert "The newest entries were cut off, or an older state was put back." in page
    assert Conflict.objects.get().kind == "ahead"


@live
def test_what_our_key_did_not_sign_accuses_nobody(signed_in: Client, book: Any) -> None:
    thief = SigningKey.from_seed(book.origin, bytes(32))
    for theirs in (
        sign_checkpoint(Checkpoint(book.origin, 1, b"\x07" * 32), thief),
        sign_checkpoint(Checkpoint(book.origin, 900, b"\x07" * 32), thief),
        Checkpoint(book.origin, 1, b"\x07" * 32).text,
    ):
        assert "This seal is not signed by our key." in paste(signed_in, theirs)
    assert "This seal is of another record." in paste(signed_in, NOTE)
    assert not Conflict.objects.exists()


@live
def test_our_own_tree_altered_is_told_from_another_history(
    signed_in: Client, book: Any, grow: Callable[[int], None]
) -> None:
    grow(300)
    seal = reads.get_checkpoint(book)
    with connection.cursor() as cursor:
        cursor.execute('UPDATE "tile" SET "hashes" = zeroblob(8192) WHERE "level" = 0 AND "index" = 0')
        cursor.execute('UPDATE "edge" SET "hashes" = zeroblob(32)')
    page = paste(signed_in, seal.note)
    assert f"Our stored record no longer leads to seal {seal.size}." in page
    assert not Conflict.objects.exists()


@live
def test_comparing_needs_no_row_of_that_seal(book: Any, key: SigningKey, grow: Callable[[int], None]) -> None:
    from indelible.features.seals.ours import root_at

    grow(10)  # one commit, so there is no seal of 5
    theirs = sign_checkpoint(Checkpoint(book.origin, 5, root_at(book, 5)), key)
    found = compare_note(book, theirs)
    assert (found.verdict, found.size, found.code, found.is_conflict) == ("same", 5, "", False)
    bent = sign_checkpoint(Checkpoint(book.origin, 5, b"\x01" * 32), key)
    assert compare_note(book, bent).is_conflict
    assert compare_note(book, "nonsense").verdict == "unreadable"


@live
def test_a_receipt_of_an_entry_whose_seal_is_of_another_history_is_an_alarm_too(
    signed_in: Client, book: Any, key: SigningKey, grow: Callable[[int], None]
) -> None:
    from indelible.ledger.hashing import leaf_hash
    from indelible.ledger.proof_file import ProofFile

    grow(2)
    data = reads.leaf_data(reads.get_entry(book, 0))
    forged = ProofFile(0, (), sign_checkpoint(Checkpoint(book.origin, 1, leaf_hash(data)), key), data)
    assert "The receipt of entry 1 holds." in upload(signed_in, forged.text.encode(), "entry.tlog-proof")
    other = b'{"_sd":[],"_sd_alg":"sha-256","at":"2026-01-01T00:00:00.000000Z","names":[],"v":1}'
    bent = ProofFile(0, (), sign_checkpoint(Checkpoint(book.origin, 1, leaf_hash(other)), key), other)
    page = upload(signed_in, bent.text.encode(), "entry.tlog-proof")
    assert "entry 1 reads differently now" in page
    assert "Our record holds another history than seal 1." in page
    assert Conflict.objects.get().kind == "fork"


@live
def test_a_pack_is_handed_on_to_the_page_that_checks_packs(signed_in: Client, book: Any) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("manifest.json", "{}" + " " * 3_000_000)
    for data in (file.getvalue(), file.getvalue()[:1000]):
        answer = signed_in.post("/seals/receipt/", {"file": SimpleUploadedFile("pack.zip", data)})
        assert (answer.status_code, answer["Location"]) == (307, "/verify/")


@live
def test_what_holds_nothing_and_what_is_far_too_large_is_said(signed_in: Client, book: Any) -> None:
    assert "This is no receipt that we can read." in paste(signed_in, "Hello")
    assert "far too large" in upload(signed_in, b"x" * (3 * 1024 * 1024))
    assert "Choose a file." in text_of(signed_in.post("/seals/receipt/", {}))
    assert text_of(signed_in.get("/seals/receipt/")).count("Check a receipt") > 1


@live
def test_a_file_beyond_every_bound_is_cut_off_on_its_way(
    signed_in: Client, book: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indelible.features.packs.verify_form.MOST_BYTES", 100_000)
    monkeypatch.setattr("indelible.features.packs.verify_form._FORM_BYTES", 1_000_000)
    answer = signed_in.post("/seals/receipt/", {"file": SimpleUploadedFile("x.zip", b"PK\x03\x04" * 50_000)})
    assert answer.status_code == 413
    assert "far too large to be a receipt" in text_of(answer)


@live
def test_a_form_without_its_token_is_refused(ana: Any, book: Any) -> None:
    client = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
    client.force_login(ana)
    assert client.post("/seals/receipt/", {"text": "x"}).status_code == 403


def test_a_seal_is_found_with_all_its_signatures_and_written_in_its_one_spelling() -> None:
    text = f"Dear Ana,\n\n> {NOTE.replace(chr(10), chr(10) + '> ')}\nRegards\n-- \nHolm"
    assert find_notes(text) == [NOTE]
    assert find_notes(f"{NOTE}\n\n{NOTE}") == [NOTE]
    assert find_notes("index 12\nno seal at all") == []


def test_several_seals_in_one_mail_are_all_found() -> None:
    second = sign_checkpoint(Checkpoint(ORIGIN, 43, bytes(32)), KEY)
    assert find_notes(f"{NOTE}\n\nand\n\n{second}") == [NOTE, second]


def test_parts_within_parts_without_end_are_no_error() -> None:
    nested = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (depth, depth) for depth in range(20_000)
    )
    found = read_returned(nested + b"Content-Type: text/plain\n\n" + NOTE.encode())
    assert found.notes in ((NOTE,), ())


@pytest.mark.parametrize("filler", [" ", "\n> ", "- a ", "a" * 250 + " ", "\u2014 x A\n", "1 "])
def test_long_and_odd_texts_are_read_in_a_moment(filler: str) -> None:
    find_notes(filler * (500_000 // len(filler)) + f"\n{NOTE}")


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_left_without_an_error(data: bytes) -> None:
    read_returned(data)
    read_returned(b"Content-Type: multipart/mixed; boundary=b\n\n--b\n" + data)
    read_returned(NOTE.encode() + data)
    read_returned(
        b"Message-ID: <a@b>\nTo: "
        + data.replace(b"\n", b"")
        + b"\nContent-Transfer-Encoding: base64\n\n"
        + data
    )


@given(st.text(max_size=300))
def test_any_text_around_a_seal_is_no_error(text: str) -> None:
    find_notes(text + NOTE.replace("\n", text[:1] or "\n"))
