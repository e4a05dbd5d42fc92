"""Reading a question: each part shown as understood, and whatever is not understood named."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indelible.storage.database.search import EVERYTHING, parse_query, query_text, read_back

NOW = datetime(2025, 6, 12, 23, 30, tzinfo=UTC)
MADRID = ZoneInfo("Europe/Madrid")  # where it is the 13th already


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("today", "2025-06-12T22:00", "2025-06-13T22:00"),
        ("yesterday", "2025-06-11T22:00", "2025-06-12T22:00"),
        ("last-7-days", "2025-06-06T22:00", "2025-06-13T22:00"),
        ('"last 7 days"', "2025-06-06T22:00", "2025-06-13T22:00"),
        ("last_7_days", "2025-06-06T22:00", "2025-06-13T22:00"),
        ("this-week", "2025-06-08T22:00", "2025-06-15T22:00"),
        ("last-month", "2025-04-30T22:00", "2025-05-31T22:00"),
        ("2025-06-11..2025-06-12", "2025-06-10T22:00", "2025-06-12T22:00"),
        ("2025-06..2025-07", "2025-05-31T22:00", "2025-07-31T22:00"),
        ("2025", "2024-12-31T23:00", "2025-12-31T23:00"),
        ("2025-03-30", "2025-03-29T23:00", "2025-03-30T22:00"),  # 23 hours long
        ("2025-06-12T14:32", "2025-06-12T12:32", "2025-06-12T12:33"),
        ("2025-06-12T14:32:07+00:00", "2025-06-12T14:32:07", "2025-06-12T14:32:08"),
    ],
)
def test_a_period_is_meant_in_the_zone_of_whoever_asks(asked, start, end):
    period = parse_query(f"when:{asked}", NOW, MADRID).query.when
    assert (period.start, period.end) == tuple(
        datetime.fromisoformat(edge).replace(tzinfo=UTC) for edge in (start, end)
    )


@pytest.mark.parametrize(
    ("asked", "start", "end"), [("2025-06-01..", True, False), ("..2025-06-12", False, True)]
)
def test_a_period_may_be_open(asked, start, end):
    period = parse_query(f"when:{asked}", NOW, MADRID).query.when
    assert (period.start is not None, period.end is not None) == (start, end)


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("when:never", "unknown-period"),
        ("when:2025-02-30", "unknown-period"),
        ("when:2025-06-12..2025-06-01", "unknown-period"),
        ("when:..", "no-value"),
        ("when:last-0-days", "unknown-period"),
        ("when:today when:yesterday", "second-period"),
        ("outcome:great", "unknown-outcome"),
        ("rule:3", "later"),
        ('who:""', "no-value"),
        ("colour:red", "unknown-qualifier"),
        ("???", "nothing-to-search"),
    ],
)
def test_what_is_not_understood_is_named(asked, code):
    parsed = parse_query(asked, NOW, UTC)
    assert [left.code for left in parsed.leftovers] == [code]
    assert not parsed.understood


def test_a_qualifier_that_nobody_knows_is_searched_as_text_and_named():
    assert parse_query("urn:abc", NOW, UTC).query.words == ("urn:abc",)


def test_each_part_is_a_chip_that_can_be_taken_away():
    parsed = parse_query('who:"Maria Lopez" about:invoice what:edited when:today harlow', NOW, MADRID)
    assert [(chip.qualifier, chip.text, chip.reading) for chip in parsed.chips] == [
        ("who", 'who:"Maria Lopez"', "Maria Lopez"),
        ("about", "about:invoice", "invoice"),
        ("what", "what:edited", "changed"),
        ("when", "when:today", "today"),
        ("words", "harlow", "harlow"),
    ]
    assert parsed.chips[1].rest == 'who:"Maria Lopez" what:edited when:today harlow'


def test_the_question_is_read_back_in_words():
    parsed = parse_query('who:ana who:ben about:invoice when:2025-06-01.. "new bank"', NOW, MADRID)
    assert read_back(parsed.query) == (
        "Entries by “ana” or “ben”, about “invoice”, that happened in this time: since 2025-06-01,"
        " with the text “new bank”"
    )
    assert read_back(EVERYTHING) == "Every entry of the record"


@given(st.text(max_size=60))
def test_any_text_is_read_and_its_canonical_text_means_the_same(text):
    query = parse_query(text, NOW, MADRID).query
    assert parse_query(query_text(query), NOW, MADRID).query == query


@given(
    st.lists(
        st.builds(
            lambda name, value: f'{name}:"{value}"',
            st.sampled_from(["who", "about", "what", "source", "flag", "when", "outcome", "rule", "x"]),
            st.text(max_size=12),
        ),
        max_size=4,
    )
)
def test_any_filter_is_read_or_named_and_its_canonical_text_means_the_same(parts):
    parsed = parse_query(" ".join(parts), NOW, MADRID)
    assert bool(parts) == bool(parsed.chips or parsed.leftovers)
    assert parse_query(query_text(parsed.query), NOW, MADRID).query == parsed.query
