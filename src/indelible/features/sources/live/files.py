"""What reaches a source as a file, unattended: it is kept, and goes the way of an upload.

So a file from a folder, a mail or a bucket has the same account, the same receipt, and the same page as one that a
person sent. Where it raises a question, it waits for the answer as an upload does, and the source says so.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from indelible.features.sources.importing import receive
from indelible.features.sources.jobs import record_import
from indelible.features.sources.live.health import heard
from indelible.features.sources.live.reading import how_read
from indelible.features.sources.models import Import, Source, Stage
from indelible.features.sources.origins import By
from indelible.web.jobs import ask

MOST_OPEN: Final = 20  # files of one source that are on their way; the next ones wait where they are


def has_room(source: Source) -> bool:
    """Whether another file of this source may be taken: not too many of them are on their way."""
    open_stages = (Stage.RECEIVED, Stage.ASKING, Stage.RECORDING)
    return Import.objects.filter(source=source, live_day=None, stage__in=open_stages).count() < MOST_OPEN


def kept_path() -> Path:
    """Return a fresh path in the data folder for a file to be written to, which `take_file` then takes over."""
    return Path(settings.INDELIBLE_HOME.uploads) / f"{secrets.token_hex(16)}.upload"


def take_file(
    source: Source,
    path: Path,
    name: str,
    *,
    received_at: datetime | None = None,
    together_with: Callable[[Import], None] = lambda _row: None,
) -> Import:
    """Have a file recorded that lies at `kept_path()`, whole and durable; return its import.

    `together_with` is called in the same transaction, to note what must not be taken again.
    """
    mapping, given = how_read(source)
    with transaction.atomic():
        row = receive(
            path, name, logbook=source.logbook, by=By(), given=given, mapping=mapping, source=source
        )
        row.job = ask(record_import, row.pk)
        row.save(update_fields=["job"])
        together_with(row)
    heard(source, received_at or timezone.now())
    return row
