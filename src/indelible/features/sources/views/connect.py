"""Setting a source up and changing it: choose a kind, answer its questions, pause it, end it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from indelible.explanations import explain
from indelible.features.people import access
from indelible.features.people.access import needs
from indelible.features.sources import queries
from indelible.features.sources.forms import ReasonForm
from indelible.features.sources.kinds import ConnectForm, SourceKind, kind_of, load
from indelible.features.sources.live import connecting
from indelible.features.sources.models import Source
from indelible.features.sources.services import SourceError
from indelible.features.sources.uploads import person
from indelible.web.acts import logbook_in_use


@needs(access.SOURCES_MANAGE)
@require_safe
def add(request: HttpRequest) -> HttpResponse:
    """Offer the ways in which records can reach us."""
    return render(request, "sources/add.html", {"kinds": list(load().values())})


@needs(access.SOURCES_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def connect(request: HttpRequest, kind: str) -> HttpResponse:
    """Set up a source of one kind."""
    chosen = _kind(kind)
    form = chosen.form(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            source = connecting.connect(
                logbook_in_use(),
                chosen,
                form.cleaned_data["name"],
                person(request),
                settings=form.settings(),
                secrets=form.secrets(),
                told=form.told(),
            )
        except SourceError as refused:
            _refuse(form, "name", refused)
        else:
            return redirect("sources:source", source.pk)
    context = {"kind": chosen, "form": form}
    return render(request, "sources/connect.html", context, status=422 if form.errors else 200)


@needs(access.SOURCES_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, key: int) -> HttpResponse:
    """Set a connected source differently."""
    source = queries.connected_source(key)
    chosen = kind_of(source)
    if chosen is None:
        raise Http404
    form = chosen.form(request.POST or None, source=source, initial=source.settings)
    if request.method == "POST" and form.is_valid():
        try:
            changed = connecting.change_settings(
                source,
                person(request),
                settings={**source.settings, **form.settings()},
                secrets=form.secrets(),
                told=form.told(),
                told_before=_told_before(chosen, source),
            )
        except SourceError as refused:
            _refuse(form, None, refused)
        else:
            words = (
                _("Saved, and recorded.") if changed else _("Nothing was different, so nothing was changed.")
            )
            messages.success(request, words)
            return redirect("sources:source", source.pk)
    context = {"kind": chosen, "form": form, "source": source}
    return render(request, "sources/connect.html", context, status=422 if form.errors else 200)


@needs(access.SOURCES_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def pause(request: HttpRequest, key: int) -> HttpResponse:
    """Pause a source, with the reason."""
    return _with_reason(request, key, connecting.pause, "sources/pause.html")


@needs(access.SOURCES_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, key: int) -> HttpResponse:
    """End a source for good, with the reason."""
    return _with_reason(request, key, connecting.end, "sources/end.html")


@needs(access.SOURCES_MANAGE)
@require_POST
def go_on(request: HttpRequest, key: int) -> HttpResponse:
    """Take from a paused source again."""
    try:
        connecting.go_on(queries.connected_source(key), person(request))
    except SourceError as refused:
        messages.error(request, explain(refused.code, **refused.facts).title)
    return redirect("sources:source", key)


def _with_reason(request: HttpRequest, key: int, act: Any, template: str) -> HttpResponse:
    source = queries.connected_source(key)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            act(source, form.cleaned_data["reason"], person(request))
        except SourceError as refused:
            _refuse(form, None, refused)
        else:
            return redirect("sources:source", source.pk)
    context = {"source": source, "form": form}
    return render(request, template, context, status=422 if form.errors else 200)


def _kind(value: str) -> SourceKind:
    found = load().get(value)
    if found is None:
        raise Http404
    return found


def _told_before(kind: SourceKind, source: Source) -> dict[str, str]:
    """Return the present settings in words, as the kind's own form tells them."""
    form = kind.form(data=source.settings, source=source)
    return form.told() if form.is_valid() else {}


def _refuse(form: ConnectForm | ReasonForm, field: str | None, refused: SourceError) -> None:
    words = explain(refused.code, **refused.facts)
    form.add_error(field, f"{words.title} {words.meaning} {words.next_step}".strip())
