"""The list of runbooks; beginning one, taking one in, giving all of them out; whether publishing needs two people."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from indelible.features.people import access
from indelible.features.people.access import needs
from indelible.features.runbooks.books import carrying, checking, drafting, publishing, queries
from indelible.features.runbooks.books.errors import BookError
from indelible.features.runbooks.document.reading import DocumentError, from_text
from indelible.features.runbooks.forms_books import ImportForm, NewForm
from indelible.features.runbooks.library import all_ready
from indelible.features.runbooks.models import Runbook, RunbookState
from indelible.features.runbooks.setting_up import is_over, run_of
from indelible.features.runbooks.views.books.telling import refuse, url_if_there, utc_now
from indelible.features.sources.uploads import person
from indelible.web.acts import logbook_in_use
from indelible.web.numbers import written
from indelible.web.once import first_time

SHOWN = {
    "": gettext_lazy("All"),
    RunbookState.PUBLISHED: gettext_lazy("In force"),
    RunbookState.DRAFT: gettext_lazy("Drafts"),
    RunbookState.RETIRED: gettext_lazy("Retired"),
}


@needs(access.RECORD_READ)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Show the runbooks by team: their state, who keeps them, when they are due, how their runs came out."""
    logbook, now = logbook_in_use(), utc_now()
    state, words = request.GET.get("state", ""), request.GET.get("q", "").strip()[:200]
    state = state if state in SHOWN else ""
    teams = queries.teams(logbook, now, words=words, state=state)
    found = sum(len(team.lines) for team in teams)
    every = Runbook.objects.filter(logbook=logbook).count()
    context: dict[str, Any] = {
        "teams": teams,
        "any": bool(every),
        "every": every,
        "q": words,
        "state": state,
        "states": [(label, _url(value, words), value == state) for value, label in SHOWN.items()],
        "status": _status(found, every),
        "ready": len(all_ready()),
        "today": now.date(),
        "two_people": publishing.needs_second(),
        "runs_url": url_if_there("runbooks:runs"),
        "setting_up": not is_over(run_of(logbook)),
    }
    return render(request, "runbooks/books/list.html", context)


def _url(state: str, words: str) -> str:
    sent = {name: value for name, value in (("state", state), ("q", words)) if value}
    return f"?{urlencode(sent)}" if sent else "?"


def _status(found: int, every: int) -> str:
    if found == every:
        return ngettext("%(n)s runbook.", "%(n)s runbooks.", every) % {"n": written(every)}
    return _("%(found)s of %(n)s runbooks.") % {"found": written(found), "n": written(every)}


@needs(access.RUNBOOKS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Begin a runbook of one's own."""
    form = NewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not first_time(request):
            return redirect("runbooks:list")
        data = form.cleaned_data
        try:
            row = drafting.new(
                data["title"], person(request), utc_now(), purpose=data["purpose"], team=data["team"]
            )
        except BookError as refused:
            return refuse(request, refused)
        messages.success(request, _("“%(title)s” is begun. Add its first step.") % {"title": row.title})
        return redirect("runbooks:edit", row.key)
    return render(request, "runbooks/books/new.html", {"form": form}, status=422 if form.errors else 200)


@needs(access.RUNBOOKS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def take_in(request: HttpRequest) -> HttpResponse:
    """Take a document in, as a draft."""
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = ImportForm(*sent)
    flaws: list[tuple[str, str]] = []
    if request.method == "POST" and form.is_valid():
        try:
            row = _taken(request, form.cleaned_data["text"], onto=form.cleaned_data["onto"])
        except DocumentError as refused:
            flaws = [(flaw.where, checking.said(flaw)) for flaw in refused.flaws]
        except BookError as refused:
            return refuse(request, refused)
        else:
            messages.success(
                request, _("“%(title)s” is taken in, as a draft.") % {"title": row.title or row.key}
            )
            return redirect("runbooks:edit", row.key)
    context = {"form": form, "flaws": flaws}
    status = 422 if form.errors or flaws else 200
    return render(request, "runbooks/books/import.html", context, status=status)


def _taken(request: HttpRequest, text: str, *, onto: bool) -> Runbook:
    logbook, by, now = logbook_in_use(), person(request), utc_now()
    there = None
    if onto:
        there = Runbook.objects.filter(logbook=logbook, key=from_text(text).id).first()
    seen = there.draft_stamp if there else 0
    return drafting.import_text(text, by, now, onto=there, seen=seen, logbook=logbook)


@needs(access.RECORD_READ)
@require_POST
def give_all_out(request: HttpRequest) -> HttpResponse:
    """Give all runbooks out as one ZIP; that this was done is an entry."""
    packed = carrying.export_all(logbook_in_use(), person(request), utc_now())
    answer = HttpResponse(packed, content_type="application/zip")
    answer["Content-Disposition"] = 'attachment; filename="runbooks.zip"'
    return answer


@needs(access.RUNBOOKS_CHANGE)
@require_POST
def second_person(request: HttpRequest) -> HttpResponse:
    """Set whether publishing needs a second person; to end that needs one itself."""
    by, now = person(request), utc_now()
    try:
        if request.POST.get("always") == "yes":
            publishing.set_two_people(True, by)
            messages.success(request, _("From now on every new version needs a second person."))
        else:
            asked = publishing.ask_for_one_person(by, now)
            words = _("This needs a second person. It waits under number %(number)s.")
            messages.success(request, words % {"number": asked.pk})
    except BookError as refused:
        return refuse(request, refused)
    return redirect("runbooks:list")
