"""What may happen to a run as a whole: paused and gone on with, ended before its end, its clocks stopped, its lateness
explained. Each with words, each an entry."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.db import transaction

from indelible.events import own_runbooks
from indelible.features.people import access
from indelible.features.runbooks.document.runbook import Clock, Runbook
from indelible.features.runbooks.models import GOING, Outsider, Run, RunClock, RunRole, RunState
from indelible.features.runbooks.running import moving
from indelible.features.runbooks.running.dates import moments_of
from indelible.features.runbooks.running.documents import document_of
from indelible.features.runbooks.running.doers import Doer
from indelible.features.runbooks.running.errors import RunError
from indelible.features.runbooks.running.telling import Story

LONGEST: Final = 4_000
_SAID: Final = {
    RunState.NOT_CONCLUDED: own_runbooks.RUN_NOT_CONCLUDED,
    RunState.MISSED: own_runbooks.RUN_MISSED,
    RunState.WITHDRAWN: own_runbooks.RUN_WITHDRAWN,
}


def pause(run: Run, doer: Doer, reason: str, now: datetime, *, seen: int | None = None) -> Run:
    """Let a run rest, and say why. Its due dates and the clocks of laws go on. Raises RunError."""
    with transaction.atomic():
        row, document, words = _begin(run, doer, reason, seen)
        if row.state != RunState.OPEN:
            raise RunError("run-not-open", title=row.title, state=row.get_state_display())
        row.state, row.paused_at, row.state_reason = RunState.PAUSED, now, words
        return _end(row, document, doer, own_runbooks.RUN_PAUSED, words, now)


def resume(run: Run, doer: Doer, now: datetime, *, seen: int | None = None) -> Run:
    """Go on with a run that rests. Raises RunError (`run-not-paused`)."""
    with transaction.atomic():
        row, document, _ = _begin(run, doer, ".", seen)
        if row.state != RunState.PAUSED:
            raise RunError("run-not-paused", title=row.title)
        row.state, row.paused_at, row.state_reason = RunState.OPEN, None, ""
        return _end(row, document, doer, own_runbooks.RUN_RESUMED, "", now)


def end(
    run: Run, doer: Doer, state: RunState | str, reason: str, now: datetime, *, seen: int | None = None
) -> Run:
    """End a run before its last step: not concluded, missed (by Indelible, when its day is over), or withdrawn (opened
    by mistake). What was done stays. Raises RunError: `run-end-how`, `run-why`, `run-not-open`."""
    state = RunState(state)
    if state not in _SAID or (state == RunState.MISSED) != (doer.user is None):
        raise RunError("run-end-how")
    with transaction.atomic():
        row, document, words = _begin(run, doer, reason, seen)
        row.state, row.ended_at, row.state_reason = state, now, words
        Outsider.objects.filter(run=row, ended_at=None).update(ended_at=now)
        extra = {
            "summary": moving.summary_of(row),
            "late": (row.due_at is not None and now > row.due_at) or None,
        }
        return _end(row, document, doer, _SAID[state], words, now, extra=extra)


def late_reason(run: Run, doer: Doer, words: str, now: datetime, *, clock: str = "") -> None:
    """Say why a run, or a clock of it, was late; once said, it stands. Raises RunError: `run-not-late`, `run-why`."""
    with transaction.atomic():
        row = moving.locked(run.pk)
        document = document_of(row)
        _check_may(row, doer)
        told = _words(words)
        thing: Run | RunClock = row
        what = "the run"
        if clock:
            thing = RunClock.objects.select_for_update().get(run=row, key=clock)
            what = f"the clock {_clock(document, clock).title}"
        over = (thing.met_at if isinstance(thing, RunClock) else thing.ended_at) or now
        if thing.due_at is None or over <= thing.due_at or thing.late_reason:
            raise RunError("run-not-late")
        thing.late_reason = told
        thing.save(update_fields=["late_reason"])
        story = Story(row, document, now)
        story.add(
            own_runbooks.LATE_EXPLAINED,
            doer,
            extra={"what": what, "deadline": thing.due_at.isoformat()},
            reason=told,
        )
        story.seal()


def stop_clock(run: Run, key: str, doer: Doer, reason: str, now: datetime) -> RunClock:
    """Stop a clock of a law, where that law knows of it, and say why. Raises RunError: `run-clock-not-running`."""
    with transaction.atomic():
        row, document, words = _begin(run, doer, reason, None)
        clock = RunClock.objects.select_for_update().get(run=row, key=key)
        if (
            clock.starts_at is None
            or clock.met_at is not None
            or any(not one.get("to") for one in clock.stops)
        ):
            raise RunError("run-clock-not-running")
        clock.stops = [*clock.stops, {"from": now.isoformat(), "to": None, "why": words, "by": doer.name}]
        clock.due_at = None
        clock.save(update_fields=["stops", "due_at"])
        extra = moving.clock_facts(_clock(document, key), clock)
        _end(row, document, doer, own_runbooks.CLOCK_STOPPED, words, now, extra=extra)
    return clock


def go_on_clock(run: Run, key: str, doer: Doer, now: datetime) -> RunClock:
    """Let a clock that was stopped go on; what was left of it is left still."""
    with transaction.atomic():
        row, document, _ = _begin(run, doer, ".", None)
        clock = RunClock.objects.select_for_update().get(run=row, key=key)
        if not clock.stops or clock.stops[-1].get("to"):
            raise RunError("run-clock-not-stopped")
        clock.stops = [*clock.stops[:-1], {**clock.stops[-1], "to": now.isoformat()}]
        part = _clock(document, key)
        clock.due_at = moving.end_of_clock(part, clock, moments_of(row))
        clock.save(update_fields=["stops", "due_at"])
        _end(row, document, doer, own_runbooks.CLOCK_WENT_ON, "", now, extra=moving.clock_facts(part, clock))
    return clock


def _begin(run: Run, doer: Doer, reason: str, seen: int | None) -> tuple[Run, Runbook, str]:
    row = moving.locked(run.pk)
    if row.state not in GOING:
        raise RunError("run-not-open", title=row.title, state=row.get_state_display())
    if seen is not None and seen != row.stamp:
        raise RunError("run-changed-meanwhile", title=row.title)
    _check_may(row, doer)
    return row, document_of(row), _words(reason)


def _words(text: str) -> str:
    words = " ".join(text.split())[:LONGEST]
    if not words:
        raise RunError("run-why")
    return words


def _check_may(run: Run, doer: Doer) -> None:
    """Whoever may start runs, and whoever answers for this one."""
    if doer.user is None and doer.outsider is None:
        return
    owner = document_of(run).owner
    if doer.user is not None and (
        access.may(doer.user, access.RUNS_START)
        or RunRole.objects.filter(run=run, role=owner, user=doer.user).exists()
    ):
        return
    raise RunError("run-not-yours", title=run.title)


def _clock(document: Runbook, key: str) -> Clock:
    return next(one for one in document.clocks if one.key == key)


def _end(
    row: Run,
    document: Runbook,
    doer: Doer,
    said: str,
    words: str,
    now: datetime,
    *,
    extra: Mapping[str, object] | None = None,
) -> Run:
    row.stamp += 1
    row.save()
    story = Story(row, document, now)
    ends = said in _SAID.values()
    story.add(
        said,
        doer,
        extra=extra,
        reason=words,
        told=(lambda index: moving.note_end(row, index)) if ends else None,
    )
    moving.go_on(row, document, story, now)
    story.seal()
    return row
