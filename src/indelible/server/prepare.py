"""What must be so before anything is served: the data folder is there and the tables are today's.

Every command asks; the usual answer, nothing to do, costs a few reads.
"""

from __future__ import annotations

from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor


def open_migrations() -> list[str]:
    """Return the names of the changes of the tables that are still to be made, oldest first."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{step.app_label}.{step.name}" for step, _ in plan]


def bring_tables_up_to_date() -> list[str]:
    """Make the changes of the tables that are still to be made; return their names.

    Connections are closed afterwards, so that a process which goes on to start others hands none down.
    """
    waiting = open_migrations()
    if waiting:
        call_command("migrate", interactive=False, verbosity=0)
    connections.close_all()
    return waiting
