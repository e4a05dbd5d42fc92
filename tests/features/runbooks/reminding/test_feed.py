"""The calendar feed: what a calendar program reads, at an address nobody can guess."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from icalendar import Calendar

from indelible.events.office import WorkCalendar
from tests.features.runbooks.starting.books import Schedule, document, in_force, person

MADRID = WorkCalendar("Europe/Madrid")
NOW = datetime(2025, 3, 24, 9, tzinfo=UTC)


def runbook(book: Any, ana: Any, ben: Any, **more: Any) -> Any:
    schedule = [Schedule(every="month", on="working 5", opens="P10D", covers="previous")]
    text = document("RB-01", "Monthly review", schedule=schedule)
    return in_force(
        book, text, owner=ana, people={"doer": ben, "signer": ana}, since=date(2025, 4, 1), **more
    )


def events_of(body: bytes) -> dict[str, Any]:
    calendar = Calendar.from_ical(body)
    return {str(one["summary"]): one for one in calendar.walk("VEVENT")}


def test_it_holds_what_is_due_and_what_comes_and_keeps_each_under_one_name(book: Any, ana: Any) -> None:
    from indelible.features.runbooks import feed
    from indelible.features.runbooks.starting import by_calendar

    ben, chloe = person("Ben Osei"), person("Chloe Weber")
    runbook(book, ana, ben)
    before = events_of(feed.written(feed.due_of(book, ana, MADRID, NOW), "Due", "")[0])
    assert len(before) == 12 and "Monthly review, March 2025" in before
    by_calendar.open_due(datetime(2025, 4, 1, 9, tzinfo=UTC), MADRID)
    body, mark = feed.written(
        feed.due_of(book, ana, MADRID, NOW), "Due in Northwind", "https://audit.example/"
    )
    assert (body, mark) == feed.written(
        feed.due_of(book, ana, MADRID, NOW + timedelta(hours=1)), "Due in Northwind", "https://audit.example/"
    )  # the same to the byte while nothing has changed
    after = events_of(body)
    name = "Monthly review, March 2025"
    assert after[name]["uid"] == before[name]["uid"] and list(before) == list(after)
    # In UTC, right across the change of the clock: office hours end at six in Madrid.
    assert after[name]["dtend"].dt == datetime(2025, 4, 7, 16, tzinfo=UTC)
    assert after["Monthly review, October 2025"]["dtend"].dt == datetime(2025, 11, 7, 17, tzinfo=UTC)
    assert b"DTEND:20250407T160000Z" in body and body.count(b"DTSTAMP:") == len(after)
    assert len({str(one["uid"]) for one in after.values()}) == len(after)
    # Ben has a step to do; Chloe has no part in any of it; nobody's name is in anybody's feed.
    bens, _mark = feed.written(feed.due_of(book, ben, MADRID, NOW), "Due", "https://audit.example")
    assert "Monthly review, March 2025: Look" in events_of(bens)
    link = events_of(bens)["Monthly review, March 2025: Look"]["url"]
    assert re.fullmatch(r"https://audit\.example/runs/\d+/steps/look/", str(link))
    assert feed.due_of(book, chloe, MADRID, NOW) == []
    for text in (body, bens):
        assert b"Ana" not in text and b"Ben" not in text and b"ATTENDEE" not in text


def test_an_address_is_made_shown_once_read_made_anew_and_ended(
    book: Any, ana: Any, signed_in: Client, stranger: Client, told: Callable[[str], list[str]]
) -> None:
    from indelible.features.runbooks.models import CalendarFeed

    runbook(book, ana, ana)

    def made() -> str:
        page = signed_in.post("/runs/calendar/", {"go": "make"}).content.decode()
        address, *more = re.findall(r"http://localhost(/runs/calendar/[\w-]+\.ics)", page)
        assert not more, page
        assert address not in signed_in.get("/runs/calendar/").content.decode()  # never shown again
        return str(address)

    assert "Make an address" in signed_in.get("/runs/calendar/").content.decode()
    first = made()
    answer = stranger.get(first)
    assert answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/calendar")
    assert Calendar.from_ical(answer.content)["prodid"] == "-//Indelible//Runbooks//EN"
    again = stranger.get(first, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304 and again.content == b""
    row = CalendarFeed.objects.get()
    assert row.read_at is not None and first[-30:-4].encode() not in bytes(row.code)
    second = made()
    assert stranger.get(first).status_code == 404 and stranger.get(second).status_code == 200
    assert stranger.get(second[:-6] + "x.ics").status_code == 404
    signed_in.post("/runs/calendar/", {"go": "end"})
    assert stranger.get(second).status_code == 404 and not CalendarFeed.objects.exists()
    assert len(told("secret address")) == 2 and len(told("ended the address")) == 1
    third = made()
    ana.is_active = False
    ana.save()
    assert stranger.get(third).status_code == 404


def test_links_in_mails_lead_where_others_can_follow(book: Any, ana: Any) -> None:
    from indelible.features.runbooks import feed
    from indelible.features.runbooks.reminding.links import base_of

    assert base_of(book) == ""
    ben, chloe = person("Ben Osei"), person("Chloe Weber")
    feed.make_address(book, ben, NOW, base="https://audit.northwind.example/", context={})
    feed.make_address(book, chloe, NOW + timedelta(days=1), base="http://127.0.0.1:8000/", context={})
    assert base_of(book) == "https://audit.northwind.example"
    feed.end_address(book, ben, context={})
    assert base_of(book) == "http://127.0.0.1:8000"


def test_whoever_tries_many_addresses_has_to_wait(book: Any, stranger: Client) -> None:
    answers = [stranger.get(f"/runs/calendar/{n:012x}_{'x' * 32}.ics").status_code for n in range(33)]
    assert answers[0] == 404 and answers[-1] == 429


def test_a_page_needs_somebody_who_is_signed_in(stranger: Client, book: Any) -> None:
    assert stranger.get("/runs/calendar/").status_code == 302
    assert stranger.post("/runs/calendar/", {"go": "make"}).status_code == 302


@pytest.mark.parametrize("due", [[], ["x"]])
def test_an_empty_feed_is_a_calendar_too(due: list[str]) -> None:
    from indelible.features.runbooks.feed import Due, written

    rows = [Due("u@indelible", 'Harrow, "Freight"; \\ 1\n2', NOW, NOW) for _one in due]
    body, _mark = written(rows, "Due in A, B; \nEND:VCALENDAR", "")
    read = Calendar.from_ical(body)
    assert read["version"] == "2.0" and len(read.walk("VEVENT")) == len(due)
    assert body.count(b"NAME:Due in A\\, B\\; END:VCALENDAR\r\n") == 2  # a name is a name, whatever it says
    assert all(str(one["summary"]) == 'Harrow, "Freight"; \\ 1 2' for one in read.walk("VEVENT"))
