"""When a rule is silent: told within its grace, in working time; never on holidays, in pauses or before it began."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indelible.features.coverage.expecting import about_of, rhythm_of, span_of
from indelible.features.coverage.judging import Feed, Kept, Outage, Span, State, expectation, judge
from indelible.features.sources.silence.rhythm import Quiet, Rhythm, Spell, learn
from indelible.language.pattern import Duties
from tests.features.coverage.simulated import BEGAN, CALENDAR, DAY, FAR, FIRST, HOUR, LAST, at

WORKING_DAYS = [
    day for n in range(365) if CALENDAR.is_working_day(day := FIRST + n * DAY) and day < LAST - 8 * DAY
]


def of(**more: Any) -> Kept:
    """A rule that is on since before the year."""
    return replace(Kept(on_since=BEGAN, spans=(Span(BEGAN, FAR),), version_since=BEGAN, ever=1), **more)


def feed(**more: Any) -> Feed:
    return replace(Feed(1, "Ledger", BEGAN), **more)


SCHEDULES: dict[str, tuple[Duties, list[datetime], timedelta]] = {
    "every working day, three hours of grace": (
        Duties(expected="P1D", silent_after="PT3H"),
        [at(day, 10) for day in WORKING_DAYS],
        3 * HOUR,
    ),
    "each Monday and Thursday by six": (
        Duties(expected="P1W on Monday and Thursday by 18:00", silent_after="PT6H"),
        [at(day, 16) for day in WORKING_DAYS if day.weekday() in (0, 3)],
        8 * HOUR,
    ),
    "monthly on the 28th, two days of grace": (
        Duties(expected="P1M on the 28th", silent_after="P2D"),
        [
            at(next(d for n in range(9) if CALENDAR.is_working_day(d := date(2026, month, 28) + n * DAY)), 12)
            for month in range(1, 12)
        ],
        timedelta(days=2, hours=12),
    ),
}


@pytest.mark.parametrize("name", SCHEDULES)
@settings(max_examples=15)
@given(seed=st.integers(0, 10**6))
def test_what_is_missed_is_told_within_its_grace_and_nothing_else(name: str, seed: int) -> None:
    duties, planned, grace = SCHEDULES[name]
    rhythm, luck = rhythm_of(duties, {}), random.Random(seed)
    assert rhythm is not None
    lost = {n for n in range(1, len(planned) - 1) if luck.random() < 0.08}
    came = {n: each + grace / 3 * luck.random() for n, each in enumerate(planned) if n not in lost}
    for before, after in pairwise(sorted(came)):
        found = expectation(of(rhythm=rhythm, last_seen=came[before]), [feed()], CALENDAR)
        assert found is not None
        missed = list(range(before + 1, after))
        is_silent = found[1] < came[after]
        assert is_silent == bool(missed), (planned[before], came[after], found)
        if missed:  # told within the grace, counted in working time
            beyond = CALENDAR.working_seconds(planned[missed[0]] + grace, found[1])
            most = 20 if grace > DAY else 10  # hours: a grace of days ends with a working day
            assert planned[missed[0]] <= found[1] and beyond <= most * 3600, (planned[missed[0]], found)


@settings(max_examples=15)
@given(seed=st.integers(0, 10**6))
def test_silent_after_two_days_counts_days_on_which_somebody_works(seed: int) -> None:
    rhythm = rhythm_of(Duties(silent_after="P2D"), {})
    luck = random.Random(seed)
    last = at(luck.choice(WORKING_DAYS[:-4]), luck.randrange(8, 18))
    found = expectation(of(rhythm=rhythm, last_seen=last), [feed()], CALENDAR)
    assert found is not None
    days = [day for day in WORKING_DAYS if at(day, 0) < found[1] and at(day + DAY, 0) > last]
    assert 2 <= len(days) <= 3, "two whole working days, over three dates at most"


def test_a_usual_pace_is_learned_and_holidays_are_no_silence() -> None:
    arrivals = [at(day, 9) for day in WORKING_DAYS]
    now = at(date(2026, 4, 1), 0)
    recent = [Spell(each, each) for each in arrivals if now - 28 * DAY <= each < now]
    rhythm = learn(recent, now, CALENDAR)
    easter = at(date(2026, 4, 6), 8)  # Good Friday and the weekend behind us
    rule = of(rhythm=rhythm, last_seen=at(date(2026, 4, 2), 9), seen=20)
    found = judge(rule, [feed()], Span(easter - 30 * DAY, easter + DAY), easter, CALENDAR)
    assert found.state == State.USUAL and found.how == ("pace",)
    later = at(date(2026, 4, 9), 20)
    assert judge(rule, [feed()], Span(easter, later + DAY), later, CALENDAR).state == State.SILENT


DAILY = Rhythm("days", 1, working=True, grace=3 * HOUR)
SEEN = at(date(2026, 3, 3), 10)


def silent(rule: Kept, feeds: list[Feed], now: datetime) -> bool:
    return judge(rule, feeds, Span(now - 30 * DAY, now + DAY), now, CALENDAR).state == State.SILENT


def test_a_replaced_source_is_waited_for_from_its_own_beginning() -> None:
    rule, gone = of(rhythm=DAILY, last_seen=SEEN), feed(ended=SEEN + HOUR)
    between = SEEN + 10 * DAY
    found = judge(rule, [gone], Span(between - 30 * DAY, between + DAY), between, CALENDAR)
    assert found.state == State.UNTESTED, "no source is there: that is no silence, and nothing like complete"
    assert "no_source" in {lack.code for lack in found.lacks}
    taken_over = feed(source=2, name="New Ledger", began=between)
    assert not silent(rule, [gone, taken_over], between + DAY)
    assert silent(rule, [gone, taken_over], between + 5 * DAY)


def test_a_paused_source_and_announced_quiet_are_no_silence_while_all_of_them_are() -> None:
    rule = of(rhythm=DAILY, last_seen=SEEN)
    later = SEEN + 9 * DAY
    paused = feed(outages=(Outage("paused", SEEN + HOUR),))
    assert not silent(rule, [paused], later)
    went_on = feed(outages=(Outage("paused", SEEN + HOUR, later),), live_since=later)
    assert not silent(rule, [went_on], later + DAY)
    assert silent(rule, [went_on], later + 5 * DAY)
    quiet = feed(quiet=(Quiet(SEEN + HOUR, later),))
    assert not silent(rule, [quiet], later)
    assert silent(rule, [quiet, feed(source=2)], later), "the other one is expected"


def test_a_changed_rule_and_one_switched_on_are_waited_for_anew() -> None:
    later = SEEN + 9 * DAY
    assert silent(of(rhythm=DAILY, last_seen=SEEN), [feed()], later)
    assert not silent(of(rhythm=DAILY, last_seen=SEEN, version_since=later - DAY), [feed()], later)
    assert not silent(of(rhythm=DAILY, last_seen=SEEN, on_since=later - DAY), [feed()], later)
    off = of(rhythm=DAILY, last_seen=SEEN, on_since=None)
    assert judge(off, [feed()], Span(SEEN, later), later, CALENDAR).state == State.OFF


def test_a_rule_that_nothing_ever_matched_is_new_then_untested_and_silent_where_a_promise_says_so() -> None:
    rule, began = of(ever=0, spans=(Span(SEEN, FAR),), on_since=SEEN, version_since=SEEN), SEEN
    period = Span(began, began + 60 * DAY)
    assert judge(rule, [feed()], period, began + 3 * DAY, CALENDAR).state == State.NEW
    assert judge(rule, [feed()], period, began + 20 * DAY, CALENDAR).state == State.UNTESTED
    assert judge(rule, [], period, began + 20 * DAY, CALENDAR).state == State.UNTESTED
    promised = replace(rule, rhythm=DAILY, is_declared=True)
    found = judge(promised, [feed()], period, began + 20 * DAY, CALENDAR)
    assert (found.state, found.since, found.how) == (State.SILENT, began, ("declared",))


def test_nothing_for_ninety_days_is_untested() -> None:
    now = SEEN + 100 * DAY
    found = judge(of(last_seen=SEEN), [feed()], Span(now - 30 * DAY, now + DAY), now, CALENDAR)
    assert found.state == State.UNTESTED and found.lacks[0].code == "nothing_for"


@pytest.mark.parametrize(
    ("text", "rhythm"),
    [
        ("P1D", Rhythm("days", 1, working=True, grace=12 * HOUR)),
        ("PT4H", Rhythm("hours", 4, working=True, grace=2 * HOUR)),
        ("P1M on the 28th", Rhythm("monthdays", monthdays=(28,), by=time(23, 59), working=True, grace=DAY)),
        ("P1M on the last day by 9:30", Rhythm("monthdays", monthdays=(31,), by=time(9, 30), working=True, grace=DAY)),
        ("P1W on Monday", Rhythm("weekdays", weekdays=(0,), by=time(23, 59), working=True, grace=DAY)),
        ("P1Y", Rhythm("months", 12, working=True, grace=2 * DAY)),
        ("weekly", None),
        ("", None),
        ("P", None),
        ("P0D", None),
    ],
)  # fmt: skip
def test_expected_is_read_as_a_rhythm(text: str, rhythm: Rhythm | None) -> None:
    assert rhythm_of(Duties(expected=text), {}) == rhythm


def test_how_many_are_expected_is_read() -> None:
    assert about_of({"by": "pace", "about": 40, "every": "P1W"}) == (40, timedelta(days=7))
    assert about_of({"by": "pace"}) is None and about_of({"about": "40", "every": "P1W"}) is None
    assert span_of("P2M") == timedelta(days=60) and span_of("two") is None
    assert datetime(2026, 1, 1, tzinfo=UTC) < at(date(2026, 1, 2), 0)
