"""The closed word list is whole, and an act's category follows from it."""

from __future__ import annotations

import re

import pytest

from indelible.events.vocabulary import CATEGORIES, FACTS, THINGS, VERBS, category_of, is_kind
from tests.shared import shared_path


def test_the_list_has_its_55_verbs_12_categories_103_things_and_212_facts() -> None:
    assert (len(VERBS), len(CATEGORIES), len(THINGS), len(FACTS)) == (55, 12, 103, 212)


def test_every_thing_belongs_to_a_listed_category_and_has_a_name() -> None:
    assert {thing.category for thing in THINGS.values()} == set(CATEGORIES) - {"sign_in"}
    assert all(thing.name and thing.group for thing in THINGS.values())


def test_every_verb_has_its_forms() -> None:
    assert all(verb.past and verb.someone and verb.also for verb in VERBS.values())
    assert VERBS["sign"].hint == "always with a meaning"


def test_no_word_people_say_carries_a_bracket() -> None:
    assert not [word for verb in VERBS.values() for word in verb.also if re.search(r"[()]", word)]


def test_the_list_is_that_of_the_catalogue() -> None:
    page = shared_path("catalogue.md").read_text("utf-8")
    verbs = page[page.index("### 2.2") : page.index("### 2.3")]
    things = page[page.index("### 2.4") : page.index("### 2.5")]
    facts = page[page.index("All names:") : page.index("## 3.")]
    assert re.findall(r"^\| `(\w+)` \|", verbs, re.M) == list(VERBS)
    assert re.findall(r"`([\w.]+)` = ([^·|]+?) *(?=[·|])", things) == [
        (thing.kind, thing.name) for thing in THINGS.values()
    ]
    assert set(re.findall(r"`([\w.]+)`", facts)) == FACTS


@pytest.mark.parametrize(
    ("verb", "kinds", "category"),
    [
        ("change", ["invoice.sales"], "money"),
        ("sign_in", ["invoice.sales"], "sign_in"),
        ("sign_out", [], "sign_in"),
        ("view", ["customer"], "personal_data"),
        ("change", ["customer"], "master_data"),
        ("export", ["file", "customer.file"], "personal_data"),
        ("search", ["employee.pay"], "personal_data"),
        ("erase", ["candidate"], "personal_data"),
        ("change", ["employee.pay"], "people"),
        ("view", ["invoice.sales", "file"], "money"),
        ("create", ["x.greenhouse_tray"], None),
        ("create", ["x.greenhouse_tray", "file"], "document"),
        (None, ["contract"], "document"),
        (None, [], None),
    ],
)
def test_the_category_follows_from_verb_and_things(
    verb: str | None, kinds: list[str], category: str | None
) -> None:
    assert category_of(verb, kinds) == category


def test_customers_may_name_kinds_of_their_own() -> None:
    assert is_kind("x.greenhouse_tray") and is_kind("x.plant.tray") and not is_kind("x")
