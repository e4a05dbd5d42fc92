"""Pages and files that prove something: two histories side by side, and what those outside gave us for a seal."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from indelible.features.people import access
from indelible.features.people.access import needs, needs_to_change
from indelible.features.seals.outside import differences, services
from indelible.features.seals.outside.forms import ExplanationForm
from indelible.features.seals.outside.views import act_of
from indelible.storage.database import outside
from indelible.storage.database.models import Holding
from indelible.web.acts import logbook_in_use
from indelible.web.once import first_time


@needs_to_change(access.KEYS_MANAGE)
@require_http_methods(["GET", "POST"])
def difference(request: HttpRequest, key: int) -> HttpResponse:
    """Show that somebody holds a different seal, both notes, and what people wrote about it."""
    logbook = logbook_in_use()
    found = _difference(key)
    form = ExplanationForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if first_time(request):
            services.explain(logbook, found.row, act_of(request), form.cleaned_data["text"])
        return redirect("seals:difference", key)
    context = {"found": found, "form": form, "logbook": logbook}
    return render(request, "seals/outside/difference.html", context, status=422 if form.errors else 200)


@needs(access.RECORD_READ)
@require_GET
def their_note(request: HttpRequest, key: int) -> HttpResponse:
    """Give out the seal that somebody else holds or refused."""
    return _note(_difference(key).row.their_note, f"their-seal-of-finding-{key}.txt")


@needs(access.RECORD_READ)
@require_GET
def our_note(request: HttpRequest, key: int) -> HttpResponse:
    """Give out our own seal of that size, or the newest below it."""
    return _note(_difference(key).row.our_note, f"our-seal-of-finding-{key}.txt")


def _note(note: str, name: str) -> HttpResponse:
    if not note:
        raise Http404
    return _file(note.encode(), name, "text/plain; charset=utf-8")


def _difference(key: int) -> differences.Difference:
    for found in differences.differences(logbook_in_use()):
        if found.row.pk == key:
            return found
    raise Http404


# What shows that a seal is held -----------------------------------------------------------------------------


@needs(access.RECORD_READ)
@require_GET
def cosigned_note(request: HttpRequest, size: int) -> HttpResponse:
    """Give out a seal with the lines of the witnesses who hold it."""
    logbook = logbook_in_use()
    for row in outside.holdings_of(logbook, size):
        if row.kind == Holding.Kind.WITNESS:
            note = outside.cosigned(logbook, row.note, size)
            return _file(note.encode(), f"seal-{size}-with-witnesses.txt", "text/plain; charset=utf-8")
    raise Http404


@needs(access.RECORD_READ)
@require_GET
def stamp(request: HttpRequest, size: int, key: int) -> HttpResponse:
    """Give out an outside time stamp as it came (a .tsr file)."""
    row = _stamp(size, key)
    return _file(bytes(row.evidence), f"seal-{size}-stamp-{key}.tsr", "application/timestamp-reply")


@needs(access.RECORD_READ)
@require_GET
def stamped_note(request: HttpRequest, size: int, key: int) -> HttpResponse:
    """Give out the bytes that a stamp is about: the bare seal."""
    return _file(_stamp(size, key).note.encode(), f"seal-{size}-bare.txt", "text/plain; charset=utf-8")


def _stamp(size: int, key: int) -> Holding:
    return get_object_or_404(Holding, pk=key, size=size, kind=Holding.Kind.STAMP, logbook=logbook_in_use())


def _file(data: bytes, name: str, media_type: str) -> HttpResponse:
    answer = HttpResponse(data, content_type=media_type)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
