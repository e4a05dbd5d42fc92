"""The usual pace of a rule, learned from when its entries were recorded, as that of a source is.

A version of a rule has a pace of its own: another sentence matches other entries. While a rule is silent nothing is
learned, so that the pace of before is what it is held against.
"""

from __future__ import annotations

from datetime import datetime

from indelible.events.office import WorkCalendar
from indelible.features.coverage import queries
from indelible.features.coverage.judging import Outage, quiet_of
from indelible.features.coverage.models import RuleHour, RuleTrouble, RuleWatch, TroubleKind
from indelible.features.rules.models import Rule, RuleState, RuleVersion
from indelible.features.sources.models import Kind, Source
from indelible.features.sources.silence.heard import FILES, MOST_SPELLS
from indelible.features.sources.silence.rhythm import DAY, LEARNED_FROM_DAYS, Quiet, Rhythm, Spell, learn
from indelible.storage.database.models import Logbook


def learn_paces(logbook: Logbook, now: datetime, days: WorkCalendar) -> int:
    """Learn the usual pace of every rule that is on; return of how many one is known."""
    since = now - LEARNED_FROM_DAYS * DAY
    rules = list(Rule.objects.filter(logbook=logbook, state=RuleState.ON))
    newest = {
        row.rule_id: row
        for row in RuleVersion.objects.filter(rule__in=rules, ended_at=None).only(
            "number", "rule", "begun_at"
        )
    }
    silent = set(
        RuleTrouble.objects.filter(rule__in=rules, kind=TroubleKind.SILENT, ended_at=None).values_list(
            "rule", flat=True
        )
    )
    standings = queries.standing_of(logbook, now, days=days)
    kinds = dict(Source.objects.filter(logbook=logbook).values_list("pk", "kind"))
    known = 0
    for rule in rules:
        version, standing = newest.get(rule.pk), standings.get(rule.pk)
        if rule.pk in silent or version is None or standing is None:
            continue
        from_files = bool(standing.feeds) and all(
            Kind(kinds[feed.source]) in FILES for feed in standing.feeds if feed.source in kinds
        )
        spells = _spells(rule.pk, max(since, version.begun_at), from_files=from_files)
        outages = [each for feed in standing.feeds for each in feed.outages]
        found = learn(spells, now, days, [*_left_out(outages, now), *quiet_of(standing.feeds)])
        if found is None and (found := learn(spells, now, days, quiet_of(standing.feeds))) is None:
            _forget_another(rule.pk, version.number)
            continue
        known += 1
        _keep(rule.pk, version.number, found)
    return known


def _spells(rule: int, since: datetime, *, from_files: bool) -> list[Spell]:
    """Return when entries of a rule were recorded, oldest first. What comes of files within an hour is one arrival."""
    rows = RuleHour.objects.filter(rule=rule, hour__gte=since).order_by("-hour")[:MOST_SPELLS]
    spells = [
        Spell(row.first_at, row.last_at)
        if from_files
        else Spell(row.first_at, row.last_at, row.arrivals, row.longest)
        for row in rows
    ]
    return spells[::-1]


def _left_out(outages: list[Outage], now: datetime) -> list[Quiet]:
    return [Quiet(each.start, each.end or now) for each in outages]


def _keep(rule: int, version: int, found: Rhythm) -> None:
    RuleWatch.objects.update_or_create(
        rule_id=rule, defaults={"learned": found.as_json(), "learned_of": version}
    )


def _forget_another(rule: int, version: int) -> None:
    """Let the pace of an earlier version go: it is no measure of what the rule says now."""
    RuleWatch.objects.filter(rule=rule).exclude(learned_of=version).update(learned=None)
