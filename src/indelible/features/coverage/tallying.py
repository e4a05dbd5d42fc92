"""Counting entries: by version of a rule and day, by source and act and day, and the running numbers of sources.

Pure: entries come in, in the order of the log, and increments come out, which `keeping` adds to the tables. Two
clocks are kept apart. For a rule an entry counts on the day on which it *happened*, in the organisation's zone, so
that a late arrival is counted where it belongs; that it was late is counted besides. What a source delivers, and when
a rule was last seen, go by when it was *recorded*: that is when we knew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Any, Final, cast

from indelible.events.event import Event
from indelible.events.instants import to_datetime
from indelible.events.own import SYSTEM
from indelible.events.own_rules import RULE_ADDED, RULE_CHANGED, RULE_OFF, RULE_ON
from indelible.features.sources.accounts.late import FLAG as LATE
from indelible.features.sources.accounts.streams import number_of
from indelible.language.matching_facts import Presence, presence_of

CONFLICT: Final = "conflict_with_held"
MOST_STREAMS: Final = 1_000  # of one source; beyond it its numbers show nothing
NO_WORD: Final = ""  # of a verb or kind that the word list does not have
FIRST: Final = datetime(1900, 1, 1, tzinfo=UTC)

Day = tuple[int, int, date]  # rule, version, day
Act = tuple[int, str, str]  # source, verb, first kind of thing


@dataclass(slots=True)
class Counted:
    """What was counted of a version of a rule on a day. `lacking`: how many entries lack a fact at all."""

    matched: int = 0
    late: int = 0
    lacking: int = 0
    facts: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Came:
    """What came of one act. `example` is the index of the newest that no rule covered."""

    entries: int = 0
    uncovered: int = 0
    example: int | None = None

    def add(self, later: Came) -> None:
        """Add what came of it later."""
        self.entries += later.entries
        self.uncovered += later.uncovered
        self.example = later.example if later.example is not None else self.example


@dataclass(slots=True)
class Heard:
    """When entries of a rule were recorded within an hour."""

    first: datetime
    last: datetime
    arrivals: int = 1
    longest: float = 0.0  # seconds between two


@dataclass(slots=True)
class Series:
    """The numbers of one stream of a source. `slack`: by how many seconds a higher number lay before a lower one."""

    lowest: int
    highest: int
    since: datetime
    through: datetime
    count: int = 0
    slack: float = 0.0

    def add(self, number: int, happened: datetime) -> None:
        """Take one number in."""
        self.count += 1
        if number <= self.lowest:
            self.lowest, self.since = number, happened
        if number > self.highest:
            self.slack = max(self.slack, (self.through - happened).total_seconds())
            self.highest, self.through = number, max(self.through, happened)


@dataclass(slots=True)
class Reach:
    """How far the files of a source had come: the newest that happened in earlier files, and in the one at hand."""

    file: int | None = None
    earlier: datetime | None = None
    newest: datetime | None = None
    unnumbered: datetime | None = None  # the newest that happened and carries no number


@dataclass(frozen=True, slots=True)
class Turn:
    """A rule was switched: `key` is what it counts under from then on."""

    rule: int
    at: datetime
    is_on: bool


@dataclass
class Batch:
    """The increments of a run of entries. `reaches` and `series` are given with what was known, and moved on."""

    zone: tzinfo
    needs: Mapping[tuple[int, int], Sequence[str]]  # version -> the facts it needs; only known versions count
    reaches: dict[int, Reach] = field(default_factory=dict)
    days: dict[Day, Counted] = field(default_factory=dict)
    acts: dict[tuple[Act, date], Came] = field(default_factory=dict)
    hours: dict[tuple[int, datetime], Heard] = field(default_factory=dict)
    feeds: dict[tuple[int, int], int] = field(default_factory=dict)  # rule and source -> entries
    series: dict[tuple[int, str], Series] = field(default_factory=dict)
    moved: set[tuple[int, str]] = field(default_factory=set)  # of `series`
    turns: list[Turn] = field(default_factory=list)
    last_seen: dict[tuple[int, int], datetime] = field(default_factory=dict)

    def add(
        self, index: int, recorded_at: datetime, event: Mapping[str, Any], *, erased: bool = False
    ) -> None:
        """Count one entry. `erased`: values of it are gone by law, so what it lacks is not held against it."""
        source = source_of(event)
        if source == 0 and (turn := turn_of(event, recorded_at)) is not None:
            self.turns.append(turn)
        happened = min(_happened(event) or recorded_at, recorded_at + timedelta(days=1))
        keys = list(_keys(event))
        late = self._is_late(event, source, happened)
        for key in keys:
            if key not in self.needs:
                continue
            rule, version = key
            counted = self.days.setdefault((rule, version, happened.astimezone(self.zone).date()), Counted())
            counted.matched += 1
            counted.late += late
            missing = [] if erased else [fact for fact in self.needs[key] if not has_fact(event, fact)]
            counted.lacking += bool(missing)
            for fact in missing:
                counted.facts[fact] = counted.facts.get(fact, 0) + 1
            self._hear(rule, recorded_at)
            self.feeds[rule, source] = self.feeds.get((rule, source), 0) + 1
            self.last_seen[key] = max(self.last_seen.get(key, recorded_at), recorded_at)
        if source:
            self._came(index, source, recorded_at, event, is_covered=any(rule for rule, _version in keys))
            self._number(source, min(happened, recorded_at), event)

    def _is_late(self, event: Mapping[str, Any], source: int, happened: datetime) -> bool:
        """Whether it came late: live, by its flag; of a file, from a time that an earlier file had passed."""
        if LATE in event.get("flags", ()):
            return True
        said = event.get("source", {})
        file = said.get("import")
        if not source or type(file) is not int or "occurred_at" not in event:
            return False
        reach = self.reaches.setdefault(source, Reach())
        if reach.file != file:
            passed = [at for at in (reach.earlier, reach.newest) if at is not None]
            reach.file, reach.earlier = file, max(passed, default=None)
        reach.newest = max(reach.newest or FIRST, happened)
        return reach.earlier is not None and happened <= reach.earlier

    def _hear(self, rule: int, at: datetime) -> None:
        hour = at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        heard = self.hours.get((rule, hour))
        if heard is None:
            self.hours[rule, hour] = Heard(at, at)
            return
        heard.longest = max(heard.longest, (at - heard.last).total_seconds())
        heard.last, heard.arrivals = max(heard.last, at), heard.arrivals + 1

    def _came(
        self, index: int, source: int, at: datetime, event: Mapping[str, Any], *, is_covered: bool
    ) -> None:
        act = (source, verb_of(event), kind_of(event))
        came = self.acts.setdefault((act, at.astimezone(self.zone).date()), Came())
        came.entries += 1
        if not is_covered:
            came.uncovered += 1
            came.example = index

    def _number(self, source: int, happened: datetime, event: Mapping[str, Any]) -> None:
        """Take the source's own number in; a record that contradicts one that is held carries the same."""
        if CONFLICT in event.get("flags", ()):
            return
        told = number_of(event)
        place = (source, told[0]) if told else None
        if told is None or place is None or (place not in self.series and self._has_many(source)):
            reach = self.reaches.setdefault(source, Reach())
            reach.unnumbered = max(reach.unnumbered or happened, happened)
            return
        number = told[1]
        self.series.setdefault(place, Series(number, number, happened, happened)).add(number, happened)
        self.moved.add(place)

    def _has_many(self, source: int) -> bool:
        """Whether a source has so many streams that one more counts as if it carried no number."""
        return sum(1 for known, _stream in self.series if known == source) >= MOST_STREAMS


