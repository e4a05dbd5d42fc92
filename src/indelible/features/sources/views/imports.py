"""One import: how far it is, what came of it, stopping it, and taking it back."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from indelible.explanations import explain
from indelible.features.people import access
from indelible.features.people.access import needs
from indelible.features.sources import continuing, left_out, queries, services, uploads
from indelible.features.sources.forms import MistakeForm
from indelible.features.sources.models import Import, Stage
from indelible.features.sources.uploads import person

SHOWN_REJECTS = 20


@needs(access.RECORD_READ)
@require_safe
def show(request: HttpRequest, key: int) -> HttpResponse:
    """Show how an import stands. A poll gets the moving part alone."""
    row = queries.get_import(key)
    if row.stage == Stage.ASKING or (row.stage == Stage.RECEIVED and not row.job):
        return redirect("sources:columns", row.pk)
    context: dict[str, Any] = {
        "row": row,
        "moving": row.live_day is None and row.stage in (Stage.RECEIVED, Stage.RECORDING),
        "rejects": row.rejects.all()[:SHOWN_REJECTS],
        "why": queries.reasons_of(row),
        "continues": continuing.continued_by(row),
        "later": continuing.later_ones(row),
        "seconds_left": uploads.seconds_left(row) if row.stage == Stage.RECORDING else None,
        "refusal": _refusal(row),
        "form": MistakeForm(),
    }
    poll = request.headers.get("HX-Request") == "true" and request.headers.get("X-Poll") == "1"
    return render(request, "sources/_import.html" if poll else "sources/import.html", context)


def _refusal(row: Import) -> Any:
    if not row.refusal:
        return None
    facts = {"name": row.file_name, **row.refusal}
    return explain(str(facts.pop("code")), **facts)


@needs(access.FILES_UPLOAD)
@require_POST
def stop(request: HttpRequest, key: int) -> HttpResponse:
    """Stop after the batch under way; what is sealed stays."""
    Import.objects.filter(pk=key, stage__in=(Stage.RECEIVED, Stage.RECORDING)).update(stop_asked=True)
    return redirect("sources:import", key)


@needs(access.FILES_UPLOAD)
@require_POST
def resume(request: HttpRequest, key: int) -> HttpResponse:
    """Go on with an import that was stopped."""
    row = queries.get_import(key)
    if row.stage == Stage.STOPPED:
        try:
            uploads.resume(row)
        except services.SourceError as refused:
            messages.error(request, explain(refused.code, **refused.facts).title)
    return redirect("sources:import", key)


@needs(access.FILES_UPLOAD)
@require_http_methods(["GET", "HEAD", "POST"])
def mistake(request: HttpRequest, key: int) -> HttpResponse:
    """Take a whole import back with one correction."""
    row = queries.get_import(key)
    form = MistakeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.mark_as_mistake(row, form.cleaned_data["reason"], person(request))
        except services.SourceError as refused:
            words = explain(refused.code, **refused.facts)
            form.add_error(None, f"{words.title} {words.meaning}")
        else:
            messages.success(request, _("All entries of this import are marked as a mistake."))
            return redirect("sources:import", key)
    context = {"row": row, "form": form}
    return render(request, "sources/mistake.html", context, status=422 if form.errors else 200)


@needs(access.RECORD_READ)
@require_safe
def rejects(request: HttpRequest, key: int) -> StreamingHttpResponse:
    """Give the rows left out with the reasons, as a table to mend and to send again; of messages also as they came."""
    row = queries.get_import(key)
    if request.GET.get("form") == "lines":
        response = StreamingHttpResponse(
            left_out.as_they_came(row), content_type="application/x-ndjson; charset=utf-8"
        )
        name = f"{PurePath(row.file_name).stem}-left-out-{row.pk}.jsonl"
        response["Content-Disposition"] = content_disposition_header(True, name)
        return response
    name = f"{PurePath(row.file_name).stem}-left-out-{row.pk}.csv"
    response = StreamingHttpResponse(left_out.lines(row), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response
