"""The pages of tamper drills: what it does, how far it is, and its certificate."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from indelible.features.people import access
from indelible.features.people.access import needs, needs_to_change
from indelible.features.people.queries import house, person
from indelible.features.seals import drills, jobs
from indelible.features.seals.drill_words import place_words, way_words
from indelible.features.seals.models import Drill
from indelible.web.acts import logbook_in_use
from indelible.web.jobs import ask

LISTED = 20


@needs_to_change(access.KEYS_MANAGE)
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Say what a drill does and list those that were held; begin one, or join the one that runs."""
    if request.method == "POST":
        with transaction.atomic():
            row, is_new = drills.open_drill(logbook_in_use(), datetime.now(UTC), by=person(request))
            if is_new:
                ask(jobs.run_drill_job, row.pk)
        return redirect("seals:drill", row.pk)
    held = Drill.objects.filter(logbook=logbook_in_use()).select_related("asked_by").order_by("-asked_at")
    return render(request, "seals/drills.html", {"drills": held[:LISTED], "ways": list(way_words().values())})


@needs(access.RECORD_READ)
@require_GET
def drill(request: HttpRequest, key: int) -> HttpResponse:
    """Show one drill: how far it is, or its certificate."""
    return render(request, "seals/drill.html", _context(_drill(key)))


@needs(access.RECORD_READ)
@require_GET
def progress(request: HttpRequest, key: int) -> HttpResponse:
    """Give the moving part of a drill's page; once it is over, the whole page is asked for anew."""
    row = _drill(key)
    if row.state not in drills.OPEN:
        answer = HttpResponse(status=204)
        answer["HX-Refresh"] = "true"
        return answer
    return render(request, "seals/_drill_progress.html", _context(row))


@needs(access.RECORD_READ)
@require_GET
def certificate(request: HttpRequest, key: int) -> HttpResponse:
    """Give out the certificate as a file."""
    row = _drill(key)
    if row.certificate is None:
        raise Http404
    answer = HttpResponse(
        json.dumps(row.certificate, indent=1, ensure_ascii=False), content_type="application/json"
    )
    answer["Content-Disposition"] = f'attachment; filename="certificate-of-drill-{key}.json"'
    return answer


def _drill(key: int) -> Drill:
    return get_object_or_404(
        Drill.objects.select_related("asked_by", "logbook"), pk=key, logbook=logbook_in_use()
    )


def _context(row: Drill) -> dict[str, Any]:
    told = row.certificate or {}
    words = way_words()
    outcomes = [
        {
            **one,
            "words": words.get(one["code"], one["code"]),
            "place": place_words(one["code"], one["where"]) if one["where"] is not None else "",
        }
        for one in told.get("outcomes", [])
    ]
    missed = [one for one in outcomes if one["where"] is not None and not one["found"]]
    return {
        "drill": row,
        "is_open": row.state in drills.OPEN,
        "told": told,
        "tried": [one for one in outcomes if one["where"] is not None],
        "not_tried": [one for one in outcomes if one["where"] is None],
        "missed": missed,
        "state": "altered" if missed else "untouched",
        "number": None if row.entry is None else row.entry + 1,
        "digest": drills.digest_of(told) if told else "",
        "house": house(),
    }
