"""One step, a page for itself: what to do, what stands at it, and saying that it is done."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from indelible.features.people import access
from indelible.features.record import looks
from indelible.features.runbooks.forms_runs import refused_file
from indelible.features.runbooks.models import RunState, RunStep, StepFile
from indelible.features.runbooks.running import doing
from indelible.features.runbooks.running.errors import Barred, RunError
from indelible.features.runbooks.running.independence import SIGNED_ALREADY, bars
from indelible.features.runbooks.views.runs.desk import (
    Desk,
    line_of,
    onward,
    quicker,
    refusal,
    seen_in,
    step_of,
    with_desk,
)
from indelible.features.runbooks.views.runs.step_page import Sent, done_form, draw, shown_step, step_form
from indelible.storage.database.attachments import attachment_digest, open_attachment
from indelible.storage.database.errors import NotFound, StorageError
from indelible.storage.database.reads import get_entry
from indelible.web.once import first_time


@access.needs(access.STEPS_DO)
@require_http_methods(["GET", "HEAD", "POST"])
@with_desk
def step(request: HttpRequest, desk: Desk, key: str) -> HttpResponseBase:
    """Show a step; take what is written, attached and said at it."""
    return page(request, desk, key)


def page(request: HttpRequest, desk: Desk, key: str) -> HttpResponseBase:
    """Show a step to somebody, with or without an account; take what they do at it."""
    row = step_of(desk, key)
    bar = bars(row, desk.doer)
    if request.method == "POST":
        if bar is not None:
            return barred(request, desk, row, Barred(bar.code, **bar.facts))
        return _act(request, desk, row)
    trouble = ""
    if bar is None and desk.run.state == RunState.OPEN and row.state in doing.TO_DO:
        try:
            doing.open_step(row, desk.doer, desk.now)
        except RunError as refused:
            trouble = line_of(refused)
    return draw(request, desk, key, Sent(trouble=trouble))


# Acting ----------------------------------------------------------------------------------------------------


def barred(request: HttpRequest, desk: Desk, row: RunStep, refused: Barred) -> HttpResponse:
    """Refuse what somebody sent to a page that gave them no button for it; that they tried is recorded, once a form.
    Whoever has signed and presses again has tried nothing."""
    if refused.code == SIGNED_ALREADY:
        return refusal(request, desk, RunError(refused.code, **refused.facts), desk.url("step", row.key))
    if first_time(request):
        doing.note_refusal(row, desk.doer, refused, desk.now)
    return refusal(request, desk, refused, desk.url("step", row.key))


def _act(request: HttpRequest, desk: Desk, row: RunStep) -> HttpResponseBase:
    """Do what a form asks: keep, attach, take out, look, or say that it is done."""
    here, wanted = desk.url("step", row.key), request.POST.get("do", "save")
    if "withdraw" in request.POST:
        wanted = "withdraw"
    if not first_time(request):
        return redirect(here)
    shown = shown_step(desk, row.key)
    sent = Sent(step_form(desk, shown, request), done_form(desk, shown, request))
    sent.seen = seen_in(request)
    try:
        kept = _keep(desk, row, sent)
        if wanted == "withdraw":
            doing.withdraw_file(row, desk.doer, _number(request.POST.get("withdraw", "")), desk.now)
        elif file := request.FILES.get("file"):
            sent.file = attach(desk, row, file)
            sent.seen = (
                None if sent.seen is None else sent.seen + (not sent.file)
            )  # attaching counts as an act
        elif wanted == "attach":
            sent.file = _("Choose a file first.")
        changed = wanted == "withdraw" or ("file" in request.FILES and not sent.file)
        if wanted == "look" or changed:  # a file is often what a check asks for
            doing.check(row, desk.now)
        if wanted == "finish" and kept and not sent.file:
            return _finish(request, desk, row, sent)
        if wanted == "sign" and kept and sent.form is not None:
            sent.form.full_clean()  # what is signed must be whole
    except Barred as refused:
        return refusal(request, desk, refused, here)
    except RunError as refused:
        if refused.code in ("run-changed-meanwhile", "step-not-open", "run-not-open"):
            return quicker(request, desk, here, kept=refused.code == "run-changed-meanwhile")
        sent.trouble = line_of(refused)
    except StorageError as refused:
        sent.file = line_of(refused)
    if sent.status != 200:
        return draw(request, desk, row.key, sent)
    if wanted == "save":
        messages.success(request, _("Kept as a draft. Nothing is recorded before you say that it is done."))
    if wanted == "sign":
        return redirect(desk.url("sign", row.key))
    if wanted == "attach":
        messages.success(request, _("The file is attached, and recorded."))
    return redirect(f"{here}#part" if wanted in ("attach", "withdraw") else here)


def _keep(desk: Desk, row: RunStep, sent: Sent) -> bool:
    """Keep what was typed; False where something of it cannot be read."""
    if sent.form is None:
        return True
    values = sent.form.draft()
    if values is None:
        return False
    sent.form.errors.clear()
    if values:
        doing.save(row, desk.doer, values, desk.now)
    return True


def attach(desk: Desk, row: RunStep, file: Any, *, from_paper: bool = False) -> str:
    """Attach a file; return why not, where it cannot be."""
    if why := refused_file(file):
        return why
    doing.attach(
        row,
        desk.doer,
        file.file,
        file.name,
        file.content_type or "application/octet-stream",
        desk.now,
        from_paper=from_paper,
    )
    return ""


def _finish(request: HttpRequest, desk: Desk, row: RunStep, sent: Sent) -> HttpResponseBase:
    """Say that a step is done, or show what is missing."""
    form, done = sent.form, sent.done
    complete = [one.full_clean() or not one.errors for one in (form, done) if one is not None]
    if done is None or not all(complete):
        return draw(request, desk, row.key, sent)
    try:
        doing.finish(
            row,
            desk.doer,
            desk.now,
            note=done.cleaned_data.get("note", ""),
            done_on=done.done_on,
            choice=done.cleaned_data.get("choice", ""),
            reasons=done.reasons,
            seen=sent.seen,
        )
    except RunError as refused:
        if isinstance(refused, Barred) or refused.code in ("run-changed-meanwhile", "step-not-open"):
            raise
        # Checks that did not pass were looked up just now: their reasons are asked for on the page that comes back.
        sent.trouble = line_of(refused)
        shown = shown_step(desk, row.key)
        sent.done = done_form(desk, shown, request)
        return draw(request, desk, row.key, sent)
    shown = shown_step(desk, row.key)
    if shown.waits_to_be_signed and bars(shown.row, desk.doer, signing=True) is None:
        messages.success(request, _("Done, and recorded. Now it wants your signature."))
        return redirect(desk.url("sign", row.key))
    messages.success(request, _("Done, and recorded."))
    return onward(request, desk)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 16 else -1


# Files -----------------------------------------------------------------------------------------------------


@access.needs(access.STEPS_DO)
@require_http_methods(["GET", "HEAD"])
@with_desk
def file(request: HttpRequest, desk: Desk, key: str, file: int) -> HttpResponseBase:
    """Give out a file of a step, to be saved and never to be shown as a page."""
    return give_file(desk, key, file)


def give_file(desk: Desk, key: str, pk: int) -> HttpResponseBase:
    """Give out a file of a step. Not where it was altered."""
    row = StepFile.objects.filter(step__run=desk.run, step__key=key, pk=pk).first()
    if row is None or row.entry < 0:
        raise Http404
    try:
        entry = get_entry(desk.run.logbook, row.entry)
        opened = open_attachment(entry, row.place)
        altered = attachment_digest(row.blob)[1] != row.sha256
    except NotFound as missing:
        raise Http404 from missing
    if altered:
        opened.close()
        raise Http404
    if desk.user is not None:
        looks.look(desk.run.logbook, desk.user, [row.entry], desk.now)
    return FileResponse(
        opened, as_attachment=True, filename=row.name, content_type="application/octet-stream"
    )


__all__ = ["file", "give_file", "page", "step"]
