"""Doing a step: what is written, attached, shown and found at it, and saying that it is done, skipped or cannot be
concluded. Free to change until it is done; from then on it is on the record.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, Any, Final

from django.db import transaction

from indelible.events import own_runbooks
from indelible.features.record import looks
from indelible.features.record.attached import KINDS, secrets_in
from indelible.features.runbooks.document.runbook import Runbook, Step
from indelible.features.runbooks.models import (
    Result,
    Run,
    RunState,
    RunStep,
    StepCheck,
    StepFile,
    StepSignature,
    StepState,
)
from indelible.features.runbooks.running import evidence, lists, moving
from indelible.features.runbooks.running.dates import is_day_over, zone_of_organisation
from indelible.features.runbooks.running.documents import document_of
from indelible.features.runbooks.running.doers import Doer
from indelible.features.runbooks.running.errors import Barred, RunError
from indelible.features.runbooks.running.independence import SIGNED_ALREADY, bars
from indelible.features.runbooks.running.telling import Story, note_refused
from indelible.features.signoffs import looking
from indelible.features.signoffs.models import FrozenList, ListKind, Look
from indelible.features.signoffs.rows import expanded
from indelible.features.signoffs.signers import Signer
from indelible.storage.database import attachments
from indelible.storage.database.errors import StorageError

MOST_FILES: Final = 40
MOST_BYTES: Final = 64 * 1024 * 1024
LONGEST_NOTE: Final = 4_000
CHUNK: Final = 256 * 1024
TO_DO: Final = (StepState.OPEN, StepState.SENT_BACK)


@dataclass(frozen=True)
class Act:
    """A step that is acted on, locked until the transaction ends."""

    run: Run
    document: Runbook
    part: Step
    row: RunStep
    story: Story
    now: datetime


def begin(
    step: RunStep,
    doer: Doer,
    now: datetime,
    *,
    seen: int | None = None,
    signing: bool = False,
    looking: bool = False,
) -> Act:
    """Lock a run for an act on one of its steps. Call it first in the transaction.

    `seen` is the run's stamp as the page showed it; with `looking` a step that is over will do. Raises Barred for
    whoever may not, and RunError: `run-not-open`, `run-changed-meanwhile`, `step-not-open`, `run-signed-already`.
    """
    run = moving.locked(step.run_id)
    row = RunStep.objects.get(pk=step.pk)
    row.run = run
    document = document_of(run)
    part = document.step(row.key)
    if run.state != RunState.OPEN:
        raise RunError("run-not-open", title=run.title, state=run.get_state_display())
    if seen is not None and seen != run.stamp:
        raise RunError("run-changed-meanwhile", title=run.title)
    if document.lapses and run.due_at is not None and is_day_over(run.due_at, now):
        raise RunError("run-lapsed", title=run.title)
    if not looking and moving.is_through(row, part):  # whoever presses twice has done nothing wrong
        raise RunError("step-not-open", title=part.title, state=row.get_state_display())
    if (bar := bars(row, doer, signing=signing)) is not None:
        kind = RunError if bar.code == SIGNED_ALREADY else Barred
        raise kind(bar.code, **bar.facts)
    return Act(run, document, part, row, Story(run, document, now), now)


def end(act: Act) -> None:
    """Count the act, let the run go on, and append its story, last of all."""
    act.run.stamp += 1
    act.run.save(update_fields=["stamp"])
    moving.go_on(act.run, act.document, act.story, act.now)
    act.story.seal()


def note_refusal(step: RunStep, doer: Doer, refused: Barred, now: datetime) -> None:
    """Record that somebody tried what they may not, once the transaction of their try was undone."""
    run = Run.objects.select_related("runbook", "version", "logbook").get(pk=step.run_id)
    note_refused(step, document_of(run), doer, refused.code, now)


def must_be_to_do(act: Act) -> None:
    """Refuse a step that is not to be done at present, or that one of several has signed already: what they signed must
    stay. Raises RunError (`step-not-open`)."""
    if act.row.state not in TO_DO or is_signed_by_some(act.row):
        raise RunError("step-not-open", title=act.part.title, state=act.row.get_state_display())


def is_signed_by_some(row: RunStep) -> bool:
    """Whether somebody has signed the present attempt."""
    return StepSignature.objects.filter(step=row, attempt=row.attempt, stale=False).exists()


# Before it is done -----------------------------------------------------------------------------------------


def open_step(step: RunStep, doer: Doer, now: datetime) -> FrozenList | None:
    """Show a step to somebody who has a part in it: its list is frozen once, the look is noted, and Indelible looks for
    what the step asks, unless it did so in the last minutes.

    Returns the list, None where it has none. Raises RunError where it cannot be made.
    """
    with transaction.atomic():
        act = begin(step, doer, now, looking=True)
        if act.row.state not in TO_DO:
            frozen = evidence.list_of(act.row)
        else:
            frozen = lists.show(act.run, act.part, act.row, doer, now)
            moving.look_if_old(act.run, act.part, act.row, now)
        if frozen is not None:
            note_look(frozen, doer, now)
    return frozen


def take_fresh_list(
    step: RunStep, doer: Doer, now: datetime, *, seen: int | None = None
) -> FrozenList | None:
    """Have the list of a step made anew; the one before stays, and no longer counts."""
    with transaction.atomic():
        act = begin(step, doer, now, seen=seen)
        must_be_to_do(act)
        _hand(act, doer)
        frozen = lists.show(act.run, act.part, act.row, doer, now, fresh=True)
        act.run.stamp += 1
        act.run.save(update_fields=["stamp"])
    return frozen


def note_look(frozen: FrozenList, doer: Doer, now: datetime, *, opened: int | None = None) -> None:
    """Note that somebody has a list before them, with the row of the place `opened`; a look at entries is recorded."""
    looking.look(frozen, signer_of(doer), now, opened=opened)
    if frozen.kind == ListKind.ENTRIES and doer.user is not None:
        rows = expanded(frozen.runs, frozen.count)
        shown = rows[: looks.MOST_ENTRIES] if opened is None else rows[opened : opened + 1]
        looks.look(frozen.logbook, doer.user, shown, now, frozen.title)


def signer_of(doer: Doer) -> Signer:
    """Return somebody as sign-offs know them."""
    tag = doer.outsider.tag if doer.outsider is not None else ""
    return Signer(user=doer.user, outsider_tag=tag, name=doer.name, party=doer.party)


def save(step: RunStep, doer: Doer, values: Mapping[str, Any], now: datetime) -> None:
    """Keep what was typed, malformed or not, by the key of the field: text as typed, a day "2026-11-30", a moment
    in UTC, "yes" or "no"; the words to a statement that is answered with no under `KEY.why`. Raises RunError
    (`step-not-open`)."""
    with transaction.atomic():
        act = begin(step, doer, now)
        must_be_to_do(act)
        _keep(act, doer, values)


def _keep(act: Act, doer: Doer, values: Mapping[str, Any]) -> dict[str, Any]:
    work = evidence.work_of(act.row, act.now)
    kept = evidence.as_typed(act.part, values)
    if any(work.values.get(key, "") != value for key, value in kept.items()):
        work.values = {**work.values, **kept}
        work.changed_at = act.now
        evidence.put_hand(work, doer)
        work.save()
    return dict(work.values)


def note_hand(step: RunStep, doer: Doer, now: datetime) -> None:
    """Note that somebody decides about rows of a step's list. They had a hand in it, whoever decides anew later."""
    with transaction.atomic():
        act = begin(step, doer, now)
        must_be_to_do(act)
        _hand(act, doer)


