"""Rules are added, changed and switched off on the record, and entries are counted by what holds at the time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.features.rules.conftest import INVOICES

Wish = Callable[..., Any]
Happen = Callable[..., dict[str, int]]


@pytest.fixture
def rule(book: Any, by: Any, wanted: Wish) -> Any:
    """A rule on sales invoices."""
    from indelible.features.rules import services

    return services.add(book, [wanted(INVOICES)], by)[0]


def newest(rule: Any) -> Any:
    return rule.versions.order_by("-number")[0]


def test_what_happens_from_now_on_is_counted(
    book: Any, by: Any, wanted: Wish, happen: Happen, sentences: Callable[[], list[str]]
) -> None:
    from indelible.features.rules import services

    assert happen() == {}
    [rule] = services.add(book, [wanted(INVOICES)], by)
    version = newest(rule)
    assert sentences()[-1].startswith(
        f"Ana Ruiz changed what we record: rule {rule.pk} is new, “{version.sentence}"
    )
    assert (version.number, version.by_name, version.begun_entry) == (1, "Ana Ruiz", book_size(book) - 1)
    assert happen() == {f"{rule.pk}.1": 1}
    assert happen("view") == {}
    assert happen() == {f"{rule.pk}.1": 2}


def book_size(book: Any) -> int:
    from indelible.storage.database import reads

    return reads.head(book).size


def test_the_entry_that_tells_of_a_rule_holds_all_of_it(book: Any, rule: Any) -> None:
    from indelible.language.pattern import Pattern
    from indelible.storage.database.reads import get_entry

    version = newest(rule)
    event = get_entry(book, version.begun_entry).event
    assert event["targets"] == [{"kind": "log.rule", "id": f"{rule.pk}.1", "name": version.sentence}]
    assert Pattern.from_json(event["extra"]["pattern"]) == Pattern.from_json(version.pattern)
    assert list(event["numbers"]["rules"]) == ["0.1"]


def test_a_change_is_the_next_version_from_its_entry_on(
    rule: Any, by: Any, wanted: Wish, happen: Happen, sentences: Callable[[], list[str]]
) -> None:
    from indelible.features.rules import services

    happen()
    wider = wanted("every change or deletion of a sales invoice")
    version = services.change(rule.pk, 1, wider, by, reason="Deletions matter too")
    assert version.key == f"{rule.pk}.2"
    assert happen("delete") == {f"{rule.pk}.2": 1}
    told = sentences()[-2]
    assert told.startswith(f"Ana Ruiz changed what we record: rule {rule.pk} from ")
    assert told.endswith(": “Deletions matter too”")
    first, second = rule.versions.order_by("number")
    assert first.ended_entry == second.begun_entry and second.ended_at is None


def test_of_two_who_change_a_rule_at_once_the_second_is_told(rule: Any, by: Any, wanted: Wish) -> None:
    from indelible.features.rules import services

    services.change(rule.pk, 1, wanted("every deletion of a sales invoice"), by)
    with pytest.raises(services.RuleError) as refused:
        services.change(rule.pk, 1, wanted("every approval of a sales invoice"), by)
    assert refused.value.code == "rule-changed-meanwhile"
    assert [version.number for version in rule.versions.order_by("number")] == [1, 2]
    assert newest(rule).pattern["verbs"] == ["delete"]


def test_a_change_that_changes_nothing_is_none(rule: Any, by: Any, wanted: Wish) -> None:
    from indelible.features.rules import services

    with pytest.raises(services.RuleError, match="rule-nothing-changed"):
        services.change(rule.pk, 1, wanted(INVOICES), by)
    assert rule.versions.count() == 1


def test_what_is_stored_of_a_fact_is_part_of_a_version(
    book: Any, by: Any, wanted: Wish, sentences: Callable[[], list[str]]
) -> None:
    from dataclasses import replace

    from indelible.features.rules import services
    from indelible.features.rules.catalogue import Need

    told = wanted("every change of a supplier's bank details, with the old value")
    [rule] = services.add(book, [told], by)
    masked = replace(told, needs=(Need("changes.before", "mask"),))
    services.change(rule.pk, 1, masked, by)
    assert newest(rule).needs == [{"fact": "changes.before", "mark": "mask"}]
    assert sentences()[-1].startswith(f"Ana Ruiz changed what we record: how rule {rule.pk} is kept, “")


def test_a_rule_that_is_switched_off_counts_nothing(
    rule: Any, by: Any, happen: Happen, sentences: Callable[[], list[str]]
) -> None:
    from indelible.features.rules import services

    with pytest.raises(services.RuleError, match="rule-needs-reason"):
        services.switch_off(rule.pk, 1, by, reason="  ")
    services.switch_off(rule.pk, 1, by, reason="We sold the shop")
    assert sentences()[-1].endswith(": “We sold the shop”")
    assert happen() == {}
    with pytest.raises(services.RuleError, match="rule-is-off"):
        services.switch_off(rule.pk, 1, by, reason="again")
    services.switch_on(rule.pk, 1, by)
    assert happen() == {f"{rule.pk}.1": 1}


def test_the_same_sentence_is_not_promised_twice(book: Any, rule: Any, by: Any, wanted: Wish) -> None:
    from indelible.features.rules import services

    with pytest.raises(services.RuleError) as refused:
        services.add(book, [wanted("every deletion of a price"), wanted(INVOICES)], by)
    assert (refused.value.code, refused.value.facts["number"]) == ("rule-same", rule.pk)
    services.switch_off(rule.pk, 1, by, reason="To say it anew")
    assert services.add(book, [wanted(INVOICES)], by)[0].pk != rule.pk


def test_all_ready_rules_can_be_added_at_once(book: Any, by: Any, happen: Happen) -> None:
    from indelible.features.rules import services
    from indelible.features.rules.catalogue import RULES
    from indelible.features.rules.wanted import of_ready

    wanted = [of_ready(name) for name in RULES]
    rules = services.add(book, wanted, by)
    assert len(rules) == len(RULES)
    assert f"{rules[0].pk}.1" in happen("change", "supplier.bank_account")


# A second person --------------------------------------------------------------------------------------------


def approve(request: Any, by: Any) -> None:
    from indelible.features.people.second import services as second

    second.approve(request, by, {})


def test_a_second_person_agrees_and_then_it_holds(
    book: Any, by: Any, ben: Any, wanted: Wish, happen: Happen, sentences: Callable[[], list[str]]
) -> None:
    from indelible.features.rules import requests, services

    [rule] = services.add(book, [wanted(INVOICES, two_people=True)], by)
    assert services.needs_second(rule)
    wider = wanted("every change or deletion of a sales invoice", two_people=True)
    asked = requests.ask_to_change(rule, 1, wider, by, "Deletions matter too")
    assert happen("delete") == {}
    assert [line.what for line in requests.lines(asked)] == ["What it says"]
    approve(asked, ben)
    assert happen("delete") == {f"{rule.pk}.2": 1}
    version = newest(rule)
    assert (version.by_name, version.second_name) == ("Ana Ruiz", "Ben Okafor")
    assert "; Ben Okafor agreed: “Deletions matter too”" in sentences()[-2]


def test_what_was_asked_for_another_version_is_not_carried_out(
    book: Any, by: Any, ben: Any, wanted: Wish
) -> None:
    from indelible.features.people.second.services import SecondRefused
    from indelible.features.rules import requests, services

    [rule] = services.add(book, [wanted(INVOICES)], by)
    asked = requests.ask_to_switch(rule, 1, "off", by, "Not needed")
    services.change(rule.pk, 1, wanted("every deletion of a sales invoice"), by)
    with pytest.raises(SecondRefused, match="rule-changed-meanwhile"):
        approve(asked, ben)
    asked.refresh_from_db()
    rule.refresh_from_db()
    assert asked.is_open and rule.state == "on"


def test_that_every_change_needs_two_ends_only_with_two(book: Any, by: Any, ben: Any, rule: Any) -> None:
    from indelible.features.rules import requests, services

    services.set_two_people(book, True, by)
    assert services.needs_second(rule)
    asked = requests.ask_for_one_person(by)
    assert services.needs_second(rule)
    approve(asked, ben)
    assert not services.needs_second(rule)


# Own things -------------------------------------------------------------------------------------------------


def test_a_thing_of_our_own_is_known_from_then_on(
    book: Any, by: Any, wanted: Wish, happen: Happen, sentences: Callable[[], list[str]]
) -> None:
    from indelible.features.rules import services
    from indelible.features.rules.things import add_thing

    thing = add_thing(book, "a greenhouse tray", "", "place", by, also=("seed tray",))
    assert (thing.kind, thing.name, thing.plural) == (
        "x.greenhouse_tray",
        "greenhouse tray",
        "greenhouse trays",
    )
    assert sentences()[-1] == "Ana Ruiz added greenhouse tray to the things of our own"
    for double in ("seed tray", "Greenhouse Trays", "a purchase invoice"):
        with pytest.raises(services.RuleError, match="thing-known"):
            add_thing(book, double, "", "place", by)
    [rule] = services.add(book, [wanted("every change of a greenhouse tray")], by)
    assert happen("change", "x.greenhouse_tray") == {f"{rule.pk}.1": 1}


def test_things_with_like_names_get_kinds_of_their_own(book: Any, by: Any) -> None:
    from indelible.features.rules.things import add_thing

    kinds = [add_thing(book, name, "", "place", by).kind for name in ("Bäume", "Baume", "木")]
    assert kinds == ["x.baume", "x.baume_2", "x.thing"]


def test_of_two_at_the_very_same_time_one_is_done(book: Any, rule: Any, by: Any, wanted: Wish) -> None:
    from concurrent.futures import ThreadPoolExecutor
    from threading import Barrier

    from django.db import connection

    from indelible.features.rules import services

    wishes = [wanted(f"every {act} of a sales invoice") for act in ("deletion", "approval")]
    start = Barrier(2)

    def change(wish: Any) -> str:
        start.wait()
        try:
            return services.change(rule.pk, 1, wish, by).key
        except services.RuleError as refused:
            return refused.code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        told = sorted(pool.map(change, wishes))
    assert told == [f"{rule.pk}.2", "rule-changed-meanwhile"]
    assert rule.versions.count() == 2
