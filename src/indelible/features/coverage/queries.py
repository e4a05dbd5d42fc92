"""Promise against reality, put together for whoever shows it: how each rule stands, and what no rule covers.

A handful of queries for all rules of a logbook together, however many there are.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import DatabaseError
from django.db.models import Max, Min, Sum

from indelible.events.instants import to_datetime
from indelible.events.office import WorkCalendar
from indelible.features.coverage import expecting, feeding, gathering, keeping
from indelible.features.coverage.feeding import Known, Unkept
from indelible.features.coverage.judging import (
    MAY_LACK_PERCENT,
    WORST_FIRST,
    Feed,
    Judgement,
    Kept,
    Outage,
    Span,
    State,
    judge,
)
from indelible.features.coverage.models import (
    RuleDay,
    RuleSeen,
    RuleSource,
    RuleSpan,
    RuleTrouble,
    RuleWatch,
    SourceDay,
    TroubleKind,
)
from indelible.features.rules.models import Rule, RuleState, RuleVersion
from indelible.features.settings.services import calendar
from indelible.features.sources.silence.rhythm import Rhythm
from indelible.language.pattern import Duties, Pattern
from indelible.storage.database import following
from indelible.storage.database.models import Logbook, Number
from indelible.storage.database.reads import head

logger = logging.getLogger("indelible.coverage")

DAY: Final = timedelta(days=1)
USUAL_DAYS: Final = 30  # the period that lists and home show
HISTORY: Final = timedelta(days=84)  # how far back "about how many" is learned from
LEAST_HISTORY: Final = 14  # days
FOREVER: Final = datetime(9000, 1, 1, tzinfo=UTC)
MOST_UNCOVERED: Final = 200
FEW_BEHIND: Final = 2_000  # entries; what is more is left to the worker
OWN: Final = 0  # the source of what is done in Indelible itself


@dataclass(frozen=True, slots=True)
class RuleStanding:
    """How one rule stands in a period: what was seen of it, what was expected, and the judgement."""

    rule: int
    version: int
    sentence: str
    period: Span
    judgement: Judgement
    seen: int = 0
    late: int = 0
    ever: int = 0  # by the running numbers of its versions
    lacking: int = 0
    facts: Mapping[str, int] = field(default_factory=dict)
    about: int | None = None
    rhythm: Rhythm | None = None
    last_seen: datetime | None = None
    feeds: Sequence[Feed] = ()
    behind: int = 0
    team: str = ""
    ask_unkept: Callable[[], Sequence[Unkept]] = tuple

    @property
    def state(self) -> State:
        """How it stands."""
        return self.judgement.state

    @property
    def unkept(self) -> Sequence[Unkept]:
        """What it promises that no source has ever sent: worked out when it is asked."""
        return self.ask_unkept()


def usual_period(now: datetime, days: WorkCalendar | None = None) -> Span:
    """Return the thirty days up to now, in whole days of the organisation's zone."""
    zone = ZoneInfo((days or calendar()).zone)
    today = now.astimezone(zone).date()
    return days_span(today - (USUAL_DAYS - 1) * DAY, today, zone)


def days_span(first: date, last: date, zone: ZoneInfo) -> Span:
    """Return the span of some days, both whole."""
    start, end = (datetime.combine(day, time(), zone).astimezone(UTC) for day in (first, last + DAY))
    return Span(start, end)


def standing_of(
    logbook: Logbook,
    now: datetime,
    period: Span | None = None,
    *,
    rules: Iterable[int] | None = None,
    days: WorkCalendar | None = None,
    count: int = FEW_BEHIND,
) -> dict[int, RuleStanding]:
    """Return how each rule stands at a moment, by its id; of `rules` alone where they are given.

    Up to `count` entries that are not counted yet are counted first, so that nobody misses what they just recorded.
    """
    days = days or calendar()
    period = period or usual_period(now, days)
    found = _rules(logbook, rules)
    if not found:
        return {}
    behind = _count_first(logbook, count)
    facts = _Facts(logbook, found, period, now, days, behind)
    return {rule.pk: facts.standing(rule) for rule in found}


def _count_first(logbook: Logbook, most: int) -> int:
    """Count what was recorded until now, if that is little; return how much of it is left.

    What is recorded meanwhile does not count as left, so that a busy log is not for ever behind.
    """
    size = head(logbook).size
    behind = max(0, size - following.upto_of(logbook, keeping.FOLLOWER))
    if not 0 < behind <= most:
        return behind
    try:
        keeping.catch_up(logbook, most=behind)
    except DatabaseError:  # a disk that is full, say: then it is said how far the count is behind
        logger.warning("entries could not be counted", exc_info=True)
    return max(0, size - following.upto_of(logbook, keeping.FOLLOWER))


def worst_first(standings: Iterable[RuleStanding]) -> list[RuleStanding]:
    """Return them with what needs a look first."""
    return sorted(standings, key=lambda each: (WORST_FIRST.index(each.state), each.rule))


