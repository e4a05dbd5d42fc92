"""A web connection's part of its source's page: where to send, a command to try it with, the first message."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from indelible.events.event import Event
from indelible.features.people.models import User
from indelible.features.sources.kinds.web.addresses import addresses_of
from indelible.features.sources.kinds.web.form import CLOUDEVENTS, FORMS, LOGS, OURS, OWN
from indelible.features.sources.live.health import health_of
from indelible.features.sources.models import Health, Import, ImportReject, Source, State
from indelible.storage.database.errors import NotFound
from indelible.storage.database.reads import get_entry

PLACE: Final = "YOUR-CONNECTION-PASSWORD"
CLOCK_MATTERS_MS: Final = 5_000
LATEST_ADDRESSES: Final = 10
_PATHS: Final = {
    OURS: "/api/v1/events",
    CLOUDEVENTS: "/api/v1/events",
    LOGS: "/api/v1/otlp/v1/logs",
    OWN: "/api/v1/messages",
}
_JSON: Final = "application/json"
_TYPES: Final = {CLOUDEVENTS: "application/cloudevents+json"}
_BODIES: Final = {
    OURS: '{"action":{"said":"Connection tried"},"actor":{"name":"Test"}}',
    CLOUDEVENTS: '{"specversion":"1.0","id":"test-1","source":"/test","type":"connection.tried","data":{"by":"Test"}}',
    LOGS: '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"Connection tried"}}]}]}]}',
    OWN: '{"when":"2026-03-03T14:03:00Z","who":"Test","what":"Connection tried"}',
}


@dataclass(frozen=True, slots=True)
class FirstMessage:
    """The first message that came: as an entry, or why it is none (yet)."""

    at: datetime | None = None
    index: int | None = None
    event: Event | None = None
    rejected: ImportReject | None = None
    is_kept: bool = False


def context(request: HttpRequest, source: Source) -> dict[str, Any]:
    """Return what the page shows."""
    form = str(source.settings.get("form", OURS))
    form = form if form in _PATHS else OURS
    health = health_of(source)
    return {
        "is_over": source.state == State.ENDED,
        "form": dict(FORMS).get(form, form),
        "is_logs": form == LOGS,
        "address": address_of(request, _PATHS[form]),
        "exporter_address": address_of(request, "/api/v1/otlp"),
        "curl": curl(request, form),
        "powershell": powershell(request, form),
        "place": PLACE,
        "addresses": addresses_of(source)[-LATEST_ADDRESSES:],
        "clock": clock_words(health.clock_ms),
        "heartbeat_at": health.heartbeat_at,
        "first": first_message(source, health, request.user),
    }


def first_message(source: Source, health: Health, reader: Any) -> FirstMessage | None:
    """Return the first message; None before it came. Whoever is shown it as an entry has looked at that entry."""
    if health.first_at is None:
        return None
    accounts = Import.objects.filter(source=source).order_by("pk")
    begun = accounts.exclude(first_entry=None).first()
    if begun is not None and begun.first_entry is not None:
        try:
            entry = get_entry(source.logbook, begun.first_entry)
        except NotFound:
            return FirstMessage(health.first_at)
        _looked(source, reader, entry.index)
        return FirstMessage(health.first_at, entry.index, entry.event)
    rejected = ImportReject.objects.filter(taken_in__source=source).select_related("taken_in").first()
    return FirstMessage(health.first_at, rejected=rejected, is_kept=source.kept.exists())


def _looked(source: Source, reader: Any, index: int) -> None:
    from indelible.features.record import looks  # it reads sources in turn

    if isinstance(reader, User):
        looks.look(source.logbook, reader, [index], datetime.now(UTC))


def clock_words(clock_ms: int | None) -> str:
    """Say how a sender's clock differs from ours; empty where it does not, or nobody knows."""
    if clock_ms is None or abs(clock_ms) < CLOCK_MATTERS_MS:
        return ""
    seconds = abs(clock_ms) // 1_000
    if seconds < 120:
        span = _("%(n)s seconds") % {"n": seconds}
    elif seconds < 7_200:
        span = _("%(n)s minutes") % {"n": seconds // 60}
    else:
        span = _("%(n)s hours") % {"n": seconds // 3_600}
    return (
        _("%(span)s ahead of ours") % {"span": span}
        if clock_ms > 0
        else _("%(span)s behind ours") % {"span": span}
    )


def address_of(request: HttpRequest, path: str) -> str:
    """Return the whole address of a path, as senders reach it, also where a web server in front of ours encrypts."""
    address = request.build_absolute_uri(path)
    return re.sub("^http:", "https:", address) if settings.HTTPS else address


def curl(request: HttpRequest, form: str) -> str:
    """Return a command that sends a test message in this form to the server that is asked."""
    return (
        f"curl {address_of(request, _PATHS[form])} \\\n"
        f'  -H "Authorization: Bearer {PLACE}" \\\n'
        f'  -H "Content-Type: {_TYPES.get(form, _JSON)}" \\\n'
        f"  -d '{_BODIES[form]}'"
    )


def powershell(request: HttpRequest, form: str) -> str:
    """Return the same for Windows PowerShell."""
    return (
        f"Invoke-RestMethod {address_of(request, _PATHS[form])} -Method Post `\n"
        f'  -Headers @{{ Authorization = "Bearer {PLACE}" }} `\n'
        f'  -ContentType "{_TYPES.get(form, _JSON)}" `\n'
        f"  -Body '{_BODIES[form]}'"
    )
