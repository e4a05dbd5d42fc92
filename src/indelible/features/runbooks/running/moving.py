"""What follows by itself: the next step opens, Indelible looks, a wait ends, a clock runs or is met, the run closes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from indelible.events import own_runbooks
from indelible.features.runbooks import checks
from indelible.features.runbooks.checks import CannotTell, Found, looking, sentences
from indelible.features.runbooks.document.runbook import Branch, Clock, Runbook, Step
from indelible.features.runbooks.models import (
    THROUGH,
    Cause,
    Result,
    Run,
    RunbookState,
    RunClock,
    RunState,
    RunStep,
    StepCheck,
    StepState,
)
from indelible.features.runbooks.models import Runbook as Book
from indelible.features.runbooks.running.dates import Moments, moments_of, values_of
from indelible.features.runbooks.running.documents import document_of
from indelible.features.runbooks.running.doers import Doer
from indelible.features.runbooks.running.evidence import checks_of, told_check
from indelible.features.runbooks.running.ground import ground_of
from indelible.features.runbooks.running.telling import Story
from indelible.features.runbooks.timetable import later
from indelible.features.runbooks.timetable.legal import Stop, ends_at
from indelible.features.settings import services as settings

LOOK_AGAIN: Final = timedelta(minutes=10)  # so often Indelible looks once more for what was not there yet
MOST_ROUNDS: Final = 200
YEARS_OF_CLOCKS: Final = 2  # public holidays are looked up so far behind a clock's start


def advance(run: Run, now: datetime) -> None:
    """Let a run go on as far as it does by itself. Safe to call at any time, by any worker."""
    with transaction.atomic():
        row = locked(run.pk)
        document = document_of(row)
        story = Story(row, document, now)
        go_on(row, document, story, now)
        story.seal()


def locked(key: int) -> Run:
    """Return a run that nobody else changes until this transaction ends."""
    rows = Run.objects.select_for_update(of=("self",)).select_related("runbook", "version", "logbook")
    return rows.get(pk=key)


def go_on(run: Run, document: Runbook, story: Story, now: datetime) -> None:
    """Do what follows from an act, inside its transaction, and tell it in its story."""
    if run.state != RunState.OPEN:
        return
    steps = {row.key: row for row in RunStep.objects.filter(run=run).order_by("place")}
    for _round in range(MOST_ROUNDS):
        if not _once(run, document, steps, story, now):
            break
    _dues(run, document, steps)
    _clocks(run, document, steps, story, now)
    if all(is_through(row, document.step(row.key)) for row in steps.values()):
        _close(run, document, steps, story, now)


def _dues(run: Run, document: Runbook, steps: dict[str, RunStep]) -> None:
    """Work out what could not be said before: what it counts from was filled in or done only now."""
    unknown = [
        row
        for row in steps.values()
        if row.due_at is None and row.state == StepState.OPEN and document.step(row.key).due
    ]
    if not unknown and (run.due_at is not None or document.due is None):
        return
    moments = moments_of(run)
    if run.due_at is None and (due := moments.due(document.due)) is not None:
        run.due_at = due
        run.save(update_fields=["due_at"])
    for row in unknown:
        row.due_at = moments.due(document.step(row.key).due, row.opened_at)
        if row.due_at is not None:
            row.save(update_fields=["due_at"])


def is_through(row: RunStep, part: Step) -> bool:
    """Whether a step is over: signed, or done where nobody signs; or skipped, passed over, not concluded."""
    return row.state in THROUGH or (row.state == StepState.DONE and part.sign == "none")


def lets_on(row: RunStep, part: Step) -> bool:
    """Whether steps behind it may begin."""
    return is_through(row, part) or (row.state == StepState.DONE and part.overlaps)


def _once(run: Run, document: Runbook, steps: dict[str, RunStep], story: Story, now: datetime) -> bool:
    """Look at the steps in their order; return whether anything moved."""
    moved, free = False, True
    for part in document.steps:
        row = steps[part.key]
        if row.state == StepState.WAITING and free:
            _open(run, part, row, now)
            moved = True
        if row.state in (StepState.OPEN, StepState.SENT_BACK) and _by_itself(run, part, row, story, now):
            moved = True
        free = free and lets_on(row, part)
    return moved


def _open(run: Run, part: Step, row: RunStep, now: datetime) -> None:
    moments = moments_of(run)
    row.state, row.opened_at, row.wait_until = StepState.OPEN, now, None
    if part.wait is not None and part.wait.within:
        start = moments.at(part.wait.after, now) or now
        row.wait_until = later(start, part.wait.within, moments.calendar, working=part.wait.working)
    row.due_at = moments.due(part.due, max(now, row.wait_until or now))
    row.save(update_fields=["state", "opened_at", "due_at", "wait_until"])


def _by_itself(run: Run, part: Step, row: RunStep, story: Story, now: datetime) -> bool:
    """Do what nobody has to do: end a wait, or look; return whether the step is done by that."""
    if part.kind == "wait" and part.wait is not None:
        if part.wait.event:
            entry = _arrived(run, part.wait.event, row, now)
            if entry is not None:
                done(row, Doer.SYSTEM, now, story, extra={"arrived": entry})
            return entry is not None
        if row.wait_until is not None and now >= row.wait_until:
            done(row, Doer.SYSTEM, now, story)
            return True
        return False
    if part.by != "system" or part.kind != "check":
        return False
    found = look_if_old(run, part, row, now)
    if found is None or any(one.result != Result.PASSED for one in found):
        return False  # its owner has to say what to make of it
    way = settle_way(run, story.document, part, row)
    told = {"checks": [told_check(one) for one in found], "choice": row.choice, "passed_over": passed_by(way)}
    done(row, Doer.SYSTEM, now, story, extra=told)
    go_way(way, run, row, story, now, Doer.SYSTEM)
    return True


def waits(run: Run, part: Step, row: RunStep, now: datetime) -> bool:
    """Whether a step that is open cannot be done yet, since what it waits for has not come."""
    if part.wait is None:
        return False
    if part.wait.event:
        return _arrived(run, part.wait.event, row, now) is None
    return row.wait_until is not None and now < row.wait_until


def _arrived(run: Run, sentence: str, row: RunStep, now: datetime) -> int | None:
    """Return the index of the first entry that a step waits for, None where none came yet."""
    ground = ground_of(run, row, now)
    try:
        entry = looking.first_after(
            ground, sentences.read(sentence, ground), row.opened_at or now, typed=True
        )
    except CannotTell:
        return None
    return entry.index if entry is not None else None


def look_if_old(run: Run, part: Step, row: RunStep, now: datetime) -> list[StepCheck] | None:
    """Have the record asked, unless it was so in the last minutes and since the step was opened; None where it was."""
    newest = checks_of(row)
    fresh = newest and now - newest[-1].at < LOOK_AGAIN
    if fresh and (row.opened_at is None or newest[-1].at >= row.opened_at):
        return None
    return look(run, part, row, now)


def look(run: Run, part: Step, row: RunStep, now: datetime) -> list[StepCheck]:
    """Have the record asked by every check of a step; return what they found, kept."""
    if not part.checks:
        return []
    ground = ground_of(run, row, now)
    found: list[tuple[str, Found]] = [(check.key, checks.run(check, ground)) for check in part.checks]
    # What was found before and nobody gave words for is of no use any more; a step may stand open for weeks.
    StepCheck.objects.filter(
        step=row, attempt=row.attempt, reason="", key__in=[key for key, _ in found]
    ).delete()
    return StepCheck.objects.bulk_create(
        StepCheck(
            step=row, attempt=row.attempt, key=key, result=one.result, says=one.says, facts=one.facts, at=now
        )
        for key, one in found
    )


def done(
    row: RunStep, doer: Doer, now: datetime, story: Story, extra: Mapping[str, object] | None = None
) -> None:
    """Mark a step as done by somebody, and tell it."""
    row.state, row.done_at = StepState.DONE, now
    row.by_user, row.by_outsider, row.by_name = doer.user, doer.outsider, doer.name
    row.save()
    told: dict[str, object] = {"attempt": row.attempt if row.attempt > 1 else None, **(extra or {})}
    story.add(
        own_runbooks.STEP_DONE,
        doer,
        step=row,
        extra=told,
        reason=row.words,
        told=lambda index: note_entry(row, index),
    )


def note_entry(row: RunStep, index: int) -> None:
    """Note the entry that tells of a step."""
    row.entry = index
    row.save(update_fields=["entry"])


# Ways on ---------------------------------------------------------------------------------------------------


def branch_of(part: Step, row: RunStep, values: dict[str, object], choice: str) -> Branch | None:
    """Return the way on that a step goes: the one somebody chose, else the first whose condition holds."""
    if part.kind == "decide":
        return next((one for one in part.branches if one.label == choice), None)
    results = {one.key: one.result for one in checks_of(row)}
    for one in part.branches:
        name, _, wanted = one.if_.partition("=")
        if name.startswith("check:") and results.get(name.removeprefix("check:")) == wanted:
            return one
        if one.if_ and not name.startswith("check:") and values.get(name) == wanted:
            return one
    return None


@dataclass(frozen=True, slots=True)
class Way:
    """The way on that a step goes, and the steps that are not needed on it."""

    branch: Branch
    passed_over: tuple[str, ...]


def settle_way(run: Run, document: Runbook, part: Step, row: RunStep) -> Way | None:
    """Settle which way on a step goes, before its entry tells of it; None where it has but one."""
    branch = branch_of(part, row, values_of(run), row.choice) if part.branches else None
    if branch is None:
        return None
    row.choice = branch.label[:80]
    row.save(update_fields=["choice"])
    if not branch.to:
        return Way(branch, ())
    end = len(document.steps) if branch.to == "end" else document.place(branch.to)
    between = RunStep.objects.filter(run=run, place__gt=row.place, place__lt=end, state=StepState.WAITING)
    return Way(branch, tuple(between.order_by("place").values_list("key", flat=True)))


def passed_by(way: Way | None) -> list[str] | None:
    """Return the keys of the steps that a way passes over, None where it passes over none."""
    return list(way.passed_over) if way is not None and way.passed_over else None


def go_way(way: Way | None, run: Run, row: RunStep, story: Story, now: datetime, by: Doer) -> None:
    """Go it: pass over what is not needed, and start another runbook where it says so."""
    if way is None:
        return
    if way.passed_over:
        RunStep.objects.filter(run=run, key__in=way.passed_over).update(state=StepState.PASSED_OVER)
    start = way.branch.start
    if start and start_other(run, start, now, by=by, key=f"run {run.pk} {row.key}") is None:
        story.add(own_runbooks.OTHER_NOT_STARTED, by, step=row, extra={"what": start})


def start_other(run: Run, runbook: str, now: datetime, *, by: Doer, key: str) -> Run | None:
    """Start another runbook from a run, None where the organisation has it not in force."""
    from indelible.features.runbooks.running.opening import open_run

    book = Book.objects.filter(logbook=run.logbook, state=RunbookState.PUBLISHED, key=runbook).first()
    book = (
        book or Book.objects.filter(logbook=run.logbook, state=RunbookState.PUBLISHED, origin=runbook).first()
    )
    if book is None:
        return None
    return open_run(
        book, by, now, cause=Cause.RUN, cause_key=key, about=run.about, cause_entry=run.entry, follows_up=run
    )


# Clocks and the end ----------------------------------------------------------------------------------------


def _clocks(run: Run, document: Runbook, steps: dict[str, RunStep], story: Story, now: datetime) -> None:
    if not document.clocks:
        return
    moments = moments_of(run)
    rows = {row.key: row for row in RunClock.objects.filter(run=run)}
    for clock in document.clocks:
        row = rows[clock.key]
        start = moments.at(clock.after, None)
        if row.met_at is None and start is not None and start != row.starts_at and _runs(clock, moments):
            row.starts_at = start
            row.due_at = end_of_clock(clock, row, moments)
            row.save(update_fields=["starts_at", "due_at"])
            story.add(own_runbooks.CLOCK_STARTED, Doer.SYSTEM, extra=clock_facts(clock, row))
        step = steps[clock.met_by]
        if row.met_at is None and row.starts_at is not None and _meets(step, document.step(step.key)):
            row.met_at = step.done_at or now
            row.save(update_fields=["met_at"])
            late = row.due_at is not None and row.met_at > row.due_at
            extra = {**clock_facts(clock, row), "late": late or None, "met_at": row.met_at.isoformat()}
            story.add(own_runbooks.CLOCK_MET, Doer.SYSTEM, extra=extra)


def _runs(clock: Clock, moments: Moments) -> bool:
    field, _, wanted = clock.only_if.partition("=")
    return not clock.only_if or moments.values.get(field) == wanted


def _meets(row: RunStep, part: Step) -> bool:
    """Whether a step's work is done; one that was skipped or passed over meets no clock."""
    return row.state == StepState.SIGNED or (row.state == StepState.DONE and part.sign == "none")


