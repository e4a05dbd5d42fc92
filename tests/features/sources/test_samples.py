"""The samples give what is expected of them, one by one and as a whole folder in any order, and nothing twice."""

from __future__ import annotations

import random
from typing import Any

import pytest

from indelible.storage.database.models import Number
from tests.intake.test_samples import EXPECTED
from tests.shared import shared_path

# What the whole folder holds: 1488 records, less ten that Okta gives in two forms and eight that two weeks share.
EVENTS_OF_THE_FOLDER = 1470


@pytest.fixture(autouse=True)
def _material() -> None:
    shared_path("samples/expected.json")


def events_held(book: Any) -> int:
    """Count the entries that came out of files, which are all but Indelible's own."""
    given = Number.objects.filter(logbook=book).exclude(name="sources/0").exclude(name__startswith="rules/")
    return sum(number.last for number in given)


def test_every_sample_gives_the_expected_counts_and_a_second_time_nothing(book: Any, take: Any) -> None:
    held = 0
    for each in EXPECTED.values():
        result = take(shared_path(f"samples/{each['file']}"), given=each["given"])
        assert not result.questions, each["file"]
        known_before = {"okta-system-log.csv": (10, 0), "overlap-week2.csv": (7, 1)}.get(each["file"], (0, 0))
        assert result.recorded == each["events"] - sum(known_before), each["file"]
        assert (result.conflicts, result.rejected) == (known_before[1], each["rejected"]), each["file"]
        assert {notice["code"] for notice in result.notices} >= set(each["warnings"]), each["file"]
        assert result.system == each["slug"], each["file"]
        held += result.recorded + result.conflicts
    assert events_held(book) == held
    for each in EXPECTED.values():
        again = take(shared_path(f"samples/{each['file']}"), given=each["given"])
        assert (again.recorded, again.conflicts) == (0, 0), each["file"]


@pytest.mark.parametrize("seed", [11, 22])
def test_the_whole_folder_in_any_order_twice_ends_with_as_many_events_and_one_conflict(
    book: Any, take: Any, seed: int
) -> None:
    shuffled = random.Random(seed)
    recorded = conflicts = 0
    for _time in range(2):
        files = list(EXPECTED.values())
        shuffled.shuffle(files)
        for each in files:
            result = take(shared_path(f"samples/{each['file']}"), given=each["given"])
            told = result.recorded + result.duplicates + result.conflicts + result.rejected
            assert result.read == told, each["file"]
            recorded += result.recorded
            conflicts += result.conflicts
    assert (recorded, conflicts) == (EVENTS_OF_THE_FOLDER, 1)
    # The second account of the conflict is an entry too; it refers to the first and is no further event.
    assert events_held(book) == EVENTS_OF_THE_FOLDER + 1
