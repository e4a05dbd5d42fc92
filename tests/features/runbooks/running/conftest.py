"""People of Northwind, a runbook of theirs, and its runs, under a clock that is handed in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

NOON = datetime(2026, 12, 1, 11, tzinfo=UTC)  # a Tuesday, noon in Madrid
MADE = NOON - timedelta(days=1)


@pytest.fixture
def people(ana: Any) -> dict[str, Any]:
    """Ana owns; Ben, Carla and Emil are members, Dora reviews. Ben has a second account."""
    from indelible.features.people.models import User

    def make(name: str, role: str, email: str) -> Any:
        return User.objects.create_user(email, name, "violet seal harbour 7", role=role)

    return {
        "ana": ana,
        "ben": make("Ben Osei", "member", "ben@northwind.example"),
        "carla": make("Carla Roth", "member", "carla@northwind.example"),
        "dora": make("Dora Silva", "reviewer", "dora@northwind.example"),
        "emil": make("Emil Weber", "member", "emil@northwind.example"),
        "ben2": make("B. Osei", "reviewer", "ben+audit@northwind.example"),
    }


@pytest.fixture
def put_in_force(people: dict[str, Any]) -> Callable[[str], Any]:
    """A function that puts a runbook in force from its text."""

    def put(text: str, **roles: Any) -> Any:
        from indelible.features.runbooks.books import appointing, drafting, publishing

        row = drafting.import_text(text, people["ana"], MADE)
        publishing.publish(row, people["ana"], MADE, note="First version", seen=row.draft_stamp)
        for role, user in roles.items():
            appointing.appoint(row, role, user, None, people["ana"], MADE)
        row.refresh_from_db()
        return row

    return put


@pytest.fixture
def supplier_change(put_in_force: Callable[..., Any], people: dict[str, Any]) -> Any:
    """A small supplier bank change: Ben asks, Carla calls back, Dora approves, then it waits, then Carla releases."""
    text = (Path(__file__).parent / "supplier.toml").read_text(encoding="utf-8")
    return put_in_force(text, clerk_a=people["ben"], clerk_b=people["carla"], head=people["dora"])
