"""A logbook, rules in it, and sources that deliver: each entry through the real append, tagged as it is sealed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest


@pytest.fixture
def book(record: None) -> Any:
    """A fresh logbook."""
    from indelible.storage.database.logbooks import create_logbook

    first = {"action": {"verb": "create", "said": "Logbook begun"}, "outcome": "success"}
    return create_logbook(first_event=first)


@pytest.fixture
def rule(book: Any) -> Callable[..., Any]:
    """A function that begins a rule by its pattern as its service does: the entry, then the tables, then the mark."""
    return lambda *said, **pattern: begin_rule(book, *said, **pattern)


def begin_rule(
    book: Any,
    sentence: str = "Record when someone changes an invoice.",
    *,
    needs: tuple[str, ...] = (),
    duties: dict[str, Any] | None = None,
    expected: dict[str, Any] | None = None,
    at: datetime | None = None,
    **pattern: Any,
) -> Any:
    """Begin a rule; `at` is since when its rows say that it is in force."""
    from django.db import transaction

    from indelible.events.own_rules import RULE_0, rule_added
    from indelible.features.rules.models import Rule, RuleVersion
    from indelible.features.sources.origins import record_own
    from indelible.language.pattern import Pattern
    from indelible.storage.database.tagging import rules_changed

    at = at or datetime.now(UTC)
    with transaction.atomic():
        row = Rule.objects.create(logbook=book, state_since=at)
        told = record_own(book, rule_added(None, f"{row.pk}.1", sentence, {}), rules=(RULE_0,))
        RuleVersion.objects.create(
            rule=row,
            number=1,
            typed=sentence,
            sentence=sentence,
            pattern=Pattern.of(**pattern).to_json(),
            duties=duties or {},
            needs=[{"fact": fact} for fact in needs],
            expected=expected or {"by": "unknown"},
            begun_at=at,
            begun_entry=told.entries[0].index,
        )
        rules_changed(book)
    return row


@pytest.fixture
def source(book: Any) -> Callable[..., Any]:
    """A function that begins a source."""

    def begin(name: str = "Xero of Northwind", system: str = "xero", **more: Any) -> Any:
        from indelible.features.sources.models import Source
        from indelible.features.sources.origins import By, begin_source

        row = begin_source(book, name, system, By({"name": "Ana Ruiz", "kind": "person"}))
        if more:
            Source.objects.filter(pk=row.pk).update(**more)
            row.refresh_from_db()
        return row

    return begin


@pytest.fixture
def send(book: Any) -> Callable[..., Any]:
    """A function that records events of a source, with their own numbers where they have some."""

    def run(source: Any, *events: dict[str, Any]) -> Any:
        from django.db import transaction
        from django.utils import timezone

        from indelible.features.sources.accounts import streams
        from indelible.features.sources.silence import heard
        from indelible.storage.database.append import Draft, append

        with transaction.atomic():
            streams.take_numbers(streams.gather((source.pk, each) for each in events), timezone.now())
            heard.note(source.pk, records=len(events))
            return append(book, [Draft(each, source=source.pk) for each in events])  # type: ignore[arg-type]

    return run


def changed_invoice(name: str = "INV-1", **more: Any) -> dict[str, Any]:
    """An invoice that somebody changed."""
    event: dict[str, Any] = {
        "occurred_at": "2026-03-03T14:03:00Z",
        "actor": {"name": "Maria Lopez", "kind": "person"},
        "action": {"verb": "change", "category": "money", "said": "Edited"},
        "targets": [{"kind": "invoice.sales", "id": name}],
        "outcome": "success",
        "source": {"name": "Xero of Northwind", "system": "xero"},
    }
    return event | more
