"""Signing a step, and sending it back. A signature says a meaning, and covers exactly what stands at its steps.

That somebody is who they say was asked anew before (by password, or by an outsider's code); who may sign is settled
here, under the lock of the run, whatever page they come from.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction

from indelible.events import own_runbooks
from indelible.features.runbooks.document.runbook import Runbook
from indelible.features.runbooks.models import (
    Run,
    RunStep,
    StepCheck,
    StepSignature,
    StepState,
)
from indelible.features.runbooks.running import doing, evidence, moving
from indelible.features.runbooks.running.documents import roles_of
from indelible.features.runbooks.running.doers import Doer, first_same
from indelible.features.runbooks.running.errors import Barred, RunError
from indelible.features.runbooks.running.independence import role_in
from indelible.features.signoffs import signing as signoffs
from indelible.features.signoffs.errors import SignOffError
from indelible.features.signoffs.models import FrozenList, ListKind
from indelible.ledger import canonical
from indelible.web import numbers

LONGEST: Final = 4_000


def sign(
    step: RunStep,
    doer: Doer,
    now: datetime,
    *,
    values: Mapping[str, Any] | None = None,
    note: str = "",
    choice: str = "",
    reasons: Mapping[str, str] | None = None,
    seen: int | None = None,
    on_paper: bool = False,
    done_on: date | None = None,
    lists_seen: str = "",
) -> StepSignature:
    """Sign a step: `one` by whoever did it, `two` by somebody who had no hand in what it covers.

    `values`, `note`, `choice` are what a second person fills in at their own step; `lists_seen` is the state of the
    lists and decisions as the page showed it (`signoffs.signing.state_of`). `reasons` go by the key of a check, or by
    "STEP.CHECK" where two steps have one of that key. Raises Barred (recorded) and
    RunError: `step-not-to-sign`, `step-check-why`, `step-covered-open`, and what finishing a step raises.
    """
    try:
        with transaction.atomic():
            act = doing.begin(step, doer, now, seen=seen, signing=True)
            _ready(act, doer, values, note, choice, reasons or {}, on_paper, done_on)
            made = _sign(act, doer, reasons or {}, lists_seen, now)
    except Barred as refused:
        doing.note_refusal(step, doer, refused, now)
        raise
    return made


def _ready(
    act: doing.Act,
    doer: Doer,
    values: Mapping[str, Any] | None,
    note: str,
    choice: str,
    reasons: Mapping[str, str],
    on_paper: bool,
    done_on: date | None,
) -> None:
    """Bring a step to where it can be signed. A second person's own step is done by signing it."""
    part, row = act.part, act.row
    if part.sign == "none":
        raise RunError("step-not-to-sign", title=part.title)
    if part.kind == "second" and row.state in doing.TO_DO and doing.is_signed_by_some(row):
        pass  # what the first of them filled in and signed stays as it is
    elif part.kind == "second" and row.state in doing.TO_DO:
        doing.complete(act, doer, values, note, done_on, choice, reasons, on_paper=on_paper)
        row.done_at, row.by_user, row.by_outsider, row.by_name = (
            act.now,
            doer.user,
            doer.outsider,
            doer.name[:150],
        )
        row.save()
    elif row.state != StepState.DONE:
        raise RunError("step-not-open", title=part.title, state=row.get_state_display())
    elif part.sign == "one" and not part.also:
        did = Doer(user=row.by_user, outsider=row.by_outsider)
        if did.tag and first_same(doer, [did]) is None:
            raise RunError("step-signed-by-doer", name=row.by_name)
    open_ones = [
        act.document.step(one.key).title
        for one in RunStep.objects.filter(run=act.run, key__in=act.document.covered(row.key)).exclude(
            pk=row.pk
        )
        if not moving.is_through(one, act.document.step(one.key))
    ]
    if open_ones:
        raise RunError("step-covered-open", what=", ".join(open_ones))


def _sign(
    act: doing.Act, doer: Doer, reasons: Mapping[str, str], lists_seen: str, now: datetime
) -> StepSignature:
    run, document, part, row = act.run, act.document, act.part, act.row
    keys = document.covered(row.key)
    found: list[StepCheck] = []
    explained: list[
        dict[str, object]
    ] = []  # what is explained with this signature, and stands in no entry yet
    for step in RunStep.objects.filter(run=run, key__in=keys):
        checks = evidence.checks_of(step)
        had = {one.pk for one in checks if one.reason}
        said = {one.key: reasons.get(f"{step.key}.{one.key}") or reasons.get(one.key, "") for one in checks}
        doing.give_reasons(act, doer, checks, said)
        explained += [
            {"step": step.key, **evidence.told_check(one)}
            for one in checks
            if one.reason and one.pk not in had
        ]
        found += checks
    doing.demand_reasons(found)
    role = role_in(run, document, part, doer) or ""
    is_first = part.kind == "second" and row.entry is None
    way = moving.settle_way(run, document, part, row) if part.kind == "second" else None
    facts = {**doing.facts_of(row, now), "passed_over": moving.passed_by(way)} if is_first else {}
    covers = {**evidence.covered_by(run, document, row.key), "role": role}
    shown = evidence.lists_covered(run, keys)
    whole = _signs_whole(document, row, doer)
    if whole:
        row.state = StepState.SIGNED
        row.save(update_fields=["state"])
    try:
        made = signoffs.sign(
            run.logbook,
            doing.signer_of(doer),
            now,
            subject=f"run {run.pk} step {row.key}",
            title=f"{run.title}: step {numbers.written(row.place + 1)}, {part.title}"[:300],
            means=part.means,
            covers=canonical.decode(canonical.encode(covers)),
            lists=shown,
            refers_to=_refers_to(run, shown),
            more={
                **facts,
                "explained": explained or None,
                "run": {"key": run.pk, "entry": run.entry},
                "role": document.roles[role].title if role else None,
            },
            reason=row.words if part.kind == "second" else "",
            context=doer.context,
            seen=lists_seen,
        )
    except SignOffError as refused:
        raise RunError(refused.code, **refused.facts) from refused
    signature = StepSignature.objects.create(step=row, attempt=row.attempt, sign_off=made)
    act.story.note(made.entry, row.key, "signed_off")
    if is_first:
        moving.note_entry(row, made.entry)
    if whole:
        moving.go_way(way, run, row, act.story, now, doer)
    doing.end(act)
    return signature


