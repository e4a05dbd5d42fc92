"""A connected source, and hours that pass as the test says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

START = datetime(2026, 6, 8, 8, tzinfo=UTC)  # a Monday


@pytest.fixture
def payroll(book: Any) -> Any:
    """Payroll Cloud, which sends by itself, since START."""
    from indelible.features.sources.live.health import health_of
    from indelible.features.sources.models import Kind, Source
    from indelible.features.sources.services import By, begin_source

    made = begin_source(book, "Payroll Cloud", "web", By())
    Source.objects.filter(pk=made.pk).update(kind=Kind.WEB, created_at=START)
    health_of(made)
    return Source.objects.get(pk=made.pk)


@pytest.fixture
def hourly(payroll: Any) -> Any:
    """Payroll Cloud, expected every hour with ten minutes of grace."""
    from indelible.features.sources.models import Source
    from indelible.features.sources.silence.rhythm import Rhythm

    rhythm = Rhythm("hours", 1, grace=timedelta(minutes=10)).as_json()
    Source.objects.filter(pk=payroll.pk).update(rhythm={"declared": rhythm, "since": START.isoformat()})
    return Source.objects.get(pk=payroll.pk)


@pytest.fixture
def comes() -> Callable[..., None]:
    """A function that notes an arrival, so many minutes after START."""
    from indelible.features.sources.silence.heard import note

    def arrive(source: Any, minutes: float, **more: Any) -> None:
        note(source.pk, START + timedelta(minutes=minutes), **more)

    return arrive


@pytest.fixture
def watch() -> Callable[[float], int]:
    """A function that looks at all sources, so many minutes after START."""
    from indelible.events.office import WorkCalendar
    from indelible.features.sources.silence.watch import look

    return lambda minutes: look(START + timedelta(minutes=minutes), WorkCalendar())


@pytest.fixture
def said(book: Any) -> Callable[[], list[str]]:
    """A function that gives the sentences of the record, oldest first, from the first source on."""
    from indelible.events.sentence import tell
    from indelible.storage.database.reads import get_entries, head

    def read() -> list[str]:
        size = head(book).size
        return [tell(entry.event).text for entry in get_entries(book, 0, size - 1)][2:]

    return read
