"""Gives an empty SQLite database today's tables, and writes down what today's tables are.

python -m indelible.server.tables.new      writes new.sql anew, from the changes of every app
"""

from __future__ import annotations

import os
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any, Final

from django.db.backends.base.base import BaseDatabaseWrapper

FILE: Final = "new.sql"
# Rows that a new installation begins with: which changes its tables stand for, and what Django says of its models.
_BEGIN_WITH = ("django_migrations", "django_content_type", "auth_permission")
_NOW = "strftime('%Y-%m-%d %H:%M:%f', 'now')"


def make_at_once(connection: BaseDatabaseWrapper) -> bool:
    """Make all tables of an SQLite database that has none; return whether that was done.

    In one transaction that keeps others out, so that of two processes that start at once one makes them and the other
    finds them.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return False
    connection.ensure_connection()
    raw: Any = connection.connection
    if _has_tables(raw):
        return False
    raw.execute("BEGIN IMMEDIATE")
    try:
        empty = not _has_tables(raw)
        if empty:
            for statement in statements(resources.files(__package__).joinpath(FILE).read_text("utf-8")):
                raw.execute(statement)
        raw.execute("COMMIT")
    except BaseException:
        raw.execute("ROLLBACK")
        raise
    return empty


def _has_tables(raw: Any) -> bool:
    return raw.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is not None


def statements(script: str) -> Iterator[str]:
    """Yield the statements of a script, each without what stands around it."""
    pending = ""
    for line in script.splitlines():
        if not pending and (not line.strip() or line.startswith("--")):
            continue
        pending += line + "\n"
        if sqlite3.complete_statement(pending):
            yield pending.strip()
            pending = ""


def script_of(raw: sqlite3.Connection) -> str:
    """Return what makes a database like this one, which every change was carried out on."""
    told = raw.execute(
        "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite~_%' ESCAPE '~' ORDER BY rowid"
    )
    lines = ["-- Written by `make tables`: what all changes together make of an empty database."]
    lines += [f"{sql};" for (sql,) in told]
    for table in _BEGIN_WITH:
        lines += _inserts(raw, table)
    return "\n".join(lines) + "\n"


def _inserts(raw: sqlite3.Connection, table: str) -> Iterator[str]:
    columns = [row[1] for row in raw.execute(f"PRAGMA table_info({table})")]
    listed = ", ".join(f'"{column}"' for column in columns)
    for row in raw.execute(f"SELECT {listed} FROM {table} ORDER BY id"):  # noqa: S608 (our own names)
        values = [
            _NOW if column == "applied" else _literal(value)
            for column, value in zip(columns, row, strict=True)
        ]
        yield f"INSERT INTO {table} ({listed}) VALUES ({', '.join(values)});"  # noqa: S608 (written, not run)


def _literal(value: object) -> str:
    return str(value) if isinstance(value, int) else "'" + str(value).replace("'", "''") + "'"


def migrated(path: Path) -> None:
    """Carry out every change on a new database in a folder of its own, one after the other."""
    import django

    os.environ["INDELIBLE_HOME"] = str(path)
    os.environ["DJANGO_SETTINGS_MODULE"] = "indelible.server.settings"
    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.core.management.commands.migrate import Command

    settings.INDELIBLE_HOME.create()
    call_command(Command(), interactive=False, verbosity=0)


def main() -> None:
    """Write new.sql anew."""
    with tempfile.TemporaryDirectory() as folder:
        migrated(Path(folder))
        from django.conf import settings
        from django.db import connections

        connections.close_all()
        database = sqlite3.connect(settings.INDELIBLE_HOME.database)
        try:
            script = script_of(database)
        finally:
            database.close()
    target = Path(__file__).with_name(FILE)
    target.write_text(script, encoding="utf-8")
    sys.stdout.write(f"{target.name}: {len(script):,} characters\n")


if __name__ == "__main__":
    main()
