"""One import: how far it is, what came of it, stopping it, and taking it back."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from indelible.explanations import explain
from indelible.features.sources import queries, services, uploads
from indelible.features.sources.forms import MistakeForm
from indelible.features.sources.models import Import, Stage
from indelible.features.sources.uploads import person

SHOWN_REJECTS = 20
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")


@require_safe
def show(request: HttpRequest, key: int) -> HttpResponse:
    """Show how an import stands. A poll gets the moving part alone."""
    row = queries.get_import(key)
    if row.stage == Stage.ASKING or (row.stage == Stage.RECEIVED and not row.job):
        return redirect("sources:columns", row.pk)
    context: dict[str, Any] = {
        "row": row,
        "moving": row.stage in (Stage.RECEIVED, Stage.RECORDING),
        "rejects": row.rejects.all()[:SHOWN_REJECTS],
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


@require_POST
def stop(request: HttpRequest, key: int) -> HttpResponse:
    """Stop after the batch under way; what is sealed stays."""
    Import.objects.filter(pk=key, stage__in=(Stage.RECEIVED, Stage.RECORDING)).update(stop_asked=True)
    return redirect("sources:import", key)


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


@require_safe
def rejects(request: HttpRequest, key: int) -> StreamingHttpResponse:
    """Give the rejected rows with the reasons, as CSV that a spreadsheet opens without running anything."""
    row = queries.get_import(key)
    response = StreamingHttpResponse(_lines(row), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="import-{row.pk}-rejected.csv"'
    return response


class _Echo:
    """A file that gives back what is written to it, for writing CSV line by line."""

    def write(self, text: str) -> str:
        return text


def _lines(row: Import) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow([_("Line"), _("Why"), _("Row as it came")])
    for each in row.rejects.iterator(chunk_size=500):
        yield writer.writerow([each.line, harmless_cell(each.words), harmless_cell(each.text)])


def harmless_cell(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula: an apostrophe before what could begin one."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
