"""Trying a bucket: as it stands in a form, saved or not, or as it is set up."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from indelible.features.sources import queries
from indelible.features.sources.kinds import load
from indelible.features.sources.kinds.bucket.form import BucketForm
from indelible.features.sources.kinds.bucket.store import SECRET, place_of, place_of_source
from indelible.features.sources.kinds.bucket.trial import try_bucket
from indelible.features.sources.live.secrets import secrets_of
from indelible.features.sources.live.trying import Tried, one_at_a_time
from indelible.features.sources.models import Kind, Source


@require_POST
def try_form(request: HttpRequest, key: int | None = None) -> HttpResponse:
    """Try what stands in the form, which is not saved. `key` is the source whose settings are changed."""
    source = _bucket(key) if key is not None else None
    form = BucketForm(request.POST, source=source)
    form.is_valid()
    wrong = [name for name in form.errors if name != "name"]
    if wrong:
        tried = Tried(
            False, _("Fill in what is missing first."), [str(form.errors[name][0]) for name in wrong]
        )
    else:
        kept, typed = form.settings(), form.cleaned_data["secret"]
        name = source.name if source is not None else form.cleaned_data.get("name") or _("This bucket")

        def attempt() -> str:
            held = [typed] if typed or source is None else secrets_of(source, SECRET)
            return try_bucket(place_of(kept, next(iter(held), "")), kept)

        tried = one_at_a_time(request, name, attempt)
    if request.headers.get("HX-Request") == "true":
        return render(request, "sources/kinds/tried.html", {"tried": tried})
    form.errors.pop("name", None)
    context = {"kind": load()[Kind.BUCKET.value], "form": form, "source": source, "tried": tried}
    return render(request, "sources/connect.html", context, status=200 if tried.worked else 422)


@require_POST
def try_source(request: HttpRequest, key: int) -> HttpResponse:
    """Try a bucket as it is set up."""
    source = _bucket(key)
    tried = one_at_a_time(request, source.name, lambda: try_bucket(place_of_source(source), source.settings))
    (messages.success if tried.worked else messages.error)(request, " ".join([tried.text, *tried.details]))
    return redirect("sources:source", key)


def _bucket(key: int) -> Source:
    source = queries.connected_source(key)
    if source.kind != Kind.BUCKET:
        raise Http404
    return source
