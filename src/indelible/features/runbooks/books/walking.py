"""A walk-through: somebody who did not write the text goes through it step by step, notes what is unclear, and signs.

It is of one very text: where the draft is changed afterwards, the walk-through no longer counts for it. The password
was asked before, by the page.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.db import transaction

from indelible.events import own_books
from indelible.features.people.models import User
from indelible.features.runbooks.books.checking import all_flaws
from indelible.features.runbooks.books.drafting import check_seen
from indelible.features.runbooks.books.errors import Actor, BookError, actor_of, person_of
from indelible.features.runbooks.books.holding import (
    check_not_retired,
    document_of_version,
    draft_document,
    held,
    is_author,
    newest_version,
    record,
)
from indelible.features.runbooks.document.runbook import Runbook as Document
from indelible.features.runbooks.document.writing import digest_of
from indelible.features.runbooks.models import Runbook, Version

LONGEST_NOTE: Final = 1_000


def walk_through(
    runbook: Runbook,
    by: Actor | User,
    now: datetime,
    *,
    notes: Mapping[str, str] | None = None,
    seen: int | None = None,
) -> None:
    """Keep that somebody walked through the draft (whose stamp `seen` is); without one, through the version in force.

    `notes` are what was unclear, by the key of the step. Raises BookError: `runbook-own-text` for who wrote on it,
    `runbook-flaws`, `runbook-draft-changed`, `runbook-walked`, `runbook-no-draft`.
    """
    by, notes = actor_of(by), dict(notes or {})
    user = person_of(by)
    with transaction.atomic():
        row = held(runbook)
        check_not_retired(row)
        draft = draft_document(row)
        if draft is not None:
            check_seen(row, row.draft_stamp if seen is None else seen)
            _check_stranger(row, user, row.draft_authors)
            if flaws := all_flaws(draft, row.logbook):
                raise BookError("runbook-flaws", n=len(flaws), title=row.title)
            _walk_draft(row, draft, by, user, now, notes)
        else:
            _walk_version(row, by, user, now, notes)


def may_walk(runbook: Runbook, version: Version | None, user: User) -> bool:
    """Whether somebody can walk through what the runbook says: its draft, else that version."""
    authors = runbook.draft_authors if runbook.draft is not None else version.authors if version else []
    return not is_author(user, authors)


def is_walked(runbook: Runbook, draft: Document) -> bool:
    """Whether somebody walked through the draft as it stands."""
    return bool(runbook.draft_walk) and runbook.draft_walk["digest"] == digest_of(draft)


def _walk_draft(
    row: Runbook, draft: Document, by: Actor, user: User, now: datetime, notes: Mapping[str, str]
) -> None:
    digest = digest_of(draft)
    words = _noted(draft, notes)
    entry = _record(row, by, draft, digest, words, "")
    row.draft_walk = {
        "digest": digest,
        "by": user.pk,
        "name": user.name,
        "at": now.isoformat(),
        "note": words,
        "entry": entry,
    }
    row.save(update_fields=["draft_walk"])


def _walk_version(row: Runbook, by: Actor, user: User, now: datetime, notes: Mapping[str, str]) -> None:
    version = newest_version(row)
    if version is None:
        raise BookError("runbook-no-draft", title=row.title)
    _check_stranger(row, user, version.authors)
    if version.walked_by is not None:
        raise BookError("runbook-walked", title=row.title, name=version.walked_by.name)
    document = document_of_version(version)
    version.walked_by, version.walked_at = user, now
    version.walked_note = _noted(document, notes)
    version.walked_entry = _record(
        row, by, document, version.digest, version.walked_note, str(version.number)
    )
    version.save(update_fields=["walked_by", "walked_at", "walked_note", "walked_entry"])


def _check_stranger(row: Runbook, user: User, authors: list[int]) -> None:
    if is_author(user, authors):
        raise BookError("runbook-own-text", title=row.title)


def _record(row: Runbook, by: Actor, document: Document, digest: str, words: str, version: str) -> int:
    event = own_books.book_event(
        own_books.WALKED,
        by.party,
        row.key,
        document.title,
        extra={
            "version": version,
            "version_digest": digest,
            "meaning": "checked",
            "item_count": len(document.steps),
            "what": words,
        },
        context=by.context,
    )
    return record(row.logbook, event)


def _noted(document: Document, notes: Mapping[str, str]) -> str:
    """Return what was noted, step by step, as one text."""
    lines = [
        f"{place}. {step.title}: {words}"
        for place, step in enumerate(document.steps, 1)
        if (words := " ".join(notes.get(step.key, "").split())[:LONGEST_NOTE])
    ]
    if general := " ".join(notes.get("", "").split())[:LONGEST_NOTE]:
        lines.append(general)
    return "\n".join(lines)
