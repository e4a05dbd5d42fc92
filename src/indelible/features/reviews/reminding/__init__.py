"""What waits in reviews reminds its people in the same letters as steps of runs (`runbooks.reminding.further`).

* `entries`: entries that a rule wants looked at, and what somebody was asked about them, as piles.
* `access`: shares of access reviews, rights that are not gone, and the review itself.
* `wording`: what a letter says of each, and where it leads.

Samples that have a due day are tasks of whoever drew them. This module is what `further` asks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from indelible.events.event import Event
from indelible.events.office import WorkCalendar
from indelible.features.reviews.models import Sample
from indelible.features.reviews.reminding import access, entries
from indelible.features.reviews.reminding.wording import SAMPLE, path, words
from indelible.features.runbooks.reminding.days import Person
from indelible.features.runbooks.reminding.piles import Pile
from indelible.features.runbooks.reminding.planning import Task
from indelible.storage.database.models import Logbook

MOST_SAMPLES: Final = 500


def gather(
    logbook: Logbook,
    people: Mapping[str, Person],
    organisation: tuple[str, ...],
    calendar: WorkCalendar,
    now: datetime,
) -> tuple[list[Task], list[Pile]]:
    """Return what waits in reviews, and for whom."""
    tasks = [*access.tasks(logbook, people, organisation, now), *_samples(logbook, people, organisation)]
    return tasks, entries.piles(logbook, people, organisation, now)


def escalated(task: Task, deadline: str, people: Sequence[str], stage: int) -> Event | None:
    """Return the entry that a task was told further up. Only shares of access reviews are."""
    return access.escalated(task, deadline, people, stage)


def _samples(logbook: Logbook, people: Mapping[str, Person], organisation: tuple[str, ...]) -> list[Task]:
    rows = Sample.objects.filter(logbook=logbook, sign_off=None, due_at__isnull=False).order_by("due_at")
    told = []
    for row in rows[:MOST_SAMPLES]:
        drew = f"user {row.by_id}"
        told.append(
            Task(
                key=f"{SAMPLE}{row.pk}",
                run=0,
                step="",
                due_at=row.due_at,
                holders=(drew,) if drew in people else organisation,
                further=SAMPLE,
                subject=row.pk,
                title=row.question,
                since=row.at,
                begins=False,
                stages=0,
            )
        )
    return told


__all__ = ["escalated", "gather", "path", "words"]
