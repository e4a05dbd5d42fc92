"""Seal words on pages: for the minutes, on a card to print, and compared with what somebody noted."""

from __future__ import annotations

from datetime import UTC, datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from indelible.features.people import access
from indelible.features.people.access import needs
from indelible.features.people.queries import house
from indelible.features.seals import answers, card, compared_words, minutes
from indelible.features.seals.forms_receipts import WordsForm
from indelible.storage.database import reads
from indelible.storage.database.errors import NotFound
from indelible.storage.database.models import Logbook
from indelible.web.acts import logbook_in_use
from indelible.web.chrome import House
from indelible.web.moments import Reader


def _house() -> House:
    return house() or House("")


def _seal(logbook: Logbook, size: int) -> reads.StoredCheckpoint:
    """Return the seal of that number, or answer 404."""
    try:
        return reads.get_checkpoint(logbook, size)
    except NotFound as missing:
        raise Http404 from missing


@needs(access.RECORD_READ)
@require_GET
def for_minutes(request: HttpRequest, size: int | None = None) -> HttpResponse:
    """Offer the paragraph for the minutes: of last month's last seal and of the newest, or of one seal."""
    logbook, ours = logbook_in_use(), _house()
    months: list[reads.StoredCheckpoint] = []
    if size is not None:
        offered = [minutes.words_of(logbook, _seal(logbook, size))]
    else:
        months = minutes.seals_of_months(logbook, datetime.now(UTC), Reader(zone=ours.zone).tz)
        newest = reads.get_checkpoint(logbook)
        seals = [*months[:1], *([newest] if not months or months[0].size != newest.size else [])]
        offered = [minutes.words_of(logbook, seal) for seal in seals]
    context = {
        "offered": [
            (found, minutes.paragraph(found, ours), bool(months) and found.seal.size == months[0].size)
            for found in offered
        ],
        "earlier": months[1:],
        "only": size is not None,
    }
    return render(request, "seals/minutes.html", context)


@needs(access.RECORD_READ)
@require_GET
def seal_card(request: HttpRequest, size: int) -> HttpResponse:
    """Show a seal as a card to print and keep."""
    logbook = logbook_in_use()
    found = minutes.words_of(logbook, _seal(logbook, size))
    context = {
        "found": found,
        "card": card.card_of(logbook, found.seal) if found.words else None,
        "ours": _house(),
        "logbook": logbook,
    }
    return render(request, "seals/card.html", context)


@needs(access.RECORD_READ)
@require_http_methods(["GET", "POST"])
def compare(request: HttpRequest) -> HttpResponse:
    """Compare twelve words that somebody noted with the seals of this record."""
    if request.method == "GET":
        return render(
            request,
            "seals/compare.html",
            {"form": WordsForm(initial={"seal": request.GET.get("seal", "")[:30]})},
        )
    form = WordsForm(request.POST)
    if not form.is_valid():
        return render(request, "seals/compare.html", {"form": form}, status=422)
    zone = Reader(zone=_house().zone).tz
    found = compared_words.compare(
        logbook_in_use(), form.cleaned_data["words"], datetime.now(UTC), zone, form.cleaned_data["seal"]
    )
    return render(request, "seals/compare.html", {"form": form, "answer": answers.of_words(found)})
