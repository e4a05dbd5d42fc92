"""The page on which somebody makes the address of their calendar, and the address itself."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from indelible.features.people import access
from indelible.features.people.access import needs
from indelible.features.people.accounts.pace import too_often
from indelible.features.people.queries import house, person
from indelible.features.runbooks import feed as feeds
from indelible.features.runbooks.models import CalendarFeed
from indelible.features.settings.services import calendar
from indelible.web import once
from indelible.web.acts import context_of, logbook_in_use
from indelible.web.failures import failure_page

TRIES: Final = 30
SECONDS: Final = 10 * 60


@never_cache
@needs(access.STEPS_DO)
@require_http_methods(["GET", "POST"])
def address(request: HttpRequest) -> HttpResponse:
    """Show whether there is an address; make one, another, or none. It is shown in the answer to the form alone."""
    user, url = person(request), ""
    if request.method == "POST":
        if not once.first_time(request):
            return redirect("runbooks:calendar-address")
        if request.POST.get("go") == "end":
            if feeds.end_address(logbook_in_use(), user, context=context_of(request)):
                messages.success(request, _("The address opens nothing any more."))
            return redirect("runbooks:calendar-address")
        base = request.build_absolute_uri("/")
        key = feeds.make_address(
            logbook_in_use(), user, datetime.now(UTC), base=base, context=context_of(request)
        )
        url = request.build_absolute_uri(reverse("runbooks:feed", args=[key]))
    row = CalendarFeed.objects.filter(user=user).first()
    return render(request, "runbooks/calendar_address.html", {"feed": row, "shown": url})


@login_not_required
@require_safe
def feed(request: HttpRequest, key: str) -> HttpResponse:
    """Answer a calendar program. Whatever opens nothing is answered alike, and whoever tries many has to wait."""
    row = feeds.find(key)
    if row is None:
        if too_often(request, "calendar-feed", TRIES, SECONDS):
            return failure_page(request, "links-too-often", 429)
        return failure_page(request, "calendar-address-not-good", 404)
    now = datetime.now(UTC)
    due = feeds.due_of(logbook_in_use(), row.user, calendar(), now)
    ours = house()
    name = _("Due in %(organisation)s") % {"organisation": ours.name if ours else "Indelible"}
    body, mark = feeds.written(due, name, request.build_absolute_uri("/"))
    feeds.note_read(row, now)
    same = request.headers.get("If-None-Match", "") in (mark, f"W/{mark}")
    answer = (
        HttpResponseNotModified() if same else HttpResponse(body, content_type="text/calendar; charset=utf-8")
    )
    answer.headers["ETag"] = mark
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer
