"""The record as its pages meet it: entries of a source, and a hand that alters the tables by plain SQL."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from tests.features.conftest import PASSWORD

Put = Callable[..., list[int]]
AUGUST = "2025-08-01T09:00:00Z"


def told(said: str = "Invoice Edited", **more: Any) -> dict[str, Any]:
    """An event of AccountsPro: Maria Lopez changed invoice INV-1043, unless `more` says otherwise."""
    return {
        "occurred_at": AUGUST,
        "actor": {"name": "Maria Lopez", "kind": "person"},
        "action": {"verb": "change", "category": "money", "said": said},
        "targets": [{"kind": "invoice.sales", "id": "INV-1043"}],
        "outcome": "success",
        "source": {"name": "AccountsPro", "system": "accountspro"},
        **more,
    }


@pytest.fixture
def book(ana: Any) -> Any:
    """Northwind's logbook."""
    from indelible.web.acts import logbook_in_use

    return logbook_in_use()


@pytest.fixture
def put(book: Any) -> Put:
    """A function that records events as source 7 and gives their indexes."""
    from indelible.storage.database.append import Draft, append

    def record(*events: dict[str, Any]) -> list[int]:
        return [entry.index for entry in append(book, [Draft(event, source=7) for event in events]).entries]  # type: ignore[arg-type]

    return record


@pytest.fixture
def ben(ana: Any) -> Client:
    """The browser of Ben, who works at Northwind too."""
    from indelible.features.people.models import User

    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.create_user("ben@northwind.example", "Ben Osei", PASSWORD))
    return client


def sql(statement: str, *values: object) -> None:
    """Do to the tables what somebody with the database's password could do."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def alter(index: int, old: str, new: str) -> None:
    """Change the text of one entry where it rests."""
    sql('UPDATE "entry" SET "content" = replace("content", %s, %s) WHERE "index" = %s', old, new, index)


def text_of(answer: Any) -> str:
    """The page as text with its entities undone, so that tests read as people do."""
    import html
    import re

    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())
