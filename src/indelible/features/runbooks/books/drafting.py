"""Beginning a runbook, and changing its draft.

That a runbook was begun is an entry; what its draft says is not, until a version of it is published. Two people who
edit at once notice each other: who saves says which state of the draft they had before them (`seen`).
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

import msgspec
from django.db import IntegrityError, transaction

from indelible.events import own_books
from indelible.features.people.models import User
from indelible.features.runbooks.books.errors import Actor, BookError, actor_of, person_of
from indelible.features.runbooks.books.holding import check_not_retired, held, newest_version, record
from indelible.features.runbooks.document.reading import from_text
from indelible.features.runbooks.document.runbook import Role, Starts
from indelible.features.runbooks.document.runbook import Runbook as Document
from indelible.features.runbooks.document.writing import to_data
from indelible.features.runbooks.library import all_ready
from indelible.features.runbooks.models import Runbook, RunbookState
from indelible.storage.database.models import Logbook
from indelible.web.acts import logbook_in_use

MOST_RUNBOOKS: Final = 500
MOST_AUTHORS: Final = 200
RESERVED: Final = frozenset(
    {"new", "import", "export", "ready", "handbook", "second-person", "runs", "feed", "calendar"}
)
_NUMBERED: Final = re.compile(r"(.*)-(\d{1,4})\Z")


# Beginning -------------------------------------------------------------------------------------------------


def copy_ready(ready: str, by: Actor | User, now: datetime, *, logbook: Logbook | None = None) -> Runbook:
    """Make a ready runbook the organisation's own, as a draft. Raises BookError (`runbook-ready-missing`)."""
    document = all_ready().get(ready)
    if document is None:
        raise BookError("runbook-ready-missing", id=ready)
    return _begin(
        logbook or logbook_in_use(), document, actor_of(by), now, own_books.COPIED, origin=document.id
    )


def new(
    title: str,
    by: Actor | User,
    now: datetime,
    *,
    purpose: str = "",
    team: str = "",
    logbook: Logbook | None = None,
) -> Runbook:
    """Begin a runbook of one's own, with nothing in it yet but who answers for it."""
    document = Document(
        id="R-1",
        title=title.strip()[:200],
        purpose=purpose.strip(),
        team=team.strip()[:60],
        owner="owner",
        roles={"owner": Role(title="Owner")},
        starts=Starts(when=""),
        keep="control",
        steps=(),
    )
    return _begin(logbook or logbook_in_use(), document, actor_of(by), now, own_books.BEGUN)


def import_text(
    text: str,
    by: Actor | User,
    now: datetime,
    *,
    onto: Runbook | None = None,
    seen: int = 0,
    logbook: Logbook | None = None,
) -> Runbook:
    """Take a document in, as a draft: of a new runbook, or `onto` one that there is.

    Raises DocumentError with everything that is wrong with it, and BookError (`runbook-key-taken`).
    """
    document = from_text(text)
    if onto is not None:
        return save_draft(onto, document, by, now, seen=seen)
    book = logbook or logbook_in_use()
    if Runbook.objects.filter(logbook=book, key=document.id).exists():
        raise BookError("runbook-key-taken", key=document.id)
    return _begin(book, document, actor_of(by), now, own_books.IMPORTED)


def _begin(
    logbook: Logbook, document: Document, by: Actor, now: datetime, said: str, *, origin: str = ""
) -> Runbook:
    user = person_of(by)
    taken = set(Runbook.objects.filter(logbook=logbook).values_list("key", flat=True))
    if len(taken) >= MOST_RUNBOOKS:
        raise BookError("runbook-too-many", most=MOST_RUNBOOKS)
    document = msgspec.structs.replace(document, id=_free(document.id, taken))
    try:
        with transaction.atomic():
            row = Runbook.objects.create(
                logbook=logbook,
                key=document.id,
                origin=origin,
                title=document.title,
                team=document.team,
                owner=user,
                draft=to_data(document),
                draft_by=user,
                draft_at=now,
                draft_stamp=1,
                draft_authors=[user.pk],
                made_at=now,
            )
            event = own_books.book_event(
                said,
                by.party,
                row.key,
                row.title or row.key,
                extra={"catalogue": origin, "item_count": len(document.steps)},
                context=by.context,
            )
            row.entry = record(logbook, event)
            row.save(update_fields=["entry"])
    except IntegrityError as twice:
        raise BookError("runbook-key-taken", key=document.id) from twice
    return row


def _free(wanted: str, taken: set[str]) -> str:
    """Return a short name that no runbook has and no page of ours: the one wanted, else the next of its kind."""
    if wanted not in taken and wanted.casefold() not in RESERVED:
        return wanted
    found = _NUMBERED.fullmatch(wanted)
    if wanted.startswith("R-") and found:
        stem, number = found[1], int(found[2])
    else:
        stem, number = wanted[:35], 1
    while f"{stem}-{number}" in taken or number == 1:
        number += 1
    return f"{stem}-{number}"


# The draft -------------------------------------------------------------------------------------------------


def save_draft(
    runbook: Runbook, document: Document, by: Actor | User, now: datetime, *, seen: int
) -> Runbook:
    """Keep what a draft says from now on; it need not hold together yet. `seen` is the stamp of the draft that was
    changed. Raises BookError (`runbook-draft-changed`, `runbook-retired`)."""
    user = person_of(actor_of(by))
    with transaction.atomic():
        row = held(runbook)
        check_not_retired(row)
        check_seen(row, seen)
        data = to_data(msgspec.structs.replace(document, id=row.key))
        if data == row.draft:
            return row
        row.draft, row.draft_by, row.draft_at = data, user, now
        row.draft_stamp += 1
        row.draft_authors = [*(key for key in row.draft_authors if key != user.pk), user.pk][-MOST_AUTHORS:]
        if row.state == RunbookState.DRAFT:
            row.title, row.team = document.title[:200], document.team[:60]
        row.save()
    return row


def drop_draft(runbook: Runbook, by: Actor | User, now: datetime, *, seen: int) -> Runbook:
    """Throw the draft away; the version in force stays. Raises BookError (`runbook-no-draft`, `runbook-draft-changed`,
    `runbook-not-published`)."""
    by = actor_of(by)
    with transaction.atomic():
        row = held(runbook)
        check_seen(row, seen)
        if row.draft is None:
            raise BookError("runbook-no-draft", title=row.title)
        if newest_version(row) is None:
            raise BookError("runbook-not-published", title=row.title)
        clear_draft(row)
        row.save()
        record(
            row.logbook,
            own_books.book_event(own_books.DRAFT_DROPPED, by.party, row.key, row.title, context=by.context),
        )
    return row


def clear_draft(row: Runbook) -> None:
    """Have no draft any more. The stamp goes on, so that nobody saves over what came after."""
    row.draft, row.draft_by, row.draft_at = None, None, None
    row.draft_authors, row.draft_walk = [], None
    row.draft_stamp += 1


def check_seen(row: Runbook, seen: int) -> None:
    """Raise BookError (`runbook-draft-changed`) where the draft is no longer the one that was seen."""
    if row.draft_stamp != seen:
        name = row.draft_by.name if row.draft_by is not None else ""
        raise BookError("runbook-draft-changed", title=row.title, name=name)
