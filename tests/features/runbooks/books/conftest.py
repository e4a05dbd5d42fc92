"""Who writes runbooks: Ana, who owns the record; Ben, who owns it too; Chloe, who reviews."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.features.runbooks.books.documents import PETTY_CASH

NOW = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def ben(account: Callable[..., Any]) -> Any:
    """Ben, a second owner."""
    return account("Ben Okafor", "owner")


@pytest.fixture
def chloe(account: Callable[..., Any]) -> Any:
    """Chloe, a reviewer."""
    return account("Chloe Martin", "reviewer")


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