def _rules(logbook: Logbook, rules: Iterable[int] | None) -> list[Rule]:
    rows = Rule.objects.filter(logbook=logbook).order_by("pk")
    return list(rows if rules is None else rows.filter(pk__in=list(rules)))


class _Facts:
    """All that is known of the rules of a logbook, read once."""

    def __init__(
        self,
        logbook: Logbook,
        rules: Sequence[Rule],
        period: Span,
        now: datetime,
        days: WorkCalendar,
        behind: int,
    ) -> None:
        self.period, self.now, self.days, self.zone = period, now, days, ZoneInfo(days.zone)
        ids = [rule.pk for rule in rules]
        self.sources = gathering.sources_of(logbook, period, now)
        self.known = {
            pk: Known(feed, self.sources.rows[pk].system, self.sources.acts.get(pk, {}))
            for pk, feed in self.sources.feeds.items()
        }
        self.versions: dict[int, list[RuleVersion]] = defaultdict(list)
        for version in RuleVersion.objects.filter(rule__in=ids).order_by("rule", "number"):
            self.versions[version.rule_id].append(version)
        self.ever = _numbers(logbook)
        self.seen_at: dict[int, dict[int, datetime]] = defaultdict(dict)
        for rule, number, at in RuleSeen.objects.filter(rule__in=ids).values_list(
            "rule", "version", "last_at"
        ):
            self.seen_at[rule][number] = at
        self.gave: dict[int, list[int]] = defaultdict(list)
        for rule, source in RuleSource.objects.filter(rule__in=ids).values_list("rule", "source"):
            self.gave[rule].append(source)
        self.spans: dict[int, list[Span]] = defaultdict(list)
        for row in RuleSpan.objects.filter(rule__in=ids).order_by("from_at"):
            self.spans[row.rule].append(Span(row.from_at, row.to_at or FOREVER))
        self.counted = _counted(ids, period, self.zone)
        self.before = _before(ids, period, self.zone)
        self.learned = dict(RuleWatch.objects.filter(rule__in=ids).values_list("rule", "learned"))
        self.spells: dict[int, list[Outage]] = defaultdict(list)
        troubles = RuleTrouble.objects.filter(
            rule__in=ids, kind=TroubleKind.SILENT, ended_at__gt=period.start, began_at__lt=period.end
        )
        for trouble in troubles.order_by("pk")[:5_000]:
            self.spells[trouble.rule_id].append(Outage("silent", trouble.began_at, trouble.ended_at))
        self.behind = behind
        self.began = to_datetime(logbook.created_at)

    def standing(self, rule: Rule) -> RuleStanding:
        """Return how one rule stands."""
        versions = self.versions[rule.pk]
        newest = versions[-1]
        pattern, duties = Pattern.from_json(newest.pattern), Duties.from_json(newest.duties)
        counted = self.counted.get(rule.pk, _Counted())
        declared = expecting.rhythm_of(duties, newest.expected)
        told = self.learned.get(rule.pk)
        rhythm = declared or (Rhythm.from_json(told) if told else None)
        last_seen = max(self.seen_at[rule.pk].values(), default=None)
        ever = sum(self.ever.get(f"rules/{version.key}", 0) for version in versions)
        spans = self._spans(rule, versions)
        feeds = feeding.feeds_of(pattern, self.gave[rule.pk], self.known)
        if OWN in self.gave[rule.pk]:  # what Indelible itself and people on its pages do
            feeds.append(Feed(OWN, "Indelible", self.began))
        about = self._about(rule.pk, newest, spans)
        kept = Kept(
            on_since=spans[-1].start if rule.state == RuleState.ON else None,
            spans=tuple(spans),
            version_since=newest.begun_at,
            ever=ever,
            last_seen=last_seen,
            seen=counted.matched,
            lacking=counted.lacking,
            may_lack=_may_lack(newest.expected),
            rhythm=rhythm,
            is_declared=declared is not None or expecting.about_of(newest.expected) is not None,
            about=about,
            spells=tuple(self.spells[rule.pk]),
            behind=self.behind,
            unread=self.sources.unread,
            promises=str(newest.expected.get("by", "")),
        )
        judgement = judge(kept, feeds, self.period, self.now, self.days)
        return RuleStanding(
            rule=rule.pk,
            version=newest.number,
            sentence=newest.sentence,
            period=self.period,
            judgement=judgement,
            seen=counted.matched,
            late=counted.late,
            ever=ever,
            lacking=counted.lacking,
            facts=counted.facts,
            about=about,
            rhythm=rhythm,
            last_seen=last_seen,
            feeds=feeds,
            behind=self.behind,
            team=rule.team,
            ask_unkept=partial(feeding.unkept, pattern, self.known),
        )

    def _spans(self, rule: Rule, versions: Sequence[RuleVersion]) -> list[Span]:
        """Return when a rule was on: by its entries, as far as they are counted; else by its own row."""
        spans = list(self.spans[rule.pk]) or [Span(versions[0].begun_at, FOREVER)]
        last = spans[-1]
        if rule.state == RuleState.OFF and last.end == FOREVER:
            spans[-1] = Span(last.start, max(rule.state_since, last.start))
        elif rule.state == RuleState.ON and last.end != FOREVER:
            spans.append(Span(max(rule.state_since, last.end), FOREVER))
        return spans

    def _about(self, rule: int, version: RuleVersion, spans: Sequence[Span]) -> int | None:
        """Return about how many are to be expected in the period so far: as somebody said, else as was usual."""
        until = min(self.period.end, self.now)
        if until <= self.period.start:
            return None
        if (told := expecting.about_of(version.expected)) is not None:
            number, span = told
            working = self._working(self.period.start, until)
            usual = self._working(self.period.start, self.period.start + span)
            if usual:
                return round(number * working / usual)
            return round(number * ((until - self.period.start) / span))
        before = self.before.get((rule, version.number))
        if before is None:
            return None
        number, first_day = before
        began = max(self.period.start - HISTORY, _midnight(first_day, self.zone), spans[-1].start)
        if self.period.start - began < LEAST_HISTORY * DAY:
            return None
        usual = self._working(began, self.period.start)
        return round(number * self._working(self.period.start, until) / usual) if usual else None

    def _working(self, start: datetime, end: datetime) -> float:
        return self.days.working_seconds(start, end)


