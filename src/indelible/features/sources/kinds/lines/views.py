"""What a listener's part of the page leads to: its certificate, a new one, the switch to it."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from indelible.explanations import explain
from indelible.features.people import access
from indelible.features.people.access import needs
from indelible.features.sources import queries
from indelible.features.sources.kinds.lines import page, rotating
from indelible.features.sources.kinds.lines.listening import Listening
from indelible.features.sources.models import Kind, Source
from indelible.features.sources.services import SourceError
from indelible.features.sources.uploads import person


def _source(key: int) -> Source:
    source = queries.connected_source(key)
    if source.kind != Kind.LINES:
        raise Http404
    return source


@needs(access.RECORD_READ)
@require_safe
def now(request: HttpRequest, key: int) -> HttpResponse:
    """Show how it does at this moment; the page asks again and again."""
    source = _source(key)
    return render(request, "sources/kinds/lines_now.html", {"now": page.now(source), "source": source})


@needs(access.RECORD_READ)
@require_safe
def certificate(_request: HttpRequest, key: int) -> HttpResponse:
    """Give the certificate that is shown now, for senders to keep. It is public; its key is not in it."""
    return _pem(page.certificate_of(Listening.of(_source(key))), "indelible.pem")


@needs(access.RECORD_READ)
@require_safe
def next_certificate(_request: HttpRequest, key: int) -> HttpResponse:
    """Give the certificate that will be shown next."""
    return _pem(Listening.of(_source(key)).next_certificate, "indelible-next.pem")


def _pem(text: str, name: str) -> HttpResponse:
    if "BEGIN CERTIFICATE" not in text or "PRIVATE KEY" in text:
        raise Http404
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text, content_type="application/x-pem-file", headers=disposition)


@needs(access.SOURCES_MANAGE)
@require_POST
def announce(request: HttpRequest, key: int) -> HttpResponse:
    """Make the next certificate; the present one goes on being shown."""
    try:
        rotating.announce(_source(key), person(request))
    except SourceError as refused:
        messages.error(request, explain(refused.code, **refused.facts).title)
    else:
        messages.success(request, _("A new certificate was made. Senders go on meeting the present one."))
    return redirect("sources:source", key)


@needs(access.SOURCES_MANAGE)
@require_POST
def switch(request: HttpRequest, key: int) -> HttpResponse:
    """Show the next certificate from now on."""
    try:
        rotating.switch(_source(key), person(request))
    except SourceError as refused:
        messages.error(request, explain(refused.code, **refused.facts).title)
    else:
        messages.success(request, _("Senders meet the new certificate from now on."))
    return redirect("sources:source", key)