def turn_of(event: Mapping[str, Any], at: datetime) -> Turn | None:
    """Return what an entry of Indelible's own says about a rule being in force; None where it says nothing."""
    said = event.get("action", {}).get("said")
    if said not in (RULE_ADDED, RULE_CHANGED, RULE_OFF, RULE_ON):
        return None
    if event.get("source", {}).get("system") != SYSTEM:
        return None
    for target in event.get("targets", ()):
        key = key_of(str(target.get("id", "")))
        if key is not None:
            return Turn(key[0], at, said != RULE_OFF)
    return None


def key_of(text: str) -> tuple[int, int] | None:
    """Return rule and version of a name such as "3.2", None for what is none."""
    rule, dot, version = text.partition(".")
    if (
        dot
        and rule.isascii()
        and rule.isdigit()
        and version.isascii()
        and version.isdigit()
        and len(text) < 30
    ):
        return int(rule), int(version)
    return None


def _keys(event: Mapping[str, Any]) -> Iterable[tuple[int, int]]:
    numbers = event.get("numbers", {})
    for name in numbers.get("rules", {}):
        if (key := key_of(name)) is not None:
            yield key


def source_of(event: Mapping[str, Any]) -> int:
    """Return the id of the source that an entry is counted under, 0 for Indelible itself."""
    for name in event.get("numbers", {}).get("sources", {}):
        if name.isascii() and name.isdigit():
            return int(name)
    return 0


def _happened(event: Mapping[str, Any]) -> datetime | None:
    """Return when it happened, none where that is not known or no calendar day of ours."""
    try:
        at = to_datetime(event["occurred_at"])
    except (KeyError, ValueError, OverflowError):
        return None
    return max(at, FIRST)


def verb_of(event: Mapping[str, Any]) -> str:
    """Return the act by our word, empty where we have none."""
    return str(event.get("action", {}).get("verb", NO_WORD))


def kind_of(event: Mapping[str, Any]) -> str:
    """Return the kind of the first thing that it was done to, empty where none is told."""
    return next((str(each["kind"]) for each in event.get("targets", ()) if each.get("kind")), NO_WORD)


def has_fact(event: Mapping[str, Any], fact: str) -> bool:
    """Whether an event tells a fact of the catalogue, as searches for what lacks it see it too."""
    return _presence(fact)(cast("Event", event))


@lru_cache(maxsize=500)
def _presence(fact: str) -> Presence:
    return presence_of(fact)
