"""Installations of the product for measuring: data folders of their own, and the databases in them.

`begin` sets Django up once a process. `opened` then points the product at one data folder after the other,
as if it had been started on it; nothing of the one stays open in the next.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

OWNER = {"email": "ana@northwind.example", "name": "Ana Ruiz", "password": "violet seal harbour 7"}


def begin(folder: Path) -> None:
    """Set Django up, with a data folder that serves until the first one is opened."""
    os.environ["INDELIBLE_HOME"] = str(folder)
    os.environ.pop("INDELIBLE_DATABASE", None)
    os.environ.pop("INDELIBLE_CHECKPOINTS", None)
    os.environ["DJANGO_SETTINGS_MODULE"] = "indelible.server.settings"
    import django

    django.setup()


@contextmanager
def opened(folder: Path) -> Iterator[None]:
    """Let the product work on the data folder `folder`, which is made where it is missing."""
    from django.conf import settings
    from django.db import connections

    from indelible.storage.home import Home

    before = settings.INDELIBLE_HOME, connections["default"].settings_dict["NAME"]
    _let_go()
    home = Home(folder)
    home.create()
    _point_at(home, home.database)
    try:
        yield
    finally:
        _let_go()
        _point_at(*before)


def _point_at(home: Any, database: Path | str) -> None:
    from django.conf import settings
    from django.db import connections

    settings.INDELIBLE_HOME = home
    connections["default"].settings_dict["NAME"] = database
    connections.databases["default"]["NAME"] = database


def _let_go() -> None:
    from django.db import connections

    from indelible.storage.database import after_commit
    from indelible.storage.database.group import close_groups

    after_commit.flush()
    close_groups()
    connections.close_all()


def set_up() -> Any:
    """Make tables, owner and logbook, as the first visit does; return the logbook."""
    from indelible.features.setup import services
    from indelible.server.prepare import bring_tables_up_to_date
    from indelible.web.acts import logbook_in_use

    bring_tables_up_to_date()
    link = services.create_setup_link() or ""
    owner = services.make_owner(link.partition("key=")[2], **OWNER)
    services.name_organisation(
        owner, name="Northwind Trading Ltd", zone="Europe/Madrid", date_style="day", context={}
    )
    services.finish()
    return logbook_in_use()


def add_postgres(url: str, alias: str) -> None:
    """Make a database of that name on the server, with the log's tables, known to Django as `alias`."""
    import dj_database_url
    import psycopg
    from django.core.management import call_command
    from django.db import connections

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{alias}"'.encode())
    settings = {**dj_database_url.parse(url), "NAME": alias, "OPTIONS": {}}
    connections.databases[alias] = {**connections.databases["default"], **settings}
    call_command("migrate", "database", database=alias, verbosity=0)


def make_postgres_log(alias: str) -> Any:
    """Begin a logbook in the database known as `alias`."""
    from indelible.storage.database.logbooks import create_logbook

    first: Any = {"action": {"verb": "create", "said": "Logbook begun"}, "outcome": "success"}
    return create_logbook(f"log-{alias}", first_event=first, using=alias)
