"""The folder's part of the page by itself, for a page that waits for its first file."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from indelible.features.people import access
from indelible.features.people.access import needs
from indelible.features.sources import queries
from indelible.features.sources.kinds.folder.page import context
from indelible.features.sources.models import Kind


@needs(access.RECORD_READ)
@require_safe
def part(request: HttpRequest, key: int) -> HttpResponse:
    """Show how the folder stands."""
    source = queries.connected_source(key)
    if source.kind != Kind.FOLDER:
        raise Http404
    return render(request, "sources/folder.html", {"part": context(request, source), "source": source})
