"""An installation as features meet it: an empty record each time, and the owner who has set it up.

Entries follow commits (checkpoint file, search), so these tests commit for real: the tables are emptied
after each test, and what lies in the data folder is put away before the next.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client

PASSWORD = "violet seal harbour 7"


@pytest.fixture
def record(transactional_db: None) -> Iterator[None]:
    """An empty installation whose commits are real."""
    from indelible.storage.database import after_commit
    from indelible.storage.database.group import close_groups

    cache.clear()
    _empty_folder()
    yield
    after_commit.flush()
    close_groups()
    _empty_folder()


def _empty_folder() -> None:
    home = settings.INDELIBLE_HOME
    shutil.rmtree(home.path / "checkpoints", ignore_errors=True)
    shutil.rmtree(home.keys, ignore_errors=True)
    shutil.rmtree(home.uploads, ignore_errors=True)
    (home.secrets / "setup-link").unlink(missing_ok=True)
    home.create()


@pytest.fixture
def ana(record: None) -> Any:
    """Ana, who owns the record of Northwind."""
    from indelible.features.setup import services

    link = services.create_setup_link()
    assert link is not None
    owner = services.make_owner(
        link.partition("key=")[2], email="ana@northwind.example", name="Ana Ruiz", password=PASSWORD
    )
    services.name_organisation(
        owner, name="Northwind Trading Ltd", zone="Europe/Madrid", date_style="day", context={}
    )
    services.finish()
    return owner


@pytest.fixture
def stranger(record: None) -> Client:
    """A browser nobody is signed in with."""
    return Client(SERVER_NAME="localhost")


@pytest.fixture
def signed_in(ana: Any) -> Client:
    """Ana's browser."""
    client = Client(SERVER_NAME="localhost")
    client.force_login(ana)
    return client


@pytest.fixture
def account(ana: Any) -> Callable[..., Any]:
    """A function that gives somebody an account."""
    from indelible.features.people.models import User

    def make(name: str, role: str = "member", email: str = "") -> Any:
        return User.objects.create_user(
            email or f"{name.split()[0].lower()}@northwind.example", name, PASSWORD, role=role
        )

    return make


@pytest.fixture
def browser_of() -> Callable[[Any], Client]:
    """A function that gives the browser in which somebody is signed in."""

    def of(user: Any) -> Client:
        client = Client(SERVER_NAME="localhost")
        client.force_login(user)
        return client

    return of


@pytest.fixture
def sentences() -> Callable[[], list[str]]:
    """A function that reads the whole record as sentences, oldest first."""
    from indelible.events.sentence import tell
    from indelible.storage.database.reads import get_entries
    from indelible.web.acts import logbook_in_use

    def read() -> list[str]:
        book = logbook_in_use()
        return [tell(entry.event).text for entry in get_entries(book, 0, book.size - 1)]

    return read


@pytest.fixture
def book(record: None) -> Any:
    """A fresh logbook."""
    from indelible.storage.database.logbooks import create_logbook

    first = {"action": {"verb": "create", "said": "Logbook begun"}, "outcome": "success"}
    return create_logbook(first_event=first)
