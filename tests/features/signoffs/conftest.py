"""Northwind's record with changes of bank details on it, and people who look at them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.features.people.conftest import ben, chloe

__all__ = ["ben", "chloe"]

NOON = datetime(2026, 3, 3, 11, tzinfo=UTC)  # a Tuesday, at work

Put = Callable[..., list[int]]


def minutes(count: float) -> timedelta:
    """Return so many minutes."""
    return timedelta(minutes=count)


def told(verb: str = "change", **more: Any) -> dict[str, Any]:
    """Return an event of a source. `who` acted, `thing` is a kind and an id."""
    kind, ident = more.pop("thing", ("supplier.bank_account", "Harrow Freight"))
    return {
        "occurred_at": more.pop("at", NOON).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "actor": {"name": more.pop("who", "Maria Lopez"), "kind": "person"},
        "action": {"verb": verb, "said": verb},
        "targets": [{"kind": kind, "id": ident}],
        "outcome": "success",
        "source": {"name": "Xero", "system": "xero"},
        **more,
    }


@pytest.fixture
def book(ana: Any) -> Any:
    """Ana's logbook."""
    from indelible.web.acts import logbook_in_use

    return logbook_in_use()


@pytest.fixture
def put(book: Any) -> Put:
    """A function that records events as source 7, and gives their indexes."""
    from indelible.storage.database.append import Draft, append

    def record(events: Any) -> list[int]:
        drafts = [Draft(event, source=7) for event in events]
        return [each.index for each in append(book, drafts).recorded]

    return record


@pytest.fixture
def five(put: Put) -> list[int]:
    """Five changes of bank details and a payment between them."""
    changes = [told(thing=("supplier.bank_account", f"Supplier {n}")) for n in range(5)]
    return [*put([*changes[:2], told("pay", thing=("payment", "P-1"))]), *put(changes[2:])]


def bank_changes() -> Any:
    """Return the question after changes of bank details."""
    from indelible.language.pattern import Pattern

    return Pattern.of(verbs=("change",), things=("supplier.bank_account",))


@pytest.fixture
def frozen(book: Any, five: list[int], chloe: Any) -> Any:
    """The five, as Chloe is shown them."""
    from indelible.features.signoffs.freezing import freeze_entries
    from indelible.language.world import NOWHERE

    asks = {"choices": ["fine", "ask"], "reason_for": ["ask"]}
    title = "Changes of bank details"
    return freeze_entries(book, bank_changes(), NOWHERE, chloe, NOON, title=title, asks=asks)


@pytest.fixture
def as_signer() -> Callable[[Any], Any]:
    """A function that gives a person as a signer."""
    from indelible.features.signoffs.signers import Signer

    return Signer.of_user


@pytest.fixture
def sign(book: Any) -> Callable[..., Any]:
    """A function that signs lists as checked, a minute after noon."""
    from indelible.features.signoffs import signing

    def do(user: Any, *lists: Any, at: datetime | None = None, **more: Any) -> Any:
        facts = {
            "subject": "run 88 step look",
            "title": "Monthly log review, step 4",
            "means": "checked",
            "covers": {"step": "look", "values": {"seen": "nothing odd"}},
        }
        who = user if isinstance(user, signing.Signer) else signing.Signer.of_user(user)
        return signing.sign(book, who, at or NOON + minutes(1), lists=lists, **{**facts, **more})

    return do
