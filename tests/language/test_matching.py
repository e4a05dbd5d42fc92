"""A pattern held against an event: what each part means."""

from __future__ import annotations

from datetime import time
from zoneinfo import ZoneInfo

import pytest

from indelible.events.office import WorkCalendar
from indelible.language.matching import RuleSet, compiled
from indelible.language.pattern import Condition, Pattern, When, Who
from indelible.language.world import NOWHERE, Member, Person, World

MADRID = ZoneInfo("Europe/Madrid")
OFFICE = WorkCalendar("Europe/Madrid", dict.fromkeys(range(5), ((time(9), time(18)),)))
NORTHWIND = World(
    people=(
        Person(
            "Maria Lopez",
            (
                Member("Maria Lopez"),
                Member("maria@example.com"),
                Member("mlopez", 7, "2025-01-01T00:00:00Z", "2026-01-01T00:00:00Z"),
            ),
        ),
        Person("Ana Novak", (Member("Ana Novak"), Member("anovak"))),
    ),
    groups={"Finance": (Member("Ana Novak"), Member("mlopez", 7, "2025-01-01T00:00:00Z"))},
    calendar=OFFICE,
    zone=MADRID,
)


def event(**more):
    return {
        "occurred_at": "2025-06-12T10:00:00Z",
        "actor": {"id": "u-7", "name": "Tom Reed", "kind": "person"},
        "action": {"verb": "approve", "category": "money", "said": "Payment Approved"},
        "targets": [{"kind": "payment", "id": "PAY-20", "name": "Harrow Freight"}],
        "outcome": "success",
        "source": {"name": "Bank of Northwind", "system": "bankline", "id": "r-1"},
        "extra": {"amount": "5000.00", "currency": "EUR", "author": "Ana Novak"},
        "reason": "Quarterly, agreed by phone",
        **more,
    }


def holds(pattern: Pattern, told=None, source: int = 7, at: str = "") -> bool:
    return compiled(pattern, NORTHWIND)(told or event(), source, at)


def test_the_empty_pattern_means_every_event():
    assert holds(Pattern())
    assert compiled(Pattern(), NOWHERE)({}, 0)


YES = [
    {"verbs": ["approve", "pay"]},
    {"categories": ["money"]},
    {"verbs": ["delete"], "categories": ["money"]},  # by either
    {"things": ["payment"]},
    {"not_verbs": ["delete"], "not_things": ["payment.batch"]},
    {"named": ["PAY-20"]},
    {"named": ["harrow freight"]},
    {"named": ["harr*"]},
    {"who": [Who(name="tom reed")]},
    {"who": [Who(kind="person")]},
    {"not_who": [Who(group="Finance")]},
    {"systems": ["bankline"]},
    {"systems": ["7"]},
    {"not_systems": ["Xero"]},
    {"outcomes": ["success", "denied"]},
    {"said": ["approved"]},
    {"text": ["agreed by phone", "tom", "northwind", "ana novak"]},
    {"text": ["quart*"]},
    {"where": [Condition("amount", ">", "4999.99", "EUR")]},
    {"where": [Condition("amount", "=", "5000")]},
    {"where": [Condition("amount", "!=", "5001", "EUR"), Condition("approval_ref", "absent")]},
    {"where": [Condition("reason", "contains", "by phone")]},
    {"where": [Condition("approver", "=", "Tom Reed"), Condition("maker", "=", "ana novak")]},
    {"when": When("2025-06-12", "2025-06-12")},
    {"when": When(days=("thu",), hours="working hours")},
    {"when": When(hours="11:30-12:30")},
    {"facts": ["approval_ref"], "unchecked": ["the person is a leaver"]},  # these never narrow
]
NO = [
    {"verbs": ["pay"]},
    {"things": ["payment.batch"]},
    {"not_verbs": ["approve"]},
    {"not_things": ["payment"]},
    {"named": ["Freight Harrow"]},
    {"named": ["20 Harrow"]},  # the end of one text is not next to the beginning of another
    {"named": ["harr"]},
    {"named": ["…"]},
    {"who": [Who(name="reed tom")]},
    {"who": [Who(kind="service")]},
    {"who": [Who(group="Finance")]},
    {"who": [Who(group="No such group")]},
    {"not_who": [Who(name="Tom")]},
    {"systems": ["xero"]},
    {"systems": ["8"]},
    {"not_systems": ["northwind"]},
    {"outcomes": ["failure"]},
    {"flags": ["outcome_implied"]},
    {"rules": ["3"]},
    {"said": ["bank"]},
    {"text": ["agreed", "delivered"]},
    {"where": [Condition("amount", ">", "5000", "EUR")]},
    {"where": [Condition("amount", ">", "1", "USD")]},
    {"where": [Condition("amount", "!=", "1", "USD")]},  # nothing to compare it with
    {"where": [Condition("row_count", "!=", "1")]},  # absent
    {"where": [Condition("amount", "absent")]},
    {"where": [Condition("approver", "same_as", "maker")]},
    {"when": When("2025-06-13")},
    {"when": When(end="2025-06-11")},
    {"when": When(end="2025-06-12T10:00:00Z")},  # an instant is not included
    {"when": When(days=("sat", "sun"))},
    {"when": When(hours="outside working hours")},
    {"when": When(hours="22:00-06:00")},
]


@pytest.mark.parametrize("parts", YES, ids=str)
def test_an_event_is_meant_by(parts):
    assert holds(Pattern.of(**parts))


@pytest.mark.parametrize("parts", NO, ids=str)
def test_an_event_is_not_meant_by(parts):
    assert not holds(Pattern.of(**parts))


