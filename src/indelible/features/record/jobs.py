"""What the clock does for the record: looks of a minute are told, what was forgotten or left over is cleared away."""

from __future__ import annotations

import shutil
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings

from indelible.features.record import looks
from indelible.features.record.download import SCRATCH
from indelible.features.record.models import Draft
from indelible.storage.database.attachments import clear_unrecorded
from indelible.storage.database.models import Logbook
from indelible.web.acts import logbook_in_use
from indelible.web.jobs import job, periodic


@periodic(timedelta(seconds=20))
@job
def tell_looks() -> None:
    """Put the looks whose minute is over on the record."""
    if Logbook.objects.exists():
        looks.tell_due(logbook_in_use(), datetime.now(UTC))


DRAFTS_ARE_KEPT = timedelta(days=30)


@periodic(timedelta(hours=6))
@job
def forget_old_drafts() -> None:
    """Throw away drafts nobody touched for a month, and files that belong to no entry and no draft any more."""
    old = datetime.now(UTC) - DRAFTS_ARE_KEPT
    Draft.objects.filter(changed_at__lt=old).delete()
    _clear_downloads(old)
    for logbook in Logbook.objects.all():
        clear_unrecorded(logbook, (old - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%S.%fZ"))


def _clear_downloads(before: datetime) -> None:
    """Remove what a crash left of workbooks that were being made; such folders are otherwise gone at once."""
    for left in Path(settings.INDELIBLE_HOME.uploads).glob(f"{SCRATCH}*"):
        with suppress(FileNotFoundError):  # whoever made it has just finished
            if datetime.fromtimestamp(left.stat().st_mtime, UTC) < before:
                shutil.rmtree(left, ignore_errors=True)
