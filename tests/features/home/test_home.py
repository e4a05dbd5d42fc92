"""Home answers first, in each state of the record, and its pill never says otherwise."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from indelible.features.home.charts import bars_a_day, round_above
from indelible.features.seals.models import Check
from tests.features.record.conftest import text_of
from tests.features.seals.conftest import book, checked, grow, told  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db(transaction=True)


def heading_of(answer: Any) -> str:
    found = re.search(r"<h1[^>]*>(.*?)</h1>", answer.content.decode(), re.S)
    assert found
    return " ".join(re.sub(r"<[^>]+>", "", found[1]).split())


def pill_of(answer: Any) -> str:
    found = re.search(r'<a class="pill.*?</a>', answer.content.decode(), re.S)
    assert found
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split())


@pytest.fixture
def just_now(checked: Callable[..., Any]) -> Callable[..., Any]:  # noqa: F811
    """A function that puts a check on file that ended so long before this moment."""

    def put(verdict: str = "matches", ago: timedelta = timedelta(minutes=1), **fields: Any) -> Any:
        ended = datetime.now(UTC) - ago
        times = {"asked_at": ended, "started_at": ended, "finished_at": ended}
        return checked(verdict, **{**times, **fields})

    return put


def test_a_new_record_says_that_it_has_begun(signed_in: Client, book: Any) -> None:  # noqa: F811
    page = signed_in.get("/")
    assert heading_of(page) == "Your record has begun"
    assert "It has 1 entry: its own beginning. Add the first one of yours." in text_of(page)
    assert "Bring in your first file" in text_of(page)


def test_a_record_nobody_checked_offers_the_check(
    signed_in: Client,
    grow: Callable[[int], None],  # noqa: F811
) -> None:
    grow(5)
    page = signed_in.get("/")
    assert heading_of(page) == "Your record has not been checked yet"
    assert pill_of(page) == "Not checked yet"


def test_an_untouched_record_says_how_many_and_when(
    signed_in: Client,
    grow: Callable[[int], None],  # noqa: F811
    just_now: Callable[..., Any],
) -> None:
    grow(5)
    just_now(size=4, report=told("matches", entries=4))
    page = signed_in.get("/")
    assert heading_of(page) == "Your record is untouched"
    assert "We checked all 4 sealed entries" in text_of(page)
    assert "2 newer entries came in since" in text_of(page)
    assert pill_of(page).startswith("Untouched")


@pytest.mark.parametrize("had", ["matches", "could not be checked", None])
def test_a_running_check_is_the_answer_until_it_ends(
    signed_in: Client,
    grow: Callable[[int], None],  # noqa: F811
    just_now: Callable[..., Any],
    had: str | None,
) -> None:
    grow(5)
    if had:
        just_now(had)
    just_now(
        "",
        state=Check.State.RUNNING,
        finished_at=None,
        report=None,
        done=3,
        size=6,
        asked_at=datetime.now(UTC),
    )
    page = signed_in.get("/")
    assert heading_of(page) == "Checking 6 entries"
    assert "3 of 6 entries checked. 50%" in text_of(page)
    assert pill_of(page).startswith("Checking")


@pytest.mark.parametrize(
    ("verdict", "hours", "heading", "pill"),
    [
        ("matches", 27, "Not checked since", "Not checked since"),
        ("could not be checked", 1, "Not everything could be checked", "Not all could be checked"),
        ("does not match", 1, "The record has been altered", "Altered"),
        ("does not match", 200, "The record has been altered", "Altered"),
    ],
)
def test_heading_and_pill_never_disagree(
    signed_in: Client,
    grow: Callable[[int], None],  # noqa: F811
    just_now: Callable[..., Any],
    verdict: str,
    hours: int,
    heading: str,
    pill: str,
) -> None:
    grow(5)
    just_now(verdict, timedelta(hours=hours))
    page = signed_in.get("/")
    assert heading_of(page).startswith(heading)
    assert pill_of(page).startswith(pill)
    assert "Untouched · checked" not in text_of(page)


def test_altered_stays_the_answer_while_another_check_runs(
    signed_in: Client,
    grow: Callable[[int], None],  # noqa: F811
    just_now: Callable[..., Any],
) -> None:
    grow(5)
    just_now("does not match")
    just_now("", state=Check.State.RUNNING, finished_at=None, report=None, done=1, size=6)
    page = signed_in.get("/")
    assert heading_of(page) == "The record has been altered"
    assert pill_of(page).startswith("Altered")


def test_the_chart_stands_against_a_round_number() -> None:
    assert [round_above(number) for number in (0, 5, 6, 11, 99, 101, 5_001)] == [
        5,
        5,
        10,
        20,
        100,
        200,
        10_000,
    ]
    chart = bars_a_day([(date(2026, 6, 12), 50), (date(2026, 6, 13), 0), (date(2026, 6, 14), 1)])
    assert (chart.top, chart.total) == (50, 51)
    assert [bar.height for bar in chart.bars] == [96.0, 0.0, 1.9]
    assert [bar.is_rest for bar in chart.bars] == [False, True, True]