def test_an_event_that_names_nobody_is_by_none_of_them():
    nobody = event()
    del nobody["actor"]
    assert holds(Pattern.of(not_who=[Who(name="Maria"), Who(group="Finance"), Who(kind="person")]), nobody)


def test_a_person_is_met_by_each_login_within_its_source_and_time():
    maria = Pattern.of(who=[Who(name="Maria Lopez")])
    login = event(actor={"id": "mlopez"})
    assert holds(maria, login)
    assert not holds(maria, login, source=8)
    assert not holds(maria, {**login, "occurred_at": "2026-01-01T00:00:00Z"})
    assert holds(Pattern.of(who=[Who(name="maria@example.com")]), login)
    assert holds(Pattern.of(who=[Who(group="finance")]), {**login, "occurred_at": "2026-01-01T00:00:00Z"})
    assert not holds(maria, event(actor={"id": "mlopez 2"}))  # a login is the whole of what is said
    del login["occurred_at"]
    assert not holds(maria, login)  # nobody knows when
    assert holds(maria, login, at="2025-02-03T00:00:00.000000Z")


def test_an_address_is_compared_letter_by_letter():
    pattern = Pattern.of(who=[Who(name="admin@example.com")])
    assert holds(pattern, event(actor={"email": "Admin@Example.com"}))
    assert not holds(pattern, event(actor={"email": "\u0430dmin@example.com"}))  # a Cyrillic a


def test_one_person_under_two_logins_made_and_approved_it():
    own = Pattern.of(where=[Condition("approver", "same_as", "maker")])
    assert holds(own, event(actor={"id": "anovak"}))
    assert not holds(own, event(actor={"id": "someone"}))
    assert not holds(own, event(extra={"amount": "1"}))


def test_a_thing_takes_in_the_more_special_ones_and_no_neighbours():
    pattern = Pattern.of(things=["supplier"])
    assert holds(pattern, event(targets=[{"kind": "payment"}, {"kind": "supplier.bank_account"}]))
    assert not holds(pattern, event(targets=[{"kind": "x.supplier"}]))
    own = Pattern.of(things=["x.tray"])
    assert holds(own, event(targets=[{"kind": "x.tray.seed"}]))
    assert not holds(own, event(targets=[{"kind": "x.tray2"}]))


def test_what_changed_in_one_detail_is_compared_by_what_it_became():
    changed = event(changes=[{"field": "Unit Price", "before": "10", "after": "100"}, {"field": "note"}])
    for condition in (
        Condition("changes/unit price", ">", "50"),
        Condition("unit_price", "changed"),
        Condition("changes.before", "=", "10"),
        Condition("changes/note", "present"),
        Condition("changes/amount", "absent"),
    ):
        assert holds(Pattern.of(where=[condition]), changed), condition
    assert not holds(Pattern.of(where=[Condition("changes/unit_price", "<", "50")]), changed)


@pytest.mark.parametrize(
    ("said", "op", "value", "wanted"),
    [
        ("1,200.50", ">", "1000", True),
        ("1.200,50", ">", "1000", True),
        ("1,200", ">", "1000", False),  # twelve hundred, or one and a bit: a doubt is no yes
        ("1,200", ">", "1", True),
        ("-3", "<", "0", True),
        ("0.1", "=", "0.10", True),
        ("10000000000000000000000000000000001", ">", "10000000000000000000000000000000000", True),
        ("many", ">", "1", False),
        ("2025-06-30", "<", "2025-07-01", True),
        ("2025-06-30T23:30:00Z", ">", "2025-06-30", True),  # past midnight in Madrid
        ("2025-06-30", "<=", "2025-06-30", True),
        (True, "=", "true", True),
        (["a", 12, {"b": 300}], ">", "200", True),
        (12, "=", "12", True),
    ],
)
def test_facts_are_compared_exactly(said, op, value, wanted):
    assert holds(Pattern.of(where=[Condition("count", op, value)]), event(extra={"count": said})) is wanted


def test_rules_are_told_by_the_running_numbers():
    counted = event(numbers={"rules": {"3.2": 5}, "sources": {"7": 1}})
    assert holds(Pattern.of(rules=["3"]), counted)
    assert holds(Pattern.of(rules=["3.2"]), counted)
    assert not holds(Pattern.of(rules=["3.1", "2"]), counted)


@pytest.mark.parametrize(
    "wrong",
    [
        {"when": When("soon")},
        {"when": When(hours="tea time")},
        {"where": [Condition("amount", "about", "5")]},
    ],  # type: ignore[arg-type]
)
def test_what_nothing_can_be_held_against_is_refused(wrong):
    with pytest.raises(ValueError, match=r"."):
        compiled(Pattern.of(**wrong), NOWHERE)


def test_a_set_of_rules_says_which_of_them_mean_an_event_in_order():
    rules = {f"{number}.1": Pattern.of(**parts) for number, parts in enumerate([*YES, *NO], 1)}
    found = RuleSet(rules, NORTHWIND)
    wanted = tuple(f"{number}.1" for number in range(1, len(YES) + 1))
    assert found.matching(event(), 7) == wanted
    assert found.matching(event(), 7) == wanted  # from memory, too
    assert RuleSet({"10.1": Pattern(), "3.10": Pattern(), "3.2": Pattern()}, NOWHERE).matching({}, 0) == (
        "3.2",
        "3.10",
        "10.1",
    )


@pytest.mark.parametrize(
    ("value", "over"), [("25%", True), ("25 %", True), ("15%", False), ("250", False), ("250 EUR", False)]
)
def test_a_percentage_is_compared_with_percentages_alone(value: str, over: bool) -> None:
    pattern = Pattern.of(where=[Condition("discount", ">", "20", "%")])
    assert compiled(pattern, NOWHERE)({"extra": {"discount": value}}, 0) is over
