"""The other peer: an ordinary SQLite table with three search indexes and no proof of anything.

Who, what and about what, each with the time, as an application's own audit table would have them.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path

from bench.chain_trigger import columns_of
from indelible.events.event import Event

SCHEMA = """
CREATE TABLE plain (id INTEGER PRIMARY KEY, at TEXT NOT NULL, actor TEXT, target TEXT, action TEXT,
    content TEXT NOT NULL);
CREATE INDEX plain_actor ON plain (actor, at); CREATE INDEX plain_target ON plain (target, at);
CREATE INDEX plain_action ON plain (action, at);
"""


def bulk_per_second(folder: Path, events: Sequence[Event], batch: int = 1_000) -> float:
    """Return events a second, one durable commit for each batch (WAL, synchronous FULL)."""
    connection = sqlite3.connect(folder / "plain.sqlite3", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA wal_autocheckpoint=4000")
    connection.executescript(SCHEMA)
    begun = time.perf_counter()
    for start in range(0, len(events), batch):
        rows = [(event["occurred_at"], *columns_of(event)) for event in events[start : start + batch]]
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(
            "INSERT INTO plain (at, actor, target, action, content) VALUES (?, ?, ?, ?, ?)", rows
        )
        connection.execute("COMMIT")
    taken = time.perf_counter() - begun
    connection.close()
    return len(events) / taken
