"""Runbooks carried out of Indelible as TOML, one or all of them; the same bytes for the same documents.

(The way in is `drafting.import_text`.)
"""

from __future__ import annotations

import zipfile
from datetime import datetime
from io import BytesIO
from typing import Final

from indelible.events import own_books
from indelible.features.people.models import User
from indelible.features.runbooks.books.errors import Actor, actor_of
from indelible.features.runbooks.books.holding import document_of_version, draft_document, record, text_of
from indelible.features.runbooks.books.queries import newest_versions
from indelible.features.runbooks.document.writing import to_toml
from indelible.features.runbooks.models import Runbook
from indelible.storage.database.models import Logbook

_MADE_AT: Final = (1980, 1, 1, 0, 0, 0)  # so that the same runbooks give the same file


def export_text(runbook: Runbook) -> str:
    """Return what a runbook says as TOML: in force, else as a draft."""
    return to_toml(text_of(runbook))


def export_one(runbook: Runbook, by: Actor | User, now: datetime) -> bytes:
    """Return a runbook as a file; that it was exported is an entry."""
    by, text = actor_of(by), export_text(runbook)
    record(
        runbook.logbook,
        own_books.book_event(
            own_books.EXPORTED, by.party, runbook.key, runbook.title or runbook.key, context=by.context
        ),
    )
    return text.encode()


def export_all(logbook: Logbook, by: Actor | User, now: datetime) -> bytes:
    """Return all runbooks of the organisation as one ZIP, a file each; that they were exported is an entry."""
    by, texts = actor_of(by), _all_texts(logbook)
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for key, text in sorted(texts.items()):
            told = zipfile.ZipInfo(f"{key}.toml", _MADE_AT)
            told.compress_type = zipfile.ZIP_DEFLATED
            told.external_attr = 0o644 << 16
            file.writestr(told, text)
    record(
        logbook,
        own_books.book_event(
            own_books.ALL_EXPORTED, by.party, "", "", extra={"item_count": len(texts)}, context=by.context
        ),
    )
    return packed.getvalue()


def _all_texts(logbook: Logbook) -> dict[str, str]:
    """Return each runbook as text by its key: in force, else as a draft. Two queries, however many there are."""
    versions = newest_versions(logbook)
    found: dict[str, str] = {}
    for row in Runbook.objects.filter(logbook=logbook):
        document = document_of_version(versions[row.pk]) if row.pk in versions else draft_document(row)
        if document is not None:
            found[row.key] = to_toml(document)
    return found
