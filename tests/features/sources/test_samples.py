"""The samples give exactly what is expected of them, one by one and the whole folder in any order, and add nothing twice."""

from __future__ import annotations

import random
from typing import Any

import pytest

from indelible.storage.database.models import Number
from tests.intake.test_samples import COMES_WITH_THE_INTAKE_ISSUE, EXPECTED
from tests.shared import shared_path

# What the whole folder holds: 1488 records, less ten that Okta gives in two forms and eight that two weeks share.
EVENTS_OF_THE_FOLDER = 1470


@pytest.fixture(autouse=True)
def _material() -> None:
    shared_path("samples/expected.json")


def due() -> list[dict[str, Any]]:
    return [each for name, each in EXPECTED.items() if name not in COMES_WITH_THE_INTAKE_ISSUE]


def events_held(book: Any) -> int:
    """Count the entries that came out of files, which are all but Indelible's own."""
    given = Number.objects.filter(logbook=book).exclude(name="sources/0").exclude(name__startswith="rules/")
    return sum(number.last for number in given)


def test_every_sample_gives_the_expected_counts_and_a_second_time_nothing(book: Any, take: Any) -> None:
    held = 0
    for each in due():
        result = take(shared_path(f"samples/{each['file']}"), given=each["given"])
        assert not result.questions, each["file"]
        known_before = {"okta-system-log.csv": (10, 0), "overlap-week2.csv": (7, 1)}.get(each["file"], (0, 0))
        assert result.recorded == each["events"] - sum(known_before), each["file"]
        assert (result.conflicts, result.rejected) == (known_before[1], each["rejected"]), each["file"]
        assert {notice["code"] for notice in result.notices} >= set(each["warnings"]), each["file"]
        assert result.system == each["slug"], each["file"]
        held += result.recorded + result.conflicts
    assert events_held(book) == held
    for each in due():
        again = take(shared_path(f"samples/{each['file']}"), given=each["given"])
        assert (again.recorded, again.conflicts) == (0, 0), each["file"]


@pytest.mark.parametrize("seed", [11, 22, 33])
def test_the_whole_folder_in_any_order_twice_ends_with_as_many_events_and_one_conflict(
    book: Any, take: Any, seed: int
) -> None:
    shuffled = random.Random(seed)
    recorded = conflicts = 0
    for _time in range(2):
        files = due()
        shuffled.shuffle(files)
        for each in files:
            result = take(shared_path(f"samples/{each['file']}"), given=each["given"])
            told = result.recorded + result.duplicates + result.conflicts + result.rejected
            assert result.read == told, each["file"]
            recorded += result.recorded
            conflicts += result.conflicts
    due_now = sum(each["events"] for each in due()) - 10 - 8
    assert (recorded, conflicts) == (due_now, 1)
    assert events_held(book) == due_now + 1
    if not COMES_WITH_THE_INTAKE_ISSUE:
        assert due_now == EVENTS_OF_THE_FOLDER


def test_the_expectations_add_up_to_what_the_folder_holds() -> None:
    assert sum(each["events"] for each in EXPECTED.values()) - 10 - 8 == EVENTS_OF_THE_FOLDER
