"""A logbook with alarms: what to record, how to look, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

NOON = datetime(2026, 3, 3, 11, tzinfo=UTC)  # a Tuesday, at work

Put = Callable[..., list[int]]


@pytest.fixture
def book(ana: Any) -> Any:
    """Ana's logbook."""
    from indelible.web.acts import logbook_in_use

    return logbook_in_use()


@pytest.fixture
def ben(ana: Any) -> Any:
    """Ben, who works here too."""
    from indelible.features.people.models import User

    return User.objects.create_user("ben@northwind.example", "Ben Okoro", "violet seal harbour 8")


@pytest.fixture
def by(ana: Any) -> Any:
    """Ana, as whoever does something."""
    from indelible.features.sources.origins import By
    from indelible.web.acts import party_of

    return By(party_of(ana), None, ana)


def told(verb: str = "change", **more: Any) -> dict[str, Any]:
    """Return an event of a source. `at` is when, `who` who, `thing` a kind and an id."""
    at: datetime = more.pop("at", NOON)
    kind, ident = more.pop("thing", ("invoice.purchase", "INV-1"))
    return {
        "occurred_at": at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "actor": {"name": more.pop("who", "Maria Lopez"), "kind": "person"},
        "action": {"verb": verb, "said": verb},
        "targets": [{"kind": kind, "id": ident}],
        "outcome": more.pop("outcome", "success"),
        "source": {"name": "Xero", "system": "xero"},
        **more,
    }


@pytest.fixture
def put(book: Any) -> Put:
    """A function that records events as source 7, and gives their indexes."""
    from indelible.storage.database.append import Draft, append

    def run(events: Sequence[dict[str, Any]]) -> list[int]:
        return [one.index for one in append(book, [Draft(event, source=7) for event in events]).recorded]  # type: ignore[arg-type]

    return run


@pytest.fixture
def alarm(book: Any, by: Any) -> Callable[..., Any]:
    """A function that sets an alarm on everything, or on a pattern."""
    from indelible.features.alarms import services
    from indelible.language.pattern import Pattern

    def make(sign: str, channels: Sequence[Any] = (), pattern: Any = None, **settings: Any) -> Any:
        pattern = Pattern.of(systems=["xero"]) if pattern is None else pattern
        return services.make(
            book, by, sign, settings, pattern=pattern, sentence="Entries of Xero", channels=channels
        )

    return make


@pytest.fixture
def look(book: Any) -> Callable[..., list[Any]]:
    """A function that lets the engine look, and gives the notices there are."""
    from indelible.features.alarms import engine
    from indelible.features.alarms.models import Notice

    def run(**how: Any) -> list[Any]:
        while engine.run(book, **how):
            pass
        return list(Notice.objects.order_by("id").select_related("alarm"))

    return run


def minutes(count: float) -> timedelta:
    """Return so many minutes."""
    return timedelta(minutes=count)