@dataclass
class _Counted:
    matched: int = 0
    late: int = 0
    lacking: int = 0
    facts: dict[str, int] = field(default_factory=dict)


def _counted(ids: Sequence[int], period: Span, zone: ZoneInfo) -> dict[int, _Counted]:
    """Return what was counted of each rule in a period, over all its versions: a row a day."""
    first, last = _days(period, zone)
    rows = RuleDay.objects.filter(rule__in=ids, day__gte=first, day__lte=last)
    found: dict[int, _Counted] = defaultdict(_Counted)
    sums = rows.values("rule").annotate(m=Sum("matched"), t=Sum("late"), n=Sum("lacking"))
    for row in sums.order_by("rule"):
        counted = found[row["rule"]]
        counted.matched, counted.late, counted.lacking = row["m"], row["t"], row["n"]
    for rule, facts in rows.filter(lacking__gt=0).values_list("rule", "facts"):
        counted = found[rule]
        for fact, number in facts.items():
            counted.facts[fact] = counted.facts.get(fact, 0) + number
    return found


def _before(ids: Sequence[int], period: Span, zone: ZoneInfo) -> dict[tuple[int, int], tuple[int, date]]:
    """Return by version how many entries came in the time before a period, and from which day on."""
    first = _days(period, zone)[0]
    since = (period.start - HISTORY).astimezone(zone).date()
    rows = RuleDay.objects.filter(rule__in=ids, day__gte=since, day__lt=first)
    sums = rows.values("rule", "version").annotate(m=Sum("matched"), d=Min("day")).order_by("rule", "version")
    return {(row["rule"], row["version"]): (row["m"], row["d"]) for row in sums}


def _numbers(logbook: Logbook) -> dict[str, int]:
    """Return the last running number of each version of a rule: exactly as many entries were counted under it."""
    rows = Number.objects.filter(
        logbook=logbook, name__gte="rules/", name__lt="rules0"
    )  # by the key of the table
    return dict(rows.values_list("name", "last"))


def _may_lack(expected: Mapping[str, Any]) -> int:
    told = expected.get("may_lack")
    return told if type(told) is int and 0 <= told <= 100 else MAY_LACK_PERCENT


def _days(period: Span, zone: ZoneInfo) -> tuple[date, date]:
    """Return the first and the last day of a period."""
    last = (period.end - timedelta(microseconds=1)).astimezone(zone).date()
    return period.start.astimezone(zone).date(), last


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


# What no rule covers -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Uncovered:
    """An act of a source that no rule covers: how many lately, and the newest of them (an index)."""

    source: int
    source_name: str
    verb: str
    kind: str
    entries: int
    example: int
    last_day: date


def uncovered(logbook: Logbook, now: datetime, *, days: int = USUAL_DAYS, limit: int = 50) -> list[Uncovered]:
    """Return what arrived in the last days that no rule covered, the most frequent first."""
    zone = ZoneInfo(calendar().zone)
    since = now.astimezone(zone).date() - (days - 1) * DAY
    rows = (
        SourceDay.objects.filter(logbook=logbook, day__gte=since, uncovered__gt=0)
        .values("source", "verb", "kind")
        .annotate(n=Sum("uncovered"), newest=Max("example"), last=Max("day"))
        .order_by("-n")[: min(limit, MOST_UNCOVERED)]
    )
    listed = list(rows)
    names = gathering.names_of({row["source"] for row in listed})
    return [
        Uncovered(
            row["source"],
            names.get(row["source"], str(row["source"])),
            row["verb"],
            row["kind"],
            row["n"],
            row["newest"],
            row["last"],
        )
        for row in listed
    ]
