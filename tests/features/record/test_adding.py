"""Putting something on the record by hand: the sentence agreed to is the sentence sealed, once, for good."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from indelible.events.sentence import tell
from indelible.features.record.models import Draft
from indelible.storage.database import reads

from .conftest import Put, text_of, told

MADRID = ZoneInfo("Europe/Madrid")
YESTERDAY = datetime.now(MADRID) - timedelta(days=1)
CONTRACT = {
    "who": "Ana Ruiz",
    "verb": "approve",
    "kind": "contract",
    "thing_id": "C-88",
    "thing_name": "Harrow Freight",
    "day": YESTERDAY.date().isoformat(),
    "clock": "14:40",
    "reason": "Price agreed",
}


def sentence_of(answer: Any) -> str:
    """The large sentence of a page, without the marks that only make a change seen or heard."""
    found = re.search(r'<(?:p|h1) class="lead">(.*?)</(?:p|h1)>', answer.content.decode(), re.DOTALL)
    assert found is not None
    return html.unescape(re.sub(r'<span class="vh">.*?</span>|<[^>]+>', "", found[1]))


def fill_in(client: Client, **changes: Any) -> Any:
    """Send the form of an entry and follow to the check page."""
    return client.post("/record/add/", {**CONTRACT, **changes}, follow=True)


def check_url() -> str:
    return f"/record/drafts/{Draft.objects.latest('changed_at').pk}/check/"


def test_the_sentence_that_is_checked_is_the_sentence_that_is_sealed(signed_in: Client, book: Any) -> None:
    before = reads.head(book).size
    shown = sentence_of(fill_in(signed_in, before="10 %", after="12 %", detail="discount"))
    assert reads.head(book).size == before  # nothing is sealed before the button
    done = signed_in.post(check_url(), follow=True)
    index = Draft.objects.get().sealed_as
    assert index is not None
    sealed = reads.get_entry(book, index)
    assert tell(sealed.event, index=index).text == shown
    assert sentence_of(done) == shown
    assert f"Sealed as entry {index + 1}" in text_of(done)
    assert shown.startswith("Ana Ruiz")
    assert sealed.event["source"] == {"name": "Written by hand", "system": "by_hand"}


def test_the_sentence_grows_above_the_form_before_anything_is_kept(signed_in: Client) -> None:
    answer = signed_in.post("/record/add/", {**CONTRACT, "show": "1"})
    assert sentence_of(answer) == sentence_of(fill_in(signed_in))
    assert Draft.objects.count() == 1
    incomplete = signed_in.post("/record/add/", {**CONTRACT, "verb": "", "show": "1"})
    assert incomplete.status_code == 422
    assert "The sentence grows here" in text_of(incomplete)


def test_two_presses_of_seal_make_one_entry(signed_in: Client, book: Any) -> None:
    fill_in(signed_in)
    url = check_url()
    first, second = signed_in.post(url), signed_in.post(url)
    assert first["Location"].partition("?")[0] == second["Location"].partition("?")[0]
    size = reads.head(book).size
    assert signed_in.get(url)["Location"] == f"/record/{size}/"
    texts = [entry.event.get("reason") for entry in reads.get_entries(book, 0, size)]
    assert texts.count("Price agreed") == 1


def test_what_is_sealed_can_be_neither_edited_nor_thrown_away(signed_in: Client, book: Any) -> None:
    fill_in(signed_in)
    signed_in.post(check_url())
    kept = Draft.objects.get()
    assert (kept.fields, kept.attachment) == ({}, None)
    entry = reads.get_entry(book, kept.sealed_as or 0)
    for path in ("", "check/"):
        answer = signed_in.post(f"/record/drafts/{kept.pk}/{path}", {**CONTRACT, "thing_id": "C-89"})
        assert answer["Location"].startswith(f"/record/{entry.index + 1}/")
    assert (
        signed_in.post(f"/record/drafts/{kept.pk}/throw-away/")["Location"] == f"/record/{entry.index + 1}/"
    )
    assert Draft.objects.filter(pk=kept.pk).exists()
    assert reads.get_entry(book, entry.index) == entry


def test_ben_neither_sees_nor_seals_what_ana_drafts(signed_in: Client, ben: Client, book: Any) -> None:
    fill_in(signed_in)
    url = check_url()
    size = reads.head(book).size
    for answer in (ben.get(url), ben.post(url), ben.get(url.removesuffix("check/"))):
        assert answer.status_code == 404
    assert ben.post(url.replace("check/", "throw-away/")).status_code == 404
    assert reads.head(book).size == size
    assert "Your drafts" not in text_of(ben.get("/record/add/"))
    assert "Your drafts" in text_of(signed_in.get("/record/add/"))


def test_a_draft_is_kept_taken_up_again_and_thrown_away(signed_in: Client, book: Any) -> None:
    answer = fill_in(signed_in, keep="1")
    assert "Kept as a draft. Nothing was sealed." in text_of(answer)
    draft = Draft.objects.get()
    assert 'value="C-88"' in signed_in.get(f"/record/drafts/{draft.pk}/").content.decode()
    signed_in.post(f"/record/drafts/{draft.pk}/throw-away/")
    assert not Draft.objects.exists()


def test_what_happened_earlier_is_marked_as_written_down_later(signed_in: Client, book: Any) -> None:
    assert "This was written down later than it happened." in text_of(fill_in(signed_in))
    signed_in.post(check_url())
    assert "Written down later" in text_of(signed_in.get("/record/"))
    entry = reads.get_entry(book, Draft.objects.get().sealed_as or 0)
    local = datetime.combine(YESTERDAY.date(), datetime.strptime("14:40", "%H:%M").time(), MADRID)
    assert entry.event["occurred_at"] == local.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert entry.event["time"]["zone"] == "Europe/Madrid"


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"who": ""}, "who", "This field is required."),
        ({"verb": "other", "said": ""}, "said", "Say what was done, in your own words."),
        ({"detail": "amount"}, "before", "Say what the detail was before or is now"),
        ({"day": "2999-01-01"}, "day", "This is in the future."),
        ({"day": "2025-03-30", "clock": "02:30"}, "clock", "this hour did not exist"),
        ({"day": "tomorrow"}, "day", "Enter a valid date."),
    ],
)
def test_a_slip_is_named_at_its_field_and_nothing_is_lost(
    signed_in: Client, changes: dict[str, str], field: str, words: str
) -> None:
    answer = fill_in(signed_in, **changes)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "<title>Error: Add an entry" in page
    assert words in text_of(answer)
    assert f'href="#id_{field}"' in page
    assert 'value="C-88"' in page
    assert not Draft.objects.exists()


def test_an_act_that_our_list_does_not_know_is_told_in_own_words(signed_in: Client, book: Any) -> None:
    page = fill_in(
        signed_in, verb="other", said="counted the petty cash", kind="", thing_id="", thing_name=""
    )
    assert "counted the petty cash" in sentence_of(page)


def test_somebody_else_s_act_names_who_wrote_it_down(signed_in: Client, book: Any) -> None:
    fill_in(signed_in, who="Tom Reed")
    signed_in.post(check_url())
    event = reads.get_entry(book, Draft.objects.get().sealed_as or 0).event
    assert event["actor"] == {"name": "Tom Reed", "kind": "person"}
    assert event["extra"]["author"] == "Ana Ruiz"


def test_a_file_stays_with_the_draft_and_with_the_entry(signed_in: Client, book: Any) -> None:
    fill_in(signed_in, file=SimpleUploadedFile("minutes.pdf", b"%PDF-1.4 signed"))
    assert "minutes.pdf" in text_of(signed_in.get(check_url()))
    done = signed_in.post(check_url(), follow=True)
    index = Draft.objects.get().sealed_as or 0
    assert "minutes.pdf" in text_of(done)
    assert b"".join(signed_in.get(f"/record/{index + 1}/files/0/")) == b"%PDF-1.4 signed"  # type: ignore[arg-type]


def test_a_correction_needs_a_reason_and_shows_on_both_entries(
    signed_in: Client, put: Put, book: Any
) -> None:
    (index,) = put(told(changes=[{"field": "supplier", "before": "Holm", "after": "Harlow Freight"}]))
    form = signed_in.get(f"/record/{index + 1}/correct/").content.decode()
    assert 'value="Harlow Freight"' in form
    fields = {"detail": "supplier", "was": "Harlow Freight", "right": "Harrow Freight"}
    refused = signed_in.post(f"/record/{index + 1}/correct/", fields)
    assert refused.status_code == 422
    assert "Say why. A correction needs a reason, because both versions stay readable." in text_of(refused)
    shown = signed_in.post(
        f"/record/{index + 1}/correct/", {**fields, "reason": "Typing mistake"}, follow=True
    )
    done = signed_in.post(check_url(), follow=True)
    assert sentence_of(done) == sentence_of(shown)
    number = (Draft.objects.get().sealed_as or 0) + 1
    old, new = text_of(signed_in.get(f"/record/{index + 1}/")), text_of(done)
    assert f"Corrected by entry {number}" in old
    assert "Harlow Freight" in old
    assert f"This belongs to entry {index + 1}" in new
    assert f"corrected by entry {number}" in text_of(signed_in.get("/record/"))
    assert reads.get_entry(book, number - 1).event["refers_to"] == {"entry": index, "as": "correction"}


def test_a_note_stands_under_its_entry(signed_in: Client, put: Put) -> None:
    (index,) = put(told())
    assert signed_in.post(f"/record/{index + 1}/note/", {"note": " "}).status_code == 422
    signed_in.post(f"/record/{index + 1}/note/", {"note": "Asked Tom about it"})
    signed_in.post(check_url())
    page = text_of(signed_in.get(f"/record/{index + 1}/"))
    assert "Asked Tom about it" in page
    assert "Corrected by" not in page


def test_another_like_this_carries_the_act_along_and_not_the_values(signed_in: Client, put: Put) -> None:
    (index,) = put(told(changes=[{"field": "amount", "before": "1", "after": "2"}]))
    page = signed_in.get(f"/record/add/?like={index + 1}").content.decode()
    assert 'value="change" selected' in page
    assert 'value="invoice.sales" selected' in page
    assert 'value="amount"' in page
    assert "INV-1043" not in page
    for odd in ("0", "999", "x", "9" * 40):
        assert signed_in.get(f"/record/add/?like={odd}").status_code == 200


def test_where_nothing_can_be_sealed_the_draft_is_kept(
    signed_in: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from indelible.features.record import services
    from indelible.storage.database.errors import AppendFailed

    def full(*_: object, **__: object) -> None:
        raise AppendFailed("commit-failed", "disk full")

    fill_in(signed_in)
    monkeypatch.setattr(services, "append", full)
    answer = signed_in.post(check_url())
    assert answer.status_code == 503
    draft = Draft.objects.get()
    assert draft.sealed_as is None
    assert draft.fields["thing_id"] == "C-88"