def _hand(act: Act, doer: Doer) -> None:
    work = evidence.work_of(act.row, act.now)
    evidence.put_hand(work, doer)
    work.save()


def attach(
    step: RunStep,
    doer: Doer,
    file: IO[bytes],
    name: str,
    media_type: str,
    now: datetime,
    *,
    from_paper: bool = False,
) -> StepFile:
    """Put a file at a step. It is on the record from now on, as it came.

    Raises RunError (`step-not-open`, `step-too-many-files`, `step-file-secrets`), StorageError.
    """
    kinds = secrets_in(iter(lambda: file.read(CHUNK), b""))
    if kinds:
        raise RunError("step-file-secrets", name=name, what=", ".join(str(KINDS[kind]) for kind in kinds))
    file.seek(0)
    logbook = Run.objects.select_related("logbook").get(pk=step.run_id).logbook
    stored = attachments.store_attachment(logbook, file, name[:200], media_type[:120], MOST_BYTES)
    with transaction.atomic():
        act = begin(step, doer, now)
        if act.row.state not in (*TO_DO, StepState.DONE):
            raise RunError("step-not-open", title=act.part.title, state=act.row.get_state_display())
        if act.row.state == StepState.DONE and (not from_paper or is_signed_by_some(act.row)):
            raise RunError("step-not-open", title=act.part.title, state=act.row.get_state_display())
        if StepFile.objects.filter(step=act.row).count() >= MOST_FILES:
            raise RunError("step-too-many-files", most=MOST_FILES)
        _hand(act, doer)
        row = StepFile.objects.create(
            step=act.row,
            attempt=act.row.attempt,
            from_paper=from_paper,
            by_name=doer.name[:150],
            at=now,
            entry=-1,
            name=stored["name"][:255],
            media_type=stored["media_type"],
            size=stored["size"],
            sha256=stored["sha256"],
            blob=stored["blob"],
        )
        act.story.add(
            own_runbooks.FILE_ATTACHED,
            doer,
            step=act.row,
            extra={"from_paper": from_paper or None},
            attachments=[stored],
            told=lambda index: StepFile.objects.filter(pk=row.pk).update(entry=index),
        )
        end(act)
    row.refresh_from_db()
    return row


