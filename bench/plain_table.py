"""The other peer: an ordinary SQLite table with the same three indexes and no proof of anything."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path

from bench.chain_trigger import columns_of
from indelible.events.event import Event

SCHEMA = """
CREATE TABLE plain (id INTEGER PRIMARY KEY, actor TEXT, target TEXT, action TEXT, content TEXT NOT NULL);
CREATE INDEX plain_actor ON plain (actor); CREATE INDEX plain_target ON plain (target);
CREATE INDEX plain_action ON plain (action);
"""


def bulk_per_second(folder: Path, events: Sequence[Event], batch: int = 1_000) -> float:
    """Return rows a second, one durable commit for each batch (WAL, synchronous FULL)."""
    rows = [columns_of(event) for event in events]
    connection = sqlite3.connect(folder / "plain.sqlite3", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA wal_autocheckpoint=4000")
    connection.executescript(SCHEMA)
    begun = time.perf_counter()
    for start in range(0, len(rows), batch):
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(
            "INSERT INTO plain (actor, target, action, content) VALUES (?, ?, ?, ?)",
            rows[start : start + batch],
        )
        connection.execute("COMMIT")
    taken = time.perf_counter() - begun
    connection.close()
    return len(rows) / taken
