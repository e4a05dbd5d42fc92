"""Every known sentence is understood as it should be, or asked about; none is silently taken for another."""

from __future__ import annotations

from typing import Any

import pytest

from indelible.language.pattern import Duties, Pattern
from indelible.language.rendering import render
from tests.language.sentences import KNOWN, differences, read

GROUPS = ("seeds", "catalogue", "typed", "plain", "doubtful")
CASES = [
    pytest.param(case, id=f"{group}-{place}") for group in GROUPS for place, case in enumerate(KNOWN[group])
]


def test_there_are_enough_of_each_kind() -> None:
    own = len(KNOWN["plain"]) + len(KNOWN["doubtful"])
    assert len(KNOWN["catalogue"]) == 88
    assert own >= 160
    assert 3 * len(KNOWN["doubtful"]) >= own


@pytest.mark.parametrize("case", CASES)
def test_a_sentence_is_understood_as_it_should_be_or_asked_about(case: dict[str, Any]) -> None:
    reading = read(case["sentence"], case["world"])
    assert not [f"{case['sentence']}: {each}" for each in differences(case, reading)]


@pytest.mark.parametrize("case", CASES)
def test_what_is_understood_reads_back_to_the_same_meaning(case: dict[str, Any]) -> None:
    reading = read(case["sentence"], case["world"])
    assert Pattern.from_json(reading.pattern.to_json()) == reading.pattern
    assert Duties.from_json(reading.duties.to_json()) == reading.duties
    if not reading.understood:
        return
    told = render(reading.pattern, reading.duties, as_="search" if reading.kind == "search" else "rule")
    again = read(told, case["world"])
    assert again.understood, told
    assert (again.pattern, again.duties) == (reading.pattern, reading.duties), told