def withdraw_file(step: RunStep, doer: Doer, key: int, now: datetime) -> None:
    """Take a file out of a step's evidence. It stays on the record, and so does that it was taken out."""
    with transaction.atomic():
        act = begin(step, doer, now)
        must_be_to_do(act)
        row = StepFile.objects.filter(step=act.row, pk=key, withdrawn=False).first()
        if row is None:
            raise RunError("step-no-such-file")
        _hand(act, doer)
        row.withdrawn = True
        row.save(update_fields=["withdrawn"])
        act.story.add(
            own_runbooks.FILE_WITHDRAWN,
            doer,
            step=act.row,
            extra={"file_name": row.name, "file_entry": row.entry},
        )
        end(act)


def check(step: RunStep, now: datetime) -> list[StepCheck]:
    """Have Indelible look once more; return what it found. What it finds holds for the present attempt."""
    with transaction.atomic():
        run = moving.locked(step.run_id)
        row = RunStep.objects.get(pk=step.pk)
        row.run = run
        if run.state != RunState.OPEN or row.state not in (*TO_DO, StepState.DONE):
            return evidence.checks_of(row)
        part = document_of(run).step(row.key)
        if row.state == StepState.DONE and (part.sign == "none" or is_signed_by_some(row)):
            return evidence.checks_of(row)
        return moving.look(run, part, row, now)


# Done, skipped, not concluded ------------------------------------------------------------------------------


def finish(
    step: RunStep,
    doer: Doer,
    now: datetime,
    *,
    values: Mapping[str, Any] | None = None,
    note: str = "",
    done_on: date | None = None,
    choice: str = "",
    reasons: Mapping[str, str] | None = None,
    seen: int | None = None,
    on_paper: bool = False,
    paper_by: str = "",
) -> RunStep:
    """Say that a step is done; `paper_by` is who did it as a paper says.

    Raises Barred (recorded) and RunError: `step-not-open`, `step-missing`, `step-files-missing`, `step-choice`,
    `step-late-why`, `step-check-why`, `step-done-on`, `step-waits`.
    """
    try:
        with transaction.atomic():
            act = begin(step, doer, now, seen=seen)
            if act.part.kind == "second":
                raise RunError("step-is-signed", title=act.part.title)
            complete(act, doer, values, note, done_on, choice, reasons or {}, on_paper=on_paper)
            if paper_by:
                work = evidence.work_of(act.row, now)
                evidence.put_name(work, " ".join(paper_by.split())[:150])
                work.save()
            _tell_done(act, doer)
            end(act)
    except Barred as refused:
        note_refusal(step, doer, refused, now)
        raise
    return act.row


