"""One installation with a run in it, and what checks look at: entries, files, lists, checks of the record."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

MOST_QUERIES = {"coverage": 80}  # it counts first what came since it was counted last; others 30
STEPS = ("ask", "look", "approve", "done")
DOCUMENT: dict[str, Any] = {
    "id": "RB-90",
    "title": "Supplier bank change",
    "purpose": "Nobody is paid on a number that nobody called.",
    "team": "Finance",
    "owner": "lead",
    "keep": "finance",
    "roles": {
        "lead": {"title": "Lead"},
        "clerk": {"title": "Clerk"},
        "guest": {"title": "Guest", "outsider": True},
    },
    "starts": {"when": "Each request"},
    "steps": [
        {
            "key": key,
            "title": key.capitalize() + " it",
            "do": "Do it.",
            "by": "clerk",
            "why": "Because.",
            "done": "Done.",
            "if_fails": "Say so.",
        }
        for key in STEPS
    ],
}
DOCUMENT["steps"][0]["fields"] = [
    {"key": "supplier", "label": "Supplier"},
    {"key": "count", "label": "How many", "kind": "number"},
    {"key": "kept", "label": "How many stay", "kind": "number"},
    {"key": "leaves", "label": "Last day", "kind": "date"},
    {"key": "left_at", "label": "Left at", "kind": "moment"},
    {"key": "who", "label": "Person", "kind": "person"},
    {"key": "why", "label": "Reason", "kind": "long"},
    {"key": "words", "label": "Seal words", "kind": "long"},
    {"key": "again", "label": "Typed again", "kind": "long"},
]


def document(**more: Any) -> Any:
    """The runbook's document."""
    from indelible.features.runbooks.document.reading import from_data

    return from_data(DOCUMENT | more)


class Place:
    """A run in a record, and hands to put things there."""

    def __init__(self, owner: Any) -> None:
        from indelible.features.rules.world import world_of
        from indelible.features.runbooks.checks import Ground, Times
        from indelible.features.runbooks.models import Runbook, RunStep, Version
        from indelible.features.settings.services import calendar
        from indelible.web.acts import logbook_in_use

        self.owner, self.book = owner, logbook_in_use()
        self.now = datetime.now(UTC)
        self.begun = self.now - timedelta(hours=1)
        self.document = document()
        self.runbook = Runbook.objects.create(
            logbook=self.book,
            key="RB-90",
            title="Supplier bank change",
            state="published",
            made_at=self.begun,
        )
        self.version = Version.objects.create(
            runbook=self.runbook, number=1, document=DOCUMENT, digest="", published_at=self.begun, entry=0
        )
        self._names = itertools.count(1)
        self.run = self.new_run()
        self.steps = {
            key: RunStep.objects.create(run=self.run, key=key, place=place, opened_at=self.begun)
            for place, key in enumerate(STEPS)
        }
        self.ground: Any = Ground(
            run=self.run,
            step=self.steps["look"],
            document=self.document,
            logbook=self.book,
            now=self.now,
            times={"ask": Times(self.begun, self.begun), "look": Times(self.begun, None)},
            world=world_of(self.book),
            calendar=calendar(),
        )

    def new_run(self, **more: Any) -> Any:
        """Open another run of the runbook."""
        from indelible.features.runbooks.models import Cause, Run

        given = {
            "title": "Bank change",
            "about": "Harrow Freight",
            "opened_at": self.begun,
            "entry": 0,
        } | more
        return Run.objects.create(
            logbook=self.book,
            runbook=self.runbook,
            version=self.version,
            cause=Cause.HAND,
            cause_key=f"run {next(self._names)}",
            **given,
        )

    def source(self, name: str = "Xero of Northwind", system: str = "xero") -> Any:
        """Connect a source."""
        from indelible.features.rules.world import world_of
        from indelible.features.sources.origins import By, begin_source

        row = begin_source(self.book, name, system, By({"name": "Ana Ruiz", "kind": "person"}))
        self.ground = replace(self.ground, world=world_of(self.book))
        return row

    def send(self, source: Any, *events: dict[str, Any]) -> list[int]:
        """Record events of a source; return their indexes."""
        from indelible.storage.database.append import Draft, append

        found = append(self.book, [Draft(each, source=source.pk) for each in events])  # type: ignore[arg-type]
        return [entry.index for entry in found.recorded]

    def with_values(self, **values: Any) -> Any:
        """Return the ground with these answers."""
        return replace(self.ground, values={**self.ground.values, **values})

    def check(self, kind: str, ground: Any = None, /, **settings: Any) -> Any:
        """Run a check."""
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        from indelible.features.runbooks import checks
        from indelible.features.runbooks.document.runbook import Check

        with CaptureQueriesContext(connection) as asked:
            found = checks.run(
                Check(key="c", says="So.", kind=kind, settings=settings), ground or self.ground
            )
        assert len(asked) <= MOST_QUERIES.get(kind, 30), kind
        assert found.says
        assert len(found.says) < 600
        return found

    def result(self, kind: str, ground: Any = None, /, **settings: Any) -> str:
        """Run a check; return its result."""
        found = self.check(kind, ground, **settings)
        assert "fault" not in found.says, found
        return str(found.result)


@pytest.fixture
def place(ana: Any) -> Place:
    """A run that Ana's firm goes through."""
    return Place(ana)


def bank_change(at: datetime | None, supplier: str = "Harrow Freight", **more: Any) -> dict[str, Any]:
    """Somebody changed a supplier's bank account in the finance system."""
    event: dict[str, Any] = {
        "actor": {"name": "Maria Lopez", "kind": "person"},
        "action": {"verb": "change", "said": "Edited"},
        "targets": [{"kind": "supplier.bank_account", "id": supplier, "name": supplier}],
        "outcome": "success",
        "source": {"name": "Xero of Northwind", "system": "xero"},
    }
    if at is not None:
        event["occurred_at"] = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return event | more


def period(first: str, last: str) -> tuple[date, date]:
    """A period of days."""
    return date.fromisoformat(first), date.fromisoformat(last)


Values = Mapping[str, Any]
