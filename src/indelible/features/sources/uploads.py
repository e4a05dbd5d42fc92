"""Files sent to a page: taken in within bounds, kept in the data folder until recorded, then removed.

A file is written to the data folder as it arrives, and sending stops at the bound whatever its size was
said to be. What was recorded needs no file any more: each entry holds its own original.
"""

from __future__ import annotations

import contextlib
import secrets
import shutil
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler
from django.http import HttpRequest

from indelible.features.people.models import User
from indelible.features.sources import continuing, versions
from indelible.features.sources.importing import receive, refusal
from indelible.features.sources.live.health import asks
from indelible.features.sources.models import Import, Source, Stage
from indelible.features.sources.origins import By, SourceError
from indelible.intake import reading
from indelible.intake.errors import IntakeError
from indelible.intake.given import Given
from indelible.intake.limits import Limits
from indelible.intake.mapping import Mapping
from indelible.storage.database.models import Logbook
from indelible.web.acts import actor_of, context_of
from indelible.web.jobs import ask_once

MOST_BYTES = 500_000_000
LONG_BYTES = (
    8_000_000  # a longer file is looked at by its beginning for a page, and in whole before it is recorded
)
LOOKED_AT = 10_000  # records
_COPIES_KEPT = 24 * 60 * 60
_PACE, _PACE_KEPT = "import-pace:{}", 24 * 60 * 60
LEFT_FREE_BYTES = 1_000_000_000  # sending must not fill the disk that the record itself needs
FORM_BYTES = 1_000_000  # what else a form with a file in it may hold


class UploadGoneError(SourceError):
    """The file of an import is no longer in the data folder."""

    def __init__(self) -> None:
        super().__init__("upload-gone")


class BoundedUpload(TemporaryFileUploadHandler):
    """Writes a file to the data folder as it arrives, and stops at the bound."""

    exceeded = False

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, str],
        content_length: Any,  # bytes; the stubs say text
        boundary: Any,
        encoding: str | None = None,
    ) -> None:
        """Refuse before the first byte what says itself that it is too large."""
        free = shutil.disk_usage(settings.INDELIBLE_HOME.uploads).free
        if content_length > min(MOST_BYTES + FORM_BYTES, free - LEFT_FREE_BYTES):
            self.exceeded = True
            raise StopUpload(connection_reset=True)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Take the next piece, unless the file has outgrown the bound."""
        if start + len(raw_data) > MOST_BYTES:
            self.exceeded = True
            raise StopUpload(connection_reset=True)
        super().receive_data_chunk(raw_data, start)


def person(request: HttpRequest) -> By:
    """Return who sends this request, as the record tells it."""
    user = request.user
    if not isinstance(user, User):
        return By()
    return By(actor_of(user), context_of(request) or None, user)


def by_of(row: Import) -> By:
    """Return who sent an import's file, for what the worker records of it."""
    return (
        By(actor_of(row.by), None, row.by) if row.by else By({"name": row.by_name} if row.by_name else None)
    )


def keep(file: TemporaryUploadedFile, logbook: Logbook, by: By, source: Source | None = None) -> Import:
    """Keep a file that was sent, as an import of which nothing is recorded yet; `source` is the one it was sent for."""
    path = Path(settings.INDELIBLE_HOME.uploads) / f"{secrets.token_hex(16)}.upload"
    Path(file.temporary_file_path()).rename(path)
    name = source.name if source is not None else None
    return receive(path, Path(file.name or "file").name, logbook=logbook, by=by, source_name=name)


def earlier(row: Import) -> Import | None:
    """Return the import that recorded this very file before, where there is one."""
    same = Import.objects.filter(logbook=row.logbook, fingerprint=row.fingerprint, stage=Stage.DONE)
    return same.exclude(pk=row.pk).filter(recorded__gt=0).order_by("pk").first()


def look_through(
    row: Import, given: Given | None = None, mapping: Mapping | None = None, *, most: int | None = None
) -> reading.Survey:
    """Look an import's file through, as it was answered so far; `most` records of it, where that is told.

    Raises IntakeError, UploadGoneError.
    """
    path = Path(row.held_at)
    if not path.exists():
        raise UploadGoneError
    given = given or Given(**row.given)
    mapping = mapping or (Mapping.from_json(row.mapping) if row.mapping else None)
    return reading.survey(path, row.file_name, given=given, mapping=mapping, limits=Limits(), most=most)


