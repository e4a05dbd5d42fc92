"""Leaving a step without doing it: skipped, not concluded, or left out all the same with a second person."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from indelible.features.people import access
from indelible.features.people.second.services import SecondRefused
from indelible.features.runbooks.forms_runs import LeaveForm, ReasonForm, ways_to_leave
from indelible.features.runbooks.running import doing, overriding
from indelible.features.runbooks.running.errors import Barred, RunError
from indelible.features.runbooks.running.independence import bars
from indelible.features.runbooks.views.runs.desk import Desk, onward, refusal, seen_in, step_of, with_desk
from indelible.features.runbooks.views.runs.run import ask
from indelible.features.runbooks.views.runs.showing import steps_of
from indelible.features.runbooks.views.runs.step import barred
from indelible.web.failures import failure_page
from indelible.web.once import first_time


@access.needs(access.STEPS_DO)
@require_http_methods(["GET", "HEAD", "POST"])
@with_desk
def leave(request: HttpRequest, desk: Desk, key: str) -> HttpResponseBase:
    """Skip a step, or say that it came to no end."""
    return leave_page(request, desk, key)


def leave_page(request: HttpRequest, desk: Desk, key: str) -> HttpResponseBase:
    """Skip a step, or say that it came to no end; for people with and without an account."""
    row = step_of(desk, key)
    here = desk.url("step", key)
    bar = bars(row, desk.doer)
    if bar is not None and request.method == "POST":
        return barred(request, desk, row, Barred(bar.code, **bar.facts))
    part = desk.document.step(key)
    if bar is not None or not ways_to_leave(part):
        return redirect(here)
    form = LeaveForm(request.POST if request.method == "POST" else None, label=_("Why?"), step=part)
    if request.method == "POST" and form.is_valid() and first_time(request):
        act = doing.skip if form.cleaned_data["how"] == "skip" else doing.not_concluded
        try:
            act(row, desk.doer, form.cleaned_data["reason"], desk.now, seen=seen_in(request))
        except RunError as refused:
            return refusal(request, desk, refused, here)
        messages.success(request, _("Recorded, with your words."))
        return onward(request, desk)
    shown = next(one for one in steps_of(desk) if one.row.key == key)
    return ask(
        request,
        desk,
        form,
        step=shown,
        heading=_("“%(title)s” cannot be done") % {"title": shown.title},
        says=[
            _(
                "That it was not done is an answer as well, as long as it has its words. It shows on every report."
            ),
            _("If it does not work: %(what)s") % {"what": shown.step.if_fails},
        ],
        button=_("Put this on the record"),
    )


@access.needs(access.STEPS_DO)
@require_http_methods(["GET", "HEAD", "POST"])
@with_desk
def override(request: HttpRequest, desk: Desk, key: str) -> HttpResponseBase:
    """Ask a second person that a signed step be left out all the same."""
    row = step_of(desk, key)
    here = desk.url("step", key)
    label = _("Why must it go on without this step?")
    form = ReasonForm(request.POST if request.method == "POST" else None, label=label)
    if request.method == "POST" and form.is_valid() and first_time(request):
        try:
            asked = overriding.ask_override(row, desk.doer, form.cleaned_data["reason"], desk.now)
        except RunError as refused:
            return refusal(request, desk, refused, here)
        except SecondRefused as refused:
            return failure_page(request, refused.code, 409, **refused.facts)
        messages.success(request, _("Asked, and recorded. It happens once a second person agrees."))
        return redirect("people:request", asked.pk)
    shown = next(one for one in steps_of(desk) if one.row.key == key)
    return ask(
        request,
        desk,
        form,
        step=shown,
        heading=_("Go on without “%(title)s”") % {"title": shown.title},
        says=[
            _("This step must be signed. It can be left out only where two people agree and say why."),
            _("Both names and the reason stand on the record. In 30 days a run asks what came of it."),
        ],
        button=_("Ask a second person"),
    )
