"""The one thing that a web connection's page asks for again and again: whether its first message is there."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from indelible.features.people import access
from indelible.features.people.access import needs
from indelible.features.sources import queries
from indelible.features.sources.kinds.web.page import first_message
from indelible.features.sources.live.health import health_of
from indelible.features.sources.models import Kind


@needs(access.RECORD_READ)
@require_safe
def first_message_view(request: HttpRequest, key: int) -> HttpResponse:
    """Show the first message; to a reader without scripts the whole page of the source, which has it too."""
    source = queries.connected_source(key)
    if source.kind != Kind.WEB:
        raise Http404
    if request.headers.get("HX-Request") != "true":
        return redirect("sources:source", key)
    first = first_message(source, health_of(source), request.user)
    return render(request, "sources/kinds/web_first.html", {"first": first, "source": source})
