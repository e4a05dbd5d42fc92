"""The record as a list: what is asked, what is found, page by page, in every state."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from indelible.features.people.models import User
from indelible.features.record.filters import with_filter
from indelible.language.pattern import EVERYTHING, Condition, Pattern, When
from indelible.storage.database import reads

from .conftest import Put, alter, sql, text_of, told


def numbers(answer: Any) -> list[int]:
    """The numbers of the entries on a page, in its order."""
    return [
        int(found) for found in re.findall(r'class="say"><a href="/record/(\d+)/"', answer.content.decode())
    ]


def link(answer: Any, rel: str) -> str:
    found = re.search(rf'<a rel="{rel}" href="([^"]+)"', answer.content.decode())
    return html.unescape(found[1]) if found else ""


def test_the_question_is_read_back_and_each_chip_widens_it(signed_in: Client, put: Put) -> None:
    put(told(), told("Invoice Deleted", action={"verb": "delete", "said": "Invoice Deleted"}))
    put(told(actor={"name": "Tom Reed", "kind": "person"}))
    page = signed_in.get("/record/", {"q": "who:maria what:delete"})
    assert '1 entry. Entries where "maria" deletes anything, newest recorded first.' in text_of(page)
    assert "What happened: deleted" in text_of(page)
    chips = [
        html.unescape(url) for url in re.findall(r'class="chip on" href="([^"]+)"', page.content.decode())
    ]
    assert len(chips) == 2
    assert [len(numbers(signed_in.get(url))) for url in chips] == [2, 1]


def test_words_that_could_not_be_placed_are_named(signed_in: Client, put: Put) -> None:
    put(told())
    page = text_of(signed_in.get("/record/", {"q": "harlow when:someday"}))
    assert "We searched the text for “harlow”." in page
    assert "We do not understand “when:someday”. It does not narrow the list." in page


def test_no_hit_names_the_part_that_keeps_everything_out(signed_in: Client, put: Put) -> None:
    put(told())
    page = signed_in.get("/record/", {"q": "who:maria harlow"})
    assert "No entry answers this question" in text_of(page)
    assert "The narrowest part is “Text: harlow”. Without it, 1 entry would be found." in text_of(page)
    assert "/record/?q=who%3Amaria" in page.content.decode()


def test_a_filter_is_a_form_that_adds_its_part(signed_in: Client, put: Put) -> None:
    (index,) = put(told())
    sent = {"q": "about:INV-1043", "add": "who", "value": "Maria Lopez"}
    answer = signed_in.get("/record/", sent, follow=True)
    assert answer.redirect_chain == [("/record/?q=who%3A%22Maria+Lopez%22+about%3AINV-1043", 302)]
    assert numbers(answer) == [index + 1]
    unclear = signed_in.get("/record/", {"q": "when:someday", "add": "outcome", "value": "denied"})
    assert unclear["Location"] == "/record/?q=when%3Asomeday+outcome%3Adenied"  # nothing typed is lost


FILTERS = [
    ({"add": "when", "from": "2026-03-01", "to": ""}, Pattern.of(when=When("2026-03-01"))),
    ({"add": "when", "from": "", "to": ""}, EVERYTHING),
    ({"add": "when", "from": "soon", "to": ""}, EVERYTHING),
    ({"add": "what", "value": "delete"}, Pattern.of(verbs=("delete",))),
    ({"add": "what", "value": "money"}, Pattern.of(categories=("money",))),
    ({"add": "source", "value": "Xero"}, Pattern.of(systems=("Xero",))),
    ({"add": "outcome", "value": "denied"}, Pattern.of(outcomes=("denied",))),
    ({"add": "outcome", "value": "nice"}, EVERYTHING),
    ({"add": "flag", "value": "arrived_late"}, Pattern.of(flags=("arrived_late",))),
    ({"add": "rule", "value": "3"}, Pattern.of(rules=("3",))),
    ({"add": "rule", "value": "three"}, EVERYTHING),
    (
        {"add": "amount", "op": ">", "value": "5,000.50", "unit": "eur"},
        Pattern.of(where=(Condition("amount", ">", "5000.50", "EUR"),)),
    ),
    ({"add": "amount", "op": "~", "value": "5", "unit": ""}, EVERYTHING),
    ({"add": "amount", "op": ">", "value": "much", "unit": ""}, EVERYTHING),
    ({"add": "colour", "value": "red"}, EVERYTHING),
]


@pytest.mark.parametrize(("sent", "pattern"), FILTERS)
def test_each_filter_adds_its_part_and_nothing_that_is_none(sent: dict[str, str], pattern: Pattern) -> None:
    assert with_filter(EVERYTHING, sent, lambda _typed: EVERYTHING) == pattern
    with_more = with_filter(Pattern.of(text=("harrow",)), sent, lambda _typed: EVERYTHING)
    assert with_more.text == ("harrow",)


def test_a_question_with_two_readings_lists_nothing_before_one_is_chosen(signed_in: Client, put: Put) -> None:
    from indelible.features.people.models import KnownPerson

    (index,) = put(told())
    put(told(actor={"name": "Maria Silva", "kind": "person"}))
    for name in ("Maria Lopez", "Maria Silva"):
        KnownPerson.objects.create(name=name)
    page = signed_in.get("/record/", {"q": "invoices changed by Maria"})
    assert "Nothing is listed before you choose." in text_of(page)
    assert numbers(page) == []
    links = {
        name: html.unescape(url)
        for url, name in re.findall(r'<li><a href="(/record/[^"]+)">([^<]+)</a>', page.content.decode())
    }
    assert numbers(signed_in.get(links["Maria Lopez"])) == [index + 1]
    as_text = re.search(r'<a href="(/record/[^"]+)">Search the text', page.content.decode())
    assert as_text
    assert "We searched the text" not in text_of(
        signed_in.get(html.unescape(as_text[1]))
    )  # that was asked for


def test_a_name_that_looks_like_one_we_know_is_offered_where_nothing_is_found(
    signed_in: Client, put: Put
) -> None:
    from indelible.features.people.models import KnownPerson

    KnownPerson.objects.create(name="Maria Lopez")
    (index,) = put(told())
    page = signed_in.get("/record/", {"q": "who:marla about:INV-1043"})
    assert "Did you mean Maria Lopez ?" in text_of(page)
    link_to = re.search(r'Did you mean\s*<a href="([^"]+)"', page.content.decode())
    assert link_to
    assert numbers(signed_in.get(html.unescape(link_to[1]))) == [index + 1]


def test_what_a_sentence_wants_done_is_left_aside_in_a_search(signed_in: Client, put: Put) -> None:
    (index,) = put(told())
    page = signed_in.get("/record/", {"q": "Record every change to an invoice. Keep it for 7 years."})
    assert "A search only finds entries." in text_of(page)
    assert numbers(page) == [index + 1]


def test_a_list_that_was_looked_through_in_part_says_so(signed_in: Client, put: Put) -> None:
    from indelible.features.record.page_words import looked_words, status_words
    from indelible.storage.database.search import Page

    page = Page([], 5, None, 0, False, 0, looked_to=7)
    assert status_words(page, "Entries where …") == "None found so far. Entries where …."
    assert looked_words(page, 1000, upward=False).endswith("they were read down to entry 8 of 1,000.")
    assert looked_words(Page([], None, None, 0, True, 0), 1000, upward=False) == ""
    assert status_words(Page([4], 3, None, 1, False, 0, looked_to=3), "Q").startswith("At least 1 entries")


def test_five_hundred_events_of_one_moment_are_each_reached_once_both_ways(
    signed_in: Client, put: Put
) -> None:
    wanted = [index + 1 for index in put(*[told() for _ in range(500)])]
    there, url = [], "/record/?q=source:AccountsPro"
    while url:
        page = signed_in.get(url)
        there += numbers(page)
        last, url = page, link(page, "next")
    assert there == wanted[::-1]
    back = numbers(last)
    while url := link(last, "prev"):
        last = signed_in.get(url)
        back = numbers(last) + back
    assert back == wanted[::-1]


@pytest.mark.parametrize("zone", ["Pacific/Tongatapu", "Pacific/Honolulu", "Europe/Berlin"])
def test_the_last_day_of_a_range_is_taken_whole_in_the_reader_s_zone(
    signed_in: Client, ana: Any, put: Put, zone: str
) -> None:
    from zoneinfo import ZoneInfo

    User.objects.update(zone=zone)
    tz = ZoneInfo(zone)
    edges = [
        datetime(2026, 2, 28, 23, 59, 59, 999999, tz),
        datetime(2026, 3, 1, 0, 0, 0, 0, tz),
        datetime(2026, 3, 4, 23, 59, 59, 999999, tz),
        datetime(2026, 3, 5, 0, 0, 0, 0, tz),
    ]
    indexes = put(*[told(occurred_at=f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}") for at in edges])
    page = signed_in.get("/record/", {"add": "when", "from": "2026-03-01", "to": "2026-03-04"}, follow=True)
    assert numbers(page) == [indexes[2] + 1, indexes[1] + 1]
    assert "4 Mar 2026" in text_of(page)  # what the filter calls the 4th, the list calls the 4th
    assert "5 Mar 2026" not in text_of(page)


def test_one_moment_is_shown_in_the_reader_s_zone_everywhere_and_sealed_in_none(
    signed_in: Client, put: Put, book: Any
) -> None:
    User.objects.update(zone="Asia/Tokyo")
    (index,) = put(told(occurred_at="2026-03-04T20:15:00Z"))
    listed, entry = signed_in.get("/record/"), signed_in.get(f"/record/{index + 1}/")
    assert "5 Mar 2026 05:15" in text_of(listed)
    assert "Times are in Tokyo time (UTC+09:00)" in text_of(listed)
    assert "5 March 2026, 05:15:00 Tokyo time (UTC+09:00)" in text_of(entry)
    for page in (listed, entry):
        assert 'datetime="2026-03-05T05:15:00.000+09:00"' in page.content.decode()
    assert reads.get_entry(book, index).event["occurred_at"] == "2026-03-04T20:15:00Z"


def test_own_acts_stand_under_the_moment_they_were_recorded(signed_in: Client) -> None:
    assert "time not known" not in text_of(signed_in.get("/record/"))


def test_an_entry_without_a_time_stands_where_it_came_in(signed_in: Client, put: Put) -> None:
    event = told()
    del event["occurred_at"]
    put(event)
    assert "time not known, shown as received" in text_of(signed_in.get("/record/"))


def test_an_altered_entry_is_marked_on_every_list_without_being_asked(signed_in: Client, put: Put) -> None:
    indexes = put(told(), told(), told())
    signed_in.get("/record/")
    alter(indexes[1], "Maria", "Marta")
    sql('DELETE FROM "entry" WHERE "index" = %s', indexes[2])
    for url in ("/record/", "/record/?q=source:AccountsPro", "/things/invoice.sales/INV-1043/"):
        page = signed_in.get(url)
        assert page.content.decode().count("is-altered") == 1
        assert page.content.decode().count("is-removed") == 1
    assert "2 entries of this page are not as they were sealed." in text_of(signed_in.get("/record/"))
    assert "1 January 1970" not in text_of(signed_in.get("/record/"))


def test_checking_the_entries_of_a_page_says_how_many_fit_and_names_those_that_do_not(
    signed_in: Client, put: Put, sentences: Any
) -> None:
    indexes = put(*[told() for _ in range(4)])
    answer = signed_in.post("/record/check/", {"here": "/record/?q=source%3AAccountsPro"}, follow=True)
    assert "4 entries of this page fit their seals." in text_of(answer)
    assert numbers(answer) == [index + 1 for index in reversed(indexes)]
    assert "4 entries, nothing altered" in sentences()[-1]
    alter(indexes[0], "Maria", "Marta")
    answer = signed_in.post("/record/check/", {"here": "/record/?q=source%3AAccountsPro"}, follow=True)
    page = text_of(answer)
    assert f"1 entry does not fit its seal: {indexes[0] + 1}" in page
    assert "3 entries of this page fit their seals." in page
    assert "1 finding of alteration" in sentences()[-1]


def test_checking_the_newest_page_keeps_to_the_entries_that_were_shown(signed_in: Client, put: Put) -> None:
    put(told())
    before = numbers(signed_in.get("/record/"))
    assert numbers(signed_in.post("/record/check/", {"here": "/record/"}, follow=True)) == before


@pytest.mark.parametrize("here", ["", "https://evil.example/?q=x", "//evil.example/", "/record/\r\nX: y"])
def test_a_check_leads_nowhere_but_to_the_record(signed_in: Client, here: str) -> None:
    answer = signed_in.post("/record/check/", {"here": here})
    assert answer["Location"].startswith("/record/?")


@pytest.mark.parametrize(
    "place", ["before=x", "before=-1", "after=999999999999999999999", "before=0", "before=٣"]
)
def test_an_odd_place_in_the_address_breaks_nothing(signed_in: Client, put: Put, place: str) -> None:
    put(told())
    assert signed_in.get(f"/record/?{place}").status_code == 200


def test_a_look_alike_name_is_pointed_out(signed_in: Client, put: Put) -> None:
    put(told(actor={"name": "admin@example.com"}), told(actor={"name": "\u0430dmin@example.com"}))
    page = text_of(signed_in.get("/record/", {"q": "who:admin@example.com"}))
    assert "who only looks the same" in page


def test_the_list_asks_the_database_no_more_for_fifty_entries_than_for_five(
    signed_in: Client, put: Put, django_assert_max_num_queries: Any
) -> None:
    put(*[told() for _ in range(120)])
    signed_in.get("/record/")
    with django_assert_max_num_queries(46) as few:
        signed_in.get("/record/?q=who:maria&before=6")
    with django_assert_max_num_queries(46) as many:
        signed_in.get("/record/?q=who:maria")
    assert len(many) <= len(few) + 4


def test_the_newest_seal_stands_above_what_it_covers(signed_in: Client, book: Any, put: Put) -> None:
    put(told())
    page = signed_in.get("/record/").content.decode()
    assert f'href="/seals/{reads.head(book).size}/"' in page or "covers everything below" in page
    assert "covers everything below" not in signed_in.get("/record/?q=who:maria").content.decode()


def test_an_empty_record_says_how_to_begin(signed_in: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from indelible.storage.database import search

    monkeypatch.setattr(search, "find", lambda *_, **__: search.Page([], None, None, 0, True, 0))
    page = text_of(signed_in.get("/record/"))
    assert "Nothing is on the record yet" in page
    assert "Upload a file" in page


ODD = [
    "\x00",
    "who:\x00",
    '"',
    'who:"',
    "a" * 20_000,
    "when:..",
    "*",
    "%",
    "what:'; DROP TABLE entry",
    "( OR NOT",
]


@pytest.mark.parametrize("q", ODD, ids=range(len(ODD)))
def test_whatever_is_asked_is_answered(signed_in: Client, put: Put, q: str) -> None:
    put(told())
    assert signed_in.get("/record/", {"q": q}).status_code == 200


def test_a_slip_of_typing_is_searched_as_text_and_the_known_word_offered(signed_in: Client) -> None:
    page = signed_in.get("/record/", {"q": "invoises changed"})
    told = text_of(page)
    assert "We searched the text for “invoises”." in told and "Did you mean" in told
    assert "?q=invoices+changed" in page.content.decode()
    assert "Did you mean" not in text_of(signed_in.get("/record/", {"q": '"invoises" changed'}))
