"""One step, a page for itself: what to do, what stands at it, and saying that it is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from indelible.features.people import access
from indelible.features.people.models import KnownPerson, User
from indelible.features.people.names.days import house_reader
from indelible.features.record import looks
from indelible.features.runbooks.forms_runs import DoneForm, StepForm, refused_file, ways_to_leave
from indelible.features.runbooks.models import RunState, RunStep, StepFile, StepState
from indelible.features.runbooks.running import doing
from indelible.features.runbooks.running.errors import Barred, RunError
from indelible.features.runbooks.running.independence import SIGNED_ALREADY, bars
from indelible.features.runbooks.views.runs import words
from indelible.features.runbooks.views.runs.desk import (
    Desk,
    line_of,
    onward,
    quicker,
    refusal,
    seen_in,
    step_of,
    with_desk,
    wrong_in,
)
from indelible.features.runbooks.views.runs.showing import Shown, has_part, steps_of
from indelible.storage.database.attachments import attachment_digest, open_attachment
from indelible.storage.database.errors import NotFound, StorageError
from indelible.storage.database.reads import get_entry
from indelible.web.once import first_time

MOST_PEOPLE = 200  # names that are offered where a person is asked for


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
    return _page(request, desk, key, Sent(trouble=trouble))


# Acting ----------------------------------------------------------------------------------------------------


def barred(request: HttpRequest, desk: Desk, row: RunStep, refused: Barred) -> HttpResponse:
    """Refuse what somebody sent to a page that gave them no button for it; that they tried is recorded, once a form.
    Whoever has signed and presses again has tried nothing."""
    if refused.code != SIGNED_ALREADY and first_time(request):
        doing.note_refusal(row, desk.doer, refused, desk.now)
    return refusal(request, desk, refused, desk.url("step", row.key))


@dataclass
class Sent:
    """What a form brought, where the page comes back with it."""

    form: StepForm | None = None
    done: DoneForm | None = None
    trouble: str = ""
    file: str = ""
    seen: int | None = None  # the stamp of the run that the page was made with

    @property
    def status(self) -> int:
        """The status that the page answers with."""
        wrong = self.file or (self.form and self.form.errors) or (self.done and self.done.errors)
        return 422 if wrong or self.trouble else 200


def _act(request: HttpRequest, desk: Desk, row: RunStep) -> HttpResponseBase:
    """Do what a form asks: keep, attach, take out, look, or say that it is done."""
    here, wanted = desk.url("step", row.key), request.POST.get("do", "save")
    if "withdraw" in request.POST:
        wanted = "withdraw"
    if not first_time(request):
        return redirect(here)
    shown = _shown(desk, row.key)
    sent = Sent(_form(desk, shown, request), _done_form(desk, shown, request))
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
        if wanted == "look":
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
        return _page(request, desk, row.key, sent)
    if wanted == "save":
        messages.success(request, _("Kept as a draft. Nothing is recorded before you say that it is done."))
    if wanted == "sign":
        return redirect(desk.url("sign", row.key))
    return redirect(here)


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
        return _page(request, desk, row.key, sent)
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
        shown = _shown(desk, row.key)
        sent.done = _done_form(desk, shown, request)
        return _page(request, desk, row.key, sent)
    shown = _shown(desk, row.key)
    if shown.waits_to_be_signed and bars(shown.row, desk.doer, signing=True) is None:
        messages.success(request, _("Done, and recorded. Now it wants your signature."))
        return redirect(desk.url("sign", row.key))
    messages.success(request, _("Done, and recorded."))
    return onward(request, desk)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 16 else -1


# Showing ---------------------------------------------------------------------------------------------------


def _shown(desk: Desk, key: str) -> Shown:
    return next(one for one in steps_of(desk) if one.row.key == key)


def _form(desk: Desk, shown: Shown, request: HttpRequest | None = None) -> StepForm | None:
    if not shown.step.fields:
        return None
    data = request.POST if request is not None and request.method == "POST" else None
    zone = desk.reader.zone_name()
    return StepForm(data, asked=shown.step.fields, values=shown.values, zone=desk.reader.tz, zone_words=zone)


def _done_form(desk: Desk, shown: Shown, request: HttpRequest | None = None) -> DoneForm:
    """Return the form that says it is done. Words about checks are asked for once nothing more is to be filled in that
    they could be about."""
    sent = request is not None and request.method == "POST"
    step = shown.step
    first = any(one.required for one in step.fields) or bool(step.files_least)
    explain = (sent and request is not None and request.POST.get("do") == "finish") or not first
    return DoneForm(
        request.POST if sent and request is not None else None,
        ways=step.branches if step.kind == "decide" else [way for way in step.branches if not way.if_],
        unexplained=[one for one in shown.unexplained if explain or one.reason],
        late=shown.is_late,
        today=house_reader().local(desk.now).date(),
    )


def _page(request: HttpRequest, desk: Desk, key: str, sent: Sent) -> HttpResponse:
    steps = steps_of(desk)
    place = next(n for n, one in enumerate(steps) if one.row.key == key)
    shown = steps[place]
    part = shown.step
    going = desk.run.state == RunState.OPEN
    bar = bars(shown.row, desk.doer) if shown.is_now else None
    can = going and bar is None and shown.is_to_do and not shown.is_waiting and part.kind != "wait"
    second = part.kind == "second"
    asks = can and not (second and not part.fields and not part.files)
    form = (sent.form or _form(desk, shown)) if asks else None
    done = (sent.done or _done_form(desk, shown)) if asks and not second else None
    can_sign = (
        going
        and shown.is_now
        and (shown.waits_to_be_signed or (second and shown.is_to_do and not shown.is_waiting))
    )
    sign_bar = bars(shown.row, desk.doer, signing=True) if can_sign else None
    covered = [one for one in steps if one.row.key in desk.document.covered(key) and one is not shown]
    for one in covered:
        one.linked = desk.outsider is None or has_part(desk, one)
    context = {
        "desk": desk,
        "run": desk.run,
        "shown": shown,
        "wrong": _wrong(sent, form if sent.form else None, done if sent.done else None),
        "bar": _bar(desk, shown, bar or sign_bar, going),
        "asks": asks,
        "form": form,
        "done_form": done,
        "file_error": sent.file,
        "second": second,
        "finish_words": _finish_words(shown),
        "can_leave": can and bool(ways_to_leave(part)),
        "leave_url": desk.url("leave-step" if desk.outsider else "leave", key),
        "sign_url": desk.url("sign", key) if can_sign and sign_bar is None and not asks else "",
        "covered": covered if second else [],
        "override_url": _override_url(desk, shown, can or can_sign),
        "people": _people()
        if form and any(one.kind == "person" for one in part.fields) and desk.user
        else [],
        "may_look": asks and bool(part.checks),
        **_neighbours(desk, steps, place),
    }
    return render(request, "runbooks/runs/step.html", context, status=sent.status)


def _neighbours(desk: Desk, steps: list[Shown], place: int) -> dict[str, Shown | None]:
    """Return the steps before and after that somebody may open: of an outsider only those of their role."""
    seen = [one for one in steps if desk.outsider is None or has_part(desk, one)]
    before = [one for one in seen if one.row.place < place]
    after = [one for one in seen if one.row.place > place]
    return {"before": before[-1] if before else None, "after": after[0] if after else None}


def _wrong(sent: Sent, form: StepForm | None, done: DoneForm | None) -> list[tuple[str, str]]:
    """List what is wrong, each with where it is."""
    found = [(sent.trouble, "")] if sent.trouble else []
    if sent.file:
        found.append((sent.file, "file"))
    return found + wrong_in(form, done)


def _bar(desk: Desk, shown: Shown, bar: Any, going: bool) -> dict[str, str] | None:
    """Say why somebody can do nothing here, and who can."""
    if bar is not None:
        return words.barred(bar.code, bar.facts, desk.doer.name)
    if not going and shown.is_now:
        return {
            "title": _("The run is paused."),
            "text": _("Nothing can be done at its steps until somebody lets it go on."),
        }
    if shown.row.state == StepState.WAITING and going:
        return {"title": _("It is not its turn yet."), "text": _("A step before it is not through.")}
    return None


def _finish_words(shown: Shown) -> str:
    if shown.step.kind == "second":
        return _("Keep it, and go on to sign")
    if shown.step.kind == "decide":
        return _("Go on this way")
    if shown.step.sign == "one":
        return _("Done, go on to sign")
    return _("It is done")


def _override_url(desk: Desk, shown: Shown, can: bool) -> str:
    """Return where to ask that a signed step be left out all the same; only with an account."""
    if desk.user is None or not can or shown.step.sign == "none":
        return ""
    return desk.url("override", shown.row.key)


def _people() -> list[str]:
    """Return names that are offered where a person is asked for."""
    known = KnownPerson.objects.order_by("name").values_list("name", flat=True)[:MOST_PEOPLE]
    users = User.objects.filter(is_active=True).order_by("name").values_list("name", flat=True)[:MOST_PEOPLE]
    return sorted({*known, *users}, key=str.casefold)[:MOST_PEOPLE]


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
