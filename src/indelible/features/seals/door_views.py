"""Who may read the log: the page that says what becomes visible, and the two buttons."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from indelible.features.people import access
from indelible.features.people.access import needs
from indelible.features.people.queries import person
from indelible.features.seals import door
from indelible.storage.database.models import Logbook
from indelible.web.acts import context_of
from indelible.web.once import token_of


@needs(access.RECORD_READ)
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Show for each logbook whether others may read its fingerprints, and what that means."""
    views = door.doors()
    addresses = {view.logbook.pk: request.build_absolute_uri(view.path) for view in views}
    return render(
        request, "seals/door.html", {"doors": [(view, addresses[view.logbook.pk]) for view in views]}
    )


@needs(access.KEYS_MANAGE)
@require_POST
def open_(request: HttpRequest, name: str) -> HttpResponse:
    """Let anybody read the fingerprints of one logbook."""
    logbook = get_object_or_404(Logbook, name=name)
    address = request.build_absolute_uri(door.log_path(logbook))
    door.open_door(logbook, address, by=person(request), context=context_of(request), once=token_of(request))
    messages.success(request, _("Anybody can read the fingerprints of this logbook now."))
    return redirect("seals:door")


@needs(access.KEYS_MANAGE)
@require_POST
def close(request: HttpRequest, name: str) -> HttpResponse:
    """Serve nothing of one logbook any more."""
    logbook = get_object_or_404(Logbook, name=name)
    door.close_door(logbook, by=person(request), context=context_of(request), once=token_of(request))
    messages.success(request, _("Nothing of this logbook is served any more."))
    return redirect("seals:door")
