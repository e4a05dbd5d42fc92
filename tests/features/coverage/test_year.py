"""A simulated year of a rule: never a false "Complete", whatever is lost, late, paused, replaced or changed."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from indelible.features.coverage.judging import Span, State, judge
from tests.features.coverage.simulated import CALENDAR, CHANGED, DAY, Year, month_of

SEEN_STATES: Counter[State] = Counter()


def looks() -> list[datetime]:
    """When somebody looks: shortly before and some days after the end of each month."""
    found = []
    for month in range(1, 13):
        end = month_of(month).end
        found += [end - timedelta(days=9, hours=5), end + timedelta(days=3, hours=10)]
    return sorted(found)


@settings(max_examples=12)
@given(st.integers(0, 10**6))
def test_complete_is_never_said_of_a_period_from_which_something_is_missing(seed: int) -> None:
    year = Year(seed)
    for now in looks():
        year.go_on(now)
        for month in range(max(1, now.month - 2), now.month + 1):
            period = month_of(month)
            if period.start >= now:
                continue
            for ids in ((1,), (2, 3), (1, 4), (1, 2, 3, 4)):
                _hold(year, ids, period, now)


def _hold(year: Year, ids: tuple[int, ...], period: Span, now: datetime) -> None:
    rule, feeds = year.rule(period), year.feeds(now, ids)
    found = judge(rule, feeds, period, now, CALENDAR)
    SEEN_STATES[found.state] += 1
    seen = sum(
        any(v in each.versions for v in year._counting(each, now))
        for each in year.records[: year.place]
        if each.source in ids and period.start <= each.happened < period.end
    )
    if found.state != State.COMPLETE:
        return
    until = min(period.end, now, found.through or period.end)
    arrived = sum(
        any(v in each.versions for v in year._counting(each, now))
        for each in year.records[: year.place]
        if each.source in ids and period.start <= each.happened < period.end and each.happened <= until
    )
    assert arrived == year.true_matches(period, until, ids, now), (year.seed, ids, period, now)
    assert seen >= arrived
    for source in feeds:
        assert not (period.start < source.began < period.end)
        assert source.ended is None or not period.start < source.ended < period.end
        for outage in source.outages:
            assert not period.touches(outage.start, outage.end), "an outage within the period is named"


def test_complete_is_said_where_nothing_is_missing_and_numbers_or_totals_show_it() -> None:
    said: set[tuple[str, ...]] = set()
    years = 0
    for seed in range(4):
        year = Year(seed)
        for now in looks():
            year.go_on(now)
            if now.month == 1:
                continue
            period = month_of(now.month - 1 if now.day < 10 else now.month)
            for ids in ((1,), (4,), (1, 4)):
                found = judge(year.rule(period), year.feeds(now, ids), period, now, CALENDAR)
                if found.state == State.COMPLETE:
                    said.add(found.how)
                    years += 1
    assert said == {("numbers",), ("totals",), ("numbers", "totals")}
    assert years > 20


def test_a_change_of_the_rule_mid_year_keeps_a_period_whole_and_counts_both_versions() -> None:
    year = Year(7, is_calm=True)
    now = CHANGED + timedelta(days=40)
    year.go_on(now)
    july = Span(CHANGED - 20 * DAY, CHANGED + 20 * DAY)
    found = judge(year.rule(july), year.feeds(now, (1,)), july, now, CALENDAR)
    assert found.state == State.COMPLETE
    assert {version for _rule, version, _day in year.batch.days} == {1, 2}
