"""Logs to alter, and plain SQL to do it with."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connections

from indelible.events.event import Event
from indelible.storage.database import after_commit, search
from indelible.storage.database.append import Draft, append
from indelible.storage.database.checking import Report, check
from indelible.storage.database.logbooks import alias_of
from indelible.storage.database.models import Logbook

ENTRIES = 800  # three whole tiles and one that is not full, in eight commits
BATCH = 100


def event(number: int) -> Event:
    """Return the event of that number."""
    return {
        "occurred_at": f"2026-03-{number % 28 + 1:02d}T10:15:{number % 60:02d}Z",
        "actor": {"id": f"u-{number % 7}", "name": f"Person {number % 7}", "kind": "person"},
        "action": {"verb": "change", "category": "money", "said": "Invoice Edited"},
        "targets": [{"kind": "invoice.sales", "id": f"INV-{number}"}],
        "changes": [{"field": "amount", "before": f"{number}.00", "after": f"{number + 1}.00"}],
        "outcome": "success",
    }


def fill(logbook: Logbook, entries: int = ENTRIES, batch: int = BATCH) -> Logbook:
    """Bring a fresh logbook to that many entries, from two sources, and let search catch up."""
    for start in range(1, entries, batch):
        numbers = range(start, min(start + batch, entries))
        append(logbook, [Draft(event(number), source=1 + number % 2) for number in numbers])
    after_commit.flush()
    search.catch_up(logbook)
    logbook.refresh_from_db(using=alias_of(logbook))
    return logbook


def run(logbook: Logbook, sql: str, *values: Any) -> int:
    """Run a statement on the log's own database; `{log}` stands for the logbook's id. Returns rows touched."""
    with connections[alias_of(logbook)].cursor() as cursor:
        cursor.execute(sql.format(log=logbook.pk), list(values))
        return int(cursor.rowcount)


def one(logbook: Logbook, sql: str, *values: Any) -> tuple[Any, ...]:
    """Return the first row of a SELECT."""
    with connections[alias_of(logbook)].cursor() as cursor:
        cursor.execute(sql.format(log=logbook.pk), list(values))
        row = cursor.fetchone()
        assert row is not None
        return tuple(row)


@contextmanager
def put_back(logbook: Logbook, table: str, where: str) -> Iterator[None]:
    """Let rows of the log be altered, and make them what they were afterwards, for a log that tests share."""
    condition = f"logbook = {logbook.pk} AND {where}"
    with connections[alias_of(logbook)].cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} WHERE {condition}")
        rows = cursor.fetchall()
        names = ", ".join(f'"{column[0]}"' for column in cursor.description)
    assert rows
    try:
        yield
    finally:
        into = f"INSERT INTO {table} ({names}) VALUES ({', '.join(['%s'] * len(rows[0]))})"
        with connections[alias_of(logbook)].cursor() as cursor:
            cursor.execute(f"DELETE FROM {table} WHERE {condition}")
            cursor.executemany(into, rows)


def run_search(logbook: Logbook, sql: str, *values: Any) -> None:
    """Run a statement on the search table, wherever it lies. `?` or `%s` for values as the database has it."""
    if connections[alias_of(logbook)].vendor == "postgresql":
        run(logbook, sql, *values)
        return
    connection = sqlite3.connect(settings.INDELIBLE_HOME.search, isolation_level=None)
    try:
        connection.execute(sql.format(log=logbook.pk).replace("%s", "?"), values)
    finally:
        connection.close()


def found(logbook: Logbook, **options: Any) -> Report:
    """Check in this process and return the report."""
    return check(logbook, workers=1, **options)


def kinds(report: Report) -> list[tuple[str, int | None, int | None]]:
    """Return kind and place of each finding that accuses, in order of place."""
    told = [(f.kind, f.first_entry, f.last_entry) for f in report.findings if f.accuses]
    return sorted(told, key=lambda each: (each[1] or 0, each[0]))
