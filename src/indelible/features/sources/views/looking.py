"""Looking at a source now, instead of when its next look is due."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from indelible.features.people import access
from indelible.features.people.access import needs
from indelible.features.sources import queries
from indelible.features.sources.live.health import try_again_now
from indelible.features.sources.models import State


@needs(access.SOURCES_MANAGE)
@require_POST
def look_now(request: HttpRequest, key: int) -> HttpResponse:
    """End the rest between two looks: the worker looks within seconds."""
    source = queries.connected_source(key)
    if source.state in (State.PAUSED, State.ENDED):
        messages.error(request, _("Nothing is fetched while it is paused or has ended."))
    else:
        try_again_now(source)
        messages.success(request, _("We look within a few seconds."))
    return redirect("sources:source", key)
