"""Imports in the background: a file sent to a page is recorded by the worker."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from django.db.models import Q
from django.utils import timezone

from indelible.features.sources import pieces, uploads, versions
from indelible.features.sources.models import Import, Source, Stage, State
from indelible.features.sources.services import Progress, record
from indelible.intake.errors import IntakeError
from indelible.web.jobs import Interrupted, job, periodic, should_stop

KEEP_UPLOADS = timedelta(days=7)


@job
def record_import(import_id: int) -> None:
    """Record an uploaded file, going on where an earlier run ended. Safe to run again at any point."""
    row = Import.objects.select_related("logbook", "by").filter(pk=import_id).first()
    if row is None or row.stage not in (Stage.RECEIVED, Stage.RECORDING):
        return
    try:
        survey = uploads.look_through(row)
    except (IntakeError, uploads.UploadGoneError) as refused:
        uploads.refuse(row, refused)
        return
    if survey.questions:
        survey.close()
        uploads.ask(row, survey)
        return
    uploads.begin_pace(row)
    record(row, survey, uploads.by_of(row), progress=_watch, stop=_asked_to_stop(import_id))
    uploads.discard(Import.objects.get(pk=import_id))


def _watch(_progress: Progress) -> None:
    """Between batches: where the worker ends, leave the rest to its next start."""
    if should_stop():
        raise Interrupted


def _asked_to_stop(import_id: int) -> Callable[[], bool]:
    return lambda: Import.objects.filter(pk=import_id, stop_asked=True).exists()


@job
def record_kept(source_id: int) -> None:
    """Record what a source sent before anybody said how it is read. Safe to run again at any point."""
    source = Source.objects.select_related("logbook").filter(pk=source_id, state=State.ON).first()
    if source is not None:
        versions.record_what_was_kept(source)


@periodic(timedelta(minutes=10))
@job
def record_all_kept() -> None:
    """Try again what could not be recorded when it was first tried, as where its source was paused just then."""
    for source in (
        Source.objects.select_related("logbook").filter(state=State.ON, kept__isnull=False).distinct()
    ):
        versions.record_what_was_kept(source)


@periodic(timedelta(hours=6))
@job
def sweep_uploads() -> None:
    """Remove files that people sent in and left without an answer long ago.

    What a source brought by itself is kept until it is answered, since nobody may have another copy.
    """
    old = timezone.now() - KEEP_UPLOADS
    left = Import.objects.filter(
        Q(stage=Stage.ASKING) | Q(stage=Stage.RECEIVED, job=""), created_at__lt=old, source=None
    )
    for row in left:
        if Path(row.held_at).exists():
            uploads.discard(row)


@periodic(timedelta(hours=1))
@job
def sweep_pieces() -> None:
    """Remove what arrived of files that were not sent to their end within a day, and copies that a crash left."""
    pieces.sweep()
    uploads.sweep_copies()
