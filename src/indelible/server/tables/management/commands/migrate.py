"""Django's `migrate`, which gives an empty SQLite database its tables at once before it looks what is left to do."""

from __future__ import annotations

from typing import Any

from django.core.management.commands.migrate import Command as Migrate
from django.db import connections

from indelible.server.tables.new import make_at_once


class Command(Migrate):
    """Bring the tables up to date."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the tables of a new installation at once, then whatever changes are still to be made."""
        if not options.get("app_label") and not options.get("plan") and not options.get("check_unapplied"):
            make_at_once(connections[options["database"]])
        super().handle(*args, **options)
