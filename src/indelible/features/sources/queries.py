"""What the pages about sources read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, Sum
from django.http import Http404

from indelible.features.sources.models import Import, Source, Stage
from indelible.storage.database.models import Logbook, Number

LATEST = 20


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A source as the list shows it."""

    source: Source
    entries: int
    last_at: Any  # datetime of its newest import, None before the first
    imports: int
    rejected: int


def the_logbook() -> Logbook | None:
    """Return the logbook that pages show; None before one was begun."""
    return Logbook.objects.order_by("pk").first()


def source_lines(logbook: Logbook) -> list[SourceLine]:
    """Return every source with how much it brought, oldest first."""
    sources = Source.objects.filter(logbook=logbook).annotate(
        number=Count("imports"), last_at=Max("imports__finished_at"), left=Sum("imports__rejected")
    )
    numbers = dict(Number.objects.filter(logbook=logbook).values_list("name", "last"))
    return [
        SourceLine(each, numbers.get(f"sources/{each.pk}", 0), each.last_at, each.number, each.left or 0)
        for each in sources
    ]


def open_imports(logbook: Logbook) -> list[Import]:
    """Return the imports that are under way or wait for somebody, newest first."""
    under_way = (Stage.RECEIVED, Stage.ASKING, Stage.RECORDING, Stage.STOPPED)
    return list(Import.objects.filter(logbook=logbook, stage__in=under_way).select_related("source")[:LATEST])


def get_source(logbook: Logbook, key: int) -> SourceLine:
    """Return one source. Raises Http404."""
    for line in source_lines(logbook):
        if line.source.pk == key:
            return line
    raise Http404


def imports_of(source: Source) -> list[Import]:
    """Return the newest imports of a source."""
    return list(source.imports.all()[:LATEST])


def get_import(key: int) -> Import:
    """Return one import. Raises Http404."""
    row = Import.objects.select_related("source", "logbook", "by").filter(pk=key).first()
    if row is None:
        raise Http404
    return row