def look_for_page(row: Import, given: Given | None = None, mapping: Mapping | None = None) -> reading.Survey:
    """Look a file through for a page that somebody waits for: all of a short one, the beginning of a long one.

    What nobody has said anything about yet is read as the last file of its source was, where there was one.
    """
    most = LOOKED_AT if row.size > LONG_BYTES else None
    survey = look_through(row, given, mapping, most=most)
    if given is not None or row.mapping or row.given or row.layout is not None:
        return survey
    if not _as_before(row, survey):
        return survey
    survey.close()
    return look_through(row, most=most)


def _as_before(row: Import, survey: reading.Survey) -> bool:
    """Take over what is known of how a file like this is read; say whether anything is."""
    if (earlier := continuing.find_continued(row, survey)) is not None:
        row.notices = [continuing.notice_of(earlier)]
        row.mapping, row.given, row.source_name = earlier.mapping, earlier.given, earlier.source_name
        row.layout = {"continues": earlier.pk}
        row.save(update_fields=["notices", "mapping", "given", "source_name", "layout"])
        return True
    tables = [[column.name for column in part.columns] for part in survey.parts]
    version = versions.fitting(row, tables, survey.system)
    if version is not None:
        versions.apply(version, row)
    return version is not None


def start(row: Import, given: Given, mapping: Mapping | None, source_name: str) -> None:
    """Have the worker record an import with these answers."""
    from indelible.features.sources.jobs import record_import

    row.given, row.mapping = given.as_pairs(), mapping.as_json() if mapping else None
    row.source_name, row.stage, row.stop_asked = source_name, Stage.RECEIVED, False
    row.job = ask_once(record_import, row.pk)
    row.save(update_fields=["given", "mapping", "source_name", "stage", "stop_asked", "job"])


def begin_pace(row: Import) -> None:
    """Note from where and when an import goes on, so that a page can say how long it will take."""
    cache.set(_PACE.format(row.pk), (time.time(), row.taken), _PACE_KEPT)


def seconds_left(row: Import) -> int | None:
    """Return about how long an import will still take; None before that can be told."""
    begun = cache.get(_PACE.format(row.pk))
    if begun is None or not row.expected:
        return None
    seconds, done = time.time() - begun[0], row.taken - begun[1]
    if seconds < 3 or done <= 0:
        return None
    left: float = (row.expected - row.taken) * seconds / done
    return round(left)


def resume(row: Import) -> None:
    """Have the worker go on with an import that was stopped."""
    if not Path(row.held_at).exists():
        raise UploadGoneError
    start(row, Given(**row.given), Mapping.from_json(row.mapping) if row.mapping else None, row.source_name)


def ask(row: Import, survey: reading.Survey) -> None:
    """Let an import wait for its answers."""
    row.stage, row.system = Stage.ASKING, survey.system
    row.questions = [asdict(each) for each in survey.questions]
    row.save(update_fields=["stage", "system", "questions"])
    if row.source is not None:  # nobody is at the page that asks: its source says so
        asks(row.source)


def refuse(row: Import, refused: IntakeError | SourceError) -> None:
    """End an import whose file cannot be read; why stays with it."""
    if isinstance(refused, IntakeError):
        row.refusal = refusal(row.file_name, refused).refusal
    else:
        row.refusal = {"code": refused.code, **refused.facts}
    row.stage = Stage.REFUSED
    row.save(update_fields=["stage", "refusal"])
    discard(row)


def discard(row: Import) -> None:
    """Remove an import's file, unless it is needed to go on."""
    if row.stage in (Stage.DONE, Stage.REFUSED, Stage.RECEIVED, Stage.ASKING):
        path = Path(row.held_at)
        if path.parent == Path(settings.INDELIBLE_HOME.uploads):
            path.unlink(missing_ok=True)


def sweep_copies() -> None:
    """Remove copies of messages that were made to be looked at, where a process ended before it removed them."""
    old = time.time() - _COPIES_KEPT
    folder = Path(settings.INDELIBLE_HOME.uploads)
    for left in (*folder.glob("match-*"), *folder.glob("*.message")):
        with contextlib.suppress(FileNotFoundError):
            if left.stat().st_mtime < old:
                shutil.rmtree(left) if left.is_dir() else left.unlink()
