"""Ben works for Northwind, Chloe reviews; Ana owns the record (see the conftest above)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.features.conftest import PASSWORD


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
    """Ben, a member."""
    return account("Ben Osei", "member")


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
