"""Runs that go on by themselves: a wait is over, an entry arrived, Indelible looks at a check of its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

import structlog

from indelible.features.runbooks.models import Run, RunState, RunStep, StepState
from indelible.features.runbooks.running import moving
from indelible.features.runbooks.starting.books import text_of

MOST_AT_ONCE: Final = 200

log = structlog.get_logger()


def advance_due(now: datetime) -> int:
    """Let every run go on that can; return how many were looked at. A fault in one keeps no other from it."""
    looked = 0
    for key in list(_runs(now))[:MOST_AT_ONCE]:
        run = Run.objects.select_related("runbook", "version", "logbook").get(pk=key)
        looked += 1
        try:
            moving.advance(run, now)
        except (ArithmeticError, ValueError, TypeError, LookupError, AttributeError) as fault:
            log.error("a run could not go on by itself", run=key, exc_info=fault)
    return looked


def _runs(now: datetime) -> Iterator[int]:
    """Yield the runs in which a step waits for a moment that is there, for an entry, or for a look."""
    rows = RunStep.objects.filter(
        state__in=(StepState.OPEN, StepState.SENT_BACK), run__state=RunState.OPEN
    ).values_list("run_id", "run__version_id", "run__version__digest", "key", "wait_until")
    seen = set()
    for run, version, digest, key, until in rows.iterator():
        if run in seen:
            continue
        part = text_of(version, digest).step(key)
        if part.kind == "wait" and part.wait is not None:
            waits = bool(part.wait.event) or (until is not None and until <= now)
        else:
            waits = part.by == "system" and part.kind == "check"
        if waits:
            seen.add(run)
            yield run
