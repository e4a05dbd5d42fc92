"""The pages of the sealing key: what will happen is said first, each change is an entry, a sheet is shown once."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from indelible.features.seals import key_services
from indelible.features.seals.outside import courier, services
from indelible.ledger.keys import VerifierKey
from indelible.ledger.rotation import KeyHistory
from indelible.storage.database import rotating
from indelible.storage.database.checking import check
from indelible.storage.database.key_table import State
from indelible.storage.database.keys import key_table
from indelible.storage.database.reads import get_entries
from indelible.storage.recovery_sheet import open_sheet, read_sheet
from tests.features.record.conftest import text_of
from tests.services.witness import running_witness

pytestmark = pytest.mark.django_db(transaction=True)

WORDS = "correct horse battery"
PAGES = ["/seals/key/", "/seals/key/new/", "/seals/key/finish/", "/seals/key/revoke/", "/seals/key/sheet/"]


def said(book: Any) -> list[str]:
    return [entry.event["action"]["said"] for entry in get_entries(book, 0, 99)]


def post(client: Client, url: str, **fields: str) -> Any:
    token = re.search(r'name="once" value="([^"]+)"', client.get(url).content.decode())
    assert token is not None
    return client.post(url, {**fields, "once": token[1]})


@pytest.mark.parametrize("url", PAGES)
def test_a_stranger_sees_none_of_it(client: Client, book: Any, url: str) -> None:
    assert client.get(url)["Location"].startswith("/sign-in/") or client.get(url).status_code in (302, 404)
    assert client.post(url, {"reason": "x"}).status_code in (302, 403, 404)
    assert len(key_table(book).rows) == 1


def test_the_page_tells_the_key_and_what_can_be_done(signed_in: Client, book: Any) -> None:
    text = text_of(signed_in.get("/seals/key/"))
    short = book.public_key.split("+")[1]
    assert f"In use: {short}" in text
    assert "No recovery sheet was made of it yet." in text
    for link in ("Announce a new key", "Revoke the key", "Make the recovery sheet", "Download the key card"):
        assert link in text
    assert "PRIVATE" not in signed_in.get("/seals/key/").content.decode()


def test_a_key_is_changed_from_the_first_press_to_the_last(signed_in: Client, book: Any) -> None:
    old = book.public_key
    assert "Old seals stay good" in text_of(signed_in.get("/seals/key/"))
    assert "What will happen" in text_of(signed_in.get("/seals/key/new/"))
    refused = post(signed_in, "/seals/key/new/", reason="")
    assert refused.status_code == 422 and "Say why." in text_of(refused)
    assert len(key_table(book).rows) == 1
    done = post(signed_in, "/seals/key/new/", reason="Once a year")
    assert done["Location"] == "/seals/key/"
    text = text_of(signed_in.get("/seals/key/"))
    assert "A new key is announced. From now on both keys seal. Sealed as entry" in text
    assert "A new key is joining" in text
    assert "A new sealing key is joining" in text_of(signed_in.get("/"))
    assert "no witness" in text_of(signed_in.get("/seals/key/finish/"))
    assert post(signed_in, "/seals/key/finish/")["Location"] == "/seals/key/"
    book.refresh_from_db()
    assert book.public_key != old
    text = text_of(signed_in.get("/seals/key/"))
    assert "Its seals stay good" in text
    assert signed_in.get("/seals/key/finish/")["Location"] == "/seals/key/"
    assert [act for act in said(book) if act.startswith("sealing_key")] == [
        "sealing_key_announced",
        "sealing_key_put_in_use",
    ]
    for size, ours in [(1, [old]), (key_table(book).in_use.announced + 2, [old, book.public_key])]:
        shown = signed_in.get(f"/seals/{size}/").content.decode()
        assert [key in shown for key in (old, book.public_key)] == [
            key in ours for key in (old, book.public_key)
        ]
    card = KeyHistory.parse_card(signed_in.get("/seals/key-card/").content.decode())
    assert card.lead(VerifierKey.parse(old)).newest.text == book.public_key


def test_a_button_pressed_twice_changes_the_key_once(signed_in: Client, book: Any) -> None:
    page = signed_in.get("/seals/key/new/").content.decode()
    token = re.search(r'name="once" value="([^"]+)"', page)
    assert token is not None
    fields = {"reason": "Once a year", "once": token[1]}
    for _ in range(2):
        assert signed_in.post("/seals/key/new/", fields)["Location"] == "/seals/key/"
    assert len(key_table(book).rows) == 2
    other = post(signed_in, "/seals/key/new/", reason="Another tab")
    assert other["Location"] == "/seals/key/"
    assert "A new key is joining already." in text_of(signed_in.get("/seals/key/"))
    assert len(key_table(book).rows) == 2


def test_a_stolen_key_is_revoked_with_what_to_do(signed_in: Client, book: Any) -> None:
    old = book.public_key
    text = text_of(signed_in.get("/seals/key/revoke/"))
    assert "Do this today" in text and "everybody else who holds a key card of this record" in text
    assert "none of them counts for others any more" in text
    post(signed_in, "/seals/key/revoke/", reason="The laptop was stolen")
    book.refresh_from_db()
    assert book.public_key != old
    assert [row.state for row in key_table(book).rows] == [State.REVOKED, State.IN_USE]
    text = text_of(signed_in.get("/seals/key/"))
    assert "Revoked" in text and "no seal of it was held outside" in text
    assert "The old key is revoked." in text


def test_a_recovery_sheet_is_shown_once_and_gives_the_key_back(signed_in: Client, book: Any) -> None:
    assert "Print the recovery sheet" in text_of(signed_in.get("/"))
    shown = post(signed_in, "/seals/key/sheet/", passphrase=WORDS, again=WORDS)
    assert shown.status_code == 200
    assert "no-store" in shown["Cache-Control"]
    page = shown.content.decode()
    assert WORDS not in page and "<svg" in page
    text = text_of(shown)
    lines = re.findall(r"\b([1-6]) ((?:[0-9A-HJKMNP-TV-Z]{5} ?){4})", text)
    assert len(lines) == 6
    typed = "\n".join(" ".join(line) for line in lines)
    key = open_sheet(read_sheet(typed), WORDS, book.origin)
    assert key.verifier.text == book.public_key
    (entry,) = [
        one for one in get_entries(book, 0, 99) if one.event["action"]["said"] == "recovery_sheet_made"
    ]
    assert WORDS not in entry.stored and lines[0][1].split()[0] not in entry.stored
    assert "A recovery sheet was made of it." in text_of(signed_in.get("/seals/key/"))
    assert "Print the recovery sheet" not in text_of(signed_in.get("/"))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"passphrase": "", "again": ""}, "Choose a passphrase."),
        ({"passphrase": "short", "again": "short"}, "It needs at least 12 characters."),
        ({"passphrase": WORDS, "again": f"{WORDS}x"}, "The two passphrases are not the same."),
    ],
)
def test_a_passphrase_that_will_not_do_makes_no_sheet(
    signed_in: Client, book: Any, fields: dict[str, str], words: str
) -> None:
    refused = post(signed_in, "/seals/key/sheet/", **fields)
    assert refused.status_code == 422
    page = refused.content.decode()
    assert words in text_of(refused)
    assert WORDS not in page and 'value="short"' not in page
    assert "recovery_sheet_made" not in said(book)


def test_where_the_key_is_lost_the_page_says_so(
    signed_in: Client, book: Any, grow: Callable[[int], None]
) -> None:
    settings.INDELIBLE_HOME.signing_key(book.name).unlink()
    text = text_of(signed_in.get("/seals/key/"))
    assert "Its file is not in the data folder" in text
    assert "Revoke the key" in text


def test_a_locked_key_is_told_and_without_its_passphrase_entries_wait(signed_in: Client, book: Any) -> None:
    from indelible.storage.database import group, key_files
    from indelible.storage.database.key_safety import change_passphrase

    change_passphrase(book, WORDS, actor=None)
    assert "under a passphrase" in text_of(signed_in.get("/seals/key/"))
    group.close_groups()
    key_files._known.clear()
    waits = post(signed_in, "/seals/key/new/", reason="x")
    assert waits.status_code == 503
    assert "under a passphrase that this server was not given" in text_of(waits)
    assert text_of(signed_in.get("/record/"))  # reading goes on


def test_the_new_key_seals_alone_once_a_real_witness_knows_it(
    signed_in: Client, book: Any, ana: Any, grow: Callable[[int], None], tmp_path: Path
) -> None:
    first = book.public_key
    with running_witness(tmp_path / "witness", logs=[first]) as witness:
        by = services.By(ana, {})
        services.add_witness(book, by, name="Holm and Partners", key=witness.key, url=witness.url)
        assert courier.send_newest(book).all_took
        done = rotating.rotate(book, actor=None, reason="Once a year")
        assert [each.code for each in key_services.who_knows(book)] == ["no-seal-yet"]
        grow(2)
        assert courier.send_newest(book).all_took  # the old line is still there
        assert [each.accepts for each in key_services.who_knows(book)] == [False]
        text = text_of(signed_in.get("/seals/key/?ask"))
        assert "Does not know it yet" in text
        refused = post(signed_in, "/seals/key/finish/", reason="")
        assert refused.status_code == 422 and key_table(book).joining is not None
        witness.stop()
        assert [each.accepts for each in key_services.who_knows(book)] == [None]
        witness.logs.append(done.public_key)
        witness.start()
        assert [each.accepts for each in key_services.who_knows(book)] == [True]
        assert post(signed_in, "/seals/key/finish/", reason="")["Location"] == "/seals/key/"
        book.refresh_from_db()
        grow(1)
        assert courier.send_newest(book).all_took  # the new line alone
    (entry,) = [
        one for one in get_entries(book, 0, 99) if one.event["action"]["said"] == "sealing_key_put_in_use"
    ]
    assert entry.event["extra"]["accepted_by"] == ["Holm and Partners"]
    assert check(book, key=first, workers=1).intact is True
