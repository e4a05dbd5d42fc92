"""The pages of seals and checks: asking, watching, what was found, receipts, the key card."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from indelible.features.seals.models import Check
from indelible.features.seals.telling import check_view, finding_views, kind_words
from indelible.ledger.notes import VerifierKey
from tests.features.record.conftest import text_of
from tests.features.seals.conftest import alter, finding, run_jobs, told

pytestmark = pytest.mark.django_db(transaction=True)


def check_now(client: Client) -> Any:
    client.post("/checks/new/")
    run_jobs()
    row = Check.objects.latest("pk")
    return client.get(f"/checks/{row.pk}/")


def send_receipt(client: Client, data: bytes) -> str:
    file = SimpleUploadedFile("entry.tlog-proof", data)
    return text_of(client.post("/seals/receipt/", {"file": file}))


def test_check_now_leads_to_the_answer(signed_in: Client, book: Any) -> None:
    text = text_of(check_now(signed_in))
    assert "Your record is untouched" in text
    assert "We checked the one sealed entry." in text
    assert "Asked for by Ana Ruiz" in text
    for question in ("Is every entry as it was recorded?", "Do search and lists tell the same story?"):
        assert question in text


def test_a_second_press_joins_the_check_that_runs(signed_in: Client, book: Any) -> None:
    first = signed_in.post("/checks/new/")
    second = signed_in.post("/checks/new/")
    assert first["Location"] == second["Location"]
    assert Check.objects.count() == 1


def test_an_altered_record_says_what_to_do(signed_in: Client, book: Any, grow: Callable[[int], None]) -> None:
    grow(4)
    check_now(signed_in)
    alter(2)
    text = text_of(check_now(signed_in))
    assert "The record has been altered" in text
    assert "1 entry no longer matches its seal." in text
    assert "It happened some time between the last good check" in text
    assert "The other 5 sealed entries are untouched." in text  # four, the beginning, the first check
    assert "Entry 3" in text
    for step in ("Do not delete or repair anything.", "Save the findings.", "Compare with a backup."):
        assert step in text
    for path in ("/", "/seals/", "/record/", "/settings/"):
        page = text_of(signed_in.get(path))
        assert "Altered · see what we found" in page, path
        assert "Untouched · checked" not in page


def test_findings_are_given_as_one_file(signed_in: Client, book: Any, grow: Callable[[int], None]) -> None:
    grow(2)
    alter(1)
    check_now(signed_in)
    row = Check.objects.get()
    answer = signed_in.get(f"/checks/{row.pk}/findings/")
    assert answer["Content-Disposition"] == f'attachment; filename="findings-of-check-{row.pk}.json"'
    document = json.loads(answer.content)
    assert document["organisation"] == "Northwind Trading Ltd"
    assert document["report"]["findings"][0]["kind"] == "altered"
    assert document["public_key"] == book.public_key


def test_a_running_check_tells_how_far_it_is_and_ends_by_itself(
    signed_in: Client, book: Any, checked: Any
) -> None:
    row = checked("", state=Check.State.RUNNING, finished_at=None, report=None, done=500, size=2_000)
    part = signed_in.get(f"/checks/{row.pk}/progress/", headers={"HX-Request": "true", "X-Poll": "1"})
    assert "500 of 2,000 entries checked. 25%" in part.content.decode()
    assert 'hx-trigger="every 2s"' in part.content.decode()
    Check.objects.update(state=Check.State.DONE, verdict="matches", report=told("matches"))
    over = signed_in.get(f"/checks/{row.pk}/progress/", headers={"HX-Request": "true", "X-Poll": "1"})
    assert (over.status_code, over["HX-Refresh"]) == (204, "true")


def test_the_pill_alone_polls_only_while_a_check_runs(signed_in: Client, book: Any, checked: Any) -> None:
    row = checked("", state=Check.State.RUNNING, finished_at=None, report=None, done=1, size=2)
    assert "every" in signed_in.get("/seals/pill/").content.decode()
    row.delete()
    assert "every" not in signed_in.get("/seals/pill/").content.decode()


def test_a_stopped_check_says_nothing_and_can_go_on(signed_in: Client, book: Any, checked: Any) -> None:
    row = checked("", state=Check.State.STOPPED, finished_at=None, report=None)
    text = text_of(signed_in.get(f"/checks/{row.pk}/"))
    assert "It says nothing yet." in text
    assert "Untouched" not in text
    signed_in.post(f"/checks/{row.pk}/go-on/")
    run_jobs()
    row.refresh_from_db()
    assert row.state == Check.State.DONE


def test_a_good_receipt_leads_to_its_entry(signed_in: Client, book: Any, grow: Callable[[int], None]) -> None:
    grow(3)
    data = signed_in.get("/record/2/receipt/").content
    assert "The receipt of entry 2 holds." in send_receipt(signed_in, data)


def test_a_receipt_of_an_altered_entry_says_so(
    signed_in: Client, book: Any, grow: Callable[[int], None]
) -> None:
    grow(3)
    data = signed_in.get("/record/3/receipt/").content
    alter(2)
    assert "The receipt is good, but entry 3 reads differently now." in send_receipt(signed_in, data)


def test_a_damaged_or_a_foreign_receipt_is_told_apart(
    signed_in: Client, book: Any, grow: Callable[[int], None]
) -> None:
    grow(3)
    data = signed_in.get("/record/2/receipt/").content
    assert "This is no receipt that we can read." in send_receipt(signed_in, b"\x00\xff" + data[:20])
    foreign = data.replace(book.origin.encode(), b"log.other.example/main")
    assert "This receipt does not lead to a seal of ours." in send_receipt(signed_in, foreign)
    assert "Choose a file" in text_of(signed_in.post("/seals/receipt/"))


def test_the_key_card_is_the_key_that_checks_our_seals(signed_in: Client, book: Any) -> None:
    card = signed_in.get("/seals/key-card/").content.decode()
    assert VerifierKey.parse(card.strip()) == VerifierKey.parse(book.public_key)


def test_seals_and_checks_that_do_not_exist_are_not_found(signed_in: Client, book: Any) -> None:
    for path in ("/seals/999/", "/checks/999/", "/checks/999/findings/", "/checks/999/progress/"):
        assert signed_in.get(path).status_code == 404, path
    assert signed_in.get("/checks/?before=99999999999999999999").status_code == 200


def test_nobody_sees_a_seal_without_signing_in(stranger: Client, ana: Any) -> None:
    for path in ("/seals/", "/seals/list/", "/checks/", "/seals/key-card/", "/"):
        assert stranger.get(path).status_code == 302, path


@pytest.mark.parametrize("path", ["/seals/", "/checks/", "/seals/list/", "/"])
def test_a_page_asks_as_often_however_much_there_is(
    signed_in: Client, book: Any, grow: Callable[[int], None], checked: Any, path: str
) -> None:
    grow(2)
    checked()
    signed_in.get(path)
    with CaptureQueriesContext(
        connection,
    ) as few:
        signed_in.get(path)
    for _more in range(20):
        grow(2)
        checked()
    signed_in.get(path)
    with CaptureQueriesContext(connection) as many:
        signed_in.get(path)
    assert len(many) <= len(few) + 1
    assert len(few) <= 56  # Home gathers what waits from every feature, steps of runs and reviews among it


@pytest.mark.parametrize(
    ("findings", "words", "others"),
    [
        ([finding("altered", 3), finding("altered", 5)], "2 entries no longer match their seals.", 8),
        ([finding("altered", 3), finding("search_differs", 3)], "1 entry no longer matches its seal.", 9),
        ([finding("swapped", 3, 5)], "2 entries no longer match their seals.", 8),
        ([finding("altered", 3, 9)], "At least 1 entry no longer matches its seal.", None),
        ([finding("removed", 3, 5)], "3 entries no longer match their seals.", None),
        ([finding("tile_differs", None)], "What is stored no longer fits its seals.", None),
        ([finding("altered", 3), finding("rewritten", None)], "1 entry no longer matches its seal.", None),
    ],
)
def test_what_was_altered_is_counted_and_the_rest_is_cleared_only_where_all_is_named(
    checked: Any, findings: list[dict[str, Any]], words: str, others: int | None
) -> None:
    row = checked("does not match", report=told("does not match", findings, entries=10))
    view = check_view(row)
    assert (view.meaning, view.others) == (words, others)


def test_findings_that_accuse_come_first(checked: Any) -> None:
    found = [finding("clock", 1), finding("not_checked", None), finding("removed", 7), finding("altered", 4)]
    row = checked("does not match", report=told("does not match", found))
    views = finding_views(row)
    assert [view.word for view in views[:2]] == ["Altered", "Removed"]
    assert [view.first for view in views[:2]] == [5, 8]
    assert {view.state for view in views[2:]} == {"information", "could not be checked"}


def test_every_kind_of_finding_has_a_word() -> None:
    from indelible.features.seals import telling

    assert set(kind_words()) >= telling.ENTRY_KINDS | telling.NAMED_KINDS | telling.QUIET_KINDS
