"""How a connected source does: heard of, looked at, in trouble, well again.

Cheap enough to call with every delivery: one update of one row, and within a minute of the last one none at all.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from indelible.features.sources.models import Health, Source
from indelible.features.sources.silence.heard import note

WRITTEN_EVERY = timedelta(
    seconds=5
)  # the newest arrival is known to this much; what came is accounted elsewhere
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=10)
ASKS = "source-asks"


def health_of(source: Source) -> Health:
    """Return how a source does; a fresh row where nothing was known of it."""
    return Health.objects.get_or_create(source=source)[0]


def heard(source: Source, at: datetime, *, clock_ms: int | None = None) -> None:
    """Note that something arrived. `clock_ms` is the sender's clock less ours, where it can be told."""
    row = health_of(source)
    if row.first_at is None:
        Health.objects.filter(pk=row.pk, first_at=None).update(first_at=at)
    elif row.last_at is not None and abs(at - row.last_at) < WRITTEN_EVERY:
        return
    Health.objects.filter(pk=row.pk).update(last_at=at, clock_ms=clock_ms)


def beat(source: Source, at: datetime) -> None:
    """Note that a source said that it is there, though it has nothing to tell."""
    health_of(source)
    Health.objects.filter(pk=source.pk).update(heartbeat_at=at)
    note(source.pk, at, beats=1)


def well(source: Source, at: datetime | None = None, *, behind: int = 0) -> None:
    """Note that looking at a source worked: what was wrong is over. `behind` is what is known and not yet taken.

    A question that waits for a person is not over by that.
    """
    health_of(source)
    rows = Health.objects.filter(pk=source.pk)
    rows.update(looked_at=at or timezone.now(), failures=0, next_try_at=None, behind=behind)
    rows.filter(problem__isnull=False).exclude(problem__code=ASKS).update(problem=None, problem_since=None)


def asks(source: Source, at: datetime | None = None) -> None:
    """Note that something of a source waits for a person's answer. What else comes is taken all the same."""
    health_of(source)
    rows = Health.objects.filter(pk=source.pk)
    rows.exclude(problem__code=ASKS).update(
        problem={"code": ASKS, "name": source.name}, problem_since=at or timezone.now()
    )


def answered(source: Source) -> None:
    """Note that nothing of a source waits for an answer any more."""
    Health.objects.filter(pk=source.pk, problem__code=ASKS).update(problem=None, problem_since=None)


def troubled(source: Source, code: str, at: datetime | None = None, **facts: Any) -> None:
    """Note what is wrong, as a code of explanations.toml with its facts, and when to try again."""
    at = at or timezone.now()
    with transaction.atomic():
        health_of(source)
        row = Health.objects.select_for_update().get(pk=source.pk)
        same = row.problem is not None and row.problem.get("code") == code
        row.problem = {"code": code, **facts}
        row.problem_since = row.problem_since if same else at
        row.failures += 1
        row.next_try_at = at + min(FIRST_PAUSE * (1 << min(row.failures - 1, 10)), LONGEST_PAUSE)
        row.save(update_fields=["problem", "problem_since", "failures", "next_try_at"])


def try_again_now(source: Source) -> None:
    """Let a source be looked at without waiting for its pause to end: a person asked, or set it differently."""
    Health.objects.filter(pk=source.pk).update(next_try_at=None, failures=F("failures") * 0)
