"""One entry: what happened, where it came from, and how one can know that it is untouched."""

from __future__ import annotations

from datetime import UTC, datetime

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from indelible.features.people.queries import person
from indelible.features.record import looks, queries
from indelible.features.record.describing import describe
from indelible.features.record.forms import NoteForm
from indelible.storage.database import reads
from indelible.storage.database.attachments import open_attachment
from indelible.storage.database.errors import EntryDiffers, NotFound
from indelible.web.acts import logbook_in_use
from indelible.web.chrome import reader_of


@login_required
@require_GET
def entry(request: HttpRequest, number: int) -> HttpResponse:
    """Show an entry with its proof, its history and what was added to it. The address gives its number, from 1."""
    logbook, now = logbook_in_use(), datetime.now(UTC)
    size = reads.head(logbook).size
    try:
        view = queries.entry_view(logbook, number - 1)
    except NotFound as missing:
        if 0 < number <= size:
            return render(request, "record/removed.html", {"number": number, "size": size}, status=404)
        raise Http404 from missing
    looks.look(logbook, person(request), [number - 1], now)
    context = {
        "number": number,
        "view": view,
        "described": describe(view, reader_of(request), logbook),
        "checked_at": now if "checked" in request.GET else None,
        "sealed_now": "sealed" in request.GET,
        "note_form": NoteForm(),
        "before": number - 1 if number > 1 else None,
        "after": number + 1 if number < size else None,
    }
    return render(request, "record/entry.html", context)


@login_required
@require_POST
def check(request: HttpRequest, number: int) -> HttpResponse:
    """Check the entry anew and show the answer. Opening the page computes every fact from what is stored now."""
    return redirect(f"{reverse('record:entry', args=[number])}?checked=1#proof")


@login_required
@require_GET
def receipt(request: HttpRequest, number: int) -> HttpResponse:
    """Give out the entry's receipt, a file that anybody can check (C2SP tlog-proof)."""
    logbook = logbook_in_use()
    try:
        proof = reads.prove(logbook, number - 1)
    except NotFound as missing:
        raise Http404 from missing
    except EntryDiffers:
        return render(request, "record/no_receipt.html", {"number": number}, status=409)
    looks.look(logbook, person(request), [number - 1], datetime.now(UTC))
    answer = HttpResponse(proof.text, content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="entry-{number}.tlog-proof"'
    return answer


@login_required
@require_GET
def attachment(request: HttpRequest, number: int, place: int) -> HttpResponse | FileResponse:
    """Give out a file of the entry, to be saved and never to be shown as a page."""
    logbook = logbook_in_use()
    try:
        found = reads.get_entry(logbook, number - 1)
        file = open_attachment(found, place)
    except NotFound as missing:
        raise Http404 from missing
    looks.look(logbook, person(request), [number - 1], datetime.now(UTC))
    name = found.event["attachments"][place].get("name", "file")
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/octet-stream")
