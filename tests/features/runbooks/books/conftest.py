"""Who writes runbooks: Ana, who owns the record; Ben, who owns it too; Chloe, who reviews."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from tests.features.conftest import PASSWORD
from tests.features.runbooks.books.documents import PETTY_CASH

NOW = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def account(ana: Any) -> Callable[..., Any]:
    """A function that gives somebody an account."""
    from indelible.features.people.models import User

    def make(name: str, role: str, email: str = "") -> Any:
        return User.objects.create_user(
            email or f"{name.split()[0].lower()}@northwind.example", name, PASSWORD, role=role
        )

    return make


@pytest.fixture
def ben(account: Callable[..., Any]) -> Any:
    """Ben, a second owner."""
    return account("Ben Okafor", "owner")


@pytest.fixture
def chloe(account: Callable[..., Any]) -> Any:
    """Chloe, a reviewer."""
    return account("Chloe Martin", "reviewer")


@pytest.fixture
def browser_of() -> Callable[[Any], Client]:
    """A function that gives the browser in which somebody is signed in."""

    def of(user: Any) -> Client:
        client = Client(SERVER_NAME="localhost")
        client.force_login(user)
        return client

    return of


@pytest.fixture
def cash(ana: Any) -> Any:
    """The runbook about the cash box, as Ana's draft."""
    from indelible.features.runbooks.books.drafting import import_text

    return import_text(PETTY_CASH, ana, NOW)


@pytest.fixture
def in_force(cash: Any, ana: Any) -> Any:
    """The same, published by Ana."""
    from indelible.features.runbooks.books.publishing import publish

    publish(cash, ana, NOW, note="The first one", seen=cash.draft_stamp)
    cash.refresh_from_db()
    return cash
