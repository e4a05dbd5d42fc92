"""Setting up the audit log: its eight steps with what the system itself knows of each, and starting the runbook."""

from __future__ import annotations

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from indelible.explanations import explain
from indelible.features.people import access
from indelible.features.people.access import needs
from indelible.features.people.queries import person
from indelible.features.runbooks import setting_up as setup
from indelible.features.runbooks.books.errors import BookError
from indelible.features.runbooks.running.doers import Doer
from indelible.features.runbooks.running.errors import RunError
from indelible.web.acts import context_of, logbook_in_use


@require_safe
@needs(access.RECORD_READ)
def overview(request: HttpRequest) -> HttpResponse:
    """Show how far it is, looked up anew."""
    found = setup.setting_up(logbook_in_use(), datetime.now(UTC), fresh=True)
    return render(request, "runbooks/setting_up/overview.html", {"setup": found})


@require_POST
@needs(access.RUNBOOKS_CHANGE)
def start(request: HttpRequest) -> HttpResponseBase:
    """Start it, and go to its run."""
    by = Doer.of_user(person(request), context_of(request))
    try:
        run = setup.start(logbook_in_use(), by, datetime.now(UTC))
    except (BookError, RunError) as refused:
        problem = explain(refused.code, **refused.facts)
        found = setup.setting_up(logbook_in_use(), datetime.now(UTC))
        context = {"setup": found, "problem": problem}
        return render(request, "runbooks/setting_up/overview.html", context, status=422)
    return redirect("runbooks:run", run.pk)
