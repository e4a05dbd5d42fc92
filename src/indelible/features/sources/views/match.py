"""How a live source is read: its first messages as sentences, what each part of them is, and turning it on."""

from __future__ import annotations

from contextlib import ExitStack, closing
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
from indelible.features.people import access
from indelible.features.people.access import needs
from indelible.features.sources import queries, versions
from indelible.features.sources.columnsform import ColumnsForm
from indelible.features.sources.deciding import decide
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

LOOKED_AT: Final = 10  # of the kept messages, the oldest


@needs(access.SOURCES_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def match(request: HttpRequest, key: int) -> HttpResponse:
    """Show how the first messages are understood, take the decisions about them, and turn the source on."""
    source = queries.connected_source(key)
    if source.state == State.ENDED:
        return redirect("sources:source", source.pk)
    mapping, given = how_read(source)

    def look(answers: Given | None, chosen: Mapping | None) -> _Seen:
        return _look_at(source, answers or given, chosen or mapping)

    if request.method != "POST":
        with closing(look(None, None)) as seen:
            form = _form(source, seen, None) if seen.surveys else None
            return _page(request, source, seen, form)
    decided = decide(look, lambda seen: _form(source, seen, request.POST), given)
    with closing(decided.seen) as seen:
        if not seen.surveys:
            return redirect("sources:match", source.pk)
        if "look" in request.POST or decided.state != "ready":
            return _page(request, source, seen, decided.form, 422 if decided.state == "wrong" else 200)
    return _turned_on(request, source, decided.form)


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


@needs(access.RECORD_READ)
@require_http_methods(["GET", "HEAD"])
def version(request: HttpRequest, key: int, number: int) -> HttpResponse:
    """Show one version of how a source is read: since when, by whom, every column and answer."""
    source = queries.connected_source(key)
    found = queries.mapping_version(source, number)
    context = {"source": source, "version": found, "tables": layouts(found.mapping), "given": found.given}
    return render(request, "sources/version.html", context)


@needs(access.RECORD_READ)
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

    given: Given
    mapping: Mapping | None
    kept: int
    surveys: list[reading.Survey] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    stack: ExitStack = field(default_factory=ExitStack)

    @property
    def ready(self) -> bool:
        """Whether nothing is left to ask."""
        return all(survey.ready for survey in self.surveys)

    @property
    def rows(self) -> list[reading.Outcome]:
        """The first records, as they would be recorded; none while a question is open."""
        if not self.ready:
            return []
        outcomes = (outcome for survey in self.surveys for outcome in reading.read(survey))
        return list(islice(outcomes, FIRST_ROWS))

    def close(self) -> None:
        """Remove the messages' copies."""
        self.stack.close()


def _look_at(source: Source, given: Given, mapping: Mapping | None) -> _Seen:
    """Look the first kept messages through, each as it will be read. The caller closes what it gets."""
    kept = KeptMessage.objects.filter(source=source)
    seen = _Seen(given, mapping, kept.count())
    with ExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory(prefix="match-", dir=settings.INDELIBLE_HOME.uploads))
        for message in kept.order_by("pk")[:LOOKED_AT]:
            path = Path(folder) / f"{message.pk}"
            path.write_bytes(bytes(message.payload))
            name = versions.name_of(message)
            try:
                survey = reading.survey(path, name, given=given, mapping=mapping, limits=Limits())
            except IntakeError as refused:
                seen.unread.append(explain(refused.code, name=name, **refused.facts).title)
            else:
                stack.callback(survey.close)
                seen.surveys.append(survey)
        seen.stack = stack.pop_all()
    return seen


def _form(source: Source, seen: _Seen, data: Any) -> ColumnsForm:
    form = ColumnsForm(look_at(seen.surveys, seen.mapping), seen.given, data, for_source=source.name)
    del form.fields["save_it"]  # a source that nobody is beside is read by what is saved, always
    return form


def _page(
    request: HttpRequest, source: Source, seen: _Seen, form: ColumnsForm | None, status: int = 200
) -> HttpResponse:
    if form is not None:
        form.look.read_by(seen.surveys)
    context = {
        "source": source,
        "form": form,
        "tables": shown_tables(form, seen.ready) if form is not None else [],
        "questions": form.questions() if form is not None else [],
        "kept": seen.kept,
        "unread": seen.unread,
        "rows": seen.rows,
        "asked": not seen.ready,
        "as_before": versions.newest(source),
    }
    return render(request, "sources/match.html", context, status=status)
