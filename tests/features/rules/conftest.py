"""Who changes rules: Ana, who owns the record, and Ben, who owns it too and can agree."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from tests.features.conftest import PASSWORD

INVOICES = "every change of a sales invoice"


@pytest.fixture
def book(ana: Any) -> Any:
    """The record of Northwind."""
    from indelible.web.acts import logbook_in_use

    return logbook_in_use()


@pytest.fixture
def by(ana: Any) -> Any:
    """Ana, as the record tells who does something."""
    from indelible.features.sources.services import By
    from indelible.web.acts import party_of

    return By(party_of(ana), None, ana)


@pytest.fixture
def ben(ana: Any) -> Any:
    """Ben, a second owner."""
    from indelible.features.people.models import User

    return User.objects.create_user("ben@northwind.example", "Ben Okafor", PASSWORD, role="owner")


@pytest.fixture
def as_ben(ben: Any) -> Client:
    """Ben's browser."""
    client = Client(SERVER_NAME="localhost")
    client.force_login(ben)
    return client


@pytest.fixture
def wanted(book: Any) -> Callable[..., Any]:
    """A function that says what a sentence wants to have recorded."""
    from indelible.features.rules.catalogue import Need
    from indelible.features.rules.wanted import Wanted
    from indelible.features.rules.world import world_of
    from indelible.language.reading import understand

    def say(text: str, **more: Any) -> Wanted:
        read = understand(text, world_of(book), datetime.now(UTC))
        assert read.understood, read.to_json()
        needs = tuple(Need(fact) for fact in read.pattern.facts)
        return Wanted(text, read.pattern, read.duties, needs, **more)

    return say


@pytest.fixture
def happen(book: Any) -> Callable[..., dict[str, int]]:
    """A function that records an act and gives the running numbers that it got under rules."""
    from indelible.storage.database.append import Draft, append
    from indelible.storage.database.reads import get_entry

    def act(verb: str = "change", kind: str = "invoice.sales", **more: Any) -> dict[str, int]:
        event: Any = {
            "occurred_at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "actor": {"name": "Maria Lopez", "kind": "person"},
            "action": {"verb": verb, "said": verb},
            "targets": [{"kind": kind, "id": "INV-1043"}],
            "outcome": "success",
            **more,
        }
        [entry] = append(book, [Draft(event)]).recorded
        return dict(get_entry(book, entry.index).event.get("numbers", {}).get("rules", {}))

    return act
