"""An installation with some history, for those who want to harm it."""

from __future__ import annotations

from typing import Any

import pytest

from indelible.storage.database import after_commit, search
from indelible.storage.database.append import Draft, append
from tests.features.conftest import ana, record, signed_in  # noqa: F401 - fixtures

ENTRIES = 600


@pytest.fixture
def book(ana: Any) -> Any:  # noqa: F811
    """Northwind's logbook with some hundred entries of a source, sealed in several commits."""
    from indelible.features.sources.origins import By, begin_source
    from indelible.web.acts import logbook_in_use
    from tests.storage.checking.altering import event

    logbook = logbook_in_use()
    source = begin_source(logbook, "Xero", "xero", By())
    while logbook.size < ENTRIES:
        append(logbook, [Draft(event(number), source=source.pk) for number in range(100)])
        logbook.refresh_from_db()
    after_commit.flush()
    search.catch_up(logbook)
    return logbook
