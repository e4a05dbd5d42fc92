"""What stands at a step: what was written, attached, shown, found by checks; and all that a signature covers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from indelible.features.runbooks.document.runbook import Field, Runbook, Step
from indelible.features.runbooks.models import Result, Run, RunStep, StepCheck, StepFile, StepList, StepWork
from indelible.features.runbooks.running.doers import BY_NAME, Doer
from indelible.features.runbooks.running.errors import RunError
from indelible.features.signoffs.models import FrozenList

LONGEST_VALUE: Final = 10_000
WHY: Final = ".why"  # the words to a statement that was answered with no


def work_of(step: RunStep, now: datetime) -> StepWork:
    """Return what was written at the present attempt, made where there is nothing yet; what the attempt before said is
    where it begins."""
    found = StepWork.objects.filter(step=step, attempt=step.attempt).first()
    if found is not None:
        return found
    before = StepWork.objects.filter(step=step, attempt__lt=step.attempt).order_by("-attempt").first()
    values = dict(before.values) if before is not None else {}
    return StepWork.objects.create(step=step, attempt=step.attempt, values=values, changed_at=now)


def put_hand(work: StepWork, doer: Doer) -> None:
    """Note that somebody had a hand in an attempt."""
    if doer.tag and doer.tag not in work.hands:
        work.hands = [*work.hands, doer.tag]


def put_name(work: StepWork, name: str) -> None:
    """Note that a paper says somebody did it, with an account or without: it is their work as well."""
    if name and BY_NAME + name not in work.hands:
        work.hands = [*work.hands, BY_NAME + name]


def files_of(step: RunStep) -> list[StepFile]:
    """Return the files that are part of a step's evidence, of this attempt and those before."""
    return list(StepFile.objects.filter(step=step, withdrawn=False))


def list_of(step: RunStep) -> FrozenList | None:
    """Return the list that the present attempt shows, None where none was shown yet."""
    row = (
        StepList.objects.filter(step=step, attempt=step.attempt)
        .select_related("frozen")
        .order_by("-pk")
        .first()
    )
    return row.frozen if row is not None else None


def checks_of(step: RunStep) -> list[StepCheck]:
    """Return the newest finding of each check of the present attempt, in the order of the document."""
    newest: dict[str, StepCheck] = {}
    for row in StepCheck.objects.filter(step=step, attempt=step.attempt):
        newest[row.key] = row
    return list(newest.values())


def unexplained(checks: Iterable[StepCheck], reasons: Mapping[str, str]) -> list[StepCheck]:
    """Return the checks that did not pass and that nobody has given words for."""
    return [
        one
        for one in checks
        if one.result != Result.PASSED and not (one.reason or reasons.get(one.key, "").strip())
    ]


# What is filled in -----------------------------------------------------------------------------------------


def as_typed(part: Step, values: Mapping[str, Any]) -> dict[str, str]:
    """Return what was typed for the fields of a step, cut to a length; what the step does not ask is left out."""
    asked = {one.key for one in part.fields} | {one.key + WHY for one in part.fields if one.kind == "confirm"}
    return {key: str(value or "").strip()[:LONGEST_VALUE] for key, value in values.items() if key in asked}


def cleaned(part: Step, values: Mapping[str, Any]) -> dict[str, str]:
    """Return what was filled in, as it is kept: text, cut to a length; what the step does not ask is left out.

    Raises RunError (`step-field-wrong`) for what cannot be meant.
    """
    kept: dict[str, str] = {}
    for field in part.fields:
        if field.key in values:
            kept[field.key] = _cleaned(field, str(values[field.key] or "").strip())
        if field.kind == "confirm" and (why := str(values.get(field.key + WHY) or "").strip()):
            kept[field.key + WHY] = why[:LONGEST_VALUE]
    return kept


def _cleaned(field: Field, value: str) -> str:
    wrong = {
        "yes_no": value not in ("", "yes", "no"),
        "confirm": value not in ("", "yes", "no"),
        "choice": bool(value) and value not in field.options,
        "date": bool(value) and not _is_moment(value, date_only=True),
        "moment": bool(value) and not _is_moment(value, date_only=False),
        "number": bool(value) and not _is_number(value),
    }
    if wrong.get(field.kind):
        raise RunError("step-field-wrong", label=field.label, value=value[:80])
    return value[:LONGEST_VALUE]


def _is_moment(value: str, *, date_only: bool) -> bool:
    try:
        (date if date_only else datetime).fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_number(value: str) -> bool:
    plain = value.replace(",", "").replace(".", "").replace(" ", "").lstrip("-")
    return plain.isdecimal()


def missing(part: Step, values: Mapping[str, str]) -> list[str]:
    """Return the labels of what must still be filled in."""
    found = [one.label for one in part.fields if one.required and not values.get(one.key)]
    found += [
        one.label
        for one in part.fields
        if one.kind == "confirm" and values.get(one.key) == "no" and not values.get(one.key + WHY)
    ]
    return found


# What a signature covers -----------------------------------------------------------------------------------


def covered_by(run: Run, document: Runbook, key: str) -> dict[str, Any]:
    """Return all that a signature at a step covers, as JSON: the run, its version, and of each step it covers what was
    written, attached, shown, found and by whom. Change any of it and the signature is one over an earlier state."""
    keys = document.covered(key)
    rows = {row.key: row for row in RunStep.objects.filter(run=run, key__in=keys)}
    return {
        "run": run.pk,
        "title": run.title,
        "opened": run.entry,
        "runbook": run.runbook.key,
        "version": run.version.number,
        "document": run.version.digest,
        "step": key,
        "steps": [_step(document.step(one), rows[one]) for one in keys],
    }


def _step(part: Step, row: RunStep) -> dict[str, Any]:
    work = StepWork.objects.filter(step=row, attempt=row.attempt).first()
    frozen = list_of(row)
    told: dict[str, Any] = {
        "key": row.key,
        "do": part.do,
        "attempt": row.attempt,
        "state": "skipped" if row.state == "skipped" else None,
        "by": row.by_name,
        "done_at": row.done_at.isoformat() if row.done_at else None,
        "done_on": row.done_on.isoformat() if row.done_on else None,
        "on_paper": row.on_paper or None,
        "note": row.words,
        "choice": row.choice,
        "entry": row.entry,
        "answers": dict(work.values) if work is not None else {},
        "files": [{"name": one.name, "sha256": one.sha256, "entry": one.entry} for one in files_of(row)],
        "list": _list(frozen) if frozen is not None else None,
        "checks": [told_check(one) for one in checks_of(row)],
    }
    return {name: value for name, value in told.items() if value not in (None, "", [], {})}


def _list(frozen: FrozenList) -> dict[str, Any]:
    return {"root": bytes(frozen.root).hex(), "count": frozen.count}


def told_check(row: StepCheck) -> dict[str, Any]:
    """Return what an entry says of a check."""
    told = {"key": row.key, "result": row.result, "says": row.says, "reason": row.reason, "by": row.reason_by}
    return {name: value for name, value in told.items() if value}


def lists_covered(run: Run, keys: Sequence[str]) -> list[FrozenList]:
    """Return the lists that the steps of a signature showed in their present attempt."""
    found = [list_of(row) for row in RunStep.objects.filter(run=run, key__in=keys)]
    return [one for one in found if one is not None]