def complete(
    act: Act,
    doer: Doer,
    values: Mapping[str, Any] | None,
    note: str,
    done_on: date | None,
    choice: str,
    reasons: Mapping[str, str],
    *,
    on_paper: bool,
) -> None:
    """Check that a step has all it asks for, have Indelible look, and keep what was said. It is not marked done yet."""
    must_be_to_do(act)
    part, row = act.part, act.row
    if part.kind == "wait" or moving.waits(act.run, part, row, act.now):
        until = row.wait_until.isoformat() if row.wait_until else ""
        raise RunError("step-waits", title=part.title, until=until)
    kept = evidence.cleaned(part, _keep(act, doer, values or {}))
    _hand(act, doer)
    if lacking := evidence.missing(part, kept):
        raise RunError("step-missing", what=", ".join(lacking))
    if len(evidence.files_of(row)) < part.files_least:
        raise RunError("step-files-missing", what=part.files, least=part.files_least)
    if part.view is not None and evidence.list_of(row) is None:
        raise RunError("step-list-not-seen", title=part.title)
    note = " ".join(note.split())[:LONGEST_NOTE]
    _check_choice(part, choice, note)
    if row.due_at is not None and act.now > row.due_at and not note:
        raise RunError("step-late-why", title=part.title)
    if done_on is not None and done_on > act.now.astimezone(zone_of_organisation()).date():
        raise RunError("step-done-on")
    row.words, row.choice, row.done_on, row.on_paper = note, choice[:80], done_on, on_paper
    row.save(update_fields=["words", "choice", "done_on", "on_paper"])
    found = moving.look(act.run, part, row, act.now)
    found += _said_no(act, doer, kept) + _rows_opened(act, doer)
    give_reasons(act, doer, found, reasons)
    if not is_covered_later(act.document, row.key):
        demand_reasons(found)


def _check_choice(part: Step, choice: str, note: str) -> None:
    if part.kind == "decide":
        chosen = next((one for one in part.branches if one.label == choice), None)
        if chosen is None:
            raise RunError("step-choice", title=part.title)
        if chosen.needs_words and not note:
            raise RunError("step-choice-why", choice=chosen.label)


def _said_no(act: Act, doer: Doer, values: Mapping[str, Any]) -> list[StepCheck]:
    """Keep each statement that was answered with no as a check that failed, with the words that were given."""
    return StepCheck.objects.bulk_create(
        StepCheck(
            step=act.row,
            attempt=act.row.attempt,
            key=f"said_{field.key}"[:40],
            result=Result.FAILED,
            says=f"{field.label}: {doer.name} says no",
            at=act.now,
            reason=str(values.get(field.key + evidence.WHY, "")),
            reason_by=doer.name[:150],
        )
        for field in act.part.fields
        if field.kind == "confirm" and values.get(field.key) == "no"
    )


def _rows_opened(act: Act, doer: Doer) -> list[StepCheck]:
    """Hold how many rows somebody opened against how many the step asks for."""
    view = act.part.view
    frozen = evidence.list_of(act.row)
    if view is None or not view.at_least or frozen is None:
        return []
    wanted = min(view.at_least, frozen.count)
    opened = max((len(look.opened) for look in Look.objects.filter(frozen=frozen, user=doer.user)), default=0)
    result = Result.PASSED if opened >= wanted else Result.FAILED
    says = f"{opened} of {frozen.count} rows were opened, {wanted} are asked for"
    row = StepCheck(
        step=act.row, attempt=act.row.attempt, key="rows_opened", result=result, says=says, at=act.now
    )
    row.save()
    return [row]


def give_reasons(act: Act, doer: Doer, found: list[StepCheck], reasons: Mapping[str, str]) -> None:
    """Keep the words that were given for checks that did not pass."""
    for one in found:
        words = " ".join(str(reasons.get(one.key, "")).split())[:LONGEST_NOTE]
        if one.result != Result.PASSED and words and not one.reason:
            one.reason, one.reason_by = words, doer.name[:150]
            one.save(update_fields=["reason", "reason_by"])


