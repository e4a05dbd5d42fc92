"""Which column is what: one decision a row, what is doubtful asked in words, the first rows as sentences."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from indelible.explanations import explain
from indelible.features.sources import queries, uploads
from indelible.features.sources.forms import ColumnsForm
from indelible.features.sources.models import Import, Stage
from indelible.features.sources.services import SourceError
from indelible.intake import reading
from indelible.intake.errors import IntakeError

SHOWN_ROWS = 5
COUNTED_ROWS = 2_000  # so many rows are read in well under a second


@require_http_methods(["GET", "HEAD", "POST"])
def columns(request: HttpRequest, key: int) -> HttpResponse:
    """Show how a file was understood, take the decisions about it, and have it recorded."""
    row = queries.get_import(key)
    if row.stage not in (Stage.RECEIVED, Stage.ASKING) or (row.job and row.stage == Stage.RECEIVED):
        return redirect("sources:import", row.pk)
    try:
        survey = uploads.look_through(row)
    except (IntakeError, SourceError) as refused:
        uploads.refuse(row, refused)
        return redirect("sources:import", row.pk)
    if request.method != "POST":
        return _page(request, row, ColumnsForm(row, survey), survey)
    form = ColumnsForm(row, survey, request.POST)
    if not form.is_valid():
        return _page(request, row, form, survey, status=422)
    decided = uploads.look_through(row, form.given, form.mapping)
    if "look" in request.POST or decided.questions:
        return _page(request, row, _again(row, decided, request), decided)
    uploads.start(row, form.given, form.mapping, form.cleaned_data["source_name"])
    return redirect("sources:import", row.pk)


@require_POST
def preview(request: HttpRequest, key: int) -> HttpResponse:
    """Show the first rows as the decisions made so far would have them told."""
    row = queries.get_import(key)
    try:
        survey = uploads.look_through(row)
        form = ColumnsForm(row, survey, request.POST)
        if form.is_valid():
            survey = uploads.look_through(row, form.given, form.mapping)
    except (IntakeError, SourceError) as refused:
        return render(request, "sources/_preview.html", {"problem": explain(refused.code, **refused.facts)})
    return render(request, "sources/_preview.html", {"form": form, **_first_rows(survey)})


def _again(row: Import, survey: reading.Survey, request: HttpRequest) -> ColumnsForm:
    """Return the form as it was filled in, with the questions that its answers raised."""
    form = ColumnsForm(row, survey, request.POST)
    form.is_valid()
    return form


def _page(
    request: HttpRequest, row: Import, form: ColumnsForm, survey: reading.Survey, status: int = 200
) -> HttpResponse:
    decisions = [
        (column, form[f"role_{place}"])
        for place, column in enumerate(survey.columns)
        if f"role_{place}" in form.fields
    ]
    questions = [form[name] for name in form.fields if name.startswith("given_")]
    prospect = _prospect(survey)
    asked = {question.text for question in survey.questions}
    context = {
        "row": row,
        "form": form,
        "survey": survey,
        "decisions": decisions,
        "questions": questions,
        "prospect": prospect,
        "notices": [notice for notice in survey.notices if notice.message not in asked],
        **(_first_rows(survey) if prospect is None else {"rows": prospect.first, "asked": False}),
    }
    return render(request, "sources/columns.html", context, status=status)


@dataclass(slots=True)
class Prospect:
    """What a file would come to, from reading all of it: for files that are short enough."""

    first: list[reading.Outcome]
    recorded: int
    left_out: int
    repeats: int


def _prospect(survey: reading.Survey) -> Prospect | None:
    """Read a short file to its end; None for a long one, or while a question is open."""
    if survey.questions or survey.expected > COUNTED_ROWS:
        return None
    outcomes = list(reading.read(survey))
    kinds = Counter(type(each) for each in outcomes)
    return Prospect(
        outcomes[:SHOWN_ROWS], kinds[reading.Record], kinds[reading.Rejected], kinds[reading.Repeat]
    )


def _first_rows(survey: reading.Survey) -> dict[str, Any]:
    """Return the first rows as they would be recorded; none while a question is open."""
    if survey.questions:
        return {"rows": [], "asked": True}
    return {"rows": list(islice(reading.read(survey), SHOWN_ROWS)), "asked": False}
