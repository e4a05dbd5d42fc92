"""One runbook: what it is for, who, when next, its text, its versions and its runs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from indelible.features.people import access
from indelible.features.people.access import needs
from indelible.features.people.queries import person as signed_in
from indelible.features.people.second import services as second
from indelible.features.runbooks.books import appointing, carrying, comparing, publishing, queries, walking
from indelible.features.runbooks.books.holding import (
    document_of_version,
    draft_document,
    newest_version,
    text_of,
    today,
)
from indelible.features.runbooks.books.kinds import PUBLISH
from indelible.features.runbooks.books.telling import tell
from indelible.features.runbooks.models import Run, Runbook, RunbookState
from indelible.features.runbooks.timetable.words import words as schedule_words
from indelible.features.runbooks.views.books.telling import url_if_there, utc_now
from indelible.features.sources.uploads import person
from indelible.web.acts import logbook_in_use

LATEST = 10
MOST_VERSIONS = 50
NEXT = 3


@needs(access.RECORD_READ)
@require_safe
def book(request: HttpRequest, key: str) -> HttpResponse:
    """Show one runbook."""
    row, now = queries.book_of(logbook_in_use(), key), utc_now()
    version = newest_version(row)
    document, filled = text_of(row), appointing.appointed(row)
    told = tell(document)
    context: dict[str, Any] = {
        "book": row,
        "version": version,
        "told": told,
        "in_force": row.state == RunbookState.PUBLISHED,
        "roles": [(title, words, filled.get(name, appointing.Filled())) for name, title, words in told.roles],
        "schedules": [schedule_words(each) for each in document.starts.schedule],
        "next": queries.next_dates(row, document, now, NEXT),
        "would_be": queries.dates_after(document, today(now), NEXT) if row.scheduled_from is None else [],
        "overdue": row.look_again_on is not None and row.look_again_on <= today(now),
        "versions": row.versions.select_related("published_by", "walked_by").order_by("-number")[
            :MOST_VERSIONS
        ],
        "runs": _runs(row),
        "waits": second.open_about(PUBLISH, publishing.about(row)),
        "may_walk": walking.may_walk(row, version, signed_in(request)),
        "start_url": _start_url(row),
    }
    return render(request, "runbooks/books/book.html", context)


def _start_url(row: Runbook) -> str:
    return url_if_there("runbooks:start-of", row.pk) if row.state == RunbookState.PUBLISHED else ""


def _runs(row: Runbook) -> list[tuple[Run, queries.Dot, str]]:
    runs = Run.objects.filter(runbook=row).order_by("-id")[:LATEST]
    return [(run, queries.dot_of(run), url_if_there("runbooks:run", run.pk)) for run in runs]


@needs(access.RECORD_READ)
@require_safe
def version(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Show one version, whole, and what differs from the one before."""
    row = queries.book_of(logbook_in_use(), key)
    found = queries.version_of(row, number)
    document = document_of_version(found)
    before = row.versions.filter(number=found.number - 1).first()
    context = {
        "book": row,
        "version": found,
        "told": tell(document),
        "differences": comparing.differences(document_of_version(before), document) if before else [],
        "before": before,
        "newest": not row.versions.filter(number__gt=found.number).exists(),
    }
    return render(request, "runbooks/books/version.html", context)


@needs(access.RUNBOOKS_CHANGE)
@require_safe
def draft(request: HttpRequest, key: str) -> HttpResponse:
    """Show what the draft would change, beside the version in force."""
    row = queries.book_of(logbook_in_use(), key)
    document, newest = draft_document(row), newest_version(row)
    found = comparing.differences(document_of_version(newest), document) if document and newest else []
    context = {"book": row, "told": tell(document or text_of(row)), "differences": found, "version": newest}
    return render(request, "runbooks/books/draft.html", context)


@needs(access.RECORD_READ)
@require_POST
def give_out(request: HttpRequest, key: str) -> HttpResponse:
    """Give a runbook out as TOML; that this was done is an entry."""
    row = queries.book_of(logbook_in_use(), key)
    text = carrying.export_one(row, person(request), utc_now())
    answer = HttpResponse(text, content_type="application/toml")
    answer["Content-Disposition"] = f'attachment; filename="{row.key}.toml"'
    return answer
