"""A record with a rule whose entries are to be looked at: Ana owns it, Ben works here, Chloe reviews."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

BANK = "Record changes to supplier bank details. Look at each within 2 working days."


@pytest.fixture
def book(ana: Any) -> Any:
    """The record of Northwind."""
    from indelible.web.acts import logbook_in_use

    return logbook_in_use()


@pytest.fixture
def ben(account: Callable[..., Any]) -> Any:
    """Ben, a member."""
    return account("Ben Osei")


@pytest.fixture
def chloe(account: Callable[..., Any]) -> Any:
    """Chloe, a reviewer."""
    return account("Chloe Martin", "reviewer")


@pytest.fixture
def by_of() -> Callable[[Any], Any]:
    """A function that gives somebody as the record tells who does something."""
    from indelible.features.sources.origins import By
    from indelible.web.acts import party_of

    return lambda user: By(party_of(user), None, user)


@pytest.fixture
def rule(book: Any, ana: Any, by_of: Any) -> Callable[..., Any]:
    """A function that adds a rule by its sentence."""
    from indelible.features.rules import services
    from indelible.features.rules.catalogue import Need
    from indelible.features.rules.wanted import Wanted
    from indelible.features.rules.world import world_of
    from indelible.language.reading import understand

    def add(text: str = BANK) -> Any:
        read = understand(text, world_of(book), datetime.now(UTC), purpose="rule")
        assert read.understood, read.to_json()
        needs = tuple(Need(fact) for fact in read.pattern.facts)
        [made] = services.add(book, [Wanted(text, read.pattern, read.duties, needs)], by_of(ana))
        return made

    return add


@pytest.fixture
def happen(book: Any) -> Callable[..., list[int]]:
    """A function that records acts of a source, and gives their indexes."""
    from indelible.storage.database.append import Draft, append

    def act(
        *things: str,
        verb: str = "change",
        kind: str = "supplier.bank_account",
        who: Any = "Maria Lopez",
        **more: Any,
    ) -> list[int]:
        events: list[Any] = [
            {
                "occurred_at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
                "actor": {"name": who, "kind": "person"} if isinstance(who, str) else who,
                "action": {"verb": verb, "said": verb},
                "targets": [{"kind": kind, "id": thing}],
                "outcome": "success",
                "source": {"name": "AccountsPro", "system": "accountspro"},
                **more,
            }
            for thing in things or ("SUP-1",)
        ]
        return [entry.index for entry in append(book, [Draft(event, source=7) for event in events]).recorded]

    return act


@pytest.fixture
def fed(book: Any) -> Callable[..., list[Any]]:
    """A function that lets the follower look, and gives the queue by due time."""
    from indelible.features.reviews.models import Item
    from indelible.features.reviews.queue import feeding

    def run(**how: Any) -> list[Any]:
        while feeding.run(book, **how):
            pass
        return list(Item.objects.order_by("entry", "whom"))

    return run
