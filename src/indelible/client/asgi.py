"""ASGI middleware: each request that changes something is an event, whatever framework answers it.

app = AuditMiddleware(app, audit, who=lambda scope: scope.get("user_name"))
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, MutableMapping
from typing import Any

from .client import Client
from .events import Party
from .requests import CHANGING, facts_of, is_of_interest

log = logging.getLogger("indelible.client")

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


class AuditMiddleware:
    """Records requests by method and path; `who` tells from the scope who made one, after it was answered."""

    def __init__(
        self,
        app: App,
        client: Client,
        *,
        who: Callable[[Scope], Party | None] = lambda _scope: None,
        methods: Collection[str] = CHANGING,
        passed_over: Collection[str] = (),
    ) -> None:
        self._app, self._client, self._who = app, client, who
        self._methods, self._passed_over = methods, passed_over

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request be answered, then record it off the event loop."""
        if scope.get("type") != "http" or not is_of_interest(
            scope["method"], scope["path"], self._methods, self._passed_over
        ):
            await self._app(scope, receive, send)
            return
        status = 500  # of an application that raises before it answers

        async def note(message: MutableMapping[str, Any]) -> None:
            nonlocal status
            if message.get("type") == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, note)
        finally:
            await asyncio.to_thread(self._record, scope, status)

    def _record(self, scope: Scope, status: int) -> None:
        headers = dict(scope.get("headers", ()))
        client = scope.get("client")
        try:
            facts = facts_of(
                scope["method"],
                scope["path"],
                status,
                address=client[0] if client else None,
                device=headers.get(b"user-agent", b"").decode("latin-1"),
                user=None,
            )
            who = self._who(scope)
            self._client.record(
                f"{scope['method']} {scope['path']}", **{**facts, **({"actor": who} if who else {})}
            )
        except Exception:
            log.exception("a request could not be kept as an event")
