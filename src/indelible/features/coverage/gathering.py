"""What is known of the sources of a logbook in a period: one query a table, whatever their number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Count, Q, QuerySet, Sum

from indelible.features.coverage.judging import Feed, Hole, Outage, Span, Stream, Total
from indelible.features.coverage.models import SourceAct, SourceReach, SourceSeries
from indelible.features.sources.accounts.answering import difference_words
from indelible.features.sources.models import (
    ControlTotal,
    Gap,
    GapKind,
    Health,
    Import,
    KeptMessage,
    QuietPeriod,
    SequenceGap,
    SequenceMark,
    Source,
    Stage,
    State,
)
from indelible.features.sources.silence.pace import span_of, taken_since
from indelible.features.sources.silence.rhythm import Quiet
from indelible.storage.database.models import Logbook

MOST: Final = (
    5_000  # rows of one table; what lies beyond keeps numbers from adding up, and so from showing anything
)
QUIET_BACK: Final = timedelta(days=400)
UNREAD: Final = (Stage.RECEIVED, Stage.ASKING, Stage.RECORDING, Stage.STOPPED)
KIND: Final = {GapKind.SILENT: "silent", GapKind.REFUSED: "refused", GapKind.PAUSED: "paused"}

Act = tuple[str, str]  # verb and first kind of thing


@dataclass
class Sources:
    """The sources of a logbook: each as a feed, and what each ever delivered."""

    rows: dict[int, Source] = field(default_factory=dict)
    feeds: dict[int, Feed] = field(default_factory=dict)
    acts: dict[int, dict[Act, int]] = field(default_factory=dict)
    unread: int = 0  # files that nobody has said yet which source they are of


def sources_of(logbook: Logbook, period: Span, now: datetime) -> Sources:
    """Return what is known of each source that touches a period, at a moment."""
    rows = {row.pk: row for row in Source.objects.filter(logbook=logbook).select_related("health")[:MOST]}
    acts: dict[int, dict[Act, int]] = defaultdict(dict)
    for act in SourceAct.objects.filter(logbook=logbook).values_list("source", "verb", "kind", "entries"):
        acts[act[0]][act[1], act[2]] = act[3]
    waits, unread = _waits(logbook, rows, period)
    streams, holes, given_up = _streams(logbook), _holes(logbook), _given_up(logbook)
    totals, outages, quiet = _totals(logbook, period), _outages(logbook, period), _quiet(logbook, now)
    unnumbered = dict(SourceReach.objects.filter(logbook=logbook).values_list("source", "unnumbered"))
    feeds = {
        pk: Feed(
            pk,
            row.name,
            row.created_at,
            row.state_since if row.state == State.ENDED else None,
            taken_since(row),
            row.state == State.WAITING,
            tuple(streams[pk]),
            unnumbered.get(pk),
            tuple(holes[pk]),
            pk in given_up,
            tuple(totals[pk]),
            tuple(outages[pk]),
            tuple(quiet[pk]),
            waits[pk],
        )
        for pk, row in rows.items()
    }
    return Sources(rows, feeds, acts, unread)


def names_of(sources: Iterable[int]) -> dict[int, str]:
    """Return the names of sources by id."""
    return dict(Source.objects.filter(pk__in=list(sources)).values_list("pk", "name"))


def _streams(logbook: Logbook) -> Mapping[int, Sequence[Stream]]:
    found: dict[int, list[Stream]] = defaultdict(list)
    for row in SourceSeries.objects.filter(logbook=logbook)[: MOST * 2]:
        through = row.through - timedelta(seconds=row.slack)
        stream = Stream(row.lowest, row.highest, row.count, row.since, through, row.stream)
        found[row.source].append(stream)
    return found


def _holes(logbook: Logbook) -> Mapping[int, Sequence[Hole]]:
    found: dict[int, list[Hole]] = defaultdict(list)
    rows = SequenceGap.objects.filter(source__logbook=logbook, filled_at=None).order_by("pk")[:MOST]
    for row in rows:
        explained = row.explained_entry is not None
        hole = Hole(row.first, row.last, row.seen_at, row.entry is not None, explained, row.stream)
        found[row.source_id].append(hole)
    return found


def _given_up(logbook: Logbook) -> set[int]:
    rows = SequenceMark.objects.filter(source__logbook=logbook, given_up_at__isnull=False)
    return set(rows.values_list("source", flat=True).distinct())


def _totals(logbook: Logbook, period: Span) -> Mapping[int, Sequence[Total]]:
    """Return the totals that hold and touch the period, and those that differ whenever that was."""
    found: dict[int, list[Total]] = defaultdict(list)
    touches = Q(period_from__lt=period.end, period_to__gt=period.start) | Q(state="differs")
    rows = ControlTotal.objects.filter(touches, source__logbook=logbook, replaced_by=None)
    for row in rows.order_by("-period_to")[:MOST]:
        words = difference_words(row) if row.state == "differs" else ""
        explained = row.explained_entry is not None
        total = Total(row.period_from, row.period_to, str(row.state), row.count is not None, explained, words)
        found[row.source_id].append(total)
    return found


def _outages(logbook: Logbook, period: Span) -> Mapping[int, Sequence[Outage]]:
    """Return the gaps that touch the period, and pauses as far back as expectation may reach."""
    found: dict[int, list[Outage]] = defaultdict(list)
    touches = Q(ended_at=None) | Q(ended_at__gt=period.start)
    pauses = Q(kind=GapKind.PAUSED, ended_at__gt=period.end - QUIET_BACK)
    rows = Gap.objects.filter(touches | pauses, source__logbook=logbook, began_at__lt=period.end)
    for row in rows.order_by("-began_at")[:MOST]:
        outage = Outage(KIND[GapKind(row.kind)], row.began_at, row.ended_at)
        found[row.source_id].append(outage)
    return found


def _quiet(logbook: Logbook, now: datetime) -> Mapping[int, Sequence[Quiet]]:
    found: dict[int, list[Quiet]] = defaultdict(list)
    rows = QuietPeriod.objects.filter(source__logbook=logbook, to_at__gt=now - QUIET_BACK)
    for row in rows[:MOST]:
        if (span := span_of(row)) is not None:
            found[row.source_id].append(span)
    return found


def _waits(
    logbook: Logbook, rows: Mapping[int, Source], period: Span
) -> tuple[Mapping[int, dict[str, int]], int]:
    """Return by source what waits or was left out, by code and number; and the files that are of no source yet.

    What came since the period began may hold records of it, whenever it came.
    """
    found: dict[int, dict[str, int]] = defaultdict(dict)
    imports = Import.objects.filter(logbook=logbook)
    unread = dict(_counted(imports.filter(stage__in=UNREAD, live_day=None)))
    since = imports.filter(created_at__gte=period.start)
    for code, counts in (
        ("unread", unread),
        ("unreadable", _counted(since.filter(stage=Stage.REFUSED))),
        ("rejected", since.filter(rejected__gt=0).values_list("source").annotate(n=Sum("rejected"))),
        ("mistake", _counted(since.filter(mistake__isnull=False))),
        ("kept", KeptMessage.objects.filter(source__in=rows).values_list("source").annotate(n=Count("pk"))),
        ("behind", Health.objects.filter(source__in=rows, behind__gt=0).values_list("source", "behind")),
    ):
        for source, number in dict(counts).items():
            if source is not None:
                found[source][code] = number
    return found, unread.get(None, 0)


def _counted(rows: QuerySet[Import]) -> Any:
    return rows.values_list("source").annotate(n=Count("pk"))
