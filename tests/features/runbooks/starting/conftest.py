"""A logbook whose runbooks begin by themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import pytest

from indelible.events.office import WorkCalendar
from indelible.storage.database.append import Draft, append

MADRID = WorkCalendar("Europe/Madrid")


@pytest.fixture
def book(ana: Any) -> Any:
    """Ana's logbook."""
    from indelible.web.acts import logbook_in_use

    return logbook_in_use()


@pytest.fixture
def put(book: Any) -> Callable[..., list[int]]:
    """A function that records events of a source, and gives their indexes."""

    def run(events: Sequence[dict[str, Any]]) -> list[int]:
        return [one.index for one in append(book, [Draft(event, source=7) for event in events]).recorded]  # type: ignore[arg-type]

    return run


def paid(name: str, at: datetime, **more: Any) -> dict[str, Any]:
    """Return an event that tells of a payment."""
    return {
        "occurred_at": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "actor": {"name": "Maria Lopez", "kind": "person"},
        "action": {"verb": "pay", "said": "paid"},
        "targets": [{"kind": "invoice.purchase", "id": name, "name": f"Invoice {name}"}],
        "outcome": "success",
        "source": {"name": "Xero", "system": "xero"},
        **more,
    }


@pytest.fixture
def told(sentences: Callable[[], list[str]]) -> Callable[..., list[str]]:
    """A function that gives the sentences of the record that hold some words."""

    def run(words: str) -> list[str]:
        return [one for one in sentences() if words in one]

    return run
