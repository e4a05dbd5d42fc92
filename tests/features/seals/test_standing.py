"""How the record stands, as checks tell: the pill's words, and what a day of checks comes to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from indelible.features.seals.models import Check
from indelible.features.seals.pill import pill_of
from indelible.features.seals.queries import days_of_checks, last_good_before, percent, seconds_left, standing
from indelible.web.moments import Reader
from tests.features.seals.conftest import NOW

pytestmark = pytest.mark.django_db(transaction=True)
MADRID = Reader(zone="Europe/Madrid", date_style="day", theme="", single_keys=True)
RUNNING = {"state": Check.State.RUNNING, "verdict": "", "finished_at": None, "report": None}


def pill_now(book: Any) -> tuple[str, str, str]:
    pill = pill_of(standing(book, NOW), MADRID)
    return pill.state, str(pill.word), pill.more


def test_a_record_nobody_checked_is_not_called_untouched(book: Any) -> None:
    assert standing(book, NOW).state == "nothing"
    assert pill_now(book) == ("nothing", "Not checked yet", "")


def test_the_first_check_shows_how_far_it_is(book: Any, checked: Callable[..., Any]) -> None:
    checked(**RUNNING, done=61, size=100)
    assert standing(book, NOW).state == "checking"
    assert pill_now(book) == ("checking", "Checking", "61%")


def test_a_good_check_is_green_for_26_hours(book: Any, checked: Callable[..., Any]) -> None:
    checked(ago=timedelta(hours=26))
    state, word, more = pill_now(book)
    assert (state, word) == ("untouched", "Untouched")
    assert more.startswith("checked ")
    Check.objects.update(finished_at=NOW - timedelta(hours=26, seconds=1))
    state, word, _when = pill_now(book)
    assert (state, word) == ("stale", "Not checked since")


def test_what_could_not_be_checked_never_reads_untouched(book: Any, checked: Callable[..., Any]) -> None:
    checked("could not be checked")
    state, word, _when = pill_now(book)
    assert (state, word) == ("partial", "Not all could be checked")


def test_altered_stays_altered_while_another_check_runs(book: Any, checked: Callable[..., Any]) -> None:
    checked("does not match")
    assert pill_now(book) == ("altered", "Altered", "see what we found")
    checked(ago=timedelta(), **RUNNING, done=1, size=2)
    assert pill_now(book) == ("altered", "Altered", "see what we found")


def test_while_a_later_check_runs_the_pill_says_so(book: Any, checked: Callable[..., Any]) -> None:
    checked()
    checked(ago=timedelta(), **RUNNING, done=1, size=2)
    assert pill_now(book) == ("checking", "Checking", "50%")


def test_a_check_that_failed_or_was_stopped_changes_nothing(book: Any, checked: Callable[..., Any]) -> None:
    checked()
    checked(ago=timedelta(), state=Check.State.FAILED, verdict="", report=None)
    checked(ago=timedelta(), state=Check.State.STOPPED, verdict="", report=None)
    assert standing(book, NOW).state == "untouched"


def test_newer_entries_are_counted(
    book: Any, checked: Callable[..., Any], grow: Callable[[int], None]
) -> None:
    row = checked(size=book.size)
    grow(3)
    assert standing(book, NOW).newer == 3
    assert standing(book, NOW).last == row


def test_the_last_good_check_before_an_alteration_is_found(book: Any, checked: Callable[..., Any]) -> None:
    good = checked(ago=timedelta(hours=9))
    checked("could not be checked", ago=timedelta(hours=5))
    bad = checked("does not match", ago=timedelta(hours=1))
    assert last_good_before(bad) == good
    assert standing(book, NOW).last_good == good


def test_a_day_shows_its_worst_check_in_the_zone_of_the_reader(
    book: Any, checked: Callable[..., Any]
) -> None:
    checked(ago=timedelta(hours=13, minutes=30))  # 22:30 UTC: the next day in Madrid
    checked("does not match", ago=timedelta(hours=11))
    checked("could not be checked", ago=timedelta(days=3))
    days = days_of_checks(book, NOW, ZoneInfo("Europe/Madrid"), 30)
    assert len(days) == 30
    tones = {day.day: day.tone for day in days}
    assert tones[date(2026, 6, 12)] == "bad"
    assert tones[date(2026, 6, 11)] == "none"
    assert tones[date(2026, 6, 9)] == "warn"


def test_a_check_is_never_at_a_hundred_before_it_is_done(book: Any, checked: Callable[..., Any]) -> None:
    assert percent(checked(**RUNNING, done=100, size=100)) == 99
    assert percent(checked(**RUNNING, done=0, size=0)) == 0


def test_the_time_left_follows_the_pace_so_far(book: Any, checked: Callable[..., Any]) -> None:
    row = checked(ago=timedelta(seconds=30), **RUNNING, done=60, size=100)
    assert seconds_left(row, NOW) == 20
    row.done = 0
    assert seconds_left(row, NOW) is None
    row.done, row.resume = 60, {"at": 30}
    assert seconds_left(row, NOW) is None
