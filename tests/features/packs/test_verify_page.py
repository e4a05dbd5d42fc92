"""/verify/: whoever was handed something checks it, without an account, and nothing of it is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from indelible.features.packs import verify_form, verify_views
from tests.ledger.packs import book as log
from tests.ledger.packs.flaws import FLAWS
from tests.ledger.packs.making import Made, make_pack


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("packs")
    return make_pack(folder / "pack.zip", entries=8, withhold=("actor",), erased=True, real_page=False)


def send(client: Client, data: bytes, name: str = "pack.zip", **more: str) -> Any:
    """Send a file to the page, as a browser does."""
    return client.post("/verify/", {"file": SimpleUploadedFile(name, data), **more})


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_the_page_needs_no_account(stranger: Client, ana: Any) -> None:
    page = stranger.get("/verify/")
    assert page.status_code == 200
    assert "You need no account." in text(page)
    assert page.headers["Cache-Control"] == "no-store"


def test_the_page_is_there_before_the_record_is_set_up(stranger: Client) -> None:
    assert stranger.get("/verify/").status_code == 200


def test_the_sign_in_page_leads_to_it(stranger: Client, ana: Any) -> None:
    assert 'href="/verify/"' in stranger.get("/account/sign-in/", follow=True).content.decode()
    assert 'href="/verify/"' in stranger.get("/help/").content.decode()


def test_a_good_pack_is_answered_with_what_only_the_reader_can_check(
    stranger: Client, ana: Any, made: Made
) -> None:
    page = send(stranger, made.path.read_bytes())
    said = text(page)
    assert page.status_code == 200
    assert "<h1>Nothing in this pack was altered</h1>" in said
    assert "8 entries were checked. A selection: it says nothing about what is not in it." in said
    assert "One thing only you can check" in said
    assert all(f"<li>{word}</li>" in said for word in made.words)
    assert "Whose record this is from: no key card and no seal words were compared." in said
    assert "Holm and Partners" in said
    assert "Maria Lindqvist" not in said


def test_key_card_words_and_witness_are_compared(stranger: Client, ana: Any, made: Made) -> None:
    page = send(
        stranger,
        made.path.read_bytes(),
        key=f"Key card of the record\nKey: {made.vkey}\n",
        words=" ".join(made.words),
        witnesses="\n".join(made.witnesses),
    )
    said = text(page)
    assert "<h1>Nothing in this pack was altered</h1>" in said
    assert "One thing only you can check" not in said
    assert "The words you were given are the words of this seal." in said


def test_a_wrong_word_is_an_alarm(stranger: Client, ana: Any, made: Made) -> None:
    page = send(stranger, made.path.read_bytes(), words=" ".join(["zebra", *made.words[1:]]))
    said = text(page)
    assert 'role="alert"' in said
    assert "The seal words differ" in said
    assert "Word 1 is another one here." in said


@pytest.mark.parametrize(
    "name", ["one-bit-in-a-detail", "an-entry-dropped", "the-zip-cut-short", "a-file-put-in"]
)
def test_a_tampered_pack_says_so_first(stranger: Client, ana: Any, tmp_path: Path, name: str) -> None:
    tampered = FLAWS[name].make(tmp_path / "pack.zip", None)
    said = text(send(stranger, tampered.path.read_bytes()))
    assert "<h1>This pack was altered or damaged</h1>" in said
    assert "Do not rely on this file. Keep it as it is, and ask for a new one." in said
    assert FLAWS[name].code in said  # in the technical details


def test_a_newer_pack_could_not_be_checked(stranger: Client, ana: Any, tmp_path: Path) -> None:
    newer = FLAWS["a-newer-format"].make(tmp_path / "pack.zip", None)
    said = text(send(stranger, newer.path.read_bytes()))
    assert "<h1>Not everything in this pack could be checked</h1>" in said
    assert "This pack is of a newer kind" in said


def test_nothing_is_kept(stranger: Client, ana: Any, made: Made, sentences: Any) -> None:
    before = sentences()
    large = made.path.read_bytes() + b"\0" * (3 * 1024 * 1024)  # so large that it goes to the disk
    send(stranger, large)
    send(stranger, b"no pack at all" * 300_000, "letter.txt")
    send(stranger, large, key="no key")
    assert sentences() == before
    assert list(Path(settings.INDELIBLE_HOME.uploads).iterdir()) == []


def test_a_receipt_is_checked_by_itself(stranger: Client, ana: Any, made: Made) -> None:
    receipt = made.parts[f"proof/entries/{made.asked[2]}.tlog-proof"]
    number = made.asked[2] + 1
    said = text(send(stranger, receipt, "entry.tlog-proof"))
    assert f"<h1>Entry {number} fits its seal; whose seal it is was not compared</h1>" in said
    said = text(send(stranger, receipt, "entry.tlog-proof", key=made.vkey))
    assert f"<h1>Entry {number} is inside its seal</h1>" in said
    other = receipt.replace(f"index {made.asked[2]}\n".encode(), b"index 0\n")
    assert "This receipt does not hold for entry 1" in text(send(stranger, other, key=made.vkey))


def test_a_seal_that_came_by_mail_is_read(stranger: Client, ana: Any, made: Made) -> None:
    mail = f"From: record@northwind.example\nSubject: Seal\n\nKeep this.\n\n{made.note}\n"
    said = text(send(stranger, mail.encode(), "seal.eml"))
    assert "This is a seal; whose it is was not compared" in said
    assert f"It covers the first {len(made.book.entries)} entries of {log.ORIGIN}." in said
    said = text(send(stranger, mail.encode(), "seal.eml", key=made.vkey, witnesses=made.witnesses[0]))
    assert "This seal is genuine" in said
    assert "witness.example/w1 saw this seal." in said
    said = text(send(stranger, mail.encode(), "seal.eml", key=log.STRANGER.verifier.text))
    assert "This seal does not hold" in said
    said = text(send(stranger, mail.encode(), "seal.eml", words=" ".join(made.words)))
    assert "This seal is genuine" in said


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"key": "my key"}, "This is no key card."),
        ({"witnesses": "somebody"}, "There is no key in this."),
        ({"file": ""}, "Choose a file."),
    ],
)
def test_what_cannot_be_used_is_said_beside_its_field(
    stranger: Client, ana: Any, made: Made, more: dict[str, str], words: str
) -> None:
    sent: dict[str, Any] = {"file": SimpleUploadedFile("pack.zip", made.path.read_bytes()), **more}
    page = stranger.post("/verify/", sent)
    assert page.status_code == 422
    assert words in text(page)
    assert "Error: Check a pack" in text(page)


def test_what_is_nothing_of_ours_is_told(stranger: Client, ana: Any) -> None:
    page = send(stranger, b"Dear auditor,\nhere are the numbers.\n", "letter.txt")
    assert page.status_code == 422
    assert "It is no evidence pack, no receipt of an entry and no seal of a record." in text(page)
    assert send(stranger, b"", "empty.zip").status_code == 422


def test_a_file_beyond_the_bound_is_refused_before_it_is_read(
    stranger: Client, ana: Any, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verify_form, "MOST_BYTES", 1_000)
    monkeypatch.setattr(verify_form, "_FORM_BYTES", 0)
    page = send(stranger, made.path.read_bytes())
    assert page.status_code == 413
    assert "The file is too large for this page." in text(page)
    assert list(Path(settings.INDELIBLE_HOME.uploads).iterdir()) == []


def test_a_file_that_lies_about_its_size_is_cut_off(
    stranger: Client, ana: Any, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verify_form, "MOST_BYTES", 1_000)  # what else is in the form has room of its own
    page = send(stranger, made.path.read_bytes()[:50_000])
    assert page.status_code == 413
    assert list(Path(settings.INDELIBLE_HOME.uploads).iterdir()) == []


def test_a_file_that_grows_beyond_the_bound_when_unpacked_is_refused(
    stranger: Client, ana: Any, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indelible.features.packs.verifying.MOST_UNPACKED_BYTES", 1_000)
    assert send(stranger, made.path.read_bytes()).status_code == 413


def test_many_files_from_one_address_pause(stranger: Client, ana: Any) -> None:
    answers = [send(stranger, b"x", "x.txt") for _each in range(verify_views.A_MINUTE * 2 + 1)]
    assert answers[0].status_code == 422
    assert answers[-1].status_code == 429
    assert answers[-1].headers["Retry-After"] == "60"
    assert "Too many files at once." in text(answers[-1])


def test_a_form_without_its_token_is_refused(ana: Any, made: Made) -> None:
    careful = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
    assert send(careful, made.path.read_bytes()).status_code == 403


def test_whoever_is_signed_in_sees_it_in_the_usual_frame(signed_in: Client, made: Made) -> None:
    assert 'class="side"' in send(signed_in, made.path.read_bytes()).content.decode()
