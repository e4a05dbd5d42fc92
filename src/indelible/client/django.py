"""Django middleware: each request that changes something is an event.

    MIDDLEWARE = [
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "indelible.client.django.AuditMiddleware",
    ]

Configured by the environment (`Client.from_environment`), so that no password stands in a settings module. Put it
behind the authentication, which says who it was. Nothing here imports Django.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from typing import Any

from .client import Client
from .requests import CHANGING, facts_of, is_of_interest

log = logging.getLogger("indelible.client")


class AuditMiddleware:
    """Records requests by method and path with who made them and how they ended; never what was sent.

    To choose otherwise, make a subclass: `methods` are those recorded, `passed_over` starts of paths that are not.
    """

    methods: Collection[str] = CHANGING
    passed_over: Collection[str] = ()
    sync_capable, async_capable = True, False

    def __init__(self, get_response: Callable[[Any], Any], client: Client | None = None) -> None:
        self._get_response = get_response
        self._client = client or Client.from_environment()

    def __call__(self, request: Any) -> Any:
        """Let the request be answered, then record it. A failure to keep the event is logged, not shown."""
        response = self._get_response(request)
        if is_of_interest(request.method, request.path, self.methods, self.passed_over):
            try:
                self._client.record(self._said(request), **self._facts(request, response.status_code))
            except Exception:
                log.exception("a request could not be kept as an event")
        return response

    def _said(self, request: Any) -> str:
        """Return the name of the view, by which people know what it does, else the method and path."""
        match = getattr(request, "resolver_match", None)
        return (match and match.view_name) or f"{request.method} {request.path}"

    def _facts(self, request: Any, status: int) -> dict[str, Any]:
        return facts_of(
            request.method,
            request.path,
            status,
            address=request.META.get("REMOTE_ADDR"),
            device=request.META.get("HTTP_USER_AGENT"),
            user=_party(getattr(request, "user", None)),
        )


def _party(user: Any) -> dict[str, str] | None:
    """Return a signed-in user as a party; None for nobody."""
    if user is None or not getattr(user, "is_authenticated", False):
        return None
    told = {"id": str(user.pk), "name": user.get_username(), "email": getattr(user, "email", "") or ""}
    return {"kind": "person", **{name: value for name, value in told.items() if value}}
