"""A run on paper: printed as a checklist with blanks, and entered afterwards, step by step, as late and on paper."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from indelible.features.people import access
from indelible.features.people.names.days import house_reader
from indelible.features.runbooks.document.runbook import Field
from indelible.features.runbooks.forms_runs import DoneForm
from indelible.features.runbooks.forms_steps import StepForm
from indelible.features.runbooks.models import RunState, StepFile
from indelible.features.runbooks.running import doing
from indelible.features.runbooks.running.errors import Barred, RunError
from indelible.features.runbooks.running.independence import bars
from indelible.features.runbooks.views.runs import words
from indelible.features.runbooks.views.runs.desk import (
    Desk,
    line_of,
    refusal,
    seen_in,
    step_of,
    with_desk,
    wrong_in,
)
from indelible.features.runbooks.views.runs.showing import Shown, steps_of
from indelible.features.runbooks.views.runs.step import attach, barred
from indelible.features.runbooks.views.runs.step_page import refresh_stamp
from indelible.features.seals.minutes import words_of
from indelible.storage.database import reads
from indelible.storage.database.errors import StorageError
from indelible.web.once import first_time


@access.needs(access.STEPS_DO)
@require_safe
@with_desk
def sheet(request: HttpRequest, desk: Desk) -> HttpResponseBase:
    """Show a run as it is printed."""
    steps = steps_of(desk)
    seal = reads.get_checkpoint(desk.run.logbook)
    context = {
        "desk": desk,
        "run": desk.run,
        "self_title": desk.run.title,
        "head": _head(desk),
        "lines": [
            {"shown": one, "blanks": _blanks(one), "ways": _ways(one), "to_come": _to_come(one)}
            for one in steps
        ],
        "size": seal.size,
        "words": words_of(desk.run.logbook, seal).words,
    }
    return render(request, "runbooks/runs/print.html", context)


def _head(desk: Desk) -> list[tuple[str, str]]:
    run, reader = desk.run, desk.reader
    told = [
        (_("Run"), f"{run.pk}"),
        (_("Runbook"), f"{desk.document.title}, {_('version %(n)s') % {'n': run.version.number}}"),
    ]
    if run.about:
        told.append((_("About"), run.about))
    if run.period_from and run.period_to:
        days = {"first": reader.day(run.period_from), "last": reader.day(run.period_to)}
        told.append((_("Period"), _("%(first)s to %(last)s") % days))
    told.append((_("Started"), reader.moment(run.opened_at, seconds=False)))
    if run.due_at is not None:
        told.append((_("Due"), reader.moment(run.due_at, seconds=False)))
    return told


def _blanks(one: Shown) -> list[tuple[str, str, str]]:
    """Return what is to be filled in: label, what stands there already, and what may stand there."""
    by, reader = one.row.by_name, one.desk.reader
    return [
        (field.label, words.answer(field, one.values, reader, by), _hint(field)) for field in one.step.fields
    ]


def _hint(field: Field) -> str:
    match field.kind:
        case "yes_no":
            return _("yes / no")
        case "confirm":
            return _("yes / no, because ...")
        case "choice":
            return " / ".join(field.options)
        case "date":
            return _("day")
        case "moment":
            return _("day and time")
        case _:
            return ""


def _ways(one: Shown) -> list[Any]:
    """Return the ways on that somebody chooses from."""
    step = one.step
    return [] if one.is_through else [way for way in step.branches if step.kind == "decide" or not way.if_]


def _to_come(one: Shown) -> list[str]:
    """Return what Indelible will look up when it is entered."""
    return [] if one.is_through else [f"{check.says.rstrip('.')}." for check in one.step.checks]


# Entering it afterwards ------------------------------------------------------------------------------------


@access.needs(access.STEPS_DO)
@require_http_methods(["GET", "HEAD", "POST"])
@with_desk
def paper(request: HttpRequest, desk: Desk) -> HttpResponseBase:
    """Enter what was done on paper, one step after the other."""
    steps = steps_of(desk)
    wanted = request.POST.get("step") or request.GET.get("step", "")
    lines = [(one, _why_not(desk, one)) for one in steps]
    can = [one for one, why in lines if not why and one.is_to_do]
    shown = next((one for one in can if one.row.key == wanted), can[0] if can else None)
    if request.method == "POST":
        row = step_of(desk, wanted)
        if (bar := bars(row, desk.doer)) is not None:
            return barred(request, desk, row, Barred(bar.code, **bar.facts))
        if shown is None or shown.row.key != wanted or not first_time(request):
            return redirect(desk.url("paper"))
        return _enter(request, desk, shown, lines)
    return _page(request, desk, shown, lines)


def _why_not(desk: Desk, one: Shown) -> str:
    """Say why a step cannot be entered from paper now; nothing where it can."""
    if desk.run.state != RunState.OPEN or not one.is_to_do:
        return (
            ""
            if one.is_through
            else _("A step before it is not entered yet.")
            if not one.is_now
            else one.word
        )
    if one.step.kind == "second":
        return _("A second person signs this in Indelible itself.")
    if one.is_waiting or one.step.kind == "wait":
        return _("It waits.")
    if one.step.view is not None:
        return _("Its list is looked at in Indelible itself.")
    bar = bars(one.row, desk.doer)
    return words.barred(bar.code, bar.facts, desk.doer.name)["title"] if bar is not None else ""


def _scans(desk: Desk) -> list[StepFile]:
    return list(
        StepFile.objects.filter(step__run=desk.run, from_paper=True, withdrawn=False).select_related("step")
    )


def _enter(request: HttpRequest, desk: Desk, shown: Shown, lines: Any) -> HttpResponseBase:
    form, done = _forms(desk, shown, request.POST)
    complete = [one.is_valid() for one in (form, done) if one is not None]
    scan, trouble, seen = request.FILES.get("file"), "", seen_in(request)
    has_scan = bool(_scans(desk))
    if not has_scan and not scan:
        trouble = _("Choose the scan or a photograph of the paper.")
    if trouble or not all(complete):
        return _page(request, desk, shown, lines, form, done, trouble)
    try:
        if scan:
            trouble = attach(desk, shown.row, scan, from_paper=True)
            seen = None if seen is None else seen + (not trouble)
        if trouble:
            return _page(request, desk, shown, lines, form, done, trouble)
        doing.finish(
            shown.row,
            desk.doer,
            datetime.now(UTC),
            values=form.cleaned_data if form is not None else {},
            note=_note(done),
            done_on=done.done_on,
            choice=done.cleaned_data.get("choice", ""),
            reasons=done.reasons,
            seen=seen,
            on_paper=True,
            paper_by=done.cleaned_data["by_paper"],
        )
    except RunError as refused:
        if isinstance(refused, Barred) or refused.code in ("run-changed-meanwhile", "step-not-open"):
            return refusal(request, desk, refused, desk.url("paper"))
        steps = steps_of(desk)
        fresh = next(one for one in steps if one.row.key == shown.row.key)
        form, done = _forms(desk, fresh, request.POST)
        return _page(request, desk, fresh, lines, form, done, line_of(refused))
    except StorageError as refused:
        return _page(request, desk, shown, lines, form, done, line_of(refused))
    messages.success(request, _("Entered as done on paper, and recorded."))
    if shown.step.sign != "none":
        messages.info(request, _("It still wants a signature, in Indelible itself."))
    return redirect(desk.url("paper"))


def _note(done: DoneForm) -> str:
    """Return the note with whom the paper names."""
    by = _("On paper, by %(name)s.") % {"name": done.cleaned_data["by_paper"].rstrip(".")}
    note = done.cleaned_data.get("note", "")
    return f"{by} {note}".strip()


def _forms(desk: Desk, shown: Shown, data: Any = None) -> tuple[StepForm | None, DoneForm]:
    step, form = shown.step, None
    if step.fields:
        zone = desk.reader.zone_name()
        form = StepForm(data, asked=step.fields, values=shown.values, zone=desk.reader.tz, zone_words=zone)
    done = DoneForm(
        data,
        ways=_ways(shown),
        unexplained=[one for one in shown.unexplained if data is not None or one.reason],
        late=shown.is_late,
        today=house_reader().local(desk.now).date(),
        on_paper=True,
    )
    return form, done


def _page(
    request: HttpRequest,
    desk: Desk,
    shown: Shown | None,
    lines: Any,
    form: StepForm | None = None,
    done: DoneForm | None = None,
    trouble: str = "",
) -> HttpResponse:
    refresh_stamp(request, desk)
    if shown is not None and done is None:
        form, done = _forms(desk, shown)
    wrong = [(trouble, "file")] if trouble else []
    wrong += wrong_in(form, done)
    scans = [{"row": one, "url": desk.url("file", one.step.key, one.pk)} for one in _scans(desk)]
    context = {
        "desk": desk,
        "run": desk.run,
        "shown": shown,
        "lines": [
            {"shown": one, "why_not": why, "can_enter": not why and one.is_to_do} for one, why in lines
        ],
        "form": form,
        "done_form": done,
        "scans": scans,
        "file_error": trouble if not scans else "",
        "wrong": wrong,
        "nothing": _("Nothing of it can be entered now."),
    }
    return render(request, "runbooks/runs/paper.html", context, status=422 if wrong else 200)
