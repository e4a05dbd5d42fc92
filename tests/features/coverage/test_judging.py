"""What keeps a rule from being called complete: each thing alone does, and is named."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from indelible.features.coverage.charts import WIDTH, bar
from indelible.features.coverage.judging import (
    Feed,
    Hole,
    Kept,
    Outage,
    Span,
    State,
    Stream,
    Total,
    judge,
)
from indelible.features.coverage.tallying import Batch
from indelible.features.coverage.words import lack_words
from indelible.web.moments import Reader
from tests.features.coverage.simulated import BEGAN, CALENDAR, DAY, FAR, MADRID, month_of

MARCH, APRIL, MAY = month_of(3), month_of(4), month_of(5)
NOW = APRIL.start + 10 * DAY
WHOLE = Stream(1, 400, 400, BEGAN, NOW - DAY)
RULE = Kept(
    on_since=BEGAN, spans=(Span(BEGAN, FAR),), version_since=BEGAN, ever=90, last_seen=NOW - DAY, seen=40
)
FEED = Feed(7, "Ledger", BEGAN, streams=(WHOLE,))


def judged(rule: Kept = RULE, *feeds: Feed, period: Span = MARCH, now: datetime = NOW) -> Any:
    return judge(rule, feeds or (FEED,), period, now, CALENDAR)


def test_it_is_complete_while_nothing_speaks_against_it() -> None:
    found = judged()
    assert (found.state, found.how, found.lacks, found.through) == (
        State.COMPLETE, ("numbers",), (), WHOLE.through,
    )  # fmt: skip


def numbered(**more: Any) -> dict[str, Any]:
    return {"streams": (replace(WHOLE, **more),)}


AGAINST: dict[str, tuple[dict[str, Any], State, str]] = {
    "a number that came twice": (numbered(count=401), State.UNSHOWN, "numbers_not_one_by_one"),
    "a number that no entry carries": (numbered(count=399), State.UNSHOWN, "numbers_not_one_by_one"),
    "numbers that begin within": (
        numbered(lowest=11, count=390, since=MARCH.start + DAY), State.UNSHOWN, "numbers_began",
    ),
    "numbers that end within": (numbered(through=MARCH.end - DAY), State.UNSHOWN, "numbers_end"),
    "an entry without a number": ({"unnumbered": MARCH.start + DAY}, State.UNSHOWN, "numbers_partly"),
    "numbers that were given up": ({"given_up": True}, State.UNSHOWN, "numbers_partly"),
    "no numbers": ({"streams": ()}, State.UNSHOWN, "no_numbers"),
    "a hole": ({"holes": (Hole(5, 6, MARCH.start + DAY),)} | numbered(count=398), State.BROKEN, "hole"),
    "a hole that is explained": (
        {"holes": (Hole(5, 6, MARCH.start + DAY, explained=True),)} | numbered(count=398),
        State.PARTIAL, "hole_explained",
    ),
    "a hole that may fill": (
        {"holes": (Hole(5, 5, MARCH.start + DAY, told=False),)} | numbered(count=399),
        State.PARTIAL, "hole_open",
    ),
    "a total that differs": (
        {"totals": (Total(MARCH.start, MARCH.end, "differs", words="3 fewer"),)}, State.BROKEN, "total_differs",
    ),
    "a total that differs, explained": (
        {"totals": (Total(MARCH.start, MARCH.end, "differs", explained=True),)}, State.PARTIAL, "total_explained",
    ),
    "silence": ({"outages": (Outage("silent", MARCH.start, MARCH.start + DAY),)}, State.PARTIAL, "source_silent"),
    "a refusal": ({"outages": (Outage("refused", MARCH.start - DAY, None),)}, State.PARTIAL, "source_refused"),
    "a pause": ({"outages": (Outage("paused", MARCH.end - DAY, MARCH.end + DAY),)}, State.PARTIAL, "source_paused"),
    "a beginning within": ({"began": MARCH.start + DAY}, State.PARTIAL, "source_began"),
    "an end within": ({"ended": MARCH.end - DAY}, State.PARTIAL, "source_ended"),
    "a first message that is waited for": ({"is_waiting": True}, State.PARTIAL, "source_waiting"),
} | {
    f"what waits: {code}": ({"waits": {code: 2}}, State.PARTIAL, code)
    for code in ("unread", "unreadable", "rejected", "mistake", "kept", "behind")
}  # fmt: skip


@pytest.mark.parametrize("what", AGAINST)
def test_each_thing_alone_keeps_it_from_being_complete_and_is_named(what: str) -> None:
    more, state, code = AGAINST[what]
    found = judged(RULE, replace(FEED, **more))
    assert (found.state, code in {lack.code for lack in found.lacks}) == (state, True), found
    words = [lack_words(lack, Reader()) for lack in found.lacks]
    assert all("Ledger" in each for each in words) and all(each.endswith(".") for each in words)
    twice = judged(RULE, FEED, replace(FEED, source=8, **more))
    assert twice.state != State.COMPLETE, "one source is enough"


RULES_AGAINST: dict[str, tuple[dict[str, Any], State, str]] = {
    "began within": ({"spans": (Span(MARCH.start + DAY, FAR),)}, State.PARTIAL, "not_in_force"),
    "was off within": (
        {"spans": (Span(BEGAN, MARCH.start + DAY), Span(MARCH.end - DAY, FAR))}, State.PARTIAL, "not_in_force",
    ),
    "was silent within": (
        {"spells": (Outage("silent", MARCH.start, MARCH.start + 3 * DAY),)}, State.PARTIAL, "rule_silent",
    ),
    "entries not counted": ({"behind": 3}, State.PARTIAL, "uncounted"),
    "a file of nobody": ({"unread": 1}, State.PARTIAL, "unread_anywhere"),
    "facts beyond what is allowed": ({"lacking": 3}, State.BROKEN, "lacking"),
    "fewer than usual": ({"about": 90}, State.PARTIAL, "fewer"),
}  # fmt: skip


@pytest.mark.parametrize("what", RULES_AGAINST)
def test_so_does_each_thing_of_the_rule_itself(what: str) -> None:
    more, state, code = RULES_AGAINST[what]
    found = judged(replace(RULE, **more))
    assert (found.state, [lack.code for lack in found.lacks]) == (state, [code])
    assert lack_words(found.lacks[0], Reader()).endswith(".")
    assert judged(replace(RULE, lacking=2)).state == State.COMPLETE, "2 of 40 are allowed"


def test_a_period_that_goes_on_needs_numbers_of_the_last_working_days() -> None:
    assert judged(period=APRIL).state == State.COMPLETE
    older = replace(FEED, streams=(replace(WHOLE, through=NOW - 9 * DAY),))
    found = judged(RULE, older, period=APRIL)
    assert (found.state, found.lacks[0].code) == (State.UNSHOWN, "numbers_end")


def test_what_is_missing_stays_missing_until_it_comes_or_is_explained() -> None:
    old = replace(FEED, holes=(Hole(5, 5, MARCH.start + DAY),), streams=(replace(WHOLE, count=399),))
    assert judged(RULE, old, period=APRIL).state == State.BROKEN, "a month later, too"
    before = judged(RULE, old, period=Span(APRIL.start, NOW - DAY))
    assert before.state == State.COMPLETE, "but a period that is over has its own"


def test_totals_have_to_lie_over_the_whole_period_and_to_give_a_number() -> None:
    bank = replace(FEED, streams=())
    halves = [
        Total(MARCH.start, MARCH.start + 10 * DAY, "matches"),
        Total(MARCH.start + 10 * DAY, MARCH.end, "matches"),
    ]
    assert judged(RULE, replace(bank, totals=tuple(halves))).how == ("totals",)
    for wrong in (
        halves[:1],
        [halves[0], replace(halves[1], start=halves[1].start + timedelta(hours=1))],
        [halves[0], replace(halves[1], counts=False)],
        [halves[0], replace(halves[1], state="open")],
    ):
        assert judged(RULE, replace(bank, totals=tuple(wrong))).state == State.UNSHOWN


def test_numbers_out_of_the_order_of_what_happened_show_less() -> None:
    batch = Batch(MADRID, {})
    for number, hour in ((1, 8), (2, 12), (3, 9), (4, 13)):
        at = datetime(2026, 3, 3, hour, tzinfo=UTC)
        event = {
            "occurred_at": f"2026-03-03T{hour:02}:00:00Z",
            "extra": {"sequence": str(number)},
            "numbers": {"sources": {"7": number}},
        }
        batch.add(number, at + timedelta(hours=8), event)
    series = batch.series[7, ""]
    assert (series.count, series.highest, series.through.hour, series.slack) == (4, 4, 13, 3 * 3600.0)


def test_what_an_earlier_file_had_passed_came_late() -> None:
    batch = Batch(MADRID, {(1, 1): ()})
    for number, (file, day) in enumerate(((5, 3), (5, 2), (6, 2), (6, 4))):
        event = {
            "occurred_at": f"2026-03-{day:02}T09:00:00Z",
            "source": {"import": file},
            "numbers": {"sources": {"7": number + 1}, "rules": {"1.1": number + 1}},
        }
        batch.add(number, datetime(2026, 3, 9, tzinfo=UTC), event)
    late = {day.day: counted.late for (_rule, _version, day), counted in batch.days.items()}
    assert late == {2: 1, 3: 0, 4: 0}


def test_the_bar_hatches_what_is_expected_beyond_what_was_seen() -> None:
    assert bar(3, None) is None and bar(0, 0) is None
    whole = bar(40, 40)
    assert whole is not None and (whole.seen, whole.gap, whole.expected_at) == (WIDTH, "", None)
    part = bar(30, 40)
    assert part is not None and (part.seen, part.gap_from, part.gap_width) == (150, 150, 50)
    assert part.gap.startswith("M150 12") and part.gap.count("M") == 10
    more = bar(50, 40)
    assert more is not None and (more.seen, more.expected_at) == (WIDTH, 160)
