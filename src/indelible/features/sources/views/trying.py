"""Trying what a source looks at: as it stands in a form, saved or not, or as it is set up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from indelible.features.sources import queries
from indelible.features.sources.kinds import Words, load
from indelible.features.sources.live.secrets import secrets_of
from indelible.features.sources.live.trying import Tried, one_at_a_time
from indelible.features.sources.models import Kind, Source


@dataclass(frozen=True, slots=True)
class Trial:
    """How sources of one kind are tried. Both functions return what was found in words, and raise Trouble.

    `secret` is what the secret is kept under, `field` the form's field for it, `unnamed` what to call a nameless one.
    `try_settings` takes settings and the secrets that may hold, newest first; `try_source` a source as it is set up.
    """

    kind: Kind
    secret: str
    field: str
    unnamed: Words
    try_settings: Callable[[dict[str, Any], list[str]], str]
    try_source: Callable[[Source], str]


def try_form(request: HttpRequest, trial: Trial, key: int | None) -> HttpResponse:
    """Try what stands in the form, which is not saved. `key` is the source whose settings are changed."""
    source = _source(trial, key) if key is not None else None
    kind = load()[trial.kind.value]
    form = kind.form(request.POST, source=source)
    form.is_valid()
    wrong = {name: errors for name, errors in form.errors.items() if name != "name"}
    tried = _incomplete(wrong) if wrong else _try_settings(request, trial, form, source)
    if request.headers.get("HX-Request") == "true":
        return render(request, "sources/kinds/tried.html", {"tried": tried})
    form.errors.pop("name", None)
    context = {"kind": kind, "form": form, "source": source, "tried": tried}
    return render(request, "sources/connect.html", context, status=200 if tried.worked else 422)


def try_source(request: HttpRequest, trial: Trial, key: int) -> HttpResponse:
    """Try a source as it is set up."""
    source = _source(trial, key)
    tried = one_at_a_time(request, source.name, lambda: trial.try_source(source))
    (messages.success if tried.worked else messages.error)(request, " ".join([tried.text, *tried.details]))
    return redirect("sources:source", key)


def _try_settings(request: HttpRequest, trial: Trial, form: Any, source: Source | None) -> Tried:
    typed = form.cleaned_data[trial.field]
    name = source.name if source is not None else form.cleaned_data.get("name") or str(trial.unnamed)

    def attempt() -> str:
        held = [typed] if typed or source is None else secrets_of(source, trial.secret)
        return trial.try_settings(form.settings(), held)

    return one_at_a_time(request, name, attempt)


def _incomplete(wrong: Mapping[str, Any]) -> Tried:
    return Tried(False, _("Fill in what is missing first."), [str(errors[0]) for errors in wrong.values()])


def _source(trial: Trial, key: int) -> Source:
    source = queries.connected_source(key)
    if source.kind != trial.kind:
        raise Http404
    return source
