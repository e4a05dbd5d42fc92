"""The pages of frozen lists and of signatures. Each view: who may, what was asked, do it, show it."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from indelible.events import own
from indelible.features.people import access
from indelible.features.people.access import needs
from indelible.features.people.queries import person
from indelible.features.record import looks
from indelible.features.record.queries import readable
from indelible.features.signoffs import sealed, showing
from indelible.features.signoffs.models import FrozenList, ListKind, SignOff
from indelible.features.signoffs.signals import signals_of
from indelible.features.signoffs.still import Still, still_there
from indelible.storage.database import reads
from indelible.storage.database.errors import AppendFailed, AppendRefused, IdempotencyConflict, NotFound
from indelible.storage.database.reads import StoredEntry
from indelible.web.acts import context_of, logbook_in_use, party_of, record
from indelible.web.chrome import reader_of
from indelible.web.once import token_of

logger = logging.getLogger("indelible.signoffs")

LARGEST_KEY: Final = 2**63 - 1
MOST_SIGNALS: Final = 20


@needs(access.RECORD_READ)
@require_GET
def frozen_list(request: HttpRequest, key: int) -> HttpResponse:
    """Show a list as it was frozen, and how it was made, fifty rows a page."""
    frozen = _found(FrozenList, key)
    first = _first(request, frozen.count)
    rows = showing.rows_from(frozen, first)
    if frozen.kind == ListKind.ENTRIES:
        indexes = [each.row.index for each in rows if each.row is not None]
        looks.look(frozen.logbook, person(request), indexes, datetime.now(UTC), frozen.title)
    end = first + showing.PAGE
    context = {
        "frozen": frozen,
        "facts": showing.how_facts(frozen, reader_of(request)),
        "technical": showing.technical(frozen),
        "rows": rows,
        "columns": [name for name, _value in rows[0].cells] if rows else [],
        "decided": any(each.decision for each in rows),
        "first": first + 1,
        "last": first + len(rows),
        "newer": f"?from={max(first - showing.PAGE, 0) + 1}" if first else "",
        "older": f"?from={end + 1}" if end < frozen.count else "",
        "sign_offs": frozen.sign_offs.order_by("pk")[: showing.PAGE],
        "signals": signals_of(frozen)[:MOST_SIGNALS],
        "entries": frozen.kind == ListKind.ENTRIES,
    }
    return render(request, "signoffs/list.html", context)


@needs(access.RECORD_READ)
@require_GET
def sign_off(request: HttpRequest, key: int) -> HttpResponse:
    """Show what was signed, by whom, and over which lists."""
    return _sign_off(request, _found(SignOff, key))


@needs(access.RECORD_READ)
@require_GET
def of_entry(request: HttpRequest, number: int) -> HttpResponse:
    """Lead to the signature that an entry seals; the address gives its number, from 1."""
    rows = SignOff.objects.filter(logbook=logbook_in_use(), entry=min(number, LARGEST_KEY) - 1)
    row = rows.order_by("pk").first()
    if row is None:
        raise Http404
    return redirect("signoffs:sign_off", row.pk)


@needs(access.RECORD_READ)
@require_POST
def check(request: HttpRequest, key: int) -> HttpResponse:
    """Hold what was signed against what is there now, put on the record that this was done, and show the answer."""
    row = _found(SignOff, key)
    still = still_there(row)
    _tell(request, row, still)
    return _sign_off(request, row, still)


def _tell(request: HttpRequest, row: SignOff, still: Still) -> None:
    """Put a check on the record. It must work even while nothing can be sealed; that is logged then."""
    event = own.record_checked(
        party_of(person(request)),
        still.verdict,
        still.entries,
        len(still.troubles) + still.more,
        scope=f"what {row.by_name} signed in entry {row.entry + 1:,}",
        context=context_of(request),
    )
    try:
        record(event, once=token_of(request))
    except (AppendRefused, AppendFailed, IdempotencyConflict) as refusal:
        logger.warning("a check of a signature was not recorded: %s", refusal.code)


def _sign_off(request: HttpRequest, row: SignOff, still: Still | None = None) -> HttpResponse:
    entry = _entry(row)
    looks.look(row.logbook, person(request), [row.entry], datetime.now(UTC))
    heads = sealed.heads_in(entry) if entry is not None else []
    context: dict[str, Any] = {
        "row": row,
        "entry": entry,
        "lists": showing.signed_lists(heads, _full(entry)),
        "known": set(row.lists.values_list("pk", flat=True)),
        "screen": showing.screen_text(row),
        "signals": signals_of(row.lists.all())[:MOST_SIGNALS],
        "still": still,
        "checked_at": datetime.now(UTC) if still is not None else None,
    }
    return render(request, "signoffs/sign_off.html", context)


def _entry(row: SignOff) -> StoredEntry | None:
    """Return the entry that seals a signature; None where it is gone, or can no longer be told."""
    try:
        found = readable(reads.get_entry(row.logbook, row.entry))
    except NotFound:
        return None
    return None if found.problem else found


def _full(entry: StoredEntry | None) -> list[dict[str, Any]]:
    if entry is None:
        return []
    try:
        return sealed.sealed_in(entry)
    except sealed.Unreadable:
        return []  # that it cannot be read is what a check says


def _found(model: Any, key: int) -> Any:
    row = model.objects.filter(logbook=logbook_in_use(), pk=key).first() if key <= LARGEST_KEY else None
    if row is None:
        raise Http404
    return row


def _first(request: HttpRequest, count: int) -> int:
    """Return the place that a page begins at: the address gives the row, from 1."""
    text = request.GET.get("from", "")
    asked = int(text) - 1 if text.isascii() and text.isdigit() and len(text) < 10 else 0
    return asked if 0 <= asked < count else 0
