"""What the pages about sources read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, QuerySet, Sum
from django.http import Http404
from django.utils import timezone

from indelible.features.sources.models import (
    ConnectionPassword,
    Import,
    Kind,
    MappingVersion,
    Source,
    Stage,
    State,
)
from indelible.features.sources.reasons import in_words
from indelible.features.sources.states import Standing, standing_of
from indelible.storage.database.models import Logbook, Number

LATEST = 20


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A source as the list shows it, with how it stands."""

    source: Source
    standing: Standing
    entries: int
    last_at: Any  # datetime of its newest import, None before the first
    imports: int
    rejected: int


def the_logbook() -> Logbook | None:
    """Return the logbook that pages show; None before one was begun."""
    return Logbook.objects.order_by("pk").first()


def source_lines(logbook: Logbook) -> list[SourceLine]:
    """Return every source with how much it brought, oldest first."""
    return _lines(Source.objects.filter(logbook=logbook), timezone.now())


def _lines(sources: QuerySet[Source], now: datetime) -> list[SourceLine]:
    counted = sources.select_related("health", "logbook").annotate(
        number=Count("imports"), last_at=Max("imports__finished_at"), left=Sum("imports__rejected")
    )
    found = list(counted)
    names = {f"sources/{each.pk}" for each in found}
    numbers = dict(
        Number.objects.filter(logbook__in={each.logbook_id for each in found}, name__in=names).values_list(
            "name", "last"
        )
    )
    return [
        SourceLine(
            each,
            standing_of(each, now),
            numbers.get(f"sources/{each.pk}", 0),
            each.last_at,
            each.number,
            each.left or 0,
        )
        for each in found
    ]


def open_imports(logbook: Logbook) -> list[Import]:
    """Return the files that are under way or wait for somebody, newest first. A day's messages are no file."""
    under_way = (Stage.RECEIVED, Stage.ASKING, Stage.RECORDING, Stage.STOPPED)
    files = Import.objects.filter(logbook=logbook, live_day=None, stage__in=under_way)
    return list(files.select_related("source")[:LATEST])


def get_source(logbook: Logbook, key: int) -> SourceLine:
    """Return one source. Raises Http404."""
    lines = _lines(Source.objects.filter(logbook=logbook, pk=key), timezone.now())
    if not lines:
        raise Http404
    return lines[0]


def connected_source(key: int) -> Source:
    """Return one source with its health. Raises Http404."""
    source = Source.objects.select_related("health", "logbook").filter(pk=key).first()
    if source is None:
        raise Http404
    return source


def still_holds(password: ConnectionPassword) -> bool:
    """Whether a connection password lets anybody in."""
    return password.ends_at is None or password.ends_at > timezone.now()


def imports_of(source: Source) -> list[Import]:
    """Return the newest imports of a source."""
    return list(source.imports.all()[:LATEST])


def source_of_uploads(key: int) -> Source | None:
    """Return a source that files are uploaded for; None where there is no such one."""
    return Source.objects.filter(pk=key, kind=Kind.UPLOAD).exclude(state=State.ENDED).first()


def asking_files(source: Source) -> list[Import]:
    """Return the files of a source that wait for an answer, oldest first."""
    return list(Import.objects.filter(source=source, stage=Stage.ASKING).order_by("pk")[:LATEST])


def mapping_version(source: Source, number: int) -> MappingVersion:
    """Return one version of how a source is read. Raises Http404."""
    found = MappingVersion.objects.filter(source=source, number=number).first()
    if found is None:
        raise Http404
    return found


def mapping_versions(source: Source) -> list[MappingVersion]:
    """Return the newest versions of how a source is read, newest first."""
    return list(source.mappings.all()[:LATEST])


def reasons_of(row: Import) -> list[tuple[int, str]]:
    """Return how many rows of an import were left out for each reason, in words, the most frequent first."""
    if not row.rejected:
        return []
    counted = row.rejects.order_by().values_list("reason").annotate(number=Count("pk")).order_by("-number")
    return [(number, in_words(reason)) for reason, number in counted[:LATEST]]


def get_import(key: int) -> Import:
    """Return one import. Raises Http404."""
    row = Import.objects.select_related("source", "logbook", "by").filter(pk=key).first()
    if row is None:
        raise Http404
    return row
