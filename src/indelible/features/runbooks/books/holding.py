"""A runbook's row held until the transaction ends, its documents, and the days that are counted from now."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from indelible.events.event import Event
from indelible.features.people.models import User
from indelible.features.people.second import selves
from indelible.features.runbooks.books.errors import BookError
from indelible.features.runbooks.document.runbook import Runbook as Document
from indelible.features.runbooks.document.shape import converted
from indelible.features.runbooks.models import Runbook, RunbookState, Version
from indelible.features.runbooks.timetable.spans import SpanError, moved, span_of
from indelible.features.settings.services import calendar
from indelible.storage.database.append import Draft, append
from indelible.storage.database.models import Logbook

A_YEAR = "P1Y"


def held(runbook: Runbook) -> Runbook:
    """Return the runbook as it is now, and let nobody else change it until this transaction ends."""
    return (
        Runbook.objects.select_for_update(of=("self",)).select_related("logbook", "owner").get(pk=runbook.pk)
    )


def newest_version(runbook: Runbook) -> Version | None:
    """Return the version that new runs begin under, None where nothing was published yet."""
    return (
        runbook.versions.select_related("published_by", "written_by", "walked_by").order_by("-number").first()
    )


def document_of_version(version: Version) -> Document:
    """Return what a version says. It was without flaws when it was published."""
    return converted(version.document)


def draft_document(runbook: Runbook) -> Document | None:
    """Return the draft as it stands, None where there is none. It need not hold together."""
    return converted(runbook.draft) if runbook.draft is not None else None


def text_of(runbook: Runbook) -> Document:
    """Return what the runbook says: in force, else as a draft. Raises BookError where it says nothing."""
    if (version := newest_version(runbook)) is not None:
        return document_of_version(version)
    if (draft := draft_document(runbook)) is not None:
        return draft
    raise BookError("runbook-no-draft", title=runbook.title)


def record(logbook: Logbook, event: Event) -> int:
    """Append what tells of an act; return where the entry stands."""
    return append(logbook, [Draft(event)]).recorded[0].index


def record_all(logbook: Logbook, events: Iterable[Event]) -> list[int]:
    """Append what tells of several acts, in order."""
    return [entry.index for entry in append(logbook, [Draft(event) for event in events]).recorded]


def today(now: datetime) -> date:
    """Return which day it is in the organisation's zone."""
    return now.astimezone(ZoneInfo(calendar().zone)).date()


def look_again_on(document: Document, now: datetime) -> date:
    """Return by which day the text itself is to be looked at again."""
    try:
        return moved(today(now), span_of(document.look_again), calendar())
    except SpanError:
        return moved(today(now), span_of(A_YEAR), calendar())


def is_author(user: User, keys: Iterable[int]) -> bool:
    """Whether somebody is one of these accounts, or the same person under another one."""
    wanted = set(keys)
    if user.pk in wanted:
        return True
    authors = list(User.objects.filter(pk__in=wanted))
    return len(selves.others_than(user, authors)) < len(authors)


def check_not_retired(runbook: Runbook) -> None:
    """Raise BookError (`runbook-retired`) for one that no run begins under any more."""
    if runbook.state == RunbookState.RETIRED:
        raise BookError("runbook-retired", title=runbook.title)
