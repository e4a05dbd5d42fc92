"""Checks in the background: on demand, and each day by the clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from indelible.features.seals import services
from indelible.features.seals.models import Check
from indelible.storage.database.models import Logbook
from indelible.web.jobs import Interrupted, ask, job, periodic, should_stop

DAY = timedelta(hours=24)


def _now() -> datetime:
    return datetime.now(UTC)


@job
def run_check(check_id: int) -> None:
    """Carry out a check, going on from where an earlier run stood."""
    row = (
        Check.objects.select_related("logbook", "asked_by")
        .filter(pk=check_id, state__in=services.OPEN)
        .first()
    )
    if row is None:
        return
    try:
        finished = services.carry_out(row, _now, should_stop=should_stop)
    except Interrupted:
        raise
    except BaseException:
        Check.objects.filter(pk=row.pk).update(state=Check.State.FAILED, finished_at=_now())
        raise
    if not finished and should_stop():
        raise Interrupted


@periodic(timedelta(minutes=30))
@job
def daily_check() -> None:
    """Check every logbook in full, once a day: each whose last check began more than a day ago, or never."""
    for logbook in Logbook.objects.all():
        if Check.objects.filter(logbook=logbook, asked_at__gt=_now() - DAY).exists():
            continue
        row, is_new = services.open_check(logbook, _now())
        if is_new:
            ask(run_check, row.pk)
