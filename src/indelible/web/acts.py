"""What people do in Indelible goes on the record, as source 0.

An act and its entry stand or fall together: call `record` inside the transaction that carries out the act,
last of all. `record_if_possible` is for the few acts that must work even while nothing can be sealed:
people can still sign in, read and check.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest

from indelible.events.event import Context, Event, Party, Target
from indelible.events.own import own_event
from indelible.storage.database import reads
from indelible.storage.database.append import Appended, Draft, append
from indelible.storage.database.codes import repeat_code
from indelible.storage.database.errors import AppendFailed, AppendRefused, NotFound
from indelible.storage.database.logbooks import DEFAULT_NAME, get_logbook
from indelible.storage.database.models import Logbook
from indelible.web.addresses import origin_of
from indelible.web.once import token_of
from indelible.web.remembering import remembered

logger = logging.getLogger("indelible.web")

OWN_SOURCE = 0
_DEVICE_CHARACTERS = 200


@remembered
def logbook_in_use() -> Logbook:
    """Return the logbook that the pages show: the only one, or of several the one called "main".

    Raises NotFound where none was begun.
    """
    try:
        return get_logbook()
    except NotFound as refusal:
        if refusal.code != "which-logbook":
            raise
        return get_logbook(DEFAULT_NAME)


@remembered
def entries_shown(logbook: Logbook) -> int:
    """Return how many entries the record holds, once for a page that asks in several places."""
    return reads.head(logbook).size


def party_of(user: Any) -> Party:
    """Return a person who has an account as a party of an event."""
    return {"id": str(user.pk), "name": user.name, "email": user.email, "kind": "person"}


def actor_of(user: Any) -> Party | None:
    """Return a signed-in person as the actor of an event, None for nobody (Indelible itself)."""
    return party_of(user) if getattr(user, "is_authenticated", False) else None


def context_of(request: HttpRequest) -> Context:
    """Return from where a request comes: address and device; and the web server that passed it on."""
    context: Context = {}
    origin = origin_of(request)
    if origin.client:
        context["ip"] = origin.client
    if origin.passed_on_by:
        context["location"] = f"passed on by {origin.passed_on_by}"
    if device := request.headers.get("User-Agent", "").strip():
        context["device"] = device[:_DEVICE_CHARACTERS]
    return context


def record(event: Event, *, once: str | None = None) -> Appended:
    """Append an event of Indelible's own to the logbook in use.

    `once` is a form's token (`web.once.token_of`): the same token is not recorded twice.
    Raises what `storage.database.append.append` raises.
    """
    repeat = repeat_code(OWN_SOURCE, f"form {once}") if once else None
    return append(logbook_in_use(), [Draft(event, source=OWN_SOURCE, repeat=repeat)])


def record_act(
    request: HttpRequest, verb: str, targets: Sequence[Target], said: str, **more: Any
) -> Appended:
    """Append what the signed-in person did, for an act that `events.own` has no builder for.

    `more` is passed to `events.own.own_event` (changes, extra, reason, outcome...). The form's token, where
    it has one, keeps a second press from counting.
    """
    event = own_event(said, verb, actor_of(request.user), targets, context=context_of(request), **more)
    return record(event, once=token_of(request))


def record_if_possible(event: Event) -> None:
    """Append, but let the act go on where nothing can be sealed at present; that is logged."""
    try:
        record(event)
    except (AppendRefused, AppendFailed, NotFound) as refusal:
        logger.warning("not recorded (%s): %s", refusal.code, event.get("action", {}).get("said"))