def demand_reasons(found: list[StepCheck]) -> None:
    """Refuse to go on while a check did not pass and nobody says why. Raises RunError (`step-check-why`)."""
    if left := evidence.unexplained(found, {}):
        raise RunError(
            "step-check-why", what="; ".join(one.says for one in left[:5]), keys=[one.key for one in left]
        )


def is_covered_later(document: Runbook, key: str) -> bool:
    """Whether a signature, of this step or a later one, will cover it."""
    place = document.place(key)
    return any(one.sign != "none" and key in document.covered(one.key) for one in document.steps[place:])


def _tell_done(act: Act, doer: Doer) -> None:
    row = act.row
    way = moving.settle_way(act.run, act.document, act.part, row)
    facts = {**facts_of(row, act.now), "passed_over": moving.passed_by(way)}
    moving.done(row, doer, act.now, act.story, extra=facts)
    moving.go_way(way, act.run, row, act.story, act.now, doer)


def facts_of(row: RunStep, now: datetime) -> dict[str, object]:
    """Return what the entry of a step tells of it."""
    work = evidence.work_of(row, now)
    frozen = evidence.list_of(row)
    late = row.due_at is not None and now > row.due_at
    return {
        "answers": dict(work.values),
        "files": [{"name": one.name, "entry": one.entry} for one in evidence.files_of(row)],
        "list": {"title": frozen.title, "root": bytes(frozen.root).hex(), "count": frozen.count}
        if frozen
        else None,
        "checks": [evidence.told_check(one) for one in evidence.checks_of(row)],
        "choice": row.choice,
        "done_on": row.done_on.isoformat() if row.done_on else None,
        "on_paper": row.on_paper or None,
        "late": late or None,
        "due": row.due_at.isoformat() if row.due_at and late else None,
    }


def skip(step: RunStep, doer: Doer, reason: str, now: datetime, *, seen: int | None = None) -> RunStep:
    """Leave a step out, and say why. What is signed cannot be left out by one person alone (`overriding`).

    Raises Barred, RunError: `step-skip-why`, `step-skip-signed`, `step-not-open`.
    """
    return _leave(step, doer, reason, now, seen, StepState.SKIPPED, own_runbooks.STEP_SKIPPED)


def not_concluded(
    step: RunStep, doer: Doer, reason: str, now: datetime, *, seen: int | None = None
) -> RunStep:
    """Say that a step cannot be concluded, and why. The run goes on, and shows it."""
    return _leave(step, doer, reason, now, seen, StepState.NOT_CONCLUDED, own_runbooks.STEP_NOT_CONCLUDED)


def _leave(
    step: RunStep, doer: Doer, reason: str, now: datetime, seen: int | None, state: StepState, said: str
) -> RunStep:
    words = " ".join(reason.split())[:LONGEST_NOTE]
    try:
        with transaction.atomic():
            act = begin(step, doer, now, seen=seen)
            must_be_to_do(act)
            if not words:
                raise RunError("step-skip-why", title=act.part.title)
            if state == StepState.SKIPPED and act.part.sign != "none" and not act.part.optional:
                raise RunError("step-skip-signed", title=act.part.title)
            if state == StepState.NOT_CONCLUDED and act.part.sign == "two":
                raise RunError("step-skip-signed", title=act.part.title)
            row = act.row
            row.state, row.done_at, row.words = state, now, words
            row.by_user, row.by_outsider, row.by_name = doer.user, doer.outsider, doer.name[:150]
            row.save()
            facts = facts_of(row, now)
            act.story.add(
                said,
                doer,
                step=row,
                extra=facts,
                reason=words,
                told=lambda index: moving.note_entry(row, index),
            )
            end(act)
    except Barred as refused:
        note_refusal(step, doer, refused, now)
        raise
    return act.row


__all__ = [
    "Act",
    "StorageError",
    "attach",
    "begin",
    "check",
    "complete",
    "end",
    "finish",
    "not_concluded",
    "note_hand",
    "note_look",
    "open_step",
    "save",
    "skip",
    "take_fresh_list",
    "withdraw_file",
]
