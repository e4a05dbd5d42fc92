"""Standings as pages show them: each with its words, its bar and where it leads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from indelible.events.event import Event
from indelible.events.sentence import tell
from indelible.features.coverage import links, queries, words
from indelible.features.coverage.charts import Bar, bar
from indelible.features.coverage.judging import State
from indelible.features.coverage.queries import RuleStanding, Uncovered
from indelible.features.rules import wording
from indelible.features.rules.models import RuleState, RuleVersion
from indelible.features.settings.services import calendar
from indelible.language.matching import RuleSet
from indelible.language.pattern import Pattern
from indelible.language.world import World
from indelible.storage.database.models import Logbook
from indelible.storage.database.reads import StoredEntry, find_entries
from indelible.web.moments import Reader

MOST_EXAMPLES = 50
FEW_ON_HOME = 500  # entries not counted yet, that home counts first


@dataclass(frozen=True, slots=True)
class Shown:
    """One rule of a table. `state` is a name of web.states, `lacks` are sentences, `facts` words, number and link."""

    standing: RuleStanding
    state: str
    word: str
    says: str
    expected: str
    how: str
    lacks: Sequence[str]
    entries_url: str
    facts: Sequence[tuple[str, int, str]]
    bar: Bar | None

    @property
    def bar_label(self) -> str:
        """What the bar shows, as a sentence."""
        return words.bar_sentence(self.standing)


def shown(standing: RuleStanding, reader: Reader, zone: ZoneInfo, *, most: int = words.MOST_NAMED) -> Shown:
    """Return a standing as a page shows it."""
    state, word = words.STATE[standing.state]
    lacks = words.named_lacks(standing.judgement.lacks, reader, most=most)
    says = words.sentence(standing, reader)
    period = standing.period
    return Shown(
        standing,
        state,
        str(word),
        says,
        words.expected_words(standing),
        words.how_known(standing.judgement),
        [each for each in lacks if each != says],
        links.entries_of(standing.rule, period, zone),
        [
            (wording.fact(fact), number, links.entries_of(standing.rule, period, zone, lacking=fact))
            for fact, number in sorted(standing.facts.items(), key=lambda each: -each[1])
        ],
        bar(standing.seen, words.expected_number(standing)) if standing.state != State.OFF else None,
    )


@dataclass(frozen=True, slots=True)
class ShownUncovered:
    """Something that arrives and that no rule covers. `example` is the sentence of the newest, `index` its entry's."""

    source: int
    source_name: str
    act: str
    thing: str
    entries: int
    example: str
    index: int
    last_day: date
    entries_url: str
    rule_url: str


def shown_uncovered(logbook: Logbook, found: Sequence[Uncovered], world: World) -> list[ShownUncovered]:
    """Return what no rule covers as a page shows it; what a rule of today would cover is left out."""
    found = still_uncovered(logbook, found[:MOST_EXAMPLES], world)
    entries = find_entries(logbook, [each.example for each in found])
    return [
        ShownUncovered(
            each.source,
            each.source_name,
            wording.verb(each.verb) if each.verb else "",
            wording.thing(each.kind, world) if each.kind else "",
            each.entries,
            _sentence(entries.get(each.example)),
            each.example,
            each.last_day,
            links.entries_like(each),
            links.rule_for(each),
        )
        for each in found
    ]


def still_uncovered(logbook: Logbook, found: Sequence[Uncovered], world: World) -> list[Uncovered]:
    """Return those whose newest entry no rule in force now matches: a rule may have come after it."""
    entries = find_entries(logbook, [each.example for each in found])
    rows = RuleVersion.objects.filter(rule__logbook=logbook, rule__state=RuleState.ON, ended_at=None)
    rules = RuleSet(
        {f"{rule}.{number}": Pattern.from_json(told)
         for rule, number, told in rows.values_list("rule", "number", "pattern")},
        world,
    )  # fmt: skip
    return [
        each
        for each in found
        if (entry := entries.get(each.example)) is None
        or not rules.matching(entry.event, each.source, entry.recorded_at)
    ]


def _sentence(entry: StoredEntry | None) -> str:
    event: Event = entry.event if entry is not None else {}
    return tell(event, index=entry.index).text if entry is not None and event else ""


def of_rule(logbook: Logbook, rule: int, now: datetime, reader: Reader, zone: ZoneInfo) -> Shown | None:
    """Return how one rule stands, None where it is none."""
    found = queries.standing_of(logbook, now, rules=[rule]).get(rule)
    return shown(found, reader, zone) if found is not None else None


def for_home(logbook: Logbook, now: datetime, reader: Reader, *, most: int = 4) -> tuple[list[Shown], int]:
    """Return the rules that need a look first, and how many are on."""
    days = calendar()
    found = [
        each
        for each in queries.standing_of(logbook, now, days=days, count=FEW_ON_HOME).values()
        if each.state != State.OFF
    ]
    zone = ZoneInfo(days.zone)
    return [shown(each, reader, zone, most=1) for each in queries.worst_first(found)[:most]], len(found)
