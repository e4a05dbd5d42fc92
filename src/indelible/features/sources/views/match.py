"""How a live source is read: its first messages as sentences, what each part of them is, and turning it on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from indelible.explanations import explain
from indelible.features.sources import queries, versions
from indelible.features.sources.columnsform import ColumnsForm
from indelible.features.sources.live.reading import how_read
from indelible.features.sources.looking import FIRST_ROWS, look_at
from indelible.features.sources.models import KeptMessage, Source, State
from indelible.features.sources.services import SourceError
from indelible.features.sources.templatetags.sources import layouts
from indelible.features.sources.uploads import person
from indelible.features.sources.views.columns import as_file, shown_tables
from indelible.intake import howread, reading
from indelible.intake.errors import IntakeError
from indelible.intake.given import Given
from indelible.intake.limits import Limits
from indelible.intake.mapping import Mapping
from indelible.storage.home import write_private

LOOKED_AT: Final = 10  # of the kept messages, the oldest


@require_http_methods(["GET", "HEAD", "POST"])
def match(request: HttpRequest, key: int) -> HttpResponse:
    """Show how the first messages are understood, take the decisions about them, and turn the source on."""
    source = queries.connected_source(key)
    if source.state == State.ENDED:
        return redirect("sources:source", source.pk)
    mapping, given = how_read(source)
    with _looked_at(source, given, mapping) as seen:
        if not seen.surveys:
            return _page(request, source, seen, None)
        form = _form(source, seen, given, mapping, request.POST if request.method == "POST" else None)
        if not form.is_bound or not form.is_valid():
            return _page(request, source, seen, form, 422 if form.is_bound else 200)
    with _looked_at(source, form.given, form.mapping) as seen:
        again = _form(source, seen, form.given, form.mapping, request.POST)
        if "look" in request.POST or seen.asks or not again.is_valid():
            return _page(request, source, seen, again)
    return _turned_on(request, source, again)


def _turned_on(request: HttpRequest, source: Source, form: ColumnsForm) -> HttpResponse:
    waiting = KeptMessage.objects.filter(source=source).count()
    try:
        left = versions.turn_on(source, form.mapping, form.given, person(request))
    except SourceError as refused:
        messages.error(request, explain(refused.code, **refused.facts).title)
        return redirect("sources:source", source.pk)
    done = waiting - left
    text = ngettext(
        "Saved. %(count)s message that was kept is recorded.",
        "Saved. %(count)s messages that were kept are recorded.",
        done,
    )
    messages.success(request, text % {"count": f"{done:,}"})
    return redirect("sources:source", source.pk)


@require_http_methods(["GET", "HEAD"])
def version(request: HttpRequest, key: int, number: int) -> HttpResponse:
    """Show one version of how a source is read: since when, by whom, every column and answer."""
    source = queries.connected_source(key)
    found = queries.mapping_version(source, number)
    context = {"source": source, "version": found, "tables": layouts(found.mapping), "given": found.given}
    return render(request, "sources/version.html", context)


@require_safe
def version_file(_request: HttpRequest, key: int, number: int) -> HttpResponse:
    """Give out a version as `indelible import --mapping` takes it."""
    source = queries.connected_source(key)
    found = queries.mapping_version(source, number)
    mapping = Mapping.from_json(found.mapping) if found.mapping else None
    return as_file(howread.as_document(mapping, Given(**found.given)), f"{source.name}-{number}.reading.json")


@dataclass(slots=True)
class _Seen:
    """The first messages of a source, looked through; `unread` are those that cannot be read at all."""

    surveys: list[reading.Survey] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    kept: int = 0

    @property
    def asks(self) -> bool:
        return any(survey.questions for survey in self.surveys)

    @property
    def rows(self) -> list[reading.Outcome]:
        """The first records, as they would be recorded; none while a question is open."""
        if self.asks:
            return []
        outcomes = (outcome for survey in self.surveys for outcome in reading.read(survey))
        return list(islice(outcomes, FIRST_ROWS))


@contextmanager
def _looked_at(source: Source, given: Given, mapping: Mapping | None) -> Iterator[_Seen]:
    """Look the first kept messages through, each as it will be read, and let go of them afterwards."""
    kept = KeptMessage.objects.filter(source=source)
    seen = _Seen(kept=kept.count())
    with TemporaryDirectory(prefix="match-", dir=settings.INDELIBLE_HOME.uploads) as folder:
        try:
            for message in kept.order_by("pk")[:LOOKED_AT]:
                path = Path(folder) / f"{message.pk}"
                write_private(path, bytes(message.payload))
                name = versions.name_of(message)
                try:
                    survey = reading.survey(path, name, given=given, mapping=mapping, limits=Limits())
                except IntakeError as refused:
                    seen.unread.append(explain(refused.code, name=name, **refused.facts).title)
                else:
                    seen.surveys.append(survey)
            yield seen
        finally:
            for survey in seen.surveys:
                survey.close()


def _form(source: Source, seen: _Seen, given: Given, mapping: Mapping | None, data: Any) -> ColumnsForm:
    form = ColumnsForm(look_at(seen.surveys, mapping), given, data, for_source=source.name)
    del form.fields["save_it"]  # a source that nobody is beside is read by what is saved, always
    return form


def _page(
    request: HttpRequest, source: Source, seen: _Seen, form: ColumnsForm | None, status: int = 200
) -> HttpResponse:
    context = {
        "source": source,
        "form": form,
        "tables": shown_tables(form) if form is not None else [],
        "questions": form.questions() if form is not None else [],
        "kept": seen.kept,
        "unread": seen.unread,
        "rows": seen.rows,
        "asked": seen.asks,
        "as_before": versions.newest(source),
    }
    return render(request, "sources/match.html", context, status=status)
