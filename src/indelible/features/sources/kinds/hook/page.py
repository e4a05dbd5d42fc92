"""A web service's part of its source's page: the address, the next step, what came, and what was refused."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from indelible.features.people import access
from indelible.features.people.access import needs
from indelible.features.sources import queries
from indelible.features.sources.kinds.hook.receiving import SECRET
from indelible.features.sources.kinds.hook.refused import refused_of
from indelible.features.sources.kinds.hook.senders import sender_of
from indelible.features.sources.models import Import, Source, State
from indelible.storage.database.reads import StoredEntry, get_entries

NEWEST: Final = 5
WALKED: Final = 40  # entries of everybody that are looked through for them


def context(request: HttpRequest, source: Source) -> dict[str, Any]:
    """Return what the page shows."""
    sender = sender_of(source.settings)
    holding = source.secrets.filter(name=SECRET).exclude(ends_at__lte=timezone.now())
    kept = list(holding.values_list("created_at", "ends_at")[:10])
    return {
        "sender": sender,
        "url": request.build_absolute_uri(reverse("sources:in", args=(source.address,))),
        "is_over": source.state == State.ENDED,
        "secret_since": kept[0][0] if kept else None,
        "older_until": max((ends for _, ends in kept[1:] if ends), default=None),
        "now": now(source),
    }


def now(source: Source) -> dict[str, Any]:
    """Return what came so far: the newest entries as they were told, what is kept, and what was refused."""
    return {
        "is_on": source.state in (State.ON, State.WAITING),
        "entries": newest_entries(source),
        "kept": source.kept.count(),
        "refused": refused_of(source),
        "heartbeat": getattr(getattr(source, "health", None), "heartbeat_at", None),
    }


def newest_entries(source: Source) -> list[StoredEntry]:
    """Return the newest entries that this source brought, newest first: of the last WALKED entries up to its last."""
    days = Import.objects.filter(source=source, live_day__isnull=False, last_entry__isnull=False)
    last = days.order_by("-live_day").values_list("last_entry", flat=True).first()
    if last is None:
        return []
    found = get_entries(source.logbook, max(0, last - WALKED + 1), last)
    return [entry for entry in reversed(found) if _is_of(entry, source)][:NEWEST]


def _is_of(entry: StoredEntry, source: Source) -> bool:
    numbers: dict[str, Any] = entry.event.get("numbers", {}).get("sources", {})
    return str(source.pk) in numbers


@needs(access.RECORD_READ)
@require_safe
def hook_now(request: HttpRequest, key: int) -> HttpResponse:
    """Show what came so far, alone: polled by the page."""
    source = queries.connected_source(key)
    if not source.address:
        return redirect("sources:source", key)
    return render(request, "sources/kinds/hook_now.html", {"now": now(source), "source": source})
