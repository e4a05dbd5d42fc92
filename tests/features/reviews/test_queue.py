"""The queue: each entry once, due by working time, answered by somebody else than who did it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)


def given(kind: str, **more: Any) -> Any:
    """Return an answer."""
    from indelible.features.reviews.models import AnswerKind
    from indelible.features.reviews.queue.answering import Given

    return Given(AnswerKind(kind), **more)


@pytest.fixture
def answer(book: Any, by_of: Any) -> Any:
    """A function by which somebody answers about items, as a page of theirs would have it."""
    from indelible.features.reviews.queue import answering

    def run(user: Any, items: list[Any], kind: str = "expected", now: datetime = NOW, **more: Any) -> Any:
        seen = {item.pk: item.answers for item in items}
        return answering.answer(book, seen, given(kind, **more), user, by_of(user), now)

    return run


def refusal(call: Any) -> str:
    """Return the code by which something is refused."""
    from indelible.features.reviews.errors import ReviewError

    with pytest.raises(ReviewError) as refused:
        call()
    return str(refused.value.code)


def test_each_entry_that_a_rule_wants_looked_at_waits_exactly_once(
    book: Any, rule: Any, happen: Any, fed: Any
) -> None:
    from django.db import IntegrityError, transaction

    from indelible.features.reviews.models import Item
    from indelible.features.reviews.queue import feeding
    from indelible.storage.database.models import Follower

    before = happen("SUP-0")
    made = rule()
    indexes = happen("SUP-1", "SUP-2", "SUP-3") + happen("INV-1", kind="invoice.sales")
    items = fed(batch=2)
    assert [item.entry for item in items] == indexes[:3] and before[0] not in [item.entry for item in items]
    assert {item.rule_id for item in items} == {made.pk} and items[0].rules == [f"{made.pk}.1"]
    assert items[0].question == "Record when someone changes a supplier's bank details"

    # A worker that dies in the middle of a batch leaves neither items nor a step of the follower behind.
    more = happen("SUP-4", "SUP-5")
    with pytest.raises(IntegrityError), transaction.atomic():
        feeding.run(book)
        raise IntegrityError("the worker dies")
    assert Item.objects.count() == 3
    assert [item.entry for item in fed()][3:] == more
    # Nor does a follower that is set back ask twice.
    Follower.objects.filter(name=feeding.NAME).update(upto=0)
    assert len(fed()) == 5


def test_what_is_due_is_reckoned_in_working_days(book: Any) -> None:
    from indelible.events.office import WorkCalendar
    from indelible.features.reviews.queue.feeding import due_at

    hours = WorkCalendar("Europe/Madrid", holidays=frozenset({datetime(2026, 12, 8).date()}))
    friday = datetime(2026, 12, 4, 15, tzinfo=UTC)
    assert due_at("P2D working", friday, hours) == datetime(
        2026, 12, 9, 15, tzinfo=UTC
    )  # Tuesday is a holiday
    assert due_at("P2D", friday, hours) == friday + timedelta(days=2)
    assert due_at("PT4H working", friday, hours) == datetime(
        2026, 12, 7, 9, tzinfo=UTC
    )  # 17:00 to 18:00, then Monday
    assert due_at("nonsense", friday, hours) == friday


def test_two_rules_that_want_the_same_people_to_look_ask_once(rule: Any, happen: Any, fed: Any) -> None:
    first, second = rule(), rule("Record what happens to supplier bank details. Look at each within 4 hours.")
    third = rule("Record each supplier bank account. Finance looks at each within 1 week.")
    happen("SUP-1")
    asked = fed()
    assert [(item.whom, item.rule_id, len(item.rules)) for item in asked] == [
        ("", second.pk, 2),
        ("Finance", third.pk, 1),
    ]
    assert f"{first.pk}.1" in asked[0].rules


def test_an_answer_is_an_entry_under_the_entry_looked_at(
    rule: Any, happen: Any, fed: Any, answer: Any, ben: Any, sentences: Any
) -> None:
    from indelible.storage.database.reads import get_entry

    rule()
    [index] = happen("SUP-1")
    [item] = fed()
    [made] = answer(ben, [item])
    entry = get_entry(item.logbook, made.entry)
    assert entry.event["refers_to"] == {"entry": index, "as": "answer"}
    assert entry.event["action"]["verb"] == "review"
    assert sentences()[-1] == (
        f"Ben Osei looked at entry {index + 1} (“Record when someone changes a supplier's bank details”): as expected"
    )
    item.refresh_from_db()
    assert (item.state, item.waits, item.looked_at) == ("expected", False, NOW)
    # It is taken back by a further answer; both stay.
    assert refusal(lambda: answer(ben, [item], "reopened")) == "review-why"
    answer(ben, [item], "reopened", note="I looked at the wrong one")
    item.refresh_from_db()
    assert (item.state, item.waits, item.looked_at, item.answers) == ("open", True, None, 2)
    assert len(fed()) == 1  # answers are not asked about again


def test_nobody_answers_about_their_own_act_by_whichever_account(
    rule: Any, happen: Any, fed: Any, answer: Any, ana: Any, ben: Any, account: Any
) -> None:
    from indelible.features.people.models import KnownPerson

    rule()
    happen("SUP-1", who="Ben Osei")
    happen("SUP-2", who={"id": "b.osei", "kind": "person"})
    first, second = fed()
    assert refusal(lambda: answer(ben, [first])) == "review-own-work"
    assert (
        refusal(lambda: answer(ben, [first], "case", note="x", person=ana, reference="C-1"))
        == "review-own-work"
    )
    assert (
        refusal(lambda: answer(ana, [first], "case", note="x", person=ben, reference="C-1"))
        == "review-their-work"
    )
    # A second account of the same person, and a login that was joined to them, are theirs too.
    other = account("B. Osei", email="ben+2@northwind.example")
    known = KnownPerson.objects.create(name="Ben Osei", email="ben@northwind.example", account=ben)
    KnownPerson.objects.create(name="Ben Osei", account=other)
    from indelible.events.folding import exact_code
    from indelible.features.people.models import Login

    Login.objects.create(person=known, login="b.osei", code=exact_code("b.osei"), looks="b.osei")
    assert refusal(lambda: answer(other, [first])) == "review-own-work"
    assert refusal(lambda: answer(ben, [second])) == "review-own-work"
    answer(ben, [first], "asked", note="I did this. Is it right?", person=ana)
    first.refresh_from_db()
    assert first.waits and first.asked == ana
    answer(ana, [first])


def test_acts_in_indelible_itself_are_looked_at_by_somebody_else(ana: Any, ben: Any, account: Any) -> None:
    from indelible.features.reviews.queue.whom import is_own
    from indelible.web.acts import party_of

    event: Any = {
        "actor": party_of(ana), "action": {"verb": "change", "said": "rule_changed"},
        "source": {"name": "Indelible", "system": "indelible"},
    }  # fmt: skip
    second = account("Ana again", email="ana+x@northwind.example")
    assert is_own(ana, [event]) and is_own(second, [event]) and not is_own(ben, [event])


def test_who_looks_is_a_person_a_group_or_anybody(
    rule: Any, happen: Any, fed: Any, answer: Any, ana: Any, ben: Any, chloe: Any
) -> None:
    from indelible.features.people.models import Group, KnownPerson, Membership
    from indelible.features.reviews.queue.whom import lookers_of

    finance = Group.objects.create(name="Finance")
    Membership.objects.create(group=finance, person=KnownPerson.objects.create(name="Ben Osei", account=ben))
    told = lookers_of({"Finance", "Chloe Martin", "the Owners", "Financial controller", ""})
    assert [told[who].people for who in ("Finance", "Chloe Martin", "the Owners")] == [
        {ben.pk}, {chloe.pk}, {ana.pk},
    ]  # fmt: skip
    assert told[""].people is None and told["Financial controller"].people is None
    assert "Financial controller" in told["Financial controller"].note

    from indelible.features.alarms.answering import names_of
    from indelible.features.reviews.queue.whom import names_of_many

    assert names_of_many([ana, ben, chloe]) == {one.pk: names_of(one) for one in (ana, ben, chloe)}
    rule("Record changes to supplier bank details. Finance looks at each within 2 working days.")
    happen("SUP-1")
    [item] = fed()
    assert refusal(lambda: answer(chloe, [item])) == "review-not-yours"
    answer(ben, [item], "asked", note="Is this one of yours?", person=chloe)
    item.refresh_from_db()
    answer(chloe, [item])  # whoever is asked may answer


def test_several_at_once_need_a_reason_and_are_marked(
    rule: Any, happen: Any, fed: Any, answer: Any, ben: Any, sentences: Any
) -> None:
    from indelible.storage.database.reads import get_entry

    rule()
    happen(*[f"SUP-{n}" for n in range(3)])
    happen("INV-1", kind="invoice.sales")
    happen("SUP-9")
    items = fed()
    assert refusal(lambda: answer(ben, items)) == "review-why"
    assert refusal(lambda: answer(ben, items, "asked", note="x", person=None)) == "review-one-by-one"
    assert refusal(lambda: answer(ben, [])) == "review-nothing-chosen"
    made = answer(ben, items, note="All of today's call-backs are on file")
    assert {one.together for one in made} == {4} and len({one.entry for one in made}) == 2
    event = get_entry(items[0].logbook, made[0].entry).event
    assert event["extra"]["in_bulk"] == 4 and event["refers_to"]["through"] == items[2].entry
    assert "together with others, 4 in all" in sentences()[-1]


def test_of_two_who_answer_at_once_the_second_is_told(
    rule: Any, happen: Any, fed: Any, answer: Any, ana: Any, ben: Any
) -> None:
    rule()
    happen("SUP-1")
    [item] = fed()
    answer(ben, [item])
    assert refusal(lambda: answer(ana, [item])) == "review-answered-meanwhile"


def test_the_pages_of_the_queue(
    rule: Any, happen: Any, fed: Any, ana: Any, ben: Any, browser_of: Any, sentences: Any
) -> None:
    browser: Client = browser_of(ben)
    assert "Nothing waits." in browser.get("/reviews/").content.decode()
    made = rule()
    happen(
        "SUP-1",
        changes=[{"field": "account number", "before": "ES11 2222", "after": "ES99 8888"}],
    )
    happen("SUP-1", verb="approve")
    happen("SUP-2", who="Ben Osei")
    one, own = fed()
    page = browser.get("/reviews/").content.decode()
    assert "2 wait, the oldest due first" in page and "Answer several at once" in page
    page = browser.get(f"/reviews/{one.pk}/").content.decode()
    for words in ("ES11 2222", "ES99 8888", "What changed", "Everything about", "As expected", "Open a case"):
        assert words in page
    page = browser.get(f"/reviews/{own.pk}/").content.decode()
    assert "You cannot answer about what you did yourself." in page and 'value="expected"' not in page
    # A form made by hand is refused, and that is on the record.
    sent = {"answer": "expected", "seen": own.answers, "note": ""}
    assert browser.post(f"/reviews/{own.pk}/", sent).status_code == 422
    assert "which is their own act" in sentences()[-1]
    assert browser.post("/reviews/together/", {"item": f"{own.pk}.0", "note": "fine"}).status_code == 409
    sent = {"answer": "expected", "seen": one.answers, "note": ""}
    assert browser.post(f"/reviews/{one.pk}/", sent).status_code == 302
    page = browser.get(f"/record/{one.entry + 1}/").content.decode()
    assert "looked at" in page
    assert "Looked at" in browser.get("/reviews/?show=looked").content.decode()
    assert browser.get("/reviews/?show=case&rule=999").status_code == 404
    # The rule's page says who looks, and only who may change rules can switch it.
    page = browser_of(ana).get(f"/rules/{made.pk}/").content.decode()
    assert "Each entry waits in Reviews" in page and "End it" in page
    assert browser.post(f"/reviews/rules/{made.pk}/", {"go": "off"}).status_code == 403
    assert (
        browser_of(ana).post(f"/reviews/rules/{made.pk}/", {"go": "off", "within": "P1D"}).status_code == 302
    )
    assert (
        made.versions.order_by("-number")[0].sentence
        == "Record when someone changes a supplier's bank details."
    )
    browser_of(ana).post(f"/reviews/rules/{made.pk}/", {"go": "on", "within": "P1D working", "by": "Finance"})
    assert made.versions.order_by("-number")[0].sentence.endswith(
        "Finance looks at each within 1 working day."
    )
    happen("SUP-3")
    assert fed()[-1].rules == [f"{made.pk}.3"]


def test_figures_say_what_was_in_time_late_and_open(
    book: Any, rule: Any, happen: Any, fed: Any, answer: Any, ben: Any
) -> None:
    from indelible.features.reviews.models import Item
    from indelible.features.reviews.queue import queries

    rule()
    happen("SUP-1", "SUP-2", "SUP-3")
    items = fed()
    Item.objects.update(due_at=NOW - timedelta(hours=1))
    answer(ben, items[:1])
    answer(ben, items[1:2], now=NOW - timedelta(hours=2))
    [month] = queries.months(book, NOW, "Europe/Madrid")
    assert (month.in_time, month.late, month.open) == (1, 1, 1)
    assert queries.this_month(book, NOW) == (2, 1)
    waits = queries.waiting_for(book, ben, NOW)
    assert (waits.count, waits.overdue) == (1, 1)
