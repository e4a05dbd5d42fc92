"""Trying a bucket."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from indelible.features.people import access
from indelible.features.people.access import needs
from indelible.features.sources.kinds.bucket.store import SECRET, place_of, place_of_source
from indelible.features.sources.kinds.bucket.trial import try_bucket
from indelible.features.sources.models import Kind
from indelible.features.sources.views import trying

TRIAL = trying.Trial(
    Kind.BUCKET,
    SECRET,
    "secret",
    gettext_lazy("This bucket"),
    lambda kept, secrets: try_bucket(place_of(kept, next(iter(secrets), "")), kept),
    lambda source: try_bucket(place_of_source(source), source.settings),
)


@needs(access.SOURCES_MANAGE)
@require_POST
def try_form(request: HttpRequest, key: int | None = None) -> HttpResponse:
    """Try the bucket of the form."""
    return trying.try_form(request, TRIAL, key)


@needs(access.SOURCES_MANAGE)
@require_POST
def try_source(request: HttpRequest, key: int) -> HttpResponse:
    """Try a bucket as it is set up."""
    return trying.try_source(request, TRIAL, key)