def end_of_clock(clock: Clock, row: RunClock, moments: Moments) -> datetime | None:
    """Return when a clock of a law ends, None while it stands still or has not started."""
    if row.starts_at is None:
        return None
    stops = [
        Stop(
            datetime.fromisoformat(one["from"]), datetime.fromisoformat(one["to"]) if one.get("to") else None
        )
        for one in row.stops
    ]
    zone, year = moments.calendar.zone, row.starts_at.year
    public = settings.public_days(year, year + YEARS_OF_CLOCKS)
    return ends_at(row.starts_at, clock.within, zone, public=public, stops=stops)


def clock_facts(clock: Clock, row: RunClock) -> dict[str, object]:
    """Return what entries say of a clock."""
    return {
        "what": clock.title,
        "clause": clock.clause,
        "from": row.starts_at.isoformat() if row.starts_at else None,
        "deadline": row.due_at.isoformat(timespec="seconds") if row.due_at else None,
    }


def _close(run: Run, document: Runbook, steps: dict[str, RunStep], story: Story, now: datetime) -> None:
    run.state, run.ended_at = RunState.CLOSED, now
    run.save(update_fields=["state", "ended_at"])
    extra = {"summary": summary_of(run), "late": (run.due_at is not None and now > run.due_at) or None}
    story.add(own_runbooks.RUN_CLOSED, Doer.SYSTEM, extra=extra, told=lambda index: note_end(run, index))


def note_end(run: Run, index: int) -> None:
    """Note the entry that tells of the end of a run."""
    run.end_entry = index
    run.save(update_fields=["end_entry"])


def summary_of(run: Run) -> dict[str, int]:
    """Return the figures of a run that auditors ask for: steps done, skipped, late, sent back; checks that did not
    pass or could not be made."""
    rows = list(RunStep.objects.filter(run=run))
    found = [one for row in rows for one in checks_of(row)]
    return {
        "steps": len(rows),
        "done": sum(row.state in (StepState.DONE, StepState.SIGNED) for row in rows),
        "skipped": sum(row.state == StepState.SKIPPED for row in rows),
        "not_needed": sum(row.state == StepState.PASSED_OVER for row in rows),
        "not_concluded": sum(row.state == StepState.NOT_CONCLUDED for row in rows),
        "late": sum(bool(row.due_at and row.done_at and row.done_at > row.due_at) for row in rows),
        "sent_back": sum(row.attempt - 1 for row in rows),
        "on_paper": sum(row.on_paper for row in rows),
        "checks_failed": sum(one.result == Result.FAILED for one in found),
        "checks_not_made": sum(one.result == Result.UNCHECKED for one in found),
    }
