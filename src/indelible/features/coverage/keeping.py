"""Going through the log and keeping the counts, each entry once.

Counts are added in the transaction that moves the follower on, and whoever holds the follower is the only one who
writes them: so they are read, added to and written back, a query each a table and batch, however many rules there are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Count, Model, Q

from indelible.events.instants import to_datetime
from indelible.features.coverage import tallying
from indelible.features.coverage.models import (
    RuleDay,
    RuleHour,
    RuleSeen,
    RuleSource,
    RuleSpan,
    SourceAct,
    SourceDay,
    SourceReach,
    SourceSeries,
    Tally,
)
from indelible.features.coverage.tallying import Batch, Came, Reach, Series, Turn
from indelible.features.rules.models import RuleVersion
from indelible.features.settings.services import calendar
from indelible.storage.database import following
from indelible.storage.database.models import Follower, Logbook
from indelible.storage.database.reads import StoredEntry, head

FOLLOWER: Final = "coverage"
BATCH: Final = 1_000
AT_ONCE: Final = 10 * BATCH
HOURS_KEPT: Final = timedelta(days=60)  # pace is learned from four weeks
DAYS_KEPT: Final = timedelta(days=400)
MOST_ACTS: Final = 2_000  # of one source; the rest counts as the act without a word

COUNTED: Final[tuple[type[Model], ...]] = (
    RuleDay, RuleHour, RuleSource, RuleSpan, RuleSeen, SourceDay, SourceAct, SourceSeries, SourceReach,
)  # fmt: skip


def catch_up(logbook: Logbook, *, most: int = AT_ONCE) -> int:
    """Count the entries that were not counted yet, about `most` of them; return how many are left."""
    zone = calendar().zone
    _begin(logbook, zone)
    if not behind(logbook):  # most often: then no lock is asked for
        return 0

    def take(entries: Sequence[StoredEntry]) -> None:
        _take(logbook, ZoneInfo(zone), entries)

    return following.follow(logbook, FOLLOWER, take, batch=BATCH, most=most)


def behind(logbook: Logbook) -> int:
    """Return how many entries of the record are not counted yet."""
    return max(0, head(logbook).size - following.upto_of(logbook, FOLLOWER))


def prune(now: datetime) -> None:
    """Let go what nothing is worked out from any more."""
    RuleHour.objects.filter(hour__lt=now - HOURS_KEPT).delete()
    SourceDay.objects.filter(day__lt=(now - DAYS_KEPT).date()).delete()


def _begin(logbook: Logbook, zone: str) -> None:
    """Begin to count, or begin anew where days are those of another zone now."""
    row, is_new = Tally.objects.get_or_create(logbook=logbook, defaults={"zone": zone})
    if is_new or row.zone == zone:
        return
    with transaction.atomic():
        held = Follower.objects.filter(logbook=logbook, name=FOLLOWER)
        list(held.select_for_update())
        for table in COUNTED:
            table._default_manager.filter(logbook=logbook).delete()
        held.update(upto=0)
        Tally.objects.filter(pk=row.pk).update(zone=zone)


def _take(logbook: Logbook, zone: ZoneInfo, entries: Sequence[StoredEntry]) -> None:
    versions = RuleVersion.objects.filter(rule__logbook=logbook).values_list("rule", "number", "needs")
    needs = {(rule, number): [each["fact"] for each in facts] for rule, number, facts in versions}
    sources = {tallying.source_of(entry.event) for entry in entries}
    reaches = {
        row.source: Reach(row.file, row.earlier, row.newest, row.unnumbered)
        for row in SourceReach.objects.filter(source__in=sources)
    }
    series = {
        (row.source, row.stream): Series(
            row.lowest, row.highest, row.since, row.through, row.count, row.slack
        )
        for row in SourceSeries.objects.filter(source__in=sources)
    }
    batch = Batch(zone, needs, reaches, series=series)
    for entry in entries:
        if entry.problem is None:
            erased = not _is_whole(entry.secret)
            batch.add(entry.index, to_datetime(entry.recorded_at), entry.event, erased=erased)
    _keep(logbook, batch)


def _is_whole(secret: bytes) -> bool:
    """Whether nothing of an entry was erased: the secret is one, and no list of what is left (design section 4)."""
    return len(secret) == 32


def _keep(logbook: Logbook, batch: Batch) -> None:
    _keep_days(logbook, batch)
    _keep_hours(logbook, batch)
    _keep_feeds(logbook, batch)
    _keep_acts(logbook, batch)
    _keep_series(logbook, batch)
    _keep_spans(logbook, batch.turns)
    reaches = [
        SourceReach(
            logbook=logbook,
            source=source,
            file=each.file,
            earlier=each.earlier,
            newest=each.newest,
            unnumbered=each.unnumbered,
        )
        for source, each in batch.reaches.items()
    ]
    _put(SourceReach, reaches, ["source"], ["file", "earlier", "newest", "unnumbered"])
    seen = [RuleSeen(logbook=logbook, rule=rule, version=version, last_at=at)
            for (rule, version), at in batch.last_seen.items()]  # fmt: skip
    _put(RuleSeen, seen, ["rule", "version"], ["last_at"])


def _keep_days(logbook: Logbook, batch: Batch) -> None:
    rules, days = {key[0] for key in batch.days}, {key[2] for key in batch.days}
    found = RuleDay.objects.filter(rule__in=rules, day__in=days)
    rows = {(row.rule, row.version, row.day): row for row in found}
    for key, counted in batch.days.items():
        rule, version, day = key
        row = rows.setdefault(key, RuleDay(logbook=logbook, rule=rule, version=version, day=day))
        row.matched += counted.matched
        row.late += counted.late
        row.lacking += counted.lacking
        row.facts = _added(row.facts, counted.facts)
    touched = [rows[key] for key in batch.days]
    _put(RuleDay, touched, ["rule", "version", "day"], ["matched", "late", "lacking", "facts"])


def _added(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {name: one.get(name, 0) + other.get(name, 0) for name in (*one, *(set(other) - set(one)))}


def _keep_hours(logbook: Logbook, batch: Batch) -> None:
    rules, hours = {key[0] for key in batch.hours}, {key[1] for key in batch.hours}
    rows = {(row.rule, row.hour): row for row in RuleHour.objects.filter(rule__in=rules, hour__in=hours)}
    touched = []
    for key, heard in batch.hours.items():
        rule, hour = key
        row = rows.get(key)
        if row is None:
            row = RuleHour(logbook=logbook, rule=rule, hour=hour, first_at=heard.first, last_at=heard.last)
        else:
            row.longest = max(row.longest, (heard.first - row.last_at).total_seconds())
        row.longest = max(row.longest, heard.longest)
        row.last_at, row.arrivals = max(row.last_at, heard.last), row.arrivals + heard.arrivals
        touched.append(row)
    _put(RuleHour, touched, ["rule", "hour"], ["last_at", "arrivals", "longest"])


def _keep_feeds(logbook: Logbook, batch: Batch) -> None:
    found = RuleSource.objects.filter(rule__in={rule for rule, _source in batch.feeds})
    rows = {(row.rule, row.source): row for row in found}
    touched = []
    for (rule, source), entries in batch.feeds.items():
        row = rows.get((rule, source)) or RuleSource(logbook=logbook, rule=rule, source=source)
        row.entries += entries
        touched.append(row)
    _put(RuleSource, touched, ["rule", "source"], ["entries"])


def _keep_acts(logbook: Logbook, batch: Batch) -> None:
    """Keep what sources delivered. Beyond so many different acts of a source, more count as the act without a word."""
    wanted = {act for act, _day in batch.acts} | {(act[0], "", "") for act, _day in batch.acts}
    found = SourceAct.objects.filter(
        source__in={each[0] for each in wanted},
        verb__in={each[1] for each in wanted},
        kind__in={each[2] for each in wanted},
    )
    rows = {(row.source, row.verb, row.kind): row for row in found}
    many = _acts_known({source for source, verb, kind in wanted - set(rows) if verb or kind})
    days: dict[tuple[int, str, str, date], Came] = {}
    touched: dict[tuple[int, str, str], SourceAct] = {}
    for (act, day), came in batch.acts.items():
        source, verb, kind = act
        if act not in rows and many[source] >= MOST_ACTS:
            verb = kind = tallying.NO_WORD
        row = rows.get((source, verb, kind))
        if row is None:
            row = SourceAct(logbook=logbook, source=source, verb=verb, kind=kind, last_day=day)
            rows[source, verb, kind] = row
            many[source] += 1
        row.entries, row.last_day = row.entries + came.entries, max(row.last_day, day)
        touched[source, verb, kind] = row
        days.setdefault((source, verb, kind, day), Came()).add(came)
    _put(SourceAct, touched.values(), ["source", "verb", "kind"], ["entries", "last_day"])
    _keep_act_days(logbook, days)


def _acts_known(sources: set[int]) -> Counter[int]:
    """Return how many acts are known of each of these sources, which deliver one that is new."""
    if not sources:
        return Counter()
    rows = SourceAct.objects.filter(source__in=sources).values_list("source").annotate(n=Count("pk"))
    return Counter(dict(rows.order_by("source")))


def _keep_act_days(logbook: Logbook, acts: Mapping[tuple[int, str, str, date], Came]) -> None:
    found = SourceDay.objects.filter(source__in={key[0] for key in acts}, day__in={key[3] for key in acts})
    rows = {(row.source, row.verb, row.kind, row.day): row for row in found}
    touched = []
    for key, came in acts.items():
        source, verb, kind, day = key
        row = rows.get(key) or SourceDay(logbook=logbook, source=source, verb=verb, kind=kind, day=day)
        row.entries, row.uncovered = row.entries + came.entries, row.uncovered + came.uncovered
        row.example = came.example if came.example is not None else row.example
        touched.append(row)
    _put(SourceDay, touched, ["source", "verb", "kind", "day"], ["entries", "uncovered", "example"])


def _keep_series(logbook: Logbook, batch: Batch) -> None:
    rows = [
        SourceSeries(
            logbook=logbook,
            source=source,
            stream=stream,
            lowest=series.lowest,
            highest=series.highest,
            since=series.since,
            through=series.through,
            count=series.count,
            slack=series.slack,
        )
        for (source, stream), series in batch.series.items()
        if (source, stream) in batch.moved
    ]
    fields = ["lowest", "highest", "since", "through", "count", "slack"]
    _put(SourceSeries, rows, ["source", "stream"], fields)


def _keep_spans(logbook: Logbook, turns: Iterable[Turn]) -> None:
    """Keep when rules were on. That a rule says something else does not end its time."""
    for turn in turns:
        row = RuleSpan.objects.filter(Q(to_at=None), logbook=logbook, rule=turn.rule).first()
        if turn.is_on and row is None:
            RuleSpan.objects.create(logbook=logbook, rule=turn.rule, from_at=turn.at)
        elif not turn.is_on and row is not None:
            row.to_at = turn.at
            row.save(update_fields=["to_at"])


def _put(table: type[Model], rows: Iterable[Model], key: list[str], fields: list[str]) -> None:
    """Write rows that are new, and bring those that are there up to date."""
    listed = list(rows)
    if listed:
        table._default_manager.bulk_create(
            listed, update_conflicts=True, unique_fields=key, update_fields=fields, batch_size=500
        )
