"""Checks in the background: on demand, and each day by the clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from indelible.features.seals import drills, services
from indelible.features.seals.copies import holders_of
from indelible.features.seals.jobs_receipts import mail_receipts as mail_receipts
from indelible.features.seals.models import Check, Drill
from indelible.features.seals.outside import courier
from indelible.features.seals.outside import services as outside_services
from indelible.storage.database.drilling.drill import DrillStopped
from indelible.storage.database.models import Logbook
from indelible.web.jobs import Interrupted, ask, job, periodic, should_stop, ticker

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


@job
def run_drill_job(drill_id: int) -> None:
    """Hold a tamper drill. One that was cut short begins anew."""
    row = (
        Drill.objects.select_related("logbook", "asked_by").filter(pk=drill_id, state__in=drills.OPEN).first()
    )
    if row is None:
        return
    try:
        drills.carry_out(row, _now, holders_of(row.logbook), should_stop=should_stop)
    except DrillStopped:
        raise Interrupted from None
    except BaseException:
        Drill.objects.filter(pk=row.pk).update(state=Drill.State.FAILED, finished_at=_now())
        raise


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


@ticker(timedelta(seconds=2))
def carry_seals_outside() -> None:
    """Take the newest seals to witnesses and time-stamping authorities, those who are due."""
    courier.go_round()


@ticker(timedelta(minutes=1))
def look_at_witnesses() -> None:
    """Read what witnesses show, in case another server signs with our key."""
    courier.look_round()
    outside_services.record_waiting_explanations()
