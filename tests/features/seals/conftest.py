"""Checks as the pages meet them: rows in any state, the real checking, and a hand that alters the tables."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

NOW = datetime(2026, 6, 12, 12, 0, tzinfo=UTC)
REPORT: dict[str, Any] = {
    "verdict": "matches",
    "intact": True,
    "entries": 1,
    "checkpoint": "",
    "key": "not compared",
    "questions": [{"number": 1, "verdict": "matches", "message": "Every entry fits."}],
    "findings": [],
    "trusted_through": 1,
    "since": 0,
    "mode": "full",
}


def told(verdict: str, findings: list[dict[str, Any]] | None = None, **more: Any) -> dict[str, Any]:
    """A report with that verdict and those findings."""
    return {**REPORT, "verdict": verdict, "findings": findings or [], **more}


def finding(kind: str, first: int | None, last: int | None = None) -> dict[str, Any]:
    """A finding at these entries, counted from 0."""
    return {"kind": kind, "question": 1, "first_entry": first, "last_entry": last, "message": "It differs."}


@pytest.fixture
def book(ana: Any) -> Any:
    """Northwind's logbook, its seal file written."""
    from indelible.storage.database import after_commit
    from indelible.web.acts import logbook_in_use

    after_commit.flush()
    return logbook_in_use()


@pytest.fixture
def checked(book: Any) -> Callable[..., Any]:
    """A function that puts a check on file: its verdict, and how long before `NOW` it ended."""
    from indelible.features.seals.models import Check

    def put(verdict: str = "matches", ago: timedelta = timedelta(hours=1), **fields: Any) -> Any:
        ended = NOW - ago
        row = {
            "logbook": book,
            "state": Check.State.DONE,
            "verdict": verdict,
            "asked_at": ended,
            "started_at": ended,
            "finished_at": ended,
            "done": 1,
            "size": 1,
            "report": told(verdict),
        }
        return Check.objects.create(**{**row, **fields})

    return put


@pytest.fixture
def grow(book: Any) -> Callable[[int], None]:
    """A function that records so many more entries."""
    from indelible.storage.database.append import Draft, append

    def record(number: int) -> None:
        event = {
            "occurred_at": "2026-06-01T08:00:00Z",
            "actor": {"name": "Maria Lopez", "kind": "person"},
            "action": {"verb": "change", "said": "Invoice Edited"},
            "targets": [{"kind": "invoice.sales", "id": "INV-1043"}],
            "outcome": "success",
        }
        append(book, [Draft(event, source=7) for _each in range(number)])  # type: ignore[arg-type]

    return record


def alter(index: int) -> None:
    """Change the text of one entry where it rests, as somebody with the database's password could."""
    with connection.cursor() as cursor:
        cursor.execute(
            'UPDATE "entry" SET "content" = replace("content", %s, %s) WHERE "index" = %s',
            ["INV-1043", "INV-9999", index],
        )


def run_jobs() -> None:
    """Let the worker do what waits for it."""
    from indelible.server.jobs.worker import run_waiting

    run_waiting()
