"""How details, differences and numbers of entries are put for people."""

from __future__ import annotations

import pytest

from indelible.features.record.describing import how_much, numbers_of
from indelible.features.record.flags import all_flags, flag_words


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("1200.00", "12000.00", "10,800.00 more (10 times)"),
        ("100", "250", "150 more (2.5 times)"),
        ("100", "101", "1 more"),
        ("12000.00", "1200.00", "10,800.00 less"),
        ("-5", "5", "10 more"),
        ("2025-06-30", "2025-06-15", "15 days earlier"),
        ("2025-06-30", "2025-07-01", "1 day later"),
        ("2025-06-30", "2025-13-01", ""),
        ("5", "5.0", ""),
        ("5", "many", ""),
        ("1e999999", "2", ""),
        ("NaN", "2", ""),
        (None, "2", ""),
        (True, False, ""),
    ],
)
def test_a_difference_is_told_only_where_there_is_one(before: object, after: object, words: str) -> None:
    assert how_much(before, after) == words


def test_entries_are_told_by_their_numbers_from_one_in_runs() -> None:
    assert numbers_of([6, 11, 12, 13, 1_000]) == "7, 12 to 14, 1,001"
    assert numbers_of(41) == "42"
    assert numbers_of(list(range(0, 100, 2))).endswith("and more, 50 in all")


def test_every_notice_that_reading_gives_has_words() -> None:
    assert flag_words("minute_precision") != "minute_precision"
    assert flag_words("some_new_code") == "some_new_code"
    assert all(words.endswith(".") for words in all_flags().values())
