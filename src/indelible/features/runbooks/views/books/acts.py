"""What is done with a runbook's text: published, walked through, looked at again, appointed, scheduled, retired."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from indelible.features.people import access
from indelible.features.people.access import needs
from indelible.features.people.queries import person as signed_in
from indelible.features.people.second.proving import proved
from indelible.features.runbooks.books import appointing, comparing, keeping, publishing, queries, walking
from indelible.features.runbooks.books.checking import all_flaws
from indelible.features.runbooks.books.errors import BookError
from indelible.features.runbooks.books.holding import (
    document_of_version,
    draft_document,
    newest_version,
    text_of,
    today,
)
from indelible.features.runbooks.books.telling import tell
from indelible.features.runbooks.forms_books import (
    CalendarForm,
    LookForm,
    PublishForm,
    ReasonForm,
    RolesForm,
    WalkForm,
)
from indelible.features.runbooks.models import Runbook
from indelible.features.runbooks.timetable.words import words as schedule_words
from indelible.features.runbooks.views.books.telling import (
    refuse,
    seen_of,
    stale,
    utc_now,
    words_of,
)
from indelible.features.sources.uploads import person
from indelible.web.acts import logbook_in_use
from indelible.web.once import first_time

NEXT = 3


@needs(access.RUNBOOKS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: HttpRequest, key: str) -> HttpResponse:
    """Show what the next version changes, and put it in force."""
    row = _book(key)
    document, newest = draft_document(row), newest_version(row)
    if document is None:
        return redirect("runbooks:book", row.key)
    if (refused := stale(request, row)) is not None:
        return refused
    if all_flaws(document, row.logbook):
        return redirect("runbooks:edit", row.key)
    second = publishing.needs_second()
    form = PublishForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not first_time(request):
            return redirect("runbooks:book", row.key)
        return _publish(request, row, form.cleaned_data["note"], second=second)
    context: dict[str, Any] = {
        "book": row,
        "form": form,
        "differences": comparing.differences(document_of_version(newest), document) if newest else [],
        "number": newest.number + 1 if newest else 1,
        "steps": len(document.steps),
        "walked": row.draft_walk if walking.is_walked(row, document) else None,
        "second": second,
    }
    return render(request, "runbooks/books/publish.html", context, status=422 if form.errors else 200)


def _publish(request: HttpRequest, row: Runbook, note: str, *, second: bool) -> HttpResponse:
    by, now, seen = person(request), utc_now(), seen_of(request)
    try:
        if second:
            asked = publishing.ask_to_publish(row, by, now, note=note, seen=seen)
            words = _("This needs a second person. It waits under number %(number)s.")
            messages.success(request, words % {"number": asked.pk})
        else:
            version = publishing.publish(row, by, now, note=note, seen=seen)
            words = _("Version %(n)s is in force from now on. Runs under way keep theirs.")
            messages.success(request, words % {"n": version.number})
    except BookError as refused:
        return refuse(request, refused)
    return redirect("runbooks:book", row.key)


@needs(access.STEPS_DO)
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def walk(request: HttpRequest, key: str) -> HttpResponse:
    """Walk through the text step by step, note what is unclear, and sign."""
    row, user, now = _book(key), signed_in(request), utc_now()
    if (refused := stale(request, row)) is not None:
        return refused
    version = newest_version(row)
    document = draft_document(row) or text_of(row)
    form = WalkForm(request.POST or None, steps=document.steps)
    may = walking.may_walk(row, version, user)
    flaws = row.draft is not None and bool(all_flaws(document, row.logbook))
    walked = row.draft is None and version is not None and version.walked_by is not None
    if request.method == "POST" and proved(request, form, user, now=now):
        try:
            walking.walk_through(row, person(request), now, notes=form.notes, seen=_seen(request, row))
        except BookError as why:
            return refuse(request, why)
        messages.success(request, _("Your walk-through is signed and on the record."))
        return redirect("runbooks:book", row.key)
    told = tell(document)
    context = {
        "book": row,
        "form": form,
        "may": may and not flaws and not walked,
        "own": not may,
        "flaws": flaws,
        "version": version,
        "told": told,
        "steps": [(step, form[f"clear_{step.key}"], form[f"note_{step.key}"]) for step in told.steps],
    }
    return render(request, "runbooks/books/walk.html", context, status=422 if form.errors else 200)


def _seen(request: HttpRequest, row: Runbook) -> int | None:
    return seen_of(request) if row.draft is not None else None


@needs(access.RUNBOOKS_CHANGE)
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def look_again(request: HttpRequest, key: str) -> HttpResponse:
    """Sign that the text in force was looked at again and is still right."""
    row, user, now = _book(key), signed_in(request), utc_now()
    form = LookForm(request.POST or None)
    if request.method == "POST" and proved(request, form, user, now=now):
        if not first_time(request):
            return redirect("runbooks:book", row.key)
        try:
            keeping.look_again(row, person(request), now, note=form.cleaned_data["note"])
        except BookError as refused:
            return refuse(request, refused)
        messages.success(request, _("It is on the record that the text is still right."))
        return redirect("runbooks:book", row.key)
    context = {"book": row, "form": form, "version": newest_version(row)}
    return render(request, "runbooks/books/look_again.html", context, status=422 if form.errors else 200)


@needs(access.RUNBOOKS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest, key: str) -> HttpResponse:
    """Say who keeps the text, who fills each role and who stands in."""
    row = _book(key)
    document = text_of(row)
    form = RolesForm(
        request.POST or None,
        roles=document.roles,
        people=queries.people(),
        filled=appointing.appointed(row),
        owner=row.owner,
    )
    if request.method == "POST" and form.is_valid():
        by = person(request)
        try:
            appointing.appoint_all(row, form.filled(), by, utc_now())
            keeping.set_owner(row, form.keeper(), by)
        except BookError as refused:
            form.add_error(None, words_of(refused))
        else:
            messages.success(request, _("Who does what is kept."))
            return redirect("runbooks:book", row.key)
    context = {"book": row, "form": form, "roles": form.rows(), "document": document}
    return render(request, "runbooks/books/people.html", context, status=422 if form.errors else 200)


@needs(access.RUNBOOKS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: HttpRequest, key: str) -> HttpResponse:
    """Switch the calendar on from a day, or off."""
    row, now = _book(key), utc_now()
    document = text_of(row)
    off = request.method == "POST" and request.POST.get("go") == "off"
    form = CalendarForm(
        request.POST if request.method == "POST" and not off else None,
        initial={"begins": row.scheduled_from or today(now)},
    )
    if off or (request.method == "POST" and form.is_valid()):
        try:
            keeping.schedule(row, None if off else form.day(), person(request), now)
        except BookError as refused:
            return refuse(request, refused)
        words = _("The calendar is switched off.") if off else _("The calendar is switched on.")
        messages.success(request, words)
        return redirect("runbooks:book", row.key)
    context = {
        "book": row,
        "form": form,
        "schedules": [schedule_words(each) for each in document.starts.schedule],
        "next": queries.dates_after(document, max(today(now), row.scheduled_from or today(now)), NEXT),
    }
    return render(request, "runbooks/books/calendar.html", context, status=422 if form.errors else 200)


@needs(access.RUNBOOKS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def retire(request: HttpRequest, key: str) -> HttpResponse:
    """Have no run begin under it any more, with the reason."""
    row = _book(key)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not first_time(request):
            return redirect("runbooks:book", row.key)
        try:
            keeping.retire(row, person(request), utc_now(), reason=form.cleaned_data["reason"])
        except BookError as refused:
            return refuse(request, refused)
        messages.success(
            request, _("“%(title)s” is retired. Its runs and its texts stay.") % {"title": row.title}
        )
        return redirect("runbooks:book", row.key)
    context = {"book": row, "form": form}
    return render(request, "runbooks/books/retire.html", context, status=422 if form.errors else 200)


@needs(access.RUNBOOKS_CHANGE)
@require_POST
def take_up(request: HttpRequest, key: str) -> HttpResponse:
    """Let runs begin under it again."""
    row = _book(key)
    try:
        keeping.take_up(row, person(request), utc_now())
    except BookError as refused:
        return refuse(request, refused)
    messages.success(request, _("“%(title)s” is taken up again.") % {"title": row.title})
    return redirect("runbooks:book", row.key)


def _book(key: str) -> Runbook:
    return queries.book_of(logbook_in_use(), key)
