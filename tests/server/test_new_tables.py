"""The tables of a new installation are exactly what all changes together make."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from indelible.server.tables import new

STEP_BY_STEP = """
import sys
from pathlib import Path
from indelible.server.tables.new import migrated
migrated(Path(sys.argv[1]))
"""


def test_what_is_written_down_is_what_every_change_together_makes(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", STEP_BY_STEP, str(tmp_path)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (found,) = tmp_path.glob("*.sqlite3")
    database = sqlite3.connect(found)
    try:
        told = new.script_of(database)
    finally:
        database.close()
    written = Path(new.__file__).with_name(new.FILE).read_text("utf-8")
    assert told == written, "the tables have changed: run `make tables` and commit what it writes"


@pytest.fixture
def empty(tmp_path: Path, django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """An empty SQLite database beside Django's own."""
    connections.databases["empty"] = {**connections.databases["default"], "NAME": tmp_path / "empty.sqlite3"}
    with django_db_blocker.unblock():
        yield "empty"
        connections["empty"].close()
    del connections["empty"], connections.databases["empty"]


def tables(alias: str) -> set[str]:
    with connections[alias].cursor() as cursor:
        return set(connections[alias].introspection.table_names(cursor))


def test_two_processes_that_start_at_once_make_them_once(empty: str) -> None:
    made: list[bool] = []

    def start() -> None:
        made.append(new.make_at_once(connections[empty]))
        connections[empty].close()

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(made) == [False, False, False, True]
    assert {"entry", "logbook", "people_user", "django_migrations"} <= tables(empty)


def test_a_database_with_anything_in_it_is_left_alone(empty: str) -> None:
    with connections[empty].cursor() as cursor:
        cursor.execute("CREATE TABLE somebodys (id INTEGER)")
    assert new.make_at_once(connections[empty]) is False
    assert tables(empty) == {"somebodys"}


def test_where_it_breaks_off_nothing_is_left(empty: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        new, "statements", lambda _script: iter(["CREATE TABLE one (id INTEGER)", "CREATE nothing"])
    )
    with pytest.raises(sqlite3.OperationalError):
        new.make_at_once(connections[empty])
    assert tables(empty) == set()
