"""How a rule stands, from what was counted and what is known of its sources: pure, with the clock an argument.

The order of questions is fixed. Is it off? Is it broken (numbers that never came, a total that differs, facts that too
many entries lack)? Is it silent? Was it ever tried? Only then: is it complete? `Complete` needs all of this, for every
source that feeds the rule and for the whole period:

* The rule was in force, and all that was recorded is counted.
* The source began before the period and has not ended, was neither silent nor refused nor paused, and nothing of it
  waits: no file that nobody has read, no rows left out, nothing behind.
* Its own running numbers have no hole, each came once and every entry of it carries one; or totals by count that match
  lie over the whole period without a gap.

Running numbers end with the newest that came. So `through` says up to when they show anything; a period that is over
is complete only if a later number came, one that goes on only if the newest is at most some working days old. What is
not shown is named (`Lack`), never guessed. A usual pace or a promise that was kept never says more than "as usual".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from indelible.events.office import WorkCalendar
from indelible.features.sources.silence.rhythm import Quiet, Rhythm, expected

UNTRIED_AFTER: Final = timedelta(days=14)  # a rule that matched nothing for so long is no longer new
NOTHING_FOR: Final = timedelta(days=90)
MAY_LACK_PERCENT: Final = 5  # of the entries of a period, where the rule does not say
FRESH_DAYS: Final = 3  # working days; numbers that end before these do not show that it is complete now
FEW: Final = 20  # where fewer than this are expected, no number of them is few


class State(StrEnum):
    """How a rule stands."""

    COMPLETE = "complete"
    USUAL = "usual"
    UNSHOWN = "unshown"  # nothing is known to be missing, and nothing shows that it is not
    PARTIAL = "partial"  # something is missing or not shown, by name
    BROKEN = "broken"
    SILENT = "silent"
    UNTESTED = "untested"
    NEW = "new"
    OFF = "off"


TROUBLE: Final = (State.SILENT, State.BROKEN)
WORST_FIRST: Final = (
    State.BROKEN,
    State.SILENT,
    State.PARTIAL,
    State.UNTESTED,
    State.UNSHOWN,
    State.USUAL,
    State.COMPLETE,
    State.NEW,
    State.OFF,
)


@dataclass(frozen=True, slots=True)
class Span:
    """From a moment up to another, which is not in it."""

    start: datetime
    end: datetime

    def touches(self, start: datetime, end: datetime | None) -> bool:
        """Whether something that lasted from `start` to `end` (None: still does) lies in it in part."""
        return start < self.end and (end is None or end > self.start)


@dataclass(frozen=True, slots=True)
class Stream:
    """One series of a source's own numbers, as the entries carry them. `count`: entries, each record once.

    `since` is when the lowest happened; everything up to `through` has a number up to the highest.
    """

    lowest: int
    highest: int
    count: int
    since: datetime
    through: datetime
    name: str = ""


@dataclass(frozen=True, slots=True)
class Hole:
    """Numbers that never came, `first` to `last`. `told`: on the record; until then they may still come."""

    first: int
    last: int
    seen_at: datetime
    told: bool = True
    explained: bool = False
    stream: str = ""


@dataclass(frozen=True, slots=True)
class Total:
    """A total that was told of a source for a period: "matches", "differs", "open" or "unchecked"."""

    start: datetime
    end: datetime
    state: str
    counts: bool = True  # it gives a number of records, not an amount alone
    explained: bool = False
    words: str = ""  # how it differs


@dataclass(frozen=True, slots=True)
class Outage:
    """A time in which nothing was taken from a source: "silent", "refused" or "paused"."""

    kind: str
    start: datetime
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """A source that feeds a rule, with what is known of it that touches the period."""

    source: int
    name: str
    began: datetime
    ended: datetime | None = None
    live_since: datetime | None = None  # went on after a pause; else it is `began`
    is_waiting: bool = False  # for its first message
    streams: tuple[Stream, ...] = ()
    unnumbered: datetime | None = None  # when the newest entry without a number happened
    holes: tuple[Hole, ...] = ()
    given_up: bool = False  # its numbers do not count one by one
    totals: tuple[Total, ...] = ()
    outages: tuple[Outage, ...] = ()
    quiet: tuple[Quiet, ...] = ()
    waits: Mapping[str, int] = field(
        default_factory=dict
    )  # unread, kept, behind, rejected, unreadable, mistake


@dataclass(frozen=True, slots=True)
class Kept:
    """A rule, with what was counted of it in the period."""

    on_since: datetime | None  # None: it is off
    spans: tuple[Span, ...] = ()  # in which it was on, the last one ending far off where it is on
    version_since: datetime | None = None
    ever: int = 0  # entries of all its versions, by their running numbers
    last_seen: datetime | None = None  # when the newest of them was recorded
    seen: int = 0
    lacking: int = 0  # of `seen`, entries that lack a fact
    may_lack: int = MAY_LACK_PERCENT
    rhythm: Rhythm | None = None
    is_declared: bool = False
    about: int | None = None  # how many are usual, or said to be, in the period so far
    spells: tuple[Outage, ...] = ()  # its own silence that is over
    behind: int = 0  # entries of the record not counted yet
    unread: int = 0  # files of which nobody has said yet what they are: they may hold anything
    promises: str = ""  # how completeness is said to be known: numbers, total, pace, unknown


@dataclass(frozen=True, slots=True)
class Lack:
    """One thing that is missing, or that nothing shows. `code` has its words in `words.py`."""

    code: str
    source: str = ""
    source_id: int = 0
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Judgement:
    """How a rule stands in a period, how that is known, what is not shown, and up to when numbers show it."""

    state: State
    how: tuple[str, ...] = ()  # of numbers, totals; or pace, declared; empty: unknown
    lacks: tuple[Lack, ...] = ()
    since: datetime | None = None  # silent, off or nothing seen since
    due: datetime | None = None  # something was or is due
    through: datetime | None = None


def judge(
    rule: Kept, feeds: Sequence[Feed], period: Span, now: datetime, calendar: WorkCalendar
) -> Judgement:
    """Answer for one rule and one period at a moment."""
    if rule.on_since is None:
        return Judgement(State.OFF, since=rule.spans[-1].end if rule.spans else None)
    how = ("declared",) if rule.is_declared else ("pace",) if rule.rhythm or rule.about else ()
    # What is missing for certain stays so until it comes or is explained, whichever period is looked at now.
    first = min((each.start for each in rule.spans), default=period.start)
    known = Span(min(first, period.start), period.end) if period.end >= now else period
    if broken := tuple(_broken(rule, feeds, known)):
        return Judgement(State.BROKEN, how, broken + tuple(_shortfalls(rule, feeds, period, now)))
    lacks = tuple(_shortfalls(rule, feeds, period, now))
    due = expectation(rule, feeds, calendar)
    if period.end >= now and due is not None and due[1] < now:
        since = rule.last_seen if rule.ever and rule.last_seen else _expected_since(rule, feeds)
        return Judgement(State.SILENT, how, lacks, since, due[0])
    due_at = due[0] if due else None
    live = [feed for feed in feeds if feed.ended is None]
    if not rule.ever:
        is_new = now - rule.on_since < UNTRIED_AFTER
        state = State.NEW if is_new else State.UNTESTED
        return Judgement(state, how, lacks, rule.on_since, due_at)
    if period.end >= now:
        if not live:
            return Judgement(State.UNTESTED, how, lacks, rule.last_seen, due_at)
        if due is None and rule.last_seen and now - rule.last_seen > NOTHING_FOR:
            nothing = Lack("nothing_for", facts={"days": (now - rule.last_seen).days})
            return Judgement(State.UNTESTED, how, (nothing, *lacks), rule.last_seen)
    if period.end < now:
        shown = _grounds(feeds, period, period.end)
    else:  # what is newer than the newest number is not shown: soon that is too much to be called complete
        shown = _grounds(feeds, Span(period.start, now), _working_days_before(now, FRESH_DAYS, calendar))
    grounds, unshown, through = shown
    if grounds and not unshown and not lacks:
        return Judgement(State.COMPLETE, grounds, (), None, due_at, through)
    if lacks:
        return Judgement(State.PARTIAL, how, lacks + unshown, None, due_at)
    # Numbers that were promised and do not come are a shortfall; elsewhere they are just not there.
    if rule.promises in ("numbers", "total") and unshown:
        return Judgement(State.PARTIAL, how, unshown, None, due_at)
    return Judgement(State.USUAL if how else State.UNSHOWN, how, unshown, None, due_at)


# Silence -------------------------------------------------------------------------------------------------


def expectation(
    rule: Kept, feeds: Sequence[Feed], calendar: WorkCalendar
) -> tuple[datetime, datetime] | None:
    """Return when something of a rule is due and from when on its absence is silence; None where nothing is expected.

    Nothing is expected while no source of it is there, or while all are quiet as announced or paused.
    """
    live = [feed for feed in feeds if feed.ended is None]
    if rule.on_since is None or rule.rhythm is None or not live:
        return None
    if all(any(each.kind == "paused" and each.end is None for each in feed.outages) for feed in live):
        return None
    since = _expected_since(rule, feeds)
    base = max(since, rule.last_seen) if rule.last_seen else since
    found = expected(rule.rhythm, base, calendar, quiet_of(live))
    return found.due, found.silent_from


def _expected_since(rule: Kept, feeds: Sequence[Feed]) -> datetime:
    """Return when expectation began: the rule is on and says what it says, and the first of its sources is there."""
    live = [feed.live_since or feed.began for feed in feeds if feed.ended is None]
    since = [at for at in (rule.on_since, rule.version_since, min(live, default=None)) if at is not None]
    return max(since)


def quiet_of(feeds: Sequence[Feed]) -> list[Quiet]:
    """Return the spans in which every one of these sources was quiet as announced, or paused."""
    found: list[Quiet] | None = None
    for feed in feeds:
        pauses = [Quiet(each.start, each.end) for each in feed.outages if each.kind == "paused" and each.end]
        own = sorted((*feed.quiet, *pauses), key=lambda each: each.start)
        if found is None:
            found = own
            continue
        found = [
            Quiet(max(one.start, other.start), min(one.end, other.end))
            for one in found
            for other in own
            if max(one.start, other.start) < min(one.end, other.end)
        ]
    return found or []


# What is missing -----------------------------------------------------------------------------------------


def _broken(rule: Kept, feeds: Sequence[Feed], period: Span) -> Iterator[Lack]:
    """Yield what is missing for certain and that nobody has explained."""
    for feed in feeds:
        for hole in feed.holes:
            if hole.told and not hole.explained and hole.seen_at >= period.start:
                facts = {"first": hole.first, "last": hole.last, "stream": hole.stream}
                yield Lack("hole", feed.name, feed.source, facts)
        for total in feed.totals:
            if total.state == "differs" and not total.explained and period.touches(total.start, total.end):
                yield _of_total("total_differs", feed, total)
    if rule.lacking * 100 > rule.may_lack * rule.seen:
        yield Lack("lacking", facts={"count": rule.lacking, "seen": rule.seen, "percent": rule.may_lack})


def _shortfalls(rule: Kept, feeds: Sequence[Feed], period: Span, now: datetime) -> Iterator[Lack]:
    """Yield what else keeps the period from being whole, by name."""
    until = min(period.end, now)
    if rule.behind:
        yield Lack("uncounted", facts={"count": rule.behind})
    if rule.unread and feeds:
        yield Lack("unread_anywhere", facts={"count": rule.unread})
    yield from _not_in_force(rule, Span(period.start, until))
    for spell in rule.spells:
        if period.touches(spell.start, spell.end):
            yield Lack("rule_silent", facts={"since": spell.start, "until": spell.end})
    if rule.ever and period.end >= now and not any(feed.ended is None for feed in feeds):
        yield Lack("no_source")
    for feed in feeds:
        yield from _of_feed(feed, period, until)
    if rule.about and rule.about >= FEW and rule.seen * 2 < rule.about:
        yield Lack("fewer", facts={"seen": rule.seen, "about": rule.about})


def _not_in_force(rule: Kept, span: Span) -> Iterator[Lack]:
    """Yield where the rule was not in force: before it began, and while it was off."""
    at = span.start
    for on in sorted(rule.spans, key=lambda each: each.start):
        if on.start > at and on.start < span.end:
            yield Lack("not_in_force", facts={"since": at, "until": on.start})
        at = max(at, on.end)
    if at < span.end:
        yield Lack("not_in_force", facts={"since": at, "until": span.end})


def _of_feed(feed: Feed, period: Span, until: datetime) -> Iterator[Lack]:
    """Yield what is missing of one source."""
    if period.start < feed.began < until:
        yield Lack("source_began", feed.name, feed.source, {"at": feed.began})
    if feed.ended is not None and period.start < feed.ended < until:
        yield Lack("source_ended", feed.name, feed.source, {"at": feed.ended})
    for outage in feed.outages:
        if period.touches(outage.start, outage.end):
            facts: dict[str, object] = {"since": outage.start, "until": outage.end}
            yield Lack(f"source_{outage.kind}", feed.name, feed.source, facts)
    if feed.is_waiting:
        yield Lack("source_waiting", feed.name, feed.source)
    for code, count in feed.waits.items():
        if count:
            yield Lack(code, feed.name, feed.source, {"count": count})
    for hole in feed.holes:
        if (not hole.told or hole.explained) and hole.seen_at >= period.start:
            code = "hole_explained" if hole.explained else "hole_open"
            facts = {"first": hole.first, "last": hole.last, "stream": hole.stream}
            yield Lack(code, feed.name, feed.source, facts)
    for total in feed.totals:
        if total.state == "differs" and total.explained and period.touches(total.start, total.end):
            yield _of_total("total_explained", feed, total)


def _of_total(code: str, feed: Feed, total: Total) -> Lack:
    facts: dict[str, object] = {"since": total.start, "until": total.end, "words": total.words}
    return Lack(code, feed.name, feed.source, facts)


# What shows that it is whole -----------------------------------------------------------------------------


def _grounds(
    feeds: Sequence[Feed], span: Span, reaching: datetime
) -> tuple[tuple[str, ...], tuple[Lack, ...], datetime | None]:
    """Return by what every source is shown to be whole, what is not shown, and up to when numbers show it.

    `reaching`: up to when they have to.
    """
    grounds: set[str] = set()
    unshown: list[Lack] = []
    through: list[datetime] = []
    for feed in feeds:
        if (feed.ended is not None and feed.ended <= span.start) or feed.began >= span.end:
            continue  # it could give nothing in the period
        if tiled(feed.totals, span):
            grounds.add("totals")
            continue
        if lack := _numbers_lack(feed, span, reaching):
            unshown.append(lack)
            continue
        grounds.add("numbers")
        through.append(min(stream.through for stream in feed.streams))
    return tuple(sorted(grounds)), tuple(unshown), min(through, default=None)


def _numbers_lack(feed: Feed, span: Span, reaching: datetime) -> Lack | None:
    """Return why the running numbers of a source do not show that it is whole; None where they do."""
    if not feed.streams:
        return Lack("no_numbers", feed.name, feed.source)
    if feed.given_up or (feed.unnumbered is not None and feed.unnumbered >= span.start):
        return Lack("numbers_partly", feed.name, feed.source)
    for stream in feed.streams:
        missing = sum(hole.last - hole.first + 1 for hole in feed.holes if hole.stream == stream.name)
        if stream.count != stream.highest - stream.lowest + 1 - missing:
            return Lack("numbers_not_one_by_one", feed.name, feed.source)
        if stream.since > span.start and stream.lowest > 1:
            return Lack("numbers_began", feed.name, feed.source, {"at": stream.since})
        if stream.through < max(reaching, span.start):
            return Lack("numbers_end", feed.name, feed.source, {"at": stream.through})
    return None


def _working_days_before(now: datetime, days: int, calendar: WorkCalendar) -> datetime:
    """Return the moment some working days before another, in whole days; plain days where nobody ever works."""
    zone, day = ZoneInfo(calendar.zone), now.astimezone(ZoneInfo(calendar.zone)).date()
    for _ in range(62):
        day -= timedelta(days=1)
        days -= calendar.is_working_day(day)
        if not days:
            return datetime.combine(day, time(), zone)
    return now - timedelta(days=3)


def tiled(totals: Sequence[Total], span: Span) -> bool:
    """Whether totals by count that match lie over the whole of a span without a gap."""
    at = span.start
    for total in sorted(totals, key=lambda each: each.start):
        if total.state != "matches" or not total.counts:
            continue
        if total.start > at:
            return False
        at = max(at, total.end)
    return at >= span.end
