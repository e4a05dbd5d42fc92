"""What every test may ask for: real databases, and a logbook on either.

`database` gives the alias of a real database, once as the SQLite file of the data folder and once as a
running PostgreSQL, so that one test speaks for both. `log_on` makes logbooks there. Both stand beside
Django's own test database, which is made first so that it does not claim them.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import dj_database_url
import hypothesis
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.db.models.signals import post_migrate

from tests.services import postgres

if TYPE_CHECKING:
    from indelible.storage.database.models import Logbook

LARGE_SEARCH_FILE = 8 << 20
_names = itertools.count(1)

# How long an example takes says something of the machine. What is fast enough is measured in bench/.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> None:
    """Django's own test database, which is emptied after each test that commits.

    Emptied, it would be given rows for the types and permissions that Django's admin site asks for. Nothing of
    ours looks at them, and making them takes longer than most tests.
    """
    from django.contrib.contenttypes.management import create_contenttypes

    assert post_migrate.disconnect(create_contenttypes)
    assert post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The address of a PostgreSQL server that runs until the tests end."""
    with postgres.running() as url:
        yield url


@pytest.fixture(scope="session")
def _tables_in_postgres(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a database that holds the tables of a new installation, made as a process of its own makes them."""
    postgres.make_database(postgres_url, "new_tables")
    postgres.make_tables(
        postgres.address_of(postgres_url, "new_tables"), tmp_path_factory.mktemp("tables") / "home"
    )
    return "new_tables"


@pytest.fixture(scope="session")
def postgres_installation(postgres_url: str, _tables_in_postgres: str) -> Callable[[str], str]:
    """A function that gives the address of a fresh database of that name, which has the tables of a new installation.

    They are copied: making them takes a hundred times as long.
    """
    return lambda name: postgres.make_database(postgres_url, name, copy_of=_tables_in_postgres)


def _add_database(alias: str, configuration: dict[str, Any]) -> None:
    connections.databases[alias] = {**connections.databases["default"], **configuration}
    call_command("migrate", "database", database=alias, verbosity=0)
    # A process of its own opens it as its default database, and asks there who holds our seals outside.
    call_command("migrate", "seals", database=alias, verbosity=0)


@pytest.fixture(scope="session")
def sqlite_alias(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """The SQLite file in the data folder, as `indelible` itself would open it there."""
    with django_db_blocker.unblock():
        home = settings.INDELIBLE_HOME
        _add_database("sqlite", {"NAME": home.database, "OPTIONS": settings.DATABASES["default"]["OPTIONS"]})
        # The search file lies in the data folder and is shared with Django's own test database, whose logbooks
        # count from 1: these count from far above, so that no test finds what another one left.
        with connections["sqlite"].cursor() as cursor:
            # A migration that made the table anew has left a row of its own, which would count.
            cursor.execute("DELETE FROM sqlite_sequence WHERE name = 'logbook'")
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('logbook', 100000)")
        yield "sqlite"
        connections["sqlite"].close()


@pytest.fixture(scope="session")
def postgres_alias(django_db_setup: None, postgres_url: str, django_db_blocker: Any) -> Iterator[str]:
    """The tables of the log in PostgreSQL."""
    with django_db_blocker.unblock():
        _add_database("postgres", {"OPTIONS": {}, **dj_database_url.parse(postgres_url)})
        yield "postgres"
        connections["postgres"].close()


@pytest.fixture(scope="module", autouse=True)
def _small_search_file() -> None:
    """Begin each module with a search file that is not full of what others left: a check looks at all of it."""
    from indelible.storage.database.search import embedded

    file = settings.INDELIBLE_HOME.search
    if not file.exists() or file.stat().st_size < LARGE_SEARCH_FILE:
        return
    held = embedded._open.__dict__.get("held", {})
    while held:
        held.popitem()[1][2].close()
    for each in file.parent.glob(f"{file.name}*"):
        each.unlink()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, django_db_blocker: Any) -> Iterator[str]:
    """The alias of a real database: every test that asks for it runs on SQLite and on PostgreSQL."""
    alias: str = request.getfixturevalue(f"{request.param}_alias")
    with django_db_blocker.unblock():
        yield alias


@pytest.fixture
def database_url(database: str, request: pytest.FixtureRequest) -> str:
    """What `INDELIBLE_DATABASE` must say for a child process to open the same database; may be empty."""
    return str(request.getfixturevalue("postgres_url")) if database == "postgres" else ""


@pytest.fixture
def log_on() -> Iterator[Callable[[str], Logbook]]:
    """A function that begins a logbook of its own on the database of that alias."""
    from indelible.storage.database import after_commit
    from indelible.storage.database.group import close_groups
    from indelible.storage.database.logbooks import create_logbook

    def begin(alias: str) -> Logbook:
        first = {"action": {"verb": "create", "said": "Logbook begun"}, "outcome": "success"}
        return create_logbook(f"log-{next(_names)}", first_event=first, using=alias)

    yield begin
    after_commit.flush()
    close_groups()


@pytest.fixture
def logbook(database: str, log_on: Callable[[str], Logbook]) -> Logbook:
    """A fresh logbook, once on each database."""
    return log_on(database)
