"""What waits in reviews reminds its people in the letters of runs: who, when, once, and never who did it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from threading import Barrier
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from indelible.events.office import WorkCalendar
from indelible.features.runbooks.reminding.days import Person
from indelible.features.runbooks.reminding.piles import Pile, Thing
from indelible.features.runbooks.reminding.planning import Known, Open, Task, letters
from tests.features.reviews.test_access import decide_all, review, sent
from tests.services.mailbox import running_mailbox

__all__ = ["review"]
MADRID = WorkCalendar("Europe/Madrid", holidays=frozenset({date(2026, 12, 8)}))
HERE = ZoneInfo("Europe/Madrid")
NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)  # a Tuesday, ten in Madrid
DAY = timedelta(days=1)
PEOPLE = {
    f"user {key}": Person(f"user {key}", zone)
    for key, zone in ((1, "Europe/Madrid"), (2, "America/New_York"), (3, "Europe/Madrid"))
}


def here(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=HERE)


def pile(*dues: str, key: str = "reviews.entries.a", **more: Any) -> Pile:
    things = [Thing(number, here(due), NOW) for number, due in enumerate(dues, 1)]
    told: dict[str, Any] = {"further": "reviews.entries", "holders": ("user 1",), **more}
    return Pile(key, things=things, **told)


def said(letter: Any) -> list[tuple[str, int, int]]:
    """Return kind, count and the number of what is told alone, of each heap of a letter."""
    return [(item.kind, item.heap.count, item.heap.subject) for item in letter.items if item.heap]


def year_of(days: list[str], piles: Callable[[str], list[Pile]], hour: str = "09:00") -> dict[str, Any]:
    """Return what user 1 is told on each of these days."""
    known: dict[str, Known] = {}
    told = {}
    for day in days:
        found = Open(PEOPLE, (), organisation=("user 3",), piles=piles(day))
        for letter in letters(found, known, MADRID, here(f"{day}T{hour}")):
            known[letter.person] = Known(letter.day, letter.told)
            if letter.person == "user 1":
                told[day] = said(letter)
    return told


DECEMBER = [f"12-{day:02}" for day in range(1, 17)]


def test_an_entry_is_told_two_days_before_on_its_day_and_daily_once_it_is_late() -> None:
    told = year_of(DECEMBER, lambda day: [pile("12-10T18:00")])
    assert told == {
        "12-07": [("soon", 1, 1)],  # the 8th is a holiday
        "12-10": [("today", 1, 1)],
        "12-11": [("overdue", 1, 1)],
        "12-14": [("overdue", 1, 1)],
        "12-15": [("overdue", 1, 1)],
        "12-16": [("overdue", 1, 1)],
    }


def test_entries_are_gathered_and_only_what_is_new_is_told_as_soon() -> None:
    def waits(day: str) -> list[Pile]:
        if day < "12-10":
            return [pile("12-04T18:00", "12-04T12:00", "12-15T18:00")]
        if day < "12-14":
            return [pile("12-04T18:00", "12-04T12:00", "12-15T18:00", "12-14T18:00")]
        return [
            pile("12-15T18:00", key="reviews.entries.b")
        ]  # others are looked at, and this is another duty

    told = year_of(DECEMBER, waits)
    assert told["12-02"] == [("soon", 2, 0)] and "12-03" not in told
    assert told["12-04"] == [("today", 2, 0)]
    assert told["12-07"] == told["12-09"] == [("overdue", 2, 0)]
    assert told["12-10"] == [("overdue", 2, 0)]  # the fourth has come, and is due in two working days' time
    assert told["12-11"] == [
        ("overdue", 2, 0),
        ("soon", 2, 0),
    ]  # two days before the 14th, and the 15th, is Friday
    assert told["12-14"] == [("soon", 1, 1)] and told["12-15"] == [("today", 1, 1)]


def test_one_that_comes_after_a_letter_is_soon_though_others_of_that_day_were_told() -> None:
    known = {"user 1": Known(date(2026, 12, 2), frozenset({"reviews.entries.a 1"}))}
    found = Open(PEOPLE, (), piles=[pile("12-04T18:00", "12-04T18:00")])
    (letter,) = letters(found, known, MADRID, here("12-03T09:00"))
    assert said(letter) == [("soon", 1, 2)] and letter.told == {"reviews.entries.a 2"}


def test_nobody_is_told_of_their_own_and_piles_of_one_kind_are_one_line() -> None:
    both = [
        pile("12-01T18:00", "12-01T12:00", "12-01T18:00", own={"user 1": frozenset({3})}),
        pile("12-01T08:30", "12-01T18:00", key="reviews.entries.b", holders=("user 1", "user 2")),
    ]
    told = {one.person: one for one in letters(Open(PEOPLE, (), piles=both), {}, MADRID, here("12-01T15:00"))}
    assert said(told["user 1"]) == [("overdue", 2, 0), ("today", 2, 0)]
    assert next(item.heap.due_at for item in told["user 1"].items if item.heap) == here("12-01T08:30")
    assert said(told["user 2"]) == [("overdue", 1, 1), ("today", 1, 2)]
    only_own = [pile("12-01T18:00", own={"user 1": frozenset({1})})]
    assert letters(Open(PEOPLE, (), piles=only_own), {}, MADRID, here("12-01T15:00")) == []


def test_what_somebody_is_asked_is_told_at_once_and_on_every_day_after() -> None:
    told = year_of(DECEMBER, lambda day: [pile("12-10T12:00", daily=True)] if day < "12-15" else [])
    working = ["12-01", "12-02", "12-03", "12-04", "12-07", "12-09", "12-10", "12-11", "12-14"]
    assert list(told) == working
    assert {day: one[0][0] for day, one in told.items()} == {
        **dict.fromkeys(working[:6], "yours"),
        "12-10": "today",
        **dict.fromkeys(working[7:], "overdue"),
    }


def test_a_task_of_another_kind_goes_up_as_far_as_it_says() -> None:
    def levels(**more: Any) -> dict[str, list[tuple[str, str]]]:
        told: dict[str, Any] = {"holders": ("user 1",), "due_at": here("12-03T18:00"), **more}
        task = Task("reviews.share1", 0, "", further="reviews.share", **told)
        known: dict[str, Known] = {}
        found: dict[str, list[tuple[str, str]]] = {}
        for day in range(1, 25):
            now = here(f"12-{day:02}T16:00")
            for one in letters(Open(PEOPLE, (task,), organisation=("user 3",)), known, MADRID, now):
                known[one.person] = Known(one.day, one.told)
                found.setdefault(one.person, []).append((f"{day}", one.items[0].kind))
        return found

    quiet = levels(begins=False, stages=0)
    assert list(quiet) == ["user 1"] and quiet["user 1"][:3] == [
        ("1", "soon"), ("3", "today"), ("4", "overdue")
    ]  # fmt: skip
    share = levels(owners=("user 2",), stages=1)
    assert share["user 1"][0] == ("1", "soon") and "user 3" not in share
    assert share["user 2"][0] == ("4", "late") and {kind for _day, kind in share["user 2"]} == {"late"}
    whole = levels(owners=("user 2",))  # as far as a step of a run goes
    assert whole["user 3"] == [("9", "escalated"), ("18", "escalated")]
    assert "user 3" in levels(stages=1)  # where nobody answers for it


@given(
    st.lists(
        st.datetimes(datetime(2026, 11, 20), datetime(2026, 12, 20), timezones=st.just(UTC)), max_size=8
    ),
    st.integers(0, 7),
)
def test_each_entry_is_told_soon_at_most_once_and_always_once_late(dues: list[datetime], late: int) -> None:
    things = [Thing(number, due, NOW) for number, due in enumerate(dues, 1)]
    known: dict[str, Known] = {}
    soon = 0
    for count in range(30):
        now = here("11-25T10:00") + count * DAY
        there = [one for one in things if one.number <= 8 - late or count > 4]  # some come later
        waits = Pile("p", "reviews.entries", ("user 1",), there)
        for letter in letters(Open(PEOPLE, (), piles=[waits]), known, MADRID, now):
            known[letter.person] = Known(letter.day, letter.told)
            told = {item.kind: item.heap.count for item in letter.items if item.heap}
            soon += told.get("soon", 0)
            assert told.get("overdue", 0) == sum(one.due_at < now for one in there)
            assert len(letter.told) == 1
    assert soon <= len(things)


# Through the tables ----------------------------------------------------------------------------------------


@pytest.fixture
def told(book: Any) -> Callable[[datetime], dict[str, list[tuple[Any, ...]]]]:
    """A function that makes what is due, and gives what each is told: kind, what, and how many."""
    from indelible.features.runbooks.models import Mailing
    from indelible.features.runbooks.reminding import making

    def run(now: datetime) -> dict[str, list[tuple[Any, ...]]]:
        making.make(book, now, MADRID)
        making.make(book, now, MADRID)
        rows = Mailing.objects.filter(kind="letter", made_at=now).select_related("user")
        return {
            row.user.name.partition(" ")[0]: sorted(
                (one["kind"], one.get("further", "step").rpartition(".")[2], one.get("count", 1))
                for one in row.facts["items"]
            )
            for row in rows
            if row.user
        }

    return run


@pytest.fixture
def waits(book: Any, rule: Any, happen: Any) -> Callable[..., list[Any]]:
    """A function that puts entries into the queue: by whom they were done, and when each is due."""
    from indelible.features.reviews.models import Item

    made = rule()

    def put(due_at: datetime, *who: Any, whom: str = "", asked: Any = None) -> list[Any]:
        rows = []
        for one in who:
            [index] = happen("SUP-1", who=one)
            rows.append(
                Item.objects.create(
                    logbook=book, entry=index, whom=whom, rule=made, rules=[f"{made.pk}.1"], question="Changes",
                    recorded_at=NOW, since=NOW, due_at=due_at, asked=asked, state="asked" if asked else "open",
                )
            )  # fmt: skip
        return rows

    return put


def test_who_looks_is_told_and_never_who_did_it_by_whichever_account(
    waits: Any, told: Any, ana: Any, ben: Any, chloe: Any, account: Any
) -> None:
    from indelible.features.people.models import Group, KnownPerson, Membership

    dora, gone = account("Dora Voss"), account("Gil Gone")
    account("Benny", email="ben+2@northwind.example")
    finance = Group.objects.create(name="Finance")
    for user in (ben, dora, gone):
        known = KnownPerson.objects.create(name=user.name, account=user)
        Membership.objects.create(person=known, group=finance, since=date(2026, 1, 1))
    gone.is_active = False
    gone.save()
    waits(NOW + DAY, "Maria Lopez", "Ben Osei", "Dora Voss", whom="Finance")
    waits(NOW + 5 * DAY, "Maria Lopez", whom="Chloe Martin")
    waits(NOW + DAY, "Maria Lopez", whom="reviewers")
    waits(NOW + 90 * DAY, "Maria Lopez", whom="Finance")
    assert told(NOW) == {
        "Ben": [("soon", "entries", 2)],
        "Dora": [("soon", "entries", 2)],
        "Chloe": [("soon", "entries", 1)],
    }
    assert told(NOW + 4 * DAY) == {} and told(NOW + DAY)["Ben"] == [("today", "entries", 2)]
    # Words that name nobody: the owners are told for all; of their own act, everybody else is.
    waits(NOW + 2 * DAY, "Maria Lopez", whom="Financial controller")
    waits(NOW + 2 * DAY, "Ana Ruiz", {"id": "ana@northwind.example", "kind": "person"})
    late = told(NOW + 3 * DAY)
    assert late["Ana"] == [("overdue", "entries", 1)]
    assert late["Ben"] == [("overdue", "entries", 4)] and late["Benny"] == [("overdue", "entries", 2)]
    # Ben's second account did it: Ben is not told either.
    waits(NOW, "Benny", whom="Ben Osei")
    assert told(NOW + 6 * DAY)["Ben"] == [("overdue", "entries", 4)]


def test_everything_comes_in_one_mail_in_plain_words_over_a_real_mail_server(
    book: Any, waits: Any, ana: Any, ben: Any, chloe: Any, settings: Any, happen: Any
) -> None:
    from indelible.features.alarms.channelling import channel_of_person
    from indelible.features.reviews.models import Sample
    from indelible.features.runbooks.reminding import courier, making
    from indelible.features.runbooks.running.doers import Doer
    from indelible.features.runbooks.running.opening import open_run
    from indelible.features.signoffs.freezing import freeze_lines
    from tests.features.runbooks.starting.books import document, in_force

    channel_of_person(book, ana, NOW, base="https://audit.example/")
    close = in_force(book, document(title="Month-end close"), owner=ana, people={"doer": ben})
    open_run(close, Doer.of_user(ana), NOW, cause_key="1")
    waits(NOW - DAY, "Maria Lopez", "Maria Lopez", whom="Ben Osei")
    waits(NOW - 2 * DAY, "Maria Lopez", whom="members")
    (asked,) = waits(NOW + 20 * DAY, "Maria Lopez", whom="Chloe Martin", asked=ben)
    frozen = freeze_lines(book, [{"a": "1"}], None, NOW, title="x", code={}, asks={})
    sample = Sample.objects.create(
        logbook=book,
        frozen=frozen,
        question="Payments\nover 5,000",
        row="x",
        by=ben,
        at=NOW,
        due_at=NOW + 2 * DAY,
    )
    with running_mailbox() as box:
        settings.INDELIBLE_MAIL = box.setting
        settings.INDELIBLE_MAIL_FROM = "Indelible <audit@northwind.example>"
        for _worker in range(2):
            making.make(book, NOW, MADRID)
            courier.carry(NOW)
        assert box.recipients == ["ben@northwind.example"]
        (mail,) = (message_from_bytes(raw, policy=policy.default) for raw in box.mails)
        body = mail.get_content()
        assert "3 things are overdue" in mail["Subject"] and mail["Message-ID"].startswith("<indelible-")
        assert "- 3 entries to look at. The oldest was due Sunday 29 November 2026 at 10:00" in body
        assert "https://audit.example/reviews/\r\n" in body.replace("\n", "\r\n").replace("\r\r", "\r")
        assert f"https://audit.example/reviews/{asked.pk}/" in body
        assert "- 1 entry you are asked about. Due Monday 21 December 2026" in body
        assert "- Sample “Payments over 5,000”: look at each row, and sign. Due Thursday" in body
        assert f"/reviews/samples/{sample.pk}/" in body and "- Month-end close: step 1, Look" in body
        assert not any(name in body for name in ("Maria", "SUP-1", "Ana"))
        making.make(book, NOW + DAY, MADRID)
        courier.carry(NOW + DAY)
        assert len(box.mails) == 2 and "3 entries to look at" in box.mails[1].decode()


def test_a_review_of_access_reminds_from_its_shares_to_its_witness(
    review: Any, told: Any, by_of: Any, ana: Any, ben: Any, chloe: Any, account: Any, sentences: Any
) -> None:
    from indelible.features.reviews.access import closing
    from indelible.features.reviews.models import AccessReview

    dora = account("Dora Voss", "owner")
    account("B. O.", "reviewer", "ben+2@northwind.example")
    assert told(NOW - DAY) == {}
    shares = sent(review, by_of(ana))
    AccessReview.objects.update(due_at=NOW + 60 * DAY)
    each = {name: [("yours", "share", 1)] for name in ("Ana", "Ben", "Dora")}
    assert told(NOW) == each and told(NOW + DAY) == {}
    assert told(NOW + 8 * DAY) == {name: [("soon", "share", 1)] for name in each}  # the 9th, for the 11th
    assert told(NOW + 9 * DAY) == {}
    morning = datetime(2026, 12, 11, 7, 30, tzinfo=UTC)
    assert told(morning) == {name: [("today", "share", 1)] for name in each} and told(morning + DAY / 8) == {}
    decide_all(shares["Ana Ruiz"], ana, {}, morning)
    assert not [one for one in sentences() if "is overdue" in one]
    monday = datetime(2026, 12, 14, 8, tzinfo=UTC)
    assert told(monday) == {
        "Ben": [("overdue", "share", 1)],
        "Dora": [("overdue", "share", 1)],
        "Ana": [("late", "share", 1), ("late", "share", 1)],
    }
    said = [one for one in sentences() if "is overdue" in one]
    assert said == [
        f"The part of {name} in the access review of AccountsPro is overdue since 2026-12-11 09:00 UTC, as was told "
        "to Ana Ruiz"
        for name in ("Ben Osei", "Dora Voss")
    ]
    # Where a reviewer's account ended, whoever answers for the system is told, and may pass the lines on.
    dora.is_active = False
    dora.save()
    assert told(monday + DAY)["Ana"] == [("late", "share", 1), ("overdue", "share", 1)]
    dora.is_active = True
    dora.save()
    decide_all(shares["Dora Voss"], dora, {}, monday + DAY)
    decide_all(shares["Ben Osei"], ben, {
        ("tom.reed", "Approve payments"): ("remove", ""), ("old.hand", "Read"): ("remove", ""),
    }, monday + DAY)  # fmt: skip
    assert told(monday + 3 * DAY) == {}
    review.refresh_from_db()
    gone_by = min(line.remove_by for line in review.lines.filter(remove_by__isnull=False))
    assert told(gone_by + DAY) == {"Ana": [("overdue", "removals", 2)]}
    # A second list, and the whole waits for its owner; once signed, for somebody who had no hand in it.
    AccessReview.objects.update(second=review.first_id)
    assert told(gone_by + 2 * DAY) == {"Ana": [("overdue", "removals", 2), ("yours", "sign", 1)]}
    review.refresh_from_db()
    closing.sign_whole(review, ana, "Tom, until March", gone_by, seen=review.stamp, context={})
    friday = told(gone_by + 3 * DAY)
    assert friday == {"Chloe": [("yours", "witness", 1)]}, friday
    review.refresh_from_db()
    by = by_of(chloe)
    closing.witness(review, chloe, "", gone_by, seen=review.stamp, by=by)
    assert told(gone_by + 60 * DAY) == {}
    assert len([one for one in sentences() if "is overdue" in one]) == 2


def test_two_planners_at_once_write_and_send_each_once(
    book: Any, review: Any, waits: Any, by_of: Any, ana: Any, ben: Any, account: Any, settings: Any,
    sentences: Any,
) -> None:  # fmt: skip
    from django.db import connections

    from indelible.features.runbooks.models import Mailing
    from indelible.features.runbooks.reminding import courier, making

    account("Dora Voss", "owner")
    sent(review, by_of(ana))
    waits(NOW, "Maria Lopez", whom="members")
    gate = Barrier(2)

    def work(now: datetime) -> None:
        try:
            gate.wait(timeout=20)
            making.make(book, now, MADRID)
            gate.wait(timeout=20)
            courier.carry(now)
        finally:
            connections.close_all()

    with running_mailbox() as box:
        settings.INDELIBLE_MAIL = box.setting
        settings.INDELIBLE_MAIL_FROM = "Indelible <audit@northwind.example>"
        for now in (NOW + DAY, NOW + 13 * DAY, NOW + 14 * DAY):
            with ThreadPoolExecutor(2) as pool:
                list(pool.map(work, [now] * 2))
        idents = [message_from_bytes(raw, policy=policy.default)["Message-ID"] for raw in box.mails]
    assert len(idents) == len(set(idents)) == Mailing.objects.filter(kind="letter").count() == 9
    assert all(row.sent_at for row in Mailing.objects.all())
    assert Mailing.objects.filter(kind="escalated").count() == 3
    assert len([one for one in sentences() if "is overdue" in one]) == 3


def test_it_stands_in_everybodys_calendar_by_day_and_costs_the_same_however_many(
    book: Any, review: Any, waits: Any, by_of: Any, ana: Any, ben: Any, account: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from indelible.features.runbooks import feed

    account("Dora Voss", "owner")
    sent(review, by_of(ana))
    waits(NOW + DAY, "Maria Lopez", "Ben Osei", "Maria Lopez", whom="members")
    waits(NOW + 3 * DAY, "Maria Lopez", whom="members", asked=ben)

    def due(user: Any) -> dict[str, datetime]:
        return {one.title: one.due_at for one in feed.due_of(book, user, MADRID, NOW)}

    assert due(ben) == {
        "2 entries to look at": NOW + DAY,
        "1 entry you are asked about": NOW + 3 * DAY,
        "Access to AccountsPro: decide who still needs it": NOW + 10 * DAY,
    }
    review.refresh_from_db()
    assert due(ana) == {
        "Access to AccountsPro: decide who still needs it": NOW + 10 * DAY,
        "Access review of AccountsPro: bring it to its end": review.due_at,
        "1 entry that nobody may look at: all who are named for it did it themselves": NOW + DAY,
    }
    first = feed.written(feed.due_of(book, ben, MADRID, NOW), "Due", "https://audit.example")
    assert first == feed.written(
        feed.due_of(book, ben, MADRID, NOW + DAY / 4), "Due", "https://audit.example"
    )
    assert b"Maria" not in first[0] and b"/reviews/\r\n" in first[0]
    with CaptureQueriesContext(connection) as few:
        feed.due_of(book, ben, MADRID, NOW)
    waits(NOW + 2 * DAY, *["Maria Lopez"] * 20, whom="members")
    waits(NOW + 2 * DAY, *["Ben Osei"] * 5, whom="Ana Ruiz")
    feed.due_of(book, ben, MADRID, NOW)
    with CaptureQueriesContext(connection) as many:
        assert due(ben)["20 entries to look at"] == NOW + 2 * DAY
    assert len(many) <= len(few) + 2 and len(many) < 40


def test_a_sample_may_have_a_day_and_its_page_says_so(
    book: Any, happen: Any, ben: Any, browser_of: Any
) -> None:
    from indelible.features.reviews.models import Sample

    happen("SUP-1", "SUP-2")
    browser: Client = browser_of(ben)
    told = {"question": "changes to supplier bank details", "row": "quarter", "due": "2026-12-10"}
    assert browser.post("/reviews/samples/draw/", told).status_code == 302
    sample = Sample.objects.get()
    assert sample.due_at == datetime(2026, 12, 10, 17, tzinfo=UTC)
    assert "10 December 2026, 18:00" in browser.get(f"/reviews/samples/{sample.pk}/").content.decode()
