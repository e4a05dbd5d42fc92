"""The proof of a run: its page and its paper, a pack of it in one press, and whether what was signed is still there."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from indelible.explanations import explain
from indelible.features.packs.orders import PackError
from indelible.features.people import access
from indelible.features.people.access import needs
from indelible.features.people.queries import person
from indelible.features.record import looks
from indelible.features.runbooks.models import Run, StepSignature
from indelible.features.runbooks.proof.packing import make_pack_of
from indelible.features.runbooks.proof.paper import paper
from indelible.features.runbooks.proof.telling import told
from indelible.features.runbooks.running.queries import RunView, view_of
from indelible.features.signoffs.still import Still, still_there
from indelible.web.acts import logbook_in_use
from indelible.web.chrome import reader_of

MOST_CHECKED = 60  # signatures of a run that are held against the record in one press


def _view(request: HttpRequest, key: int) -> RunView:
    rows = Run.objects.select_related("runbook", "version", "logbook")
    run = get_object_or_404(rows, pk=key, logbook=logbook_in_use())
    view = view_of(run, datetime.now(UTC))
    looks.look(run.logbook, person(request), [row.index for row in view.entries], view.now, run.title)
    return view


@require_http_methods(["GET", "HEAD", "POST"])
@needs(access.RECORD_READ)
def proof(request: HttpRequest, key: int) -> HttpResponse:
    """Show the proof of a run; on POST hold what was signed in it against what is there."""
    view = _view(request, key)
    checked = _checked(view.run) if request.method == "POST" else []
    context: dict[str, Any] = {
        "run": view.run,
        "told": told(view, reader_of(request)),
        "signatures": view.run and StepSignature.objects.filter(step__run=view.run).count(),
        "checked": checked,
        "worst": _worst(checked),
        "rows": sum(still.rows for _signature, still in checked),
    }
    return render(request, "runbooks/proof/run.html", context)


def _checked(run: Run) -> list[tuple[StepSignature, Still]]:
    rows = (
        StepSignature.objects.filter(step__run=run).select_related("sign_off__logbook", "step").order_by("pk")
    )
    return [(row, still_there(row.sign_off)) for row in rows[:MOST_CHECKED]]


def _worst(checked: list[tuple[StepSignature, Still]]) -> str:
    verdicts = {still.verdict for _signature, still in checked}
    for verdict in ("does not match", "could not be checked", "matches"):
        if verdict in verdicts:
            return verdict
    return ""


@require_safe
@needs(access.RECORD_READ)
def as_paper(request: HttpRequest, key: int) -> HttpResponseBase:
    """Give the paper of a run."""
    view = _view(request, key)
    pdf = paper(view, reader_of(request), person(request).name, view.now)
    answer = HttpResponse(pdf, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="run-{view.run.pk}.pdf"'
    return answer


@require_POST
@needs(access.PACKS_MAKE)
def as_pack(request: HttpRequest, key: int) -> HttpResponseBase:
    """Have an evidence pack of a run made."""
    rows = Run.objects.select_related("runbook", "version", "logbook")
    run = get_object_or_404(rows, pk=key, logbook=logbook_in_use())
    try:
        pack = make_pack_of(run, person(request), reader_of(request).zone)
    except PackError as refused:
        problem = explain(refused.code, **refused.facts)
        return render(request, "runbooks/proof/refused.html", {"run": run, "problem": problem}, status=422)
    return redirect("packs:show", pack.name)
