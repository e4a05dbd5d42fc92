"""A web service connected as a person does it, and a way to send to its address."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from tests.features.sources.hooks.signing import SECRET

Connect = Callable[..., Any]
Send = Callable[..., Any]


@pytest.fixture(autouse=True)
def counts_end_with_their_test() -> Iterator[None]:
    """What a test left to be written down a second later would meet another test's record."""
    yield
    from indelible.features.sources.kinds.hook import refused

    for tally in refused._tallies.values():
        if tally.due is not None:
            tally.due.cancel()
    refused._tallies.clear()


@pytest.fixture
def connect(ana: Any) -> Connect:
    """A function that connects a service and gives the source."""

    def run(sender: str, name: str = "Their messages", secret: str = SECRET, **settings: Any) -> Any:
        from indelible.features.sources.kinds import load
        from indelible.features.sources.live.connecting import connect as begin
        from indelible.features.sources.services import By
        from indelible.web.acts import logbook_in_use

        return begin(
            logbook_in_use(),
            load()["hook"],
            name,
            By({"name": "Ana Ruiz"}),
            settings={"sender": sender, **settings},
            secrets={"signing secret": secret},
            told={"who sends": sender},
        )

    return run


@pytest.fixture
def send() -> Send:
    """A function that posts a body with headers to a source's address, without signing in."""

    def run(source: Any, body: bytes, headers: dict[str, str], **more: Any) -> Any:
        kind = headers.get("Content-Type", "application/json")
        client = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
        return client.post(f"/in/{source.address}/", body, content_type=kind, headers=headers, **more)

    return run
