"""A simulated year: sources that number what they send, lose some of it, fall silent, are paused and replaced; a rule
that is changed half-way. Entries go through the real tally in the order in which they arrive; what is known of the
sources is kept as the tables would have it. The truth stays beside it, for tests to hold the judgement against.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from indelible.events.instants import from_datetime
from indelible.events.office import WorkCalendar
from indelible.features.coverage.judging import Feed, Hole, Kept, Outage, Span, Stream, Total
from indelible.features.coverage.tallying import Batch
from indelible.features.sources.accounts.holes import take

MADRID = ZoneInfo("Europe/Madrid")
HOLIDAYS = frozenset(
    {date(2026, 1, 1), date(2026, 1, 6), date(2026, 4, 3), date(2026, 5, 1), date(2026, 12, 25)}
)
CALENDAR = WorkCalendar("Europe/Madrid", holidays=HOLIDAYS)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
BEGAN = datetime(2025, 12, 1, tzinfo=UTC)
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
CHANGED = datetime(2026, 7, 1, 9, tzinfo=UTC)  # version 2 of the rule begins
FAR = datetime(9000, 1, 1, tzinfo=UTC)
TOLD_AFTER = 2 * HOUR  # a hole is told when it is not filled within this


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """The instant of a wall-clock time in Madrid."""
    return datetime.combine(day, time(hour, minute), MADRID).astimezone(UTC)


@dataclass
class Record:
    """What happened at a source, and what became of it. `arrives` is None for what never came."""

    source: int
    happened: datetime
    arrives: datetime | None
    number: int | None
    versions: tuple[int, ...]  # of the rule, that it matches


@dataclass
class SimSource:
    """A source of the year, with what the tables would know of it."""

    pk: int
    name: str
    began: datetime
    ended: datetime | None = None
    numbered: bool = True
    outages: list[Outage] = field(default_factory=list)
    ends: tuple[int, int] | None = None
    holes: dict[tuple[int, int], datetime] = field(default_factory=dict)  # run -> when it was first missed

    def arrived(self, number: int, now: datetime) -> None:
        """Take a number in, as `streams` does."""
        moved = take(self.ends, sorted(self.holes), [number])
        for hole, left in moved.left.items():
            seen = self.holes.pop(hole)
            self.holes |= dict.fromkeys(left, seen)
        self.holes |= dict.fromkeys(moved.opened, now)
        self.ends = moved.lowest, moved.highest


@dataclass
class Year:
    """The whole year by a seed. Source 4 gives no numbers: a total is told for each of its months."""

    seed: int
    sources: dict[int, SimSource] = field(default_factory=dict)
    records: list[Record] = field(default_factory=list)
    is_calm: bool = False  # nothing is lost, late or silent

    def __post_init__(self) -> None:
        self.luck = random.Random(self.seed)
        swap = at(FIRST + self.luck.randrange(60, 300) * DAY, 12)
        between = self.luck.choice((timedelta(0), 3 * DAY))
        self.sources = {
            1: SimSource(1, "Ledger", BEGAN),
            2: SimSource(2, "Old Payroll", BEGAN, swap),
            3: SimSource(3, "New Payroll", swap + between),
            4: SimSource(4, "Bank", BEGAN, numbered=False),
        }
        for source in self.sources.values():
            self._year_of(source)
        self.records.sort(key=lambda each: (each.arrives or FAR, each.happened))
        self.batch = Batch(MADRID, {(1, 1): ("reason",), (1, 2): ("reason",)})
        self.place = 0
        self.last_seen: datetime | None = None

    def _year_of(self, source: SimSource) -> None:
        luck, number = self.luck, self.luck.choice((0, 0, 4_000))
        trouble = self._trouble(source)
        day = source.began.astimezone(MADRID).date()
        last = min(LAST, (source.ended or FAR).astimezone(UTC).date())
        while day <= last:
            for _ in range(luck.randrange(0, 4) if CALENDAR.is_working_day(day) else 0):
                happened = at(day, luck.randrange(8, 18), luck.randrange(60))
                if happened < source.began or (source.ended and happened >= source.ended):
                    continue
                self.records.append(self._record(source, happened, trouble))
            day += DAY
        mine = sorted((each for each in self.records if each.source == source.pk), key=lambda r: r.happened)
        for each in mine:
            number += 1
            each.number = number if source.numbered else None
        for one, other in pairwise(mine if self.luck.random() < 0.3 and not self.is_calm else ()):
            if self.luck.random() < 0.05:  # this source does not number in the order of what happened
                one.number, other.number = other.number, one.number

    def _trouble(self, source: SimSource) -> list[tuple[datetime, datetime, bool]]:
        """Make some outages: of each, from when to when, and whether what happened then comes later or never."""
        found: list[tuple[datetime, datetime, bool]] = []
        for _ in range(0 if self.is_calm else self.luck.randrange(0, 3)):
            start = at(FIRST + self.luck.randrange(10, 340) * DAY, self.luck.randrange(8, 18))
            end = start + self.luck.randrange(4, 80) * HOUR
            if source.began < start and (source.ended is None or end < source.ended):
                is_noticed = self.luck.random() < 0.5  # an outage that nobody saw leaves its holes alone
                if is_noticed:
                    kind = self.luck.choice(("silent", "refused", "paused"))
                    source.outages.append(Outage(kind, start, end))
                found.append((start, end, self.luck.random() < 0.6))
        return found

    def _record(
        self, source: SimSource, happened: datetime, trouble: list[tuple[datetime, datetime, bool]]
    ) -> Record:
        luck = self.luck
        arrives: datetime | None = happened + luck.randrange(1, 40) * timedelta(minutes=1)
        for start, end, comes_later in trouble:
            if start <= happened < end:
                arrives = end + luck.randrange(1, 50) * HOUR if comes_later else None
        fate = 1.0 if self.is_calm else luck.random()
        if fate < 0.003:
            arrives = None  # lost on its way
        elif fate < 0.013:
            arrives = happened + luck.randrange(2, 20) * DAY
        versions = tuple(v for v, share in ((1, 0.5), (2, 0.3)) if luck.random() < share)
        return Record(source.pk, happened, arrives, None, versions)

    # What arrives --------------------------------------------------------------------------------------

    def go_on(self, now: datetime) -> None:
        """Let arrive what arrives until a moment."""
        while self.place < len(self.records):
            record = self.records[self.place]
            if record.arrives is None or record.arrives > now:
                break
            version = 1 if record.arrives < CHANGED else 2
            counts = version in record.versions
            numbers: dict[str, Any] = {"sources": {str(record.source): 1}}
            if counts:
                numbers["rules"] = {f"1.{version}": 1}
                self.last_seen = record.arrives
            event: dict[str, Any] = {
                "occurred_at": from_datetime(record.happened),
                "action": {"verb": "change"},
                "targets": [{"kind": "invoice.sales"}],
                "reason": "because",
                "numbers": numbers,
            }
            if record.number is not None:
                event["extra"] = {"sequence": str(record.number)}
                self.sources[record.source].arrived(record.number, record.arrives)
            self.batch.add(self.place, record.arrives, event)
            self.place += 1

    # What is known of it -------------------------------------------------------------------------------

    def rule(self, period: Span, **more: Any) -> Kept:
        """The rule, with what is counted of it in a period."""
        days = [
            counted
            for (_rule, _version, day), counted in self.batch.days.items()
            if period.start <= at(day, 12) < period.end
        ]
        ever = sum(each.matched for each in self.batch.days.values())
        kept = Kept(
            on_since=BEGAN,
            spans=(Span(BEGAN, FAR),),
            version_since=BEGAN,
            ever=ever,
            last_seen=self.last_seen,
            seen=sum(each.matched for each in days),
            lacking=sum(each.lacking for each in days),
        )
        return replace(kept, **more)

    def feeds(self, now: datetime, ids: tuple[int, ...]) -> list[Feed]:
        """What is known at a moment of the sources that have begun."""
        return [self._feed(self.sources[pk], now) for pk in ids if self.sources[pk].began <= now]

    def _feed(self, source: SimSource, now: datetime) -> Feed:
        series = self.batch.series.get((source.pk, ""))
        streams = () if series is None else (
            Stream(series.lowest, series.highest, series.count, series.since,
                   series.through - timedelta(seconds=series.slack)),
        )  # fmt: skip
        reach = self.batch.reaches.get(source.pk)
        return Feed(
            source.pk,
            source.name,
            source.began,
            source.ended if source.ended and source.ended <= now else None,
            streams=streams,
            unnumbered=reach.unnumbered if reach else None,
            holes=tuple(
                Hole(first, last, seen, told=now - seen > TOLD_AFTER)
                for (first, last), seen in source.holes.items()
            ),
            totals=() if source.numbered else tuple(self._totals(source, now)),
            outages=tuple(
                replace(each, end=each.end if each.end and each.end <= now else None)
                for each in source.outages
                if each.start <= now
            ),
        )

    def _totals(self, source: SimSource, now: datetime) -> list[Total]:
        """What the bank says of each month that is over, held against what arrived."""
        found = []
        for month in range(1, 13):
            period = month_of(month)
            if period.end > now:
                break
            there = [each for each in self.records if each.source == source.pk and within(each, period)]
            came = [each for each in there if each.arrives and each.arrives <= now]
            state = "matches" if len(there) == len(came) else "differs"
            found.append(Total(period.start, period.end, state, words="fewer"))
        return found

    def true_matches(self, period: Span, until: datetime, ids: tuple[int, ...], now: datetime) -> int:
        """How many records of a period, up to a moment, match the rule in truth: by the version that counts them.

        What never came is held against both versions, since nobody knows which would have counted it.
        """
        return sum(
            any(v in each.versions for v in self._counting(each, now))
            for each in self.records
            if each.source in ids and within(each, period) and each.happened <= until
        )

    @staticmethod
    def _counting(record: Record, now: datetime) -> tuple[int, ...]:
        if record.arrives is None or record.arrives > now:
            return (1, 2)
        return (1,) if record.arrives < CHANGED else (2,)


def within(record: Record, period: Span) -> bool:
    """Whether it happened in a period."""
    return period.start <= record.happened < period.end


def month_of(month: int) -> Span:
    """A month of the year, in Madrid."""
    start = date(2026, month, 1)
    end = date(2026 + month // 12, month % 12 + 1, 1)
    return Span(at(start, 0), at(end, 0))
