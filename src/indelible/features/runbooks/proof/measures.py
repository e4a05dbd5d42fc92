"""What auditors ask for by period: runs due, started, in time, late, missed; how long they were open; steps overridden,
signatures refused because of own work, checks that could not be made. By runbook, counted in the database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median
from typing import Final

from django.db.models import Count, F, Q

from indelible.events import own_runbooks
from indelible.features.runbooks.models import Result, Run, RunEntry, RunState, StepCheck
from indelible.storage.database.models import Logbook

MOST_RUNS: Final = 5_000


@dataclass
class Measured:
    """The figures of one runbook in a period."""

    key: str
    title: str
    due: int = 0
    started: int = 0
    in_time: int = 0
    late: int = 0
    missed: int = 0
    not_concluded: int = 0
    under_way: int = 0
    overridden: int = 0
    refused: int = 0
    not_made: int = 0
    failed: int = 0
    times: list[timedelta] = field(default_factory=list)

    @property
    def median_open(self) -> timedelta | None:
        """How long its runs were open, in the middle; None where none has ended."""
        seconds = [one.total_seconds() for one in self.times]
        return timedelta(seconds=median(seconds)) if seconds else None


def measured(logbook: Logbook, start: datetime, end: datetime, now: datetime) -> list[Measured]:
    """Return the figures of each runbook for the runs that were due, or begun where nothing says when they are due,
    from `start` until before `end`; at most `MOST_RUNS` runs are looked at."""
    in_period = Q(due_at__gte=start, due_at__lt=end) | Q(due_at=None, opened_at__gte=start, opened_at__lt=end)
    runs = list(
        Run.objects.filter(in_period, logbook=logbook)
        .select_related("runbook")
        .order_by("runbook__title", "pk")[:MOST_RUNS]
    )
    found: dict[int, Measured] = {}
    for run in runs:
        one = found.setdefault(run.runbook_id, Measured(run.runbook.key, run.runbook.title))
        _count(one, run, now)
    keys = {run.pk: run.runbook_id for run in runs}
    for run_key, said, count in _acts(keys):
        one = found[keys[run_key]]
        if said == own_runbooks.STEP_OVERRIDDEN:
            one.overridden += count
        else:
            one.refused += count
    for run_key, results in _checks(keys).items():
        found[keys[run_key]].not_made += results[Result.UNCHECKED]
        found[keys[run_key]].failed += results[Result.FAILED]
    return list(found.values())


def _count(one: Measured, run: Run, now: datetime) -> None:
    one.started += 1
    one.due += run.due_at is not None
    if run.state == RunState.MISSED:
        one.missed += 1
    elif run.state == RunState.NOT_CONCLUDED:
        one.not_concluded += 1
    elif run.state == RunState.CLOSED and run.ended_at is not None:
        late = run.due_at is not None and run.ended_at > run.due_at
        one.late += late
        one.in_time += not late
        one.times.append(run.ended_at - run.opened_at)
    elif run.ended_at is None:
        one.under_way += 1
        one.late += run.due_at is not None and now > run.due_at


def _acts(keys: Iterable[int]) -> Iterable[tuple[int, str, int]]:
    said = (own_runbooks.STEP_OVERRIDDEN, own_runbooks.STEP_REFUSED)
    rows = (
        RunEntry.objects.filter(run__in=list(keys), said__in=said)
        .values("run", "said")
        .annotate(n=Count("pk"))
    )
    return [(row["run"], row["said"], row["n"]) for row in rows.order_by("run")]


def _checks(keys: Iterable[int]) -> dict[int, Counter[str]]:
    """Return of each run how its checks came out in the end: of each check of a step's last attempt the newest."""
    newest: dict[tuple[int, str], tuple[int, str]] = {}
    rows = StepCheck.objects.filter(step__run__in=list(keys), attempt=F("step__attempt")).order_by("pk")
    for run, step, key, result in rows.values_list("step__run", "step", "key", "result").iterator(
        chunk_size=2_000
    ):
        newest[step, key] = run, result
    found: dict[int, Counter[str]] = {}
    for run, result in newest.values():
        found.setdefault(run, Counter())[result] += 1
    return found
