"""What a run fills into a sentence can never change what the sentence means."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indelible.language.matching import compiled
from indelible.language.matching_words import words_of
from indelible.language.pattern import Condition, Pattern, Who
from indelible.language.world import NOWHERE, World

from .conftest import bank_change, document

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
FIND = "changes to bank accounts of supplier {run.about}"
NASTY = [
    '" or anything',
    'x" by "Ana',
    "x since 2020",
    "{field.who}",
    "{run.about}",
    "}{",
    "Harrow*",
    "*",
    "Zqvaxjk",
    "supplier",
    "not Harrow",
    "in Indelible",
    "who:ana",
    "“ or ”",
    "Ana and Ben",
    "everything",
    "a" * 5_000,
    "Harrow\nFreight",
    "5000",
    "3.2",
    "2026-06-01",
    "ana@northwind.example",
    "@",
]


def ground_of(about: str, world: World = NOWHERE, **values: Any) -> Any:
    """A run about something, with these answers."""
    from indelible.features.runbooks.checks import Ground
    from indelible.features.runbooks.models import Run

    run = Run(about=about, opened_at=NOW)
    return Ground(
        run=run,
        step=None,
        document=document(),
        logbook=None,
        now=NOW,
        values=values,
        world=world,  # type: ignore[arg-type]
    )


def read(text: str, ground: Any) -> Pattern:
    """What a sentence means."""
    from indelible.features.runbooks.checks import sentences

    return sentences.read(text, ground).pattern


def is_refused(text: str, ground: Any) -> str:
    """Why a sentence is not looked for."""
    from indelible.features.runbooks.checks import CannotTell

    with pytest.raises(CannotTell) as why:
        read(text, ground)
    return why.value.says


def check_about(value: str) -> None:
    """A value stands where the name stands, and nothing else of the meaning moves."""
    from indelible.features.runbooks.checks import CannotTell

    plain = read(FIND, ground_of("Harrow"))
    try:
        pattern = read(FIND, ground_of(value))
    except CannotTell:
        assert not words_of(value.replace("*", " ")) or len(value) > 200
        return
    assert replace(pattern, named=()) == replace(plain, named=())
    assert len(pattern.named) == 1
    assert words_of(pattern.named[0]) == words_of(value.replace("*", " "))
    assert not pattern.named[0].endswith("*")
    test: Any = compiled(pattern, NOWHERE)
    said: Any = bank_change(NOW, "Some Other Firm Ltd")
    assert test(said, 7) == (f" {words_of(value)} " in " some other firm ltd ")


@pytest.mark.parametrize("value", NASTY)
def test_a_nasty_value_is_a_name(value: str) -> None:
    check_about(value)


@settings(max_examples=60, deadline=None)
@given(
    st.text(max_size=30) | st.sampled_from(NASTY).flatmap(lambda one: st.text(max_size=8).map(one.__add__))
)
def test_any_value_is_a_name(value: str) -> None:
    check_about(value)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(NASTY) | st.text(max_size=20))
def test_any_person_is_who_acted(value: str) -> None:
    from indelible.features.runbooks.checks import CannotTell

    try:
        pattern = read("sign-ins by {field.who}", ground_of("x", who=value))
    except CannotTell:
        return
    assert replace(pattern, who=()) == Pattern.of(verbs=["sign_in"])
    (who,) = pattern.who
    assert who == Who(name=who.name)
    assert words_of(who.name) == words_of(value.replace("*", " "))


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(NASTY) | st.text(max_size=20), st.sampled_from(NASTY) | st.text(max_size=20))
def test_two_values_stay_in_their_places(about: str, who: str) -> None:
    from indelible.features.runbooks.checks import CannotTell

    find = "changes to bank accounts of supplier {run.about} by {field.who}"
    try:
        pattern = read(find, ground_of(about, who=who))
    except CannotTell:
        return
    ((named,), (actor,)) = pattern.named, pattern.who
    assert words_of(named) == words_of(about.replace("*", " "))
    assert words_of(actor.name) == words_of(who.replace("*", " "))
    same = read(find, ground_of("Harrow", who="Ana"))
    assert replace(pattern, named=(), who=()) == replace(same, named=(), who=())


def test_what_stands_for_what_was_filled_in() -> None:
    ground = ground_of("Harrow", count="5000", leaves="2026-06-01", left_at="2026-06-01T10:00", why="A why")
    assert read("payments over {field.count} EUR", ground).where == (Condition("amount", ">", "5000", "EUR"),)
    when = read("sign-ins since {field.leaves}", ground).when
    assert when is not None
    assert when.start == "2026-06-01"
    when = read("sign-ins since {field.left_at}", ground).when
    assert when is not None
    assert when.start == "2026-06-01T10:00:00Z"
    when = read("sign-ins since {run.opened_at}", ground).when
    assert when is not None
    assert when.start == "2026-06-15T12:00:00Z"
    assert read("payments where the reason is {field.why}", ground).where == (
        Condition("reason", "=", "A why"),
    )
    assert read('changes to suppliers mentioning "penalty"', ground).text == ("penalty",)


@pytest.mark.parametrize(
    ("find", "says"),
    [
        ("changes to supplier {field.supplier}", "“Supplier” is not filled in yet"),
        ("payments over {field.kept} EUR", "“How many stay” is no number"),
        ("sign-ins since {field.leaves}", "“Last day” is no day"),
        ("sign-ins since {field.left_at}", "“Left at” is no moment"),
        ("sign-ins since {step.look.done_at}", "“Look it” is not done yet"),
        ("sign-ins {period}", "This run has no period"),
        ("changes to supplier {field.no}", "There is no field “no”"),
        ("changes to {run.stamp}", "Nothing of a run is called"),
        ("payments over {run.about} EUR", "not understood"),
        ('notes with "about {run.about} of"', "quotation marks"),
        ("changes of blorgs to suppliers", "not understood: “blorgs”"),
        ("sign-ins where the person is a leaver", ""),
        ("everything", ""),
        ('entries with text "penalty"', "More is said than can be looked for"),
        ("sign-ins. Tell me.", "More is said than can be looked for"),
        ("sign-ins with a reason", "No entry can tell this part"),
        ("", "nothing that could be looked for"),
        (" ".join(["{run.about}"] * 9), "More is to be filled in"),
    ],
)
def test_what_cannot_be_looked_for(find: str, says: str) -> None:
    ground = ground_of("Harrow", kept="1 or 2", leaves="soon", left_at="then")
    assert says in is_refused(find, ground)


def test_a_field_may_hold_a_whole_sentence() -> None:
    rule = "Record when someone changes a supplier. Keep it 7 years."
    assert read("{sentence.why}", ground_of("x", why=rule)) == Pattern.of(
        verbs=["change"], things=["supplier"]
    )
    assert "not understood" in is_refused("{sentence.why}", ground_of("x", why="blorgs"))
    assert "has no blanks" in is_refused("{sentence.why}", ground_of("x", why="changes to {run.about}"))
    assert "not filled in" in is_refused("{sentence.why}", ground_of("x"))


def test_a_value_is_nobody_else_in_the_world_of_names() -> None:
    """A name that is also a group, a system or a word stays a name."""
    world = World(groups={"Finance": ()}, systems=("Xero", "SAP"))
    pattern = read("sign-ins by {field.who}", ground_of("x", world, who="Finance"))
    assert pattern.who == (Who(name="Finance"),)
    pattern = read(FIND, ground_of("Xero", world))
    assert (pattern.named, pattern.systems) == (("Xero",), ())
    assert "by its name" in is_refused("changes to suppliers in {field.why}", ground_of("x", world, why="3"))


def test_what_is_wrong_is_said_by_the_words_of_the_organisation() -> None:
    from indelible.features.runbooks.checks import flaws
    from indelible.features.runbooks.document.runbook import Check

    settings = {"find": "changes to greenhouse trays {field.supplier}"}
    check = Check(key="c", says="So.", kind="entries", settings=settings)
    assert flaws(check, document())
    world = World(things={"greenhouse tray": "x.tray", "greenhouse trays": "x.tray"})
    assert flaws(check, document(), world) == []
