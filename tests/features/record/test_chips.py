"""The chips above the list: every part of a question has one, and taking it away leaves all others."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

import pytest

from indelible.language.pattern import EVERYTHING, Condition, Pattern, When, Who
from indelible.language.world import NOWHERE

WHOLE = Pattern.of(
    verbs=("change", "delete"),
    categories=("money",),
    things=("invoice.sales", "x.greenhouse_tray"),
    named=("INV-1043",),
    who=(Who(name="Maria Lopez"), Who(group="Finance"), Who(kind="service")),
    not_who=(Who(name="Tom Reed"),),
    systems=("Xero",),
    not_verbs=("view",),
    not_things=("payment",),
    not_systems=("Okta",),
    outcomes=("failure", "denied"),
    flags=("arrived_late",),
    rules=("3", "4.2"),
    said=("Invoice Edited",),
    text=("harrow", "new bank"),
    where=(Condition("amount", ">", "5000", "EUR"), Condition("changes.before", "absent")),
    when=When("2025-06-01", "2025-06-30", ("sat", "sun"), "outside working hours"),
    facts=("reason",),
    unchecked=("the person is a leaver",),
)


def test_every_part_has_a_chip_in_words() -> None:
    from indelible.features.record.chips import chips_of

    assert [chip.words for chip in chips_of(WHOLE)] == [
        "What happened: changed or deleted or Money moving or booked",
        "What happened: “Invoice Edited”",
        "What happened: not viewed",
        "About: sales invoice or greenhouse tray",
        "About: “INV-1043”",
        "About: not payment",
        "Who: a program or somebody in Finance or Maria Lopez",
        "Who: not Tom Reed",
        "Source: Xero",
        "Source: not Okta",
        "Rule: rule 3 or rule 4, version 2",
        "Outcome: it was refused or it failed",
        "Mark: Arrived late",
        "Condition: amount is more than 5000 EUR",
        "Condition: the old value is missing",
        "When: 2025-06-01 to 2025-06-30",
        "When: Saturday or Sunday",
        "When: outside working hours",
        "Text: harrow",
        "Text: new bank",
        "Must tell: reason",
        "Cannot be checked: the person is a leaver",
    ]


def test_taking_chips_away_one_by_one_ends_with_everything() -> None:
    from indelible.features.record.chips import chips_of

    asked, steps = WHOLE, 0
    while chips := chips_of(asked):
        asked, steps = chips[0].rest, steps + 1
        assert len(chips_of(asked)) == len(chips) - 1
    assert asked == EVERYTHING
    assert steps == 22


@pytest.mark.parametrize("part", [one.name for one in fields(Pattern)])
def test_no_part_of_a_question_is_without_a_chip(part: str) -> None:
    from indelible.features.record.chips import chips_of

    assert getattr(WHOLE, part), f"the question of this test says nothing of {part}"
    alone: dict[str, Any] = {part: getattr(WHOLE, part)}
    assert chips_of(Pattern.of(**alone))


def test_a_moving_period_stands_as_typed() -> None:
    from indelible.features.record.chips import chips_of

    asked = Pattern.of(when=When("2025-05-01", "2025-05-31", text="last month"))
    assert [chip.words for chip in chips_of(asked)] == ["When: last month"]


def test_hidden_characters_are_shown() -> None:
    from indelible.features.record.chips import chips_of

    assert "[U+202E]" in chips_of(Pattern.of(who=(Who(name="Ma\u202eria"),)))[0].words


def test_the_address_of_each_chip_asks_for_what_is_left() -> None:
    from indelible.features.record.asking import as_typed
    from indelible.features.record.chips import chips_of
    from indelible.language.reading import understand

    now = datetime(2026, 11, 30, 12, tzinfo=UTC)
    for chip in chips_of(WHOLE):
        typed = as_typed(chip.rest)
        assert understand(typed, NOWHERE, now, purpose="search").pattern == chip.rest, chip.words
    for one in fields(Pattern):
        alone = Pattern.of(**{one.name: getattr(WHOLE, one.name)})
        assert understand(as_typed(alone), NOWHERE, now, purpose="search").pattern == alone, one.name
