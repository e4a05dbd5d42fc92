"""The runbooks in force, each with its newest version."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import Max, OuterRef, Subquery

from indelible.features.runbooks.document.reading import from_data
from indelible.features.runbooks.document.runbook import Runbook as Document
from indelible.features.runbooks.models import Runbook, RunbookState, Version


@dataclass(frozen=True, slots=True)
class Book:
    """A runbook in force, and what it says."""

    row: Runbook
    version: Version
    document: Document


def in_force(**which: object) -> list[Book]:
    """Return the runbooks in force, two queries however many there are. `which` narrows the rows."""
    newest = Version.objects.filter(runbook=OuterRef("pk")).order_by("-number").values("pk")[:1]
    rows = list(
        Runbook.objects.filter(state=RunbookState.PUBLISHED, **which)
        .select_related("logbook")
        .annotate(newest=Subquery(newest))
        .order_by("pk")
    )
    versions = Version.objects.defer("document").in_bulk([row.newest for row in rows if row.newest])
    found = [(row, versions[row.newest]) for row in rows if row.newest in versions]
    return [Book(row, version, text_of(version.pk, version.digest)) for row, version in found]


def mark_of(**which: object) -> tuple[tuple[object, ...], ...]:
    """Return what changes with the runbooks in force, their versions and the days they are due from: one read."""
    rows = Runbook.objects.filter(state=RunbookState.PUBLISHED, **which)
    marks = rows.annotate(newest=Max("versions")).order_by("pk")
    return tuple(marks.values_list("logbook__origin", "pk", "newest", "scheduled_from"))


@lru_cache(maxsize=512)
def text_of(version: int, digest: str) -> Document:
    """Return what a version says. It never changes, so it is read once a process."""
    return from_data(Version.objects.get(pk=version, digest=digest).document)


def since(book: Book, event: str) -> int:
    """Return the entry from which on a runbook waits for a sentence: that of the first version of those in a row, up to
    the newest, that have it. Whatever was recorded before it starts nothing."""
    return _since(book.version.pk, event)


@lru_cache(maxsize=1024)
def _since(version: int, event: str) -> int:
    newest = Version.objects.get(pk=version)
    found = newest.entry
    rows = Version.objects.filter(runbook=newest.runbook_id, number__lt=newest.number).order_by("-number")
    for row in rows:
        if event not in _events(text_of(row.pk, row.digest).starts.on):
            break
        found = row.entry
    return found


def _events(triggers: Iterable[object]) -> set[str]:
    return {getattr(trigger, "event", "") for trigger in triggers}
