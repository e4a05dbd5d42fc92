"""What can be done with sources and imports. Other features, pages, jobs and the command line come here."""

from __future__ import annotations

from django.db import transaction

from indelible.events import own
from indelible.features.sources.importing import Progress, import_file, receive, record, refusal, told
from indelible.features.sources.models import Import
from indelible.features.sources.origins import (
    By,
    SourceError,
    begin_source,
    record_own,
    rename_source,
    source_called,
    source_for_system,
)
from indelible.storage.database.append import Draft, append

__all__ = [
    "By",
    "Progress",
    "SourceError",
    "begin_source",
    "import_file",
    "mark_as_mistake",
    "receive",
    "record",
    "record_own",
    "refusal",
    "rename_source",
    "source_called",
    "source_for_system",
    "told",
]


def mark_as_mistake(row: Import, reason: str, by: By) -> Import:
    """Take a whole import back: a correction that covers all its entries, which stay readable.

    One entry does it, or one a run where other entries came in between. Raises SourceError where there is
    nothing to take back, no reason, or it was done before.
    """
    reason = reason.strip()
    if not reason:
        raise SourceError("mistake-needs-reason")
    with transaction.atomic():
        row = Import.objects.select_for_update().get(pk=row.pk)
        if row.mistake is not None:
            raise SourceError("mistake-marked-before", number=row.mistake + 1)
        if not row.runs:
            raise SourceError("import-without-entries")
        events = [
            own.mistaken_import(by.party, first, last, row.file_name, reason, context=by.context)
            for first, last in row.runs
        ]
        appended = append(row.logbook, [Draft(event) for event in events])
        row.mistake = appended.entries[0].index
        row.save(update_fields=["mistake"])
    return row
