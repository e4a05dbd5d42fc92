"""One entry: what happened, where it came from, and how one can know that it is untouched."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from indelible.events.screen import visible
from indelible.events.sentence import tell
from indelible.features.people import access
from indelible.features.people.access import needs
from indelible.features.people.queries import person
from indelible.features.record import looks, queries, services
from indelible.features.record.counted import counted_of
from indelible.features.record.describing import describe
from indelible.features.record.proof import Prover
from indelible.features.record.removed import removed_words
from indelible.storage.database import reads
from indelible.storage.database.attachments import attachment_digest, open_attachment
from indelible.storage.database.errors import EntryDiffers, NotFound
from indelible.storage.database.models import Logbook
from indelible.storage.database.reads import StoredEntry
from indelible.web.acts import context_of, logbook_in_use
from indelible.web.chrome import reader_of
from indelible.web.moments import Reader
from indelible.web.once import token_of


@needs(access.RECORD_READ)
@require_GET
def entry(request: HttpRequest, number: int) -> HttpResponse:
    """Show an entry with its proof, its history and what was added to it. The address gives its number, from 1."""
    logbook, now = logbook_in_use(), datetime.now(UTC)
    size = reads.head(logbook).size
    if not 0 < number <= size:
        raise Http404
    try:
        view = queries.entry_view(logbook, number - 1)
    except NotFound:
        looks.look(logbook, person(request), [number - 1], now)
        return render(request, "record/removed.html", {"number": number, "size": size}, status=404)
    looks.look(logbook, person(request), [number - 1], now)
    context = {
        "number": number,
        "view": view,
        "described": describe(view, reader_of(request), logbook),
        "counted": counted_of(view.entry.event),
        "offset": _offset(view, reader_of(request)),
        "told_words": f"{visible(view.told.login)}: {view.told.name}" if view.told else "",
        "told_days": view.told.days.words(reader_of(request)) if view.told else "",
        "corrects": _belongs_to(view),
        "history_url": _history_url(view.thing),
        "checked_at": now if "checked" in request.GET else None,
        "removed": removed_words(view.entry.event),
        "sealed_now": "sealed" in request.GET,
        "before": number - 1 if number > 1 else None,
        "after": number + 1 if number < size else None,
    }
    return render(request, "record/entry.html", context)


def _offset(view: queries.EntryView, reader: Reader) -> str:
    """Name the reader's zone as it was at that moment: summer time then may not be summer time now."""
    return reader.zone_name(reader.local(view.occurred_at)) if view.occurred_at else ""


def _belongs_to(view: queries.EntryView) -> int | None:
    """Return the index of the one entry that this one corrects, annotates or contradicts."""
    reference = view.entry.event.get("refers_to", {})
    return reference["entry"] if reference and reference["as"] != queries.RUN else None


def _history_url(thing: tuple[str, str, str] | None) -> str:
    """Return the page of a thing, empty where its id cannot stand in an address (a line break in it)."""
    try:
        return reverse("record:thing", args=thing[:2]) if thing else ""
    except NoReverseMatch:
        return ""


@needs(access.RECORD_READ)
@require_POST
def check(request: HttpRequest, number: int) -> HttpResponse:
    """Check the entry anew, put on the record that it was checked, and show the answer."""
    logbook, found = _entry(number)
    proof = Prover(logbook).prove(found)
    scope = _("entry %(n)s") % {"n": f"{number:,}"}
    services.tell_check(person(request), [proof.verdict], scope, context_of(request), token_of(request))
    return redirect(f"{reverse('record:entry', args=[number])}?checked=1#proof")


@needs(access.RECORD_READ)
@require_GET
def receipt(request: HttpRequest, number: int) -> HttpResponse:
    """Give out the entry's receipt, a file that anybody can check (C2SP tlog-proof)."""
    logbook, found = _entry(number)
    try:
        proof = reads.prove(logbook, found.index)
    except EntryDiffers:
        return render(request, "record/no_receipt.html", {"number": number}, status=409)
    looks.look(logbook, person(request), [number - 1], datetime.now(UTC))
    return _file(proof.text.encode(), f"entry-{number}.tlog-proof", "text/plain; charset=utf-8")


@needs(access.RECORD_READ)
@require_GET
def details(request: HttpRequest, number: int) -> HttpResponse:
    """Give out everything that the entry says, however long, as JSON."""
    logbook, found = _entry(number)
    told = {
        "index": found.index,
        "recorded_at": found.recorded_at,
        "sentence": tell(found.event, index=found.index).text,
        "event": found.event,
    }
    looks.look(logbook, person(request), [found.index], datetime.now(UTC))
    return _file(
        json.dumps(told, ensure_ascii=False, indent=1).encode(), f"entry-{number}.json", "application/json"
    )


@needs(access.RECORD_READ)
@require_GET
def original(request: HttpRequest, number: int) -> HttpResponse:
    """Give out the message as it arrived, byte for byte."""
    logbook, found = _entry(number)
    kept = found.event.get("original", {})
    if "text" not in kept and "base64" not in kept:
        raise Http404
    looks.look(logbook, person(request), [found.index], datetime.now(UTC))
    data = base64.b64decode(kept["base64"]) if "base64" in kept else kept["text"].encode()
    return _file(data, f"entry-{number}-original.txt", "application/octet-stream")


@needs(access.RECORD_READ)
@require_GET
def attachment(request: HttpRequest, number: int, place: int) -> HttpResponse | FileResponse:
    """Give out a file of the entry, to be saved and never to be shown as a page; not where it was altered."""
    logbook, found = _entry(number)
    try:
        file = open_attachment(found, place)
    except NotFound as missing:
        raise Http404 from missing
    named = found.event["attachments"][place]
    if attachment_digest(named["blob"])[1] != named.get("sha256"):
        file.close()
        return render(request, "record/altered_file.html", {"number": number}, status=409)
    looks.look(logbook, person(request), [found.index], datetime.now(UTC))
    name = named.get("name", "file")
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/octet-stream")


def _entry(number: int) -> tuple[Logbook, StoredEntry]:
    """Return the logbook in use and its entry of that number. Raises Http404."""
    logbook = logbook_in_use()
    if not 0 < number <= reads.head(logbook).size:
        raise Http404
    try:
        return logbook, queries.readable(reads.get_entry(logbook, number - 1))
    except NotFound as missing:
        raise Http404 from missing


def _file(data: bytes, name: str, media_type: str) -> HttpResponse:
    answer = HttpResponse(data, content_type=media_type)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
