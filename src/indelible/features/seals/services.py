"""Asking for a check, carrying it out, stopping it, going on with it.

One check of a logbook runs at a time: whoever asks meanwhile joins the running one. A check that stops, by a
person or because its worker ended, keeps how far it came and goes on from there. Its end and its entry on the
record are one act.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from indelible.events import own
from indelible.features.people.models import User
from indelible.features.seals.copies import holders_of, shown_by_witnesses
from indelible.features.seals.models import Check
from indelible.storage.database.append import Draft, append
from indelible.storage.database.checking import CheckStopped, Report, check
from indelible.storage.database.errors import AppendFailed, AppendRefused
from indelible.storage.database.models import Logbook
from indelible.web.acts import party_of

OPEN = (Check.State.WAITING, Check.State.RUNNING)
TOLD_EVERY_SECONDS = 0.5


def open_check(
    logbook: Logbook, now: datetime, *, by: User | None = None, kind: Check.Kind = Check.Kind.EVERYTHING
) -> tuple[Check, bool]:
    """Return the check that is under way, else a new one; and whether it is new, so that a job must be asked for."""
    with transaction.atomic():
        Logbook.objects.select_for_update().get(pk=logbook.pk)
        running = Check.objects.filter(logbook=logbook, state__in=OPEN).first()
        if running:
            return running, False
        return Check.objects.create(logbook=logbook, kind=kind, asked_by=by, asked_at=now), True


def carry_out(
    row: Check, now: Callable[[], datetime], *, should_stop: Callable[[], bool] = lambda: False
) -> bool:
    """Check what `row` asks for and keep the report; False where it was stopped on the way.

    Safe to run again at any point: it goes on from where it stood.
    """
    Check.objects.filter(pk=row.pk).update(
        state=Check.State.RUNNING, started_at=row.started_at or now(), size=row.size
    )
    meter = _Meter(row, should_stop)
    try:
        report = check(
            row.logbook,
            since=_since(row),
            progress=meter.tell,
            stop=meter.is_stopped,
            resume=row.resume,
            copies=shown_by_witnesses(row.logbook),
            holders=holders_of(row.logbook),
        )
    except CheckStopped as stopped:
        state = Check.State.STOPPED if meter.by_a_person else Check.State.WAITING
        Check.objects.filter(pk=row.pk).update(
            state=state, resume=stopped.state, done=meter.done, stop_wanted=False
        )
        return False
    _finish(row, report, now())
    return True


class _Meter:
    """Writes down how far a check is, not more often than people can read it, and hears whether to stop."""

    def __init__(self, row: Check, should_stop: Callable[[], bool]) -> None:
        self.done = row.done
        self.by_a_person = False
        self._row, self._should_stop = row, should_stop
        self._told = self._asked = 0.0

    def tell(self, done: int, total: int) -> None:
        """Take note of how many entries are checked, of how many."""
        self.done = done
        if time.monotonic() - self._told >= TOLD_EVERY_SECONDS or done >= total:
            self._told = time.monotonic()
            Check.objects.filter(pk=self._row.pk).update(done=done, size=total)

    def is_stopped(self) -> bool:
        """Whether a person or the end of this process wants the check to stop here."""
        if self._should_stop():
            return True
        if time.monotonic() - self._asked >= TOLD_EVERY_SECONDS:
            self._asked = time.monotonic()
            self.by_a_person = Check.objects.filter(pk=self._row.pk, stop_wanted=True).exists()
        return self.by_a_person


def _finish(row: Check, report: Report, now: datetime) -> None:
    told = report.as_json()
    event = own.record_checked(
        party_of(row.asked_by) if row.asked_by else None,
        report.verdict,
        report.entries,
        [finding.kind for finding in report.findings if finding.accuses],
        occurred_at=now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    )
    try:
        with transaction.atomic():
            _keep(row, told, report, now)
            append(row.logbook, [Draft(event)])
    except (AppendRefused, AppendFailed):
        # Where nothing may be appended at present, what was found is kept all the same: that is when it matters.
        _keep(row, told, report, now)


def _keep(row: Check, told: dict[str, object], report: Report, now: datetime) -> None:
    Check.objects.filter(pk=row.pk).update(
        state=Check.State.DONE,
        finished_at=now,
        verdict=report.verdict,
        report=told,
        resume=report.resume_point,
        done=report.entries,
        size=report.entries,
        stop_wanted=False,
    )


def _since(row: Check) -> Mapping[str, Any] | None:
    """Return the state that the last good check reached, for a check of what came after it."""
    if row.kind != Check.Kind.SINCE_LAST:
        return None
    last = (
        Check.objects.filter(logbook=row.logbook, state=Check.State.DONE)
        .exclude(pk=row.pk)
        .order_by("-asked_at")
        .first()
    )
    return last.resume if last and last.verdict == "matches" else None


def stop(row: Check) -> None:
    """Ask a running check to stop at its next safe place; what it found so far is kept."""
    Check.objects.filter(pk=row.pk, state__in=OPEN).update(stop_wanted=True)


def go_on(row: Check) -> bool:
    """Put a stopped check back, to be gone on with; True where it was stopped and a job must be asked for."""
    changed = Check.objects.filter(pk=row.pk, state__in=(Check.State.STOPPED, Check.State.FAILED)).update(
        state=Check.State.WAITING, stop_wanted=False
    )
    return changed == 1
