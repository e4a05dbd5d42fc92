"""Which column is what: one decision a row, what is doubtful asked in words, the first rows as sentences."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from indelible.explanations import explain
from indelible.features.people import access
from indelible.features.people.access import needs
from indelible.features.sources import continuing, queries, uploads, versions
from indelible.features.sources.columnsform import ColumnsForm
from indelible.features.sources.deciding import Decided, decide
from indelible.features.sources.looking import FIRST_ROWS, look_at
from indelible.features.sources.models import Import, Stage
from indelible.features.sources.services import SourceError, source_called, source_for_system
from indelible.features.sources.uploads import person
from indelible.intake import howread, reading
from indelible.intake.errors import IntakeError
from indelible.intake.given import Given, Question
from indelible.intake.mapping import Mapping

COUNTED_ROWS = 2_000  # so many rows are read in well under a second


@needs(access.FILES_UPLOAD)
@require_http_methods(["GET", "HEAD", "POST"])
def columns(request: HttpRequest, key: int) -> HttpResponse:
    """Show how a file was understood, take the decisions about it, and have it recorded."""
    row = queries.get_import(key)
    if not _is_open(row):
        return redirect("sources:import", row.pk)
    try:
        if request.method != "POST":
            with closing(uploads.look_for_page(row)) as survey:
                return _page(request, row, _form(row, survey, None), survey)
        decided = _decide(row, request)
        with closing(decided.seen) as survey:
            form = decided.form
            if "look" in request.POST or decided.state != "ready":
                return _page(request, row, form, survey, status=422 if decided.state == "wrong" else 200)
            if not _save(request, row, form, survey):
                return _page(request, row, form, survey, status=422)
            name = form.cleaned_data.get("source_name", row.source_name)
            uploads.start(row, form.given, form.mapping, name)
    except (IntakeError, SourceError) as refused:
        uploads.refuse(row, refused)
        return redirect("sources:import", row.pk)
    if row.source is not None:
        versions.after_an_answer(row.source)
    return redirect("sources:import", row.pk)


@needs(access.FILES_UPLOAD)
@require_POST
def preview(request: HttpRequest, key: int) -> HttpResponse:
    """Show the first rows as the decisions made so far would have them told."""
    row = queries.get_import(key)
    try:
        decided = _decide(row, request)
        with closing(decided.seen) as survey:
            context = {"form": decided.form, **_first_rows(survey)}
            return render(request, "sources/_preview.html", context)
    except (IntakeError, SourceError) as refused:
        return render(request, "sources/_preview.html", {"problem": explain(refused.code, **refused.facts)})


@needs(access.FILES_UPLOAD)
@require_http_methods(["GET", "HEAD", "POST"])
def how_read(request: HttpRequest, key: int) -> HttpResponse:
    """Give out how a file is read, as chosen just now or as it was recorded, for `indelible import --mapping`."""
    row = queries.get_import(key)
    mapping = Mapping.from_json(row.mapping) if row.mapping else None
    given = Given(**row.given)
    if request.method == "POST" and _is_open(row):
        decided = _decide(row, request)
        with closing(decided.seen) as survey:
            if decided.state == "wrong":
                return _page(request, row, decided.form, survey, status=422)
            mapping, given = decided.form.mapping, decided.form.given
    return as_file(howread.as_document(mapping, given), f"{row.file_name}.reading.json")


def as_file(document: dict[str, Any], name: str) -> HttpResponse:
    """Return a JSON document as a file to keep."""
    text = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    response = HttpResponse(text, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response


def _is_open(row: Import) -> bool:
    """Whether decisions about a file are still to be made."""
    return row.stage == Stage.ASKING or (row.stage == Stage.RECEIVED and not row.job)


def _decide(row: Import, request: HttpRequest) -> Decided[reading.Survey]:
    """Understand what was sent about a file."""
    return decide(
        lambda given, mapping: uploads.look_for_page(row, given, mapping),
        lambda survey: _form(row, survey, request.POST),
        Given(**row.given),
    )


def _form(row: Import, survey: reading.Survey, data: Any) -> ColumnsForm:
    more = [Question(**each) for each in row.questions if "column" in each] if survey.partial else []
    look = look_at([survey], survey.mapping, more)
    for_source = row.source.name if row.source is not None else ""
    return ColumnsForm(look, survey.given, data, source_name=row.source_name, for_source=for_source)


def _save(request: HttpRequest, row: Import, form: ColumnsForm, survey: reading.Survey) -> bool:
    """Keep how this file is read for the next one of its source, where that is wished; False where it cannot be."""
    if not form.cleaned_data["save_it"] or not versions.says_something(form.mapping, form.given):
        return True
    by = person(request)
    try:
        source = row.source
        if source is None:
            name = form.cleaned_data["source_name"]
            if not name and survey.system == "zip":
                form.add_error(
                    "source_name", _("Give the source a name, so that this can be saved for its next file.")
                )
                return False
            find = (source_called, name) if name else None
            source = (
                source_called(row.logbook, name, survey.system, by)
                if find
                else source_for_system(row.logbook, survey.system, survey.title, by)
            )
        version = versions.save(source, form.mapping, form.given, by)
    except SourceError as refused:
        words = explain(refused.code, **refused.facts)
        form.add_error("source_name", f"{words.title} {words.next_step}")
        return False
    if version is not None:
        text = _("How the files of %(name)s are read is saved as version %(number)s.")
        messages.success(request, text % {"name": source.name, "number": version.number})
    return True


def _page(
    request: HttpRequest, row: Import, form: ColumnsForm, survey: reading.Survey, status: int = 200
) -> HttpResponse:
    form.look.read_by([survey])
    prospect = _prospect(survey)
    asked = {question.text for question in survey.questions}
    context = {
        "row": row,
        "form": form,
        "survey": survey,
        "tables": shown_tables(form, survey.ready),
        "questions": form.questions(),
        "prospect": prospect,
        "as_before": versions.applied_to(row),
        "continues": continuing.continued_by(row),
        "notices": [notice for notice in survey.notices if notice.message not in asked],
        **(_first_rows(survey) if prospect is None else {"rows": prospect.first, "asked": False}),
    }
    return render(request, "sources/columns.html", context, status=status)


def shown_tables(form: ColumnsForm, ready: bool) -> list[dict[str, Any]]:
    """Return each table with its decisions, as the page shows them; once `ready`, with the first rows of the others."""
    return [
        {
            "number": at + 1,
            "table": table,
            "decisions": form.decisions(table, prefix),
            "constants": [
                form[name]
                for key in ("action", "currency")
                if (name := f"{prefix}always_{key}") in form.fields
            ],
            "events": table.first_events() if ready and at else [],
        }
        for at, (table, prefix) in enumerate(form.tables())
    ]


@dataclass(slots=True)
class Prospect:
    """What a file would come to, from reading all of it: for files that are short enough."""

    first: list[reading.Outcome]
    recorded: int
    left_out: int
    repeats: int


def _prospect(survey: reading.Survey) -> Prospect | None:
    """Read a short file to its end; None for a long one, or while a question is open."""
    if survey.questions or survey.partial or survey.expected > COUNTED_ROWS:
        return None
    outcomes = list(reading.read(survey))
    kinds = Counter(type(each) for each in outcomes)
    return Prospect(
        outcomes[:FIRST_ROWS], kinds[reading.Record], kinds[reading.Rejected], kinds[reading.Repeat]
    )


def _first_rows(survey: reading.Survey) -> dict[str, Any]:
    """Return the first rows as they would be recorded; none while a question is open."""
    if not survey.ready:
        return {"rows": [], "asked": True}
    return {"rows": list(islice(reading.read(survey), FIRST_ROWS)), "asked": False}
