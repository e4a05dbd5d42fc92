"""How much a request may bring: little, unless its address takes more, and then only from somebody who may send.

Decided by the head of the request, before its body is let in, so that nobody fills the disk from outside: what an
address takes stands at its view (`web.bodies.takes_body`), and where that view is for people who are signed in, the
session is looked at first.
"""

from __future__ import annotations

import io
from importlib import import_module
from typing import Any, Final

from django.conf import settings
from django.contrib.auth import get_user
from django.core.handlers.wsgi import WSGIRequest
from django.db import close_old_connections
from django.urls import Resolver404, resolve

from indelible.web.bodies import most_of

# Every form without a file fits: Django itself refuses forms with more fields than this.
LITTLE_BYTES: Final = 2_621_440


def most_bytes(environ: dict[str, Any]) -> int:
    """Return how many bytes the body of a request may have. Reads the database where more than little may come."""
    try:
        match = resolve(_path_of(environ))
    except Resolver404:
        return LITTLE_BYTES
    if most_of(match.func) is None:
        return LITTLE_BYTES
    close_old_connections()
    try:
        request = WSGIRequest({**environ, "wsgi.input": io.BytesIO()})
        most = most_of(match.func)
        if callable(most):
            return max(LITTLE_BYTES, most(request, *match.args, **match.kwargs))
        if getattr(match.func, "login_required", True) and not _is_signed_in(request):
            return LITTLE_BYTES
        return max(LITTLE_BYTES, most or 0)
    finally:
        close_old_connections()


def _is_signed_in(request: WSGIRequest) -> bool:
    engine = import_module(settings.SESSION_ENGINE)
    request.session = engine.SessionStore(request.COOKIES.get(settings.SESSION_COOKIE_NAME))
    return get_user(request).is_authenticated


def _path_of(environ: dict[str, Any]) -> str:
    return str(environ["PATH_INFO"]).encode("latin-1").decode("utf-8", "replace")
