"""Connection passwords: making one, which is shown once, and ending one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from indelible.explanations import explain
from indelible.features.people import access
from indelible.features.people.access import needs
from indelible.features.sources import queries
from indelible.features.sources.live import passwords
from indelible.features.sources.models import ConnectionPassword
from indelible.features.sources.services import SourceError
from indelible.features.sources.uploads import person


@needs(access.SOURCES_MANAGE)
@never_cache
@require_POST
def new(request: HttpRequest, key: int) -> HttpResponse:
    """Make a connection password and show it, this once."""
    source = queries.connected_source(key)
    try:
        shown = passwords.new_password(source, person(request))
    except SourceError as refused:
        messages.error(request, explain(refused.code, **refused.facts).title)
        return redirect("sources:source", key)
    others = [each for each in source.passwords.all()[1:] if queries.still_holds(each)]
    return render(request, "sources/password.html", {"source": source, "shown": shown, "others": others})


@needs(access.SOURCES_MANAGE)
@require_POST
def end(request: HttpRequest, key: int, password: int) -> HttpResponse:
    """End a connection password at once."""
    row = get_object_or_404(ConnectionPassword.objects.select_related("source"), pk=password, source=key)
    passwords.end_password(row, person(request))
    messages.success(request, _("That connection password no longer works."))
    return redirect("sources:source", key)
