"""The clock: asks for each periodic job when it is due, once, however many workers look.

A job that is still waiting or running when it comes due again is not asked for twice; a job missed
while nothing ran is asked for once, not once for every time it was missed.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from indelible.server.jobs.models import Schedule
from indelible.web.jobs import Periodic, ask_once, periodic_jobs


def tick(now: datetime) -> list[str]:
    """Ask for every periodic job due at `now`; return the names of those asked for.

    The usual case, nothing due, costs one read and no lock.
    """
    due_at = dict(Schedule.objects.values_list("name", "due_at"))
    due = [each for each in periodic_jobs.values() if due_at.get(each.name, now) <= now]
    return [each.name for each in due if _start(each, now)]


def _start(each: Periodic, now: datetime) -> bool:
    """Ask for one job, unless another worker's clock was faster."""
    with transaction.atomic():
        row, _ = Schedule.objects.select_for_update().get_or_create(name=each.name, defaults={"due_at": now})
        if row.due_at > now:
            return False
        ask_once(each.job)
        row.due_at = now + each.every
        row.save(update_fields=["due_at"])
        return True
