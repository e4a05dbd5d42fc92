"""What holds for every page: it is not kept by caches, it says what htmx changes, it needs a sign-in.

* `page_headers`: what a signed-in person sees is never stored by a browser or a proxy, and the same
  address answers htmx with a part of the page, so caches must tell the two apart.
* `idle_sign_out`: 30 minutes without a request of a person's own end the session. Polling does not count:
  htmx requests that a page makes by itself carry the header `X-Poll`.
* `readers_numbers`: while a page is made, numbers are written as its reader reads them.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final
from urllib.parse import quote

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.cache import patch_vary_headers

from indelible.web.chrome import reader_of
from indelible.web.numbers import written_in

Answer = Callable[[HttpRequest], HttpResponse]

IDLE_SECONDS: Final = 30 * 60
SEEN: Final = "seen_at"
_SEEN_STEP_SECONDS: Final = 60  # a request within it needs no write to the session
PERMISSIONS: Final = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


def page_headers(get_response: Answer) -> Answer:
    """Keep pages of signed-in people out of every cache, and answers to htmx apart from whole pages."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        patch_vary_headers(response, ("HX-Request",))
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        if not response.has_header("Cache-Control"):
            response.headers["Cache-Control"] = "no-store"
        return response

    return middleware


def idle_sign_out(get_response: Answer) -> Answer:
    """Sign people out who have not asked for anything for half an hour."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return get_response(request)
        now = int(time.time())
        seen = request.session.get(SEEN, now)
        if now - seen > IDLE_SECONDS:
            return _signed_out(request)
        if request.headers.get("X-Poll") is None and (
            now - seen > _SEEN_STEP_SECONDS or SEEN not in request.session
        ):
            request.session[SEEN] = now
        return get_response(request)

    return middleware


def readers_numbers(get_response: Answer) -> Answer:
    """Write the numbers of a page as its reader reads them; who that is is looked up at the first number."""

    def middleware(request: HttpRequest) -> HttpResponse:
        with written_in(lambda: reader_of(request).number_style):
            return get_response(request)

    return middleware


def _signed_out(request: HttpRequest) -> HttpResponse:
    """End the session and lead to the sign-in page, which says why and leads back."""
    back = request.get_full_path() if request.method == "GET" else request.path
    logout(request)
    url = f"{resolve_url(settings.LOGIN_URL)}?ended=idle&next={quote(back)}"
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)