def _signs_whole(document: Runbook, row: RunStep, doer: Doer) -> bool:
    """Whether with this signature everybody has signed who must: the step's role and each that signs as well."""
    part = document.step(row.key)
    wanted = set(roles_of(document, part))
    given = {
        one.sign_off.covers.get("role")
        for one in StepSignature.objects.filter(step=row, attempt=row.attempt, stale=False).select_related(
            "sign_off"
        )
    }
    mine = next_role(row, document, doer, given)
    if mine is None:
        raise RunError("run-signed-already", name=doer.name, whom="")
    return wanted <= given | {mine}


def next_role(row: RunStep, document: Runbook, doer: Doer, given: set[Any]) -> str | None:
    """Return the role in which somebody signs, None where it has been signed in all of theirs."""
    mine = role_in(row.run, document, document.step(row.key), doer)
    return mine if mine is not None and mine not in given else None


def _refers_to(run: Run, shown: list[FrozenList]) -> dict[str, object]:
    """Refer to the entries that were looked at, so that the signature stands below them; else to the run."""
    lists = [one for one in shown if one.kind == ListKind.ENTRIES and one.runs]
    if lists:
        first = min(one.runs[0][0] for one in lists)
        last = max(one.runs[-1][1] for one in lists)
        return (
            {"entry": first, "through": last, "as": "sign_off"}
            if last > first
            else {"entry": first, "as": "sign_off"}
        )
    return {"entry": run.entry, "as": "run"}


# Sending back ----------------------------------------------------------------------------------------------


def send_back(
    step: RunStep, doer: Doer, reason: str, now: datetime, *, to: str, seen: int | None = None
) -> RunStep:
    """As the second person, send an earlier step back to be done again, and say why. What was done stays on the record;
    signatures that cover the step are ones over an earlier state from now on.

    Raises Barred (recorded), RunError: `step-back-why`, `step-back-where`, `step-not-open`.
    """
    words = " ".join(reason.split())[:LONGEST]
    try:
        with transaction.atomic():
            act = doing.begin(step, doer, now, seen=seen, signing=True)
            if act.row.state not in doing.TO_DO:
                raise RunError("step-not-open", title=act.part.title, state=act.row.get_state_display())
            if not words:
                raise RunError("step-back-why")
            if act.part.sign != "two" or to not in act.document.covered(act.row.key) or to == act.row.key:
                raise RunError("step-back-where")
            back = RunStep.objects.get(run=act.run, key=to)
            _begin_again(act, back, words, doer, state=StepState.SENT_BACK)
            for row in RunStep.objects.filter(run=act.run, place__gt=back.place, place__lt=act.row.place):
                if _rests_on(act.document, row, to) and row.state in (StepState.SIGNED, StepState.DONE):
                    _begin_again(act, row, words, doer, state=StepState.WAITING)
            row = RunStep.objects.get(pk=act.row.pk)
            if doing.is_signed_by_some(row):
                _begin_again(act, row, words, doer, state=StepState.WAITING)
            else:
                row.state, row.opened_at, row.due_at = StepState.WAITING, None, None
                row.save(update_fields=["state", "opened_at", "due_at"])
            act.story.add(
                own_runbooks.STEP_SENT_BACK, doer, step=back, extra={"from_step": act.row.key}, reason=words
            )
            doing.end(act)
    except Barred as refused:
        doing.note_refusal(step, doer, refused, now)
        raise
    return back


def _rests_on(document: Runbook, row: RunStep, to: str) -> bool:
    """Whether a step has to be gone through again once `to` is: its signature covers it, its wait counts
    from it, or Indelible looked at what it said."""
    part = document.step(row.key)
    if part.by == "system" or (part.wait is not None and part.wait.after == f"step:{to}"):
        return True
    return part.sign != "none" and to in document.covered(row.key)


def _begin_again(act: doing.Act, row: RunStep, why: str, doer: Doer, *, state: StepState) -> None:
    """Let another attempt of a step begin; the one before is kept with what became of it."""
    work = evidence.work_of(row, act.now)
    work.ended = {
        "by": f"user {row.by_user_id}"
        if row.by_user_id
        else f"outsider {row.by_outsider_id}"
        if row.by_outsider_id
        else "",
        "by_name": row.by_name,
        "done_at": row.done_at.isoformat() if row.done_at else None,
        "words": row.words,
        "choice": row.choice,
        "entry": row.entry,
        "back_by": doer.name,
        "back_at": act.now.isoformat(),
        "why": why,
    }
    work.save(update_fields=["ended"])
    StepSignature.objects.filter(step=row, attempt=row.attempt).update(stale=True)
    row.attempt += 1
    row.state, row.words, row.choice, row.entry = state, "", "", None
    row.by_user = row.by_outsider = row.done_at = row.done_on = None
    row.by_name, row.on_paper = "", False
    row.opened_at = act.now if state == StepState.SENT_BACK else None
    row.due_at = None
    row.save()
