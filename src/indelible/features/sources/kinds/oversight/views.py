"""The folder's part of the page by itself, for a page that waits until its files were looked through."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from indelible.features.people import access
from indelible.features.people.access import needs
from indelible.features.sources import queries
from indelible.features.sources.kinds.oversight.page import context
from indelible.features.sources.models import Kind


@needs(access.RECORD_READ)
@require_safe
def part(request: HttpRequest, key: int) -> HttpResponse:
    """Show how the folder stands."""
    source = queries.connected_source(key)
    if source.kind != Kind.OVERSIGHT:
        raise Http404
    return render(request, "sources/oversight.html", {"part": context(request, source), "source": source})
