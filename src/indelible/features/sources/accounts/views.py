"""Pages about accounts: totals that are told and compared, and what a person says about what is missing."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from indelible.features.people import access
from indelible.features.people.access import needs_to_change
from indelible.features.settings.services import calendar
from indelible.features.sources import queries
from indelible.features.sources.accounts import totals as accounts
from indelible.features.sources.accounts.answering import difference_words
from indelible.features.sources.models import ControlTotal, SequenceGap, Source
from indelible.features.sources.origins import By, SourceError
from indelible.features.sources.silence.explaining import explain_numbers, explain_total
from indelible.features.sources.silence.forms import (
    ExplainForm,
    TotalForm,
    TotalsFileForm,
    period_of,
)
from indelible.features.sources.silence.views import refuse
from indelible.features.sources.uploads import person

A_PAGE = 50


@needs_to_change(access.SOURCES_EXPLAIN)
@require_http_methods(["GET", "HEAD", "POST"])
def totals(request: HttpRequest, key: int) -> HttpResponse:
    """Show the totals of a source; take one, or a table of them."""
    source = queries.connected_source(key)
    sends_file = "table" in request.POST
    form = TotalForm(None if sends_file else request.POST or None)
    file_form = TotalsFileForm(
        request.POST if sends_file else None, request.FILES if sends_file else None, prefix="t"
    )
    if request.method == "POST":
        asked: Any = file_form if sends_file else form
        if asked.is_valid():
            told = file_form.cleaned_data["file"] if sends_file else [form]
            try:
                _declare(source, told, person(request))
            except SourceError as refused:
                refuse(asked, None, refused)
            else:
                words = ngettext(
                    "The total is kept, recorded and compared.",
                    "%(n)s totals are kept, recorded and compared.",
                    len(told),
                )
                messages.success(request, words % {"n": len(told)})
                return redirect("sources:totals", key)
    rows = ControlTotal.objects.filter(source=source).order_by("-period_from", "-id")
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "source": source,
        "form": form,
        "file_form": file_form,
        "page": page,
        "rows": [(row, difference_words(row) if row.state == "differs" else "") for row in page],
        "zone": calendar().zone,
    }
    wrong = form.errors or file_form.errors
    return render(request, "sources/totals.html", context, status=422 if wrong else 200)


def _declare(source: Source, told: list[TotalForm], by: By) -> None:
    """Keep totals, one after the other: the form has found each of them lawful already."""
    zone = ZoneInfo(calendar().zone)
    for form in told:
        start, end = period_of(form, zone)
        data = form.cleaned_data
        accounts.declare(
            source,
            start,
            end,
            data["count"],
            data["amount"] or None,
            data["currency"] or None,
            data["said_by"],
            by=by,
        )


@needs_to_change(access.SOURCES_EXPLAIN)
@require_http_methods(["GET", "HEAD", "POST"])
def total(request: HttpRequest, key: int) -> HttpResponse:
    """Show one total that differs; take its explanation."""
    row = get_object_or_404(ControlTotal.objects.select_related("source__logbook"), pk=key)
    return _explained(request, row, explain_total, "sources/total.html", {"words": difference_words(row)})


@needs_to_change(access.SOURCES_EXPLAIN)
@require_http_methods(["GET", "HEAD", "POST"])
def numbers(request: HttpRequest, key: int) -> HttpResponse:
    """Show numbers that never came; take their explanation."""
    row = get_object_or_404(SequenceGap.objects.select_related("source__logbook"), pk=key)
    return _explained(request, row, explain_numbers, "sources/numbers.html", {})


def _explained(request: HttpRequest, row: Any, act: Any, template: str, more: dict[str, Any]) -> HttpResponse:
    form = ExplainForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            act(row, form.cleaned_data["words"], person(request))
        except SourceError as refused:
            refuse(form, "words", refused)
        else:
            messages.success(request, _("Explained, and recorded. It stays visible as explained."))
            return redirect("sources:source", row.source_id)
    context = {"row": row, "source": row.source, "form": form, **more}
    return render(request, template, context, status=422 if form.errors else 200)
