"""The ways into a program: logging, a decorator, middleware of Django and of ASGI."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from indelible.client import AuditHandler, Client, recorded
from indelible.client.asgi import AuditMiddleware as AsgiMiddleware
from indelible.client.django import AuditMiddleware as DjangoMiddleware
from tests.client.conftest import Server

Make = Callable[..., Client]


def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine in a thread of its own: a browser of another test may have a loop running in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()


def sent(server: Server, client: Client) -> list[dict[str, Any]]:
    assert client.flush(10)
    return server.events


@pytest.fixture
def logger(make: Make) -> Any:
    """A logger whose records become events, and its client."""
    client = make()
    made = logging.Logger("payroll.audit")
    made.addHandler(AuditHandler(client))
    return made, client


def test_a_log_record_with_facts_is_an_event(server: Server, logger: Any) -> None:
    log, client = logger
    log.info(
        "invoice.%s",
        "approved",
        extra={
            "actor": "maria@example.com",
            "target": ("invoice.sales", "INV-1"),
            "verb": "approve",
            "event_id": 7,
        },
    )
    event = sent(server, client)[0]
    assert event["action"] == {"said": "invoice.approved", "verb": "approve"}
    assert (event["actor"], event["id"]) == ({"email": "maria@example.com"}, "7")
    assert event["extra"] == {"logger": "payroll.audit", "level": "INFO"}


def test_a_log_record_of_an_error_names_its_kind_alone(server: Server, logger: Any) -> None:
    log, client = logger
    try:
        raise PermissionError("secret detail")
    except PermissionError:
        log.exception("payment refused")
    event = sent(server, client)[0]
    assert event["outcome"] == "failure" and event["extra"]["error"] == "PermissionError"
    assert "secret detail" not in str(event)


def test_what_cannot_be_kept_is_reported_as_logging_does(make: Make, logger: Any, capsys: Any) -> None:
    log, _client = logger
    log.info("x", extra={"before": {"rate": 1.5}})
    assert "a float loses digits" in capsys.readouterr().err


def test_its_own_words_are_passed_over(server: Server, logger: Any) -> None:
    log, client = logger
    log.handle(logging.makeLogRecord({"name": "indelible.client", "levelno": 40, "msg": "events wait"}))
    assert sent(server, client) == []


def test_each_call_is_an_event_with_its_outcome(server: Server, make: Make) -> None:
    client = make()

    @recorded(client, "payment.release", target=lambda payment, **_: ("x.payment", payment), verb="release")
    def release(payment: str, *, fails: bool = False) -> str:
        if fails:
            raise PermissionError("not yours")
        return f"released {payment}"

    @recorded(client, "payment.fetch")
    async def fetch() -> int:
        return 3

    assert release("P-1") == "released P-1"
    with pytest.raises(PermissionError):
        release("P-2", fails=True)
    assert run(fetch()) == 3
    first, second, third = sent(server, client)
    assert (first["outcome"], first["targets"]) == ("success", [{"kind": "x.payment", "id": "P-1"}])
    assert (second["outcome"], second["extra"]) == ("failure", {"error": "PermissionError"})
    assert third["action"] == {"said": "payment.fetch"}


def test_an_act_that_cannot_be_kept_is_not_done_in_silence(make: Make) -> None:
    @recorded(make(), "payment.release", extra=lambda: {"rate": 0.5})
    def release() -> None:
        """Do nothing."""

    with pytest.raises(ValueError, match="float"):
        release()


class User:
    pk, email, is_authenticated = 7, "maria@example.com", True

    def get_username(self) -> str:
        return "maria"


class Request:
    def __init__(self, method: str, path: str, user: Any = None) -> None:
        self.method, self.path, self.user = method, path, user
        self.META = {"REMOTE_ADDR": "192.0.2.7", "HTTP_USER_AGENT": "Browser"}


class Response:
    status_code = 403


def test_django_requests_that_change_something(server: Server, make: Make) -> None:
    client = make()
    middleware = DjangoMiddleware(lambda _request: Response(), client)
    middleware(Request("GET", "/invoices/"))
    middleware(Request("POST", "/invoices/7/", User()))
    middleware(Request("DELETE", "/invoices/8/"))
    first, second = sent(server, client)
    assert first["actor"] == {"kind": "person", "id": "7", "name": "maria", "email": "maria@example.com"}
    assert (first["outcome"], first["context"]) == ("denied", {"ip": "192.0.2.7", "device": "Browser"})
    assert first["targets"] == [{"kind": "x.page", "id": "/invoices/7/"}]
    assert second["actor"] == {"kind": "unknown"}


def test_the_real_django_takes_the_middleware(server: Server, make: Make) -> None:
    """Through Django's own handler: the name of the view is what is said."""
    from django.http import HttpResponse
    from django.test import RequestFactory

    client = make()
    request = RequestFactory().post("/invoices/7/", {"amount": "1"})
    request.resolver_match = type("Match", (), {"view_name": "invoices:approve"})()  # type: ignore[assignment]
    response = DjangoMiddleware(lambda _request: HttpResponse("done"), client)(request)
    assert response.status_code == 200
    event = sent(server, client)[0]
    assert event["action"]["said"] == "invoices:approve" and "amount" not in str(event)


def test_asgi_requests_that_change_something(server: Server, make: Make) -> None:
    client = make()

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 201})
        await send({"type": "http.response.body", "body": b""})

    async def broken(*_arguments: Any) -> None:
        raise RuntimeError("no answer")

    async def requests() -> None:
        async def nothing(*_arguments: Any) -> None:
            """Take anything."""

        scope = {
            "type": "http",
            "method": "POST",
            "path": "/invoices",
            "client": ("192.0.2.7", 1),
            "headers": [(b"user-agent", b"Browser")],
        }
        await AsgiMiddleware(app, client, who=lambda _scope: "maria@example.com")(scope, nothing, nothing)
        await AsgiMiddleware(app, client)({**scope, "method": "GET"}, nothing, nothing)
        await AsgiMiddleware(app, client)({"type": "lifespan"}, nothing, nothing)
        with pytest.raises(RuntimeError):
            await AsgiMiddleware(broken, client)(scope, nothing, nothing)

    run(requests())
    first, second = sent(server, client)
    assert (first["actor"], first["outcome"]) == ({"email": "maria@example.com"}, "success")
    assert first["context"] == {"ip": "192.0.2.7", "device": "Browser"}
    assert (second["outcome"], second["extra"]["status"]) == ("failure", 500)
