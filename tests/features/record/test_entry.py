"""The page of one entry: what it shows, in each state that an entry can be in, and to whom."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from indelible.ledger.keys import VerifierKey
from indelible.ledger.proof_file import ProofFile, check_proof_file

from .conftest import Put, alter, sql, text_of, told

PATHS = ("", "receipt/", "details/", "original/", "correct/", "note/", "files/0/")


@pytest.mark.parametrize("path", ["/record/", "/record/add/", *(f"/record/1/{path}" for path in PATHS)])
def test_dan_who_is_a_stranger_is_sent_to_sign_in(ana: Any, stranger: Client, path: str) -> None:
    answer = stranger.get(path)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/")


@pytest.mark.parametrize("path", ["/record/1/check/", "/record/check/"])
def test_a_check_is_asked_for_by_a_form_that_comes_from_our_own_page(
    signed_in: Client, ana: Any, path: str
) -> None:
    assert signed_in.get(path).status_code == 405
    strict = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
    strict.force_login(ana)
    assert strict.post(path).status_code == 403


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("number", [0, 999, 10**30])
def test_a_number_that_was_never_given_is_not_found(signed_in: Client, number: int, path: str) -> None:
    assert signed_in.get(f"/record/{number}/{path}").status_code == 404


def test_a_sealed_entry_cannot_be_edited_or_deleted(signed_in: Client, put: Put) -> None:
    (index,) = put(told())
    before = signed_in.get(f"/record/{index + 1}/details/").json()
    for method in (signed_in.post, signed_in.put, signed_in.patch, signed_in.delete):
        assert method(f"/record/{index + 1}/").status_code == 405
    assert signed_in.get(f"/record/{index + 1}/details/").json() == before


def test_the_page_tells_what_changed_by_how_much_and_from_where(signed_in: Client, put: Put) -> None:
    change = {"field": "amount", "before": "1200.00", "after": "12000.00"}
    (index,) = put(
        told(changes=[change], time={"said": "1.8.2025 11:00", "zone": "Europe/Madrid", "basis": "given"})
    )
    page = text_of(signed_in.get(f"/record/{index + 1}/"))
    assert "10,800.00 more (10 times)" in page
    assert "What the source called it Invoice Edited" in page
    assert "1 August 2025, 11:00:00 Madrid time (UTC+02:00)" in page
    assert "As it was given: 1.8.2025 11:00. Its zone was taken to be Europe/Madrid" in page
    assert "number 1 of this source" in page
    assert "Sealed and untouched" in page


def test_the_zone_beside_a_time_is_the_one_of_that_day(signed_in: Client, put: Put) -> None:
    (index,) = put(told(occurred_at="2025-01-31T23:30:00Z"))
    assert "1 February 2025, 00:30:00 Madrid time (UTC+01:00)" in text_of(
        signed_in.get(f"/record/{index + 1}/")
    )


def test_what_indelible_did_itself_stands_under_the_moment_it_was_recorded(
    signed_in: Client, ana: Any
) -> None:
    page = text_of(signed_in.get("/record/1/"))
    assert "Ana Ruiz started the record of Northwind" in page
    assert "not known" not in page
    assert "What the source called it" not in page
    assert "record_started" not in page


def test_an_entry_without_a_time_says_so_and_shows_the_text(signed_in: Client, put: Put) -> None:
    event = told(time={"said": "soon"}, flags=["time_missing"])
    del event["occurred_at"]
    (index,) = put(event)
    page = text_of(signed_in.get(f"/record/{index + 1}/"))
    assert "The time it happened is not known" in page
    assert "It says: soon" in page


def test_the_receipt_downloads_and_holds_outside(signed_in: Client, put: Put, book: Any) -> None:
    (index,) = put(told())
    answer = signed_in.get(f"/record/{index + 1}/receipt/")
    assert answer["Content-Disposition"] == f'attachment; filename="entry-{index + 1}.tlog-proof"'
    proof = ProofFile.parse(answer.content)
    assert proof.index == index
    assert check_proof_file(proof, book.origin, [VerifierKey.parse(book.public_key)]).size > index


def test_an_altered_entry_shows_the_alarm_first_and_gives_no_receipt(signed_in: Client, put: Put) -> None:
    (index,) = put(told())
    alter(index, "Maria Lopez", "Nobody")
    answer = signed_in.get(f"/record/{index + 1}/")
    page = text_of(answer)
    assert "This entry reads differently from when it was sealed." in page
    assert page.index("reads differently") < page.index("Nobody")
    assert "It gives another fingerprint than the one taken when it was sealed." in page
    assert "Sealed and untouched" not in page
    assert page.count("It says nothing about the text that stands there now.") == 2
    assert 'class="ok"' not in answer.content.decode()
    refused = signed_in.get(f"/record/{index + 1}/receipt/")
    assert refused.status_code == 409
    assert "No receipt can be given" in text_of(refused)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("content", ""),
        ("content", "[]"),
        ("content", '{"actor":5,"targets/0":"x"}'),
        ("content", '{"occurred_at":"tomorrow"}'),
        ("content", '{"refers_to":{"entry":"0"}}'),
        ("content", '{"attachments/0":{"blob":"../../etc/passwd"}}'),
        ("recorded_at", "tomorrow"),
        ("secret", b""),
    ],
)
def test_whatever_stands_in_the_tables_the_pages_still_answer(
    signed_in: Client, put: Put, column: str, value: object
) -> None:
    (index,) = put(told())
    put(told())
    sql(f'UPDATE "entry" SET "{column}" = %s WHERE "index" = %s', value, index)
    assert "reads differently" in text_of(signed_in.get(f"/record/{index + 1}/"))
    listed = text_of(signed_in.get("/record/"))
    assert "1 entry of this page is not as it was sealed." in listed
    if column == "content" and "blob" not in str(value):
        assert "This entry can no longer be read" in listed
    for path in PATHS:
        assert signed_in.get(f"/record/{index + 1}/{path}").status_code in (200, 404, 409)
    assert signed_in.post(f"/record/{index + 1}/check/").status_code == 302


def test_an_entry_that_was_removed_is_missed_by_name(signed_in: Client, put: Put) -> None:
    (index,) = put(told())
    put(told())
    sql('DELETE FROM "entry" WHERE "index" = %s', index)
    answer = signed_in.get(f"/record/{index + 1}/")
    assert answer.status_code == 404
    assert f"Entry {index + 1} is gone" in text_of(answer)
    assert "This entry is gone" in text_of(signed_in.get("/record/"))


def test_an_entry_whose_seals_are_gone_could_not_be_checked(signed_in: Client, put: Put) -> None:
    (index,) = put(told())
    sql('DELETE FROM "checkpoint"')
    answer = signed_in.get(f"/record/{index + 1}/")
    assert "This entry could not be checked." in text_of(answer)
    assert "Altered" not in text_of(answer)
    assert "Sealed and untouched" not in text_of(answer)


def test_checking_an_entry_is_itself_recorded_once_a_press(
    signed_in: Client, put: Put, sentences: Any
) -> None:
    (index,) = put(told())
    page = signed_in.get(f"/record/{index + 1}/").content.decode()
    form = re.search(r'check/">(.*?)</form>', page, re.DOTALL)
    assert form is not None
    token = re.search(r'name="once" value="([^"]+)"', form[1])
    assert token is not None
    for _ in range(2):
        answer = signed_in.post(f"/record/{index + 1}/check/", {"once": token[1]}, follow=True)
    assert "Checked just now" in text_of(answer)
    told_of = [line for line in sentences() if "checked part of the record" in line]
    assert told_of == [f"Ana Ruiz checked part of the record (entry {index + 1}): 1 entry, nothing altered"]


def test_a_huge_value_is_shown_in_part_and_given_whole_as_a_file(signed_in: Client, put: Put) -> None:
    huge = "0123456789" * 33_000
    change = {"field": "notes", "before": huge, "after": "x"}
    (index,) = put(told(changes=[change], original={"text": huge, "media_type": "text/csv"}))
    page = signed_in.get(f"/record/{index + 1}/")
    assert len(page.content) < 150_000
    assert "(329,600 more characters)" in text_of(page)
    assert len(signed_in.get("/record/").content) < 100_000
    told_whole = signed_in.get(f"/record/{index + 1}/details/")
    assert json.loads(told_whole.content)["event"]["changes"] == [change]
    assert signed_in.get(f"/record/{index + 1}/original/").content.decode() == huge


def test_hostile_names_are_shown_harmlessly(signed_in: Client, put: Put) -> None:
    names = ['<script>alert("x")</script>', "=cmd|' /C calc'!A0", "ad\u200bmin", "\u202eevil", "a\nb"]
    indexes = put(*[told(actor={"name": name}, targets=[{"kind": "file", "id": name}]) for name in names])
    for index in indexes:
        page = signed_in.get(f"/record/{index + 1}/").content.decode()
        assert "<script>alert" not in page
        assert not set(page) & {"\u200b", "\u202e"}
    listed = signed_in.get("/record/").content.decode()
    assert "<script>alert" not in listed
    assert "ad[U+200B]min" in listed
    assert "[U+202E]evil" in listed


def test_a_file_is_given_out_to_be_saved_and_not_where_it_was_altered(
    signed_in: Client, book: Any, settings: Any
) -> None:
    from indelible.storage.database.append import Draft, append
    from indelible.storage.database.attachments import store_attachment

    attached = store_attachment(book, SimpleUploadedFile("a.html", b"<b>bold</b>"), "a.html", "text/html")
    event: Any = told(attachments=[attached])
    index = append(book, [Draft(event, source=7)]).entries[0].index
    answer = signed_in.get(f"/record/{index + 1}/files/0/")
    assert b"".join(answer) == b"<b>bold</b>"  # type: ignore[arg-type]
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")
    blob = attached["blob"]
    (settings.INDELIBLE_HOME.attachments / blob[:2] / blob).write_bytes(b"<b>other</b>")
    refused = signed_in.get(f"/record/{index + 1}/files/0/")
    assert refused.status_code == 409
    assert "The file was altered" in text_of(refused)


def test_everything_about_one_thing_stands_on_a_page_of_its_own(signed_in: Client, put: Put) -> None:
    indexes = put(told(), told("Approved"), told(targets=[{"kind": "invoice.sales", "id": "INV-2"}]))
    page = text_of(signed_in.get(f"/record/{indexes[0] + 1}/"))
    assert "Everything about sales invoice INV-1043" in page
    history = text_of(signed_in.get("/things/invoice.sales/INV-1043/"))
    assert history.count("AccountsPro") == 2
    assert signed_in.get("/things/invoice.sales/INV-9/").status_code == 404
    assert "Nothing about this is on the record" in text_of(signed_in.get("/things/invoice.sales/INV-9/"))


def test_the_page_asks_the_database_no_more_for_a_long_history(
    signed_in: Client, put: Put, django_assert_max_num_queries: Any
) -> None:
    indexes = put(*[told() for _ in range(60)])
    signed_in.get("/record/1/")
    with django_assert_max_num_queries(43):
        signed_in.get(f"/record/{indexes[30] + 1}/")
