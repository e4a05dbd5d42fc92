"""Until the record is set up, every address leads to the set-up."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from indelible.features.people.queries import anyone, organisation

Answer = Callable[[HttpRequest], HttpResponse]

_OPEN = ("/setup/", "/help/", "/static/", "/account/sign-out/", "/verify/")


def setup_first(get_response: Answer) -> Answer:
    """Lead to the set-up while nobody owns this record, or while its owner has not named it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path.startswith(_OPEN):
            return get_response(request)
        waiting = organisation() is None if request.user.is_authenticated else not anyone()
        return HttpResponseRedirect(reverse("setup:start")) if waiting else get_response(request)

    return middleware
