"""One run: the answer first, its steps, its clocks, who does what; pausing it, going on, ending it, saying why it is
late."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from indelible.features.people import access
from indelible.features.record import looks
from indelible.features.record.queries import rows_of
from indelible.features.runbooks.forms_runs import EndForm, ReasonForm
from indelible.features.runbooks.models import GOING, RunEntry, RunRole, RunState, StepState
from indelible.features.runbooks.running import altering
from indelible.features.runbooks.running.errors import RunError
from indelible.features.runbooks.running.independence import bars
from indelible.features.runbooks.views.runs.clocks import clocks_of
from indelible.features.runbooks.views.runs.desk import Desk, line_of, refusal, seen_in, with_desk
from indelible.features.runbooks.views.runs.showing import Shown, has_part
from indelible.features.runbooks.views.runs.whole import RunShown, run_shown
from indelible.web.once import first_time

ENTRIES = 20  # of its story on a page


@access.needs(access.STEPS_DO)
@require_safe
@with_desk
def run(request: HttpRequest, desk: Desk) -> HttpResponseBase:
    """Show a run."""
    shown = run_shown(desk)
    may_manage = may_alter(desk)
    before = request.GET.get("before", "")
    indexes = _entries(desk, int(before) if before.isdecimal() and len(before) < 16 else None)
    page = indexes[:ENTRIES]
    if desk.user is not None:
        looks.look(desk.run.logbook, desk.user, page, desk.now, desk.run.title)
    mine = _mine(desk, shown)
    clocks = clocks_of(desk, may_act=may_manage)
    late = desk.run.due_at is not None and (desk.run.ended_at or desk.now) > desk.run.due_at
    context = {
        "desk": desk,
        "run": desk.run,
        "document": desk.document,
        "shown": shown,
        "mine": mine,
        "mine_url": _my_url(desk, mine),
        "mine_words": _my_words(mine),
        "entries": rows_of(desk.run.logbook, page),
        "entries_count": RunEntry.objects.filter(run=desk.run).count(),
        "earlier": f"?before={page[-1]}#entries" if len(indexes) > ENTRIES else "",
        "first": f"{desk.run_url}#entries" if before else "",
        "clocks": clocks,
        "running_clocks": [one for one in clocks if one["started"]],
        "clocks_to_come": [one for one in clocks if not one["started"]],
        "may_manage": may_manage,
        "asks_why_late": late and may_manage and not desk.run.late_reason,
        "late_form": ReasonForm(label=_("Why is it late?")),
        "version_url": version_url(desk),
        "more": _more(desk),
    }
    return render(request, "runbooks/runs/run.html", context)


def may_alter(desk: Desk) -> bool:
    """Whether somebody may pause and end a run: whoever may start runs, and whoever answers for this one."""
    if desk.user is None:
        return False
    mine = RunRole.objects.filter(run=desk.run, role=desk.document.owner, user=desk.user)
    return access.may(desk.user, access.RUNS_START) or mine.exists()


def _entries(desk: Desk, before: int | None) -> list[int]:
    rows = RunEntry.objects.filter(run=desk.run).order_by("-index")
    if before is not None:
        rows = rows.filter(index__lt=before)
    return list(rows.values_list("index", flat=True)[: ENTRIES + 1])


def _mine(desk: Desk, shown: RunShown) -> Shown | None:
    """Return the step that whoever looks can go on with now."""
    if desk.run.state != RunState.OPEN:
        return None
    for one in shown.now:
        signing = one.waits_to_be_signed or one.step.kind == "second"
        if (
            one.step.kind != "wait"
            and has_part(desk, one)
            and bars(one.row, desk.doer, signing=signing) is None
        ):
            return one
    return None


def _my_url(desk: Desk, mine: Shown | None) -> str:
    if mine is None:
        return ""
    return desk.url("sign", mine.row.key) if mine.row.state == StepState.DONE else mine.url


def _my_words(mine: Shown | None) -> str:
    if mine is None:
        return ""
    facts = {"n": mine.number}
    if mine.waits_to_be_signed:
        return _("Sign step %(n)s") % facts
    return _("Go to step %(n)s") % facts


def version_url(desk: Desk) -> str:
    """Return the page of the text that a run goes by."""
    return reverse("runbooks:version", args=[desk.run.runbook.key, desk.run.version.number])


def _more(desk: Desk) -> list[tuple[str, str]]:
    """Return what else can be had of a run: entering it from paper, the proof of its work."""
    found = []
    if desk.run.state in GOING:
        found.append((desk.url("paper"), _("Enter from paper")))
    found.append((reverse("runbooks:proof", args=[desk.run.pk]), _("Proof of work")))
    return found


# What may happen to it as a whole --------------------------------------------------------------------------


@access.needs(access.STEPS_DO)
@require_http_methods(["GET", "HEAD", "POST"])
@with_desk
def pause(request: HttpRequest, desk: Desk) -> HttpResponseBase:
    """Let a run rest, with a reason."""
    label = _("Why does it rest?")
    form = ReasonForm(request.POST if request.method == "POST" else None, label=label)
    if request.method == "POST" and form.is_valid() and first_time(request):
        try:
            altering.pause(desk.run, desk.doer, form.cleaned_data["reason"], desk.now, seen=seen_in(request))
        except RunError as refused:
            return refusal(request, desk, refused, desk.run_url)
        messages.success(request, _("Paused, and recorded."))
        return redirect(desk.run_url)
    return ask(
        request,
        desk,
        form,
        heading=_("Pause this run"),
        says=[
            _("Nobody can do its steps until somebody lets it go on. Due days and deadlines of law go on.")
        ],
        button=_("Pause it"),
    )


@access.needs(access.STEPS_DO)
@require_POST
@with_desk
def go_on(request: HttpRequest, desk: Desk) -> HttpResponseBase:
    """Go on with a run that rests."""
    if first_time(request):
        try:
            altering.resume(desk.run, desk.doer, desk.now)
        except RunError as refused:
            return refusal(request, desk, refused, desk.run_url)
        messages.success(request, _("It goes on, and that is recorded."))
    return redirect(desk.run_url)


@access.needs(access.STEPS_DO)
@require_http_methods(["GET", "HEAD", "POST"])
@with_desk
def end(request: HttpRequest, desk: Desk) -> HttpResponseBase:
    """End a run before its last step."""
    form = EndForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and first_time(request):
        sent = form.cleaned_data
        try:
            altering.end(desk.run, desk.doer, sent["state"], sent["reason"], desk.now, seen=seen_in(request))
        except RunError as refused:
            return refusal(request, desk, refused, desk.run_url)
        messages.success(request, _("Ended, and recorded."))
        return redirect(desk.run_url)
    return ask(
        request,
        desk,
        form,
        heading=_("End this run before its last step"),
        says=[
            _("What was done stays, and so does the list of what was not. An ended run does not begin again.")
        ],
        button=_("End it"),
    )


@access.needs(access.STEPS_DO)
@require_POST
@with_desk
def late(request: HttpRequest, desk: Desk) -> HttpResponseBase:
    """Say why a run is late."""
    return _words(request, desk, lambda words: altering.late_reason(desk.run, desk.doer, words, desk.now))


@access.needs(access.STEPS_DO)
@require_POST
@with_desk
def clock(request: HttpRequest, desk: Desk, key: str) -> HttpResponseBase:
    """Stop a clock of law, let it run on, or say why it is late."""
    if key not in {one.key for one in desk.document.clocks}:
        return redirect(desk.run_url)
    acts: dict[str, Any] = {
        "stop": lambda words: altering.stop_clock(desk.run, key, desk.doer, words, desk.now),
        "go_on": lambda _words: altering.go_on_clock(desk.run, key, desk.doer, desk.now),
        "late": lambda words: altering.late_reason(desk.run, desk.doer, words, desk.now, clock=key),
    }
    act = acts.get(request.POST.get("do", ""))
    return _words(request, desk, act) if act is not None else redirect(desk.run_url)


def _words(request: HttpRequest, desk: Desk, act: Any) -> HttpResponse:
    if first_time(request):
        try:
            act(request.POST.get("reason", "")[:2_000])
        except RunError as refused:
            if refused.code != "run-why":
                return refusal(request, desk, refused, desk.run_url)
            messages.warning(request, line_of(refused))
        else:
            messages.success(request, _("It is on the record."))
    return redirect(desk.run_url)


def ask(
    request: HttpRequest, desk: Desk, form: Any, *, step: Shown | None = None, **words: Any
) -> HttpResponse:
    """Show a page that asks for words, and says what will happen."""
    context = {
        "desk": desk,
        "run": desk.run,
        "form": form,
        "back_url": step.url if step is not None else desk.run_url,
        "step_url": step.url if step is not None else "",
        "step_title": step.title if step is not None else "",
        **words,
    }
    return render(request, "runbooks/runs/ask.html", context, status=422 if form.errors else 200)
