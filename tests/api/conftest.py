"""A web connection to send to, in this process: as programs call it, without the network between."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from tests.features.conftest import record as record  # an empty installation whose commits are real

JSON = "application/json"


@pytest.fixture
def source(record: None) -> Any:
    """A web connection called Payroll Cloud, on a fresh logbook."""
    from indelible.features.sources.kinds.web import KIND
    from indelible.features.sources.live.connecting import connect
    from indelible.features.sources.services import By
    from indelible.storage.database.logbooks import create_logbook

    first: Any = {"action": {"verb": "create", "said": "Logbook begun"}, "outcome": "success"}
    return connect(
        create_logbook(first_event=first), KIND, "Payroll Cloud", By(), settings={"form": "indelible"}
    )


@pytest.fixture
def password(source: Any) -> str:
    """Its connection password."""
    from indelible.features.sources.live.passwords import new_password
    from indelible.features.sources.services import By

    return new_password(source, By())


@pytest.fixture(autouse=True)
def no_attempts() -> Iterator[None]:
    """Wrong passwords of a test are told to nobody after it."""
    yield
    from indelible.api.attempts import attempts

    attempts.forget()


class Caller:
    """A program that has a connection password."""

    def __init__(self, password: str) -> None:
        self.client = Client(SERVER_NAME="localhost")
        self.password = password

    def headers(self, more: dict[str, str]) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.password}", **more} if self.password else more

    def post(self, path: str, body: Any, content_type: str = JSON, **headers: str) -> Any:
        """Send a body (an object is sent as JSON) and return the answer; its document is `.told`."""
        data = (
            body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else json.dumps(body)
        )
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self.client.post(
            f"/api/v1/{path}", data, content_type=content_type, headers=self.headers(sent)
        )
        return self._told(answer)

    def get(self, path: str) -> Any:
        """Ask for something."""
        return self._told(self.client.get(f"/api/v1/{path}", headers=self.headers({})))

    @staticmethod
    def _told(answer: Any) -> Any:
        answer.told = json.loads(answer.content) if "json" in answer.get("Content-Type", "") else None
        return answer


@pytest.fixture
def caller(password: str) -> Caller:
    """A program that sends to the source."""
    return Caller(password)


@pytest.fixture
def events_of(source: Any) -> Callable[[], list[Any]]:
    """A function that returns the events that the source brought, in order."""
    from indelible.storage.database.reads import get_entries, head

    def read() -> list[Any]:
        size = head(source.logbook).size
        entries = get_entries(source.logbook, 0, size, limit=100_000)
        return [
            entry.event
            for entry in entries
            if str(source.pk) in entry.event.get("numbers", {}).get("sources", {})
        ]

    return read
