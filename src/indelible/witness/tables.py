"""The tables of a witness's state file, and how the file is opened."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from .errors import WitnessError

WAIT_SECONDS = 10.0  # for another process that is writing, such as `indelible witness add-log`

SCHEMA = """
CREATE TABLE IF NOT EXISTS about (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;
-- Keys whose signature counts for a log; `until` is set when the owner of the witness drops one.
CREATE TABLE IF NOT EXISTS log_key (
    vkey TEXT PRIMARY KEY,
    origin TEXT NOT NULL,
    since INTEGER NOT NULL,
    until INTEGER
) STRICT;
CREATE INDEX IF NOT EXISTS log_key_origin ON log_key (origin);
-- What was cosigned: of each log, the row of the largest size is what the next request must extend.
CREATE TABLE IF NOT EXISTS cosigned (
    origin TEXT NOT NULL,
    size INTEGER NOT NULL,
    root BLOB NOT NULL,
    note TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (origin, size)
) STRICT, WITHOUT ROWID;
-- Evidence: signed by the log, yet refused. `against` is the note it contradicts, where one is known.
CREATE TABLE IF NOT EXISTS refused (
    number INTEGER PRIMARY KEY,
    origin TEXT NOT NULL,
    size INTEGER NOT NULL,
    root BLOB NOT NULL,
    reason TEXT NOT NULL,
    at INTEGER NOT NULL,
    old INTEGER NOT NULL,
    note TEXT NOT NULL,
    against TEXT,
    UNIQUE (origin, size, root)
) STRICT;
-- How many further refusals were not kept, because a log had its full share of that reason.
CREATE TABLE IF NOT EXISTS not_kept (
    origin TEXT NOT NULL,
    reason TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (origin, reason)
) STRICT, WITHOUT ROWID;
"""


def connect(path: Path) -> sqlite3.Connection:
    """Open a state file so that what is committed is on the disk, and bring its tables about.

    Raises WitnessError (`witness-state-unreadable`).
    """
    connection = sqlite3.connect(path, timeout=WAIT_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        # FULL: a commit returns after its bytes were flushed, so no answer is ahead of the disk.
        connection.execute("PRAGMA synchronous = FULL")
        connection.executescript(SCHEMA)
    except sqlite3.DatabaseError as error:
        connection.close()
        raise WitnessError("witness-state-unreadable", f"{path}: {error}", path=path) from error
    return connection
