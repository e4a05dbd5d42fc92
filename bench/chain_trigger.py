"""The peer: a hash chain kept by a PostgreSQL trigger, as people build it by hand.

Each row's hash covers the row before, so each insert must hold a lock until it is durable. Same events, same
indexes, driven by a C client (pgbench) for single events and by COPY for bulk: the best case for it.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import psycopg

from indelible.events.event import Event

SCHEMA = """
DROP TABLE IF EXISTS chained, chain_head CASCADE;
CREATE TABLE chained (id bigserial PRIMARY KEY, at timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor text, target text, action text, content text NOT NULL, hash bytea);
CREATE INDEX ON chained (actor, id); CREATE INDEX ON chained (target, id);
CREATE INDEX ON chained (action, id);
CREATE TABLE chain_head (one int PRIMARY KEY, hash bytea NOT NULL);
INSERT INTO chain_head VALUES (1, ''::bytea);
CREATE OR REPLACE FUNCTION chain() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE before bytea;
BEGIN
    SELECT hash INTO before FROM chain_head WHERE one = 1 FOR UPDATE;
    NEW.hash := sha256(before || convert_to(NEW.id || NEW.at::text || NEW.content, 'UTF8'));
    UPDATE chain_head SET hash = NEW.hash WHERE one = 1;
    RETURN NEW;
END $$;
CREATE TRIGGER chain BEFORE INSERT ON chained FOR EACH ROW EXECUTE FUNCTION chain();
"""


def prepare_table(address: str) -> None:
    """Make the chained table and its trigger anew."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(SCHEMA)


def columns_of(event: Event) -> tuple[str, str, str, str]:
    """Return actor, target, action and the content of one event, as the table keeps them."""
    return (
        event["actor"]["id"],
        event["targets"][0]["id"],
        event["action"]["said"],
        json.dumps(event, sort_keys=True, separators=(",", ":")),
    )


def singles_per_second(address: str, pgbench: Path, event: Event, clients: int, seconds: int) -> float:
    """Return durable single inserts a second by that many pgbench clients."""
    prepare_table(address)
    values = ", ".join("'" + value.replace("'", "''") + "'" for value in columns_of(event))
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        # pgbench would read a colon in the JSON as a variable: only names of letters after a colon count.
        script.write(f"INSERT INTO chained (actor, target, action, content) VALUES ({values});\n")
        script.flush()
        done = subprocess.run(
            [
                str(pgbench),
                "-n",
                "-M",
                "simple",
                "-f",
                script.name,
                "-c",
                str(clients),
                "-j",
                "2",
                "-T",
                str(seconds),
                address,
            ],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PGOPTIONS": ""},
        )
    found = re.search(r"tps = ([0-9.]+)", done.stdout)
    if found is None:
        raise RuntimeError(f"pgbench gave no rate: {done.stdout}")
    return float(found[1])


def bulk_per_second(address: str, events: Sequence[Event], batch: int = 1_000) -> float:
    """Return events a second by COPY, one commit for each batch."""
    prepare_table(address)
    with psycopg.connect(address) as connection:
        begun = time.perf_counter()
        for start in range(0, len(events), batch):
            with connection.cursor().copy("COPY chained (actor, target, action, content) FROM STDIN") as copy:
                for event in events[start : start + batch]:
                    copy.write_row(columns_of(event))
            connection.commit()
        return len(events) / (time.perf_counter() - begun)
