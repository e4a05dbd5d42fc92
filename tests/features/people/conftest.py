"""Ben works for Northwind, Chloe reviews; Ana owns the record (see the conftest above)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def ben(account: Callable[..., Any]) -> Any:
    """Ben, a member."""
    return account("Ben Osei", "member")


@pytest.fixture
def chloe(account: Callable[..., Any]) -> Any:
    """Chloe, a reviewer."""
    return account("Chloe Martin", "reviewer")
