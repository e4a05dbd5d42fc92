"""Seals and checks: is it intact, since when, what did we find."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from urllib.parse import urlencode

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from indelible.features.people import access
from indelible.features.people.access import needs
from indelible.features.people.queries import house, person
from indelible.features.seals import jobs, queries, services
from indelible.features.seals.models import Check
from indelible.features.seals.queries import percent, seconds_left
from indelible.features.seals.telling import check_view, finding_views
from indelible.ledger.checkpoints import open_checkpoint
from indelible.ledger.errors import LedgerError
from indelible.storage.database import reads
from indelible.storage.database.errors import NotFound
from indelible.storage.database.keys import key_card as key_card_of
from indelible.storage.database.keys import log_keys
from indelible.storage.database.models import Logbook
from indelible.web.acts import logbook_in_use
from indelible.web.chrome import reader_of
from indelible.web.jobs import ask

LISTED = 50


@needs(access.RECORD_READ)
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """Show how the record stands, its checks, and its newest seal."""
    logbook, now, reader = logbook_in_use(), datetime.now(UTC), reader_of(request)
    standing = queries.standing(logbook, now)
    context = {
        "standing": standing,
        "last": check_view(standing.last) if standing.last else None,
        "running": standing.running,
        "percent": percent(standing.running) if standing.running else 0,
        "days": queries.days_of_checks(logbook, now, reader.tz),
        "checks": queries.checks(logbook)[:5],
        "seal": reads.get_checkpoint(logbook),
        "logbook": logbook,
    }
    return render(request, "seals/overview.html", context)


@needs(access.RECORD_READ)
@require_POST
def check_now(request: HttpRequest) -> HttpResponse:
    """Begin a check, or join the one that is running."""
    kind = Check.Kind.SINCE_LAST if request.POST.get("kind") == "since_last" else Check.Kind.EVERYTHING
    with transaction.atomic():
        row, is_new = services.open_check(logbook_in_use(), datetime.now(UTC), by=person(request), kind=kind)
        if is_new:
            ask(jobs.run_check, row.pk)
    return redirect("seals:check", row.pk)


@needs(access.RECORD_READ)
@require_GET
def check(request: HttpRequest, key: int) -> HttpResponse:
    """Show one check: how far it is, or what it found."""
    row = _check(key)
    return render(request, "seals/check.html", _check_context(row))


@needs(access.RECORD_READ)
@require_GET
def progress(request: HttpRequest, key: int) -> HttpResponse:
    """Give the moving part of a check's page. Once the check is over, the whole page is asked for anew."""
    row = _check(key)
    if row.state not in services.OPEN:
        answer = HttpResponse(status=204)
        answer["HX-Refresh"] = "true"
        return answer
    return render(request, "seals/_progress.html", _check_context(row))


def _check_context(row: Check) -> dict[str, object]:
    return {
        "check": row,
        "view": check_view(row),
        "is_open": row.state in services.OPEN,
        "percent": percent(row),
        "left": seconds_left(row, datetime.now(UTC)),
        "findings": finding_views(row),
        "last_good": queries.last_good_before(row),
    }


@needs(access.RECORD_READ)
@require_POST
def stop(request: HttpRequest, key: int) -> HttpResponse:
    """Stop a check; it can be gone on with."""
    services.stop(_check(key))
    return redirect("seals:check", key)


@needs(access.RECORD_READ)
@require_POST
def go_on(request: HttpRequest, key: int) -> HttpResponse:
    """Go on with a stopped check from where it stood."""
    row = _check(key)
    with transaction.atomic():
        if services.go_on(row):
            ask(jobs.run_check, row.pk)
    return redirect("seals:check", key)


@needs(access.RECORD_READ)
@require_GET
def findings(request: HttpRequest, key: int) -> HttpResponse:
    """Give out what a check found, as one file."""
    row = _check(key)
    if row.report is None:
        raise Http404
    ours = house()
    document = {
        "organisation": ours.name if ours else "",
        "origin": row.logbook.origin,
        "public_key": row.logbook.public_key,
        "started_at": row.started_at.isoformat() if row.started_at else None,
        "finished_at": row.finished_at.isoformat() if row.finished_at else None,
        "report": row.report,
    }
    answer = HttpResponse(json.dumps(document, indent=1, ensure_ascii=False), content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="findings-of-check-{key}.json"'
    return answer


@needs(access.RECORD_READ)
@require_GET
def check_list(request: HttpRequest) -> HttpResponse:
    """Show the checks that were made, newest first."""
    before = request.GET.get("before", "")
    rows = queries.checks(
        logbook_in_use(), before=int(before) if before.isdecimal() and len(before) < 16 else None
    )
    shown = rows[: queries.LISTED]
    older = f"?{urlencode({'before': shown[-1].pk})}" if len(rows) > len(shown) else ""
    return render(request, "seals/checks.html", {"checks": shown, "older": older})


@needs(access.RECORD_READ)
@require_GET
def seal_list(request: HttpRequest) -> HttpResponse:
    """Show the seals, newest first."""
    before = request.GET.get("before", "")
    place = int(before) if before.isdecimal() and len(before) < 16 else None
    rows = reads.checkpoints(logbook_in_use(), before=place, limit=LISTED + 1)
    shown = rows[:LISTED]
    older = f"?{urlencode({'before': shown[-1].size})}" if len(rows) > LISTED else ""
    return render(request, "seals/seals.html", {"seals": shown, "older": older, "first": place is None})


@needs(access.RECORD_READ)
@require_GET
def seal(request: HttpRequest, size: int) -> HttpResponse:
    """Show one seal: what it covers, when it was made, and whether our key signed it."""
    logbook = logbook_in_use()
    try:
        found = reads.get_checkpoint(logbook, size)
    except NotFound as missing:
        raise Http404 from missing
    context = {
        "seal": found,
        "verdict": _signed(logbook, found),
        "logbook": logbook,
        "signers": [key.text for key in log_keys(logbook).at(found.size)],
    }
    return render(request, "seals/seal.html", context)


def _signed(logbook: Logbook, state: reads.StoredCheckpoint) -> str:
    try:
        checkpoint = open_checkpoint(state.note, logbook.origin, log_keys(logbook))
    except LedgerError:
        return "does not match"
    same = (checkpoint.size, checkpoint.root) == (state.size, state.root)
    return "matches" if same else "does not match"


@needs(access.RECORD_READ)
@require_GET
def key_card(request: HttpRequest) -> HttpResponse:
    """Give out the key card: what a checker keeps to recognise our seals."""
    logbook = logbook_in_use()
    answer = HttpResponse(key_card_of(logbook), content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="indelible-key-card.txt"'
    return answer


@needs(access.RECORD_READ)
@require_GET
def pill_alone(request: HttpRequest) -> HttpResponse:
    """Give the pill alone, for the pages that wait for a running check."""
    return render(request, "web/parts/pill.html")


def _check(key: int) -> Check:
    return get_object_or_404(
        Check.objects.select_related("asked_by", "logbook"), pk=key, logbook=logbook_in_use()
    )
