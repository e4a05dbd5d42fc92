"""Adding an entry, correcting one, adding a note: fill in, check the sentence, seal."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from indelible.events.event import Event, EventError
from indelible.features.people import access
from indelible.features.people.access import needs
from indelible.features.people.queries import person
from indelible.features.record import queries, services
from indelible.features.record.compose import SOMETHING_ELSE, Writer, compose_entry
from indelible.features.record.describing import describe_event
from indelible.features.record.forms import MAX_FILE_BYTES, CorrectionForm, EntryForm, NoteForm
from indelible.features.record.models import Draft
from indelible.storage.database import reads
from indelible.storage.database.errors import NotFound
from indelible.storage.database.reads import StoredEntry
from indelible.web.acts import context_of, logbook_in_use, party_of
from indelible.web.bodies import takes_body
from indelible.web.chrome import reader_of

# Somewhat more than a file may have, so that the form itself can say that one is too large.
MOST_SENT = MAX_FILE_BYTES + 10_000_000
LONGEST_NUMBER = 16  # digits of a place in the log that a database can compare with


@takes_body(MOST_SENT)
@needs(access.ENTRIES_WRITE)
def add(request: HttpRequest) -> HttpResponse:
    """Show the form of an entry, empty or after an entry like it; keep what was filled in."""
    return _entry_form(request, None)


@takes_body(MOST_SENT)
@needs(access.ENTRIES_WRITE)
def edit(request: HttpRequest, draft: uuid.UUID) -> HttpResponse:
    """Go on with a draft of one's own."""
    kept = _own_draft(request, draft)
    if kept.sealed_as is not None:
        return redirect("record:entry", kept.sealed_as + 1)
    if kept.kind == Draft.Kind.ENTRY:
        return _entry_form(request, kept)
    return _about_form(request, kept, _entry_of(kept))


def _entry_form(request: HttpRequest, draft: Draft | None) -> HttpResponse:
    now, reader = datetime.now(UTC), reader_of(request)
    local = now.astimezone(reader.tz)
    initial = draft.fields if draft else _blank(request, local)
    form = EntryForm(request.POST or None, request.FILES or None, initial=initial, zone=reader.zone, now=now)
    preview = (
        _preview(form, _writer(request), now) if request.method == "POST" and "show" in request.POST else None
    )
    if (
        request.method == "POST"
        and preview is None
        and form.is_valid()
        and _is_lawful(form, _writer(request), now)
    ):
        logbook = logbook_in_use()
        kept = services.save_draft(
            person(request),
            Draft.Kind.ENTRY,
            form.texts(),
            draft=draft,
            file=form.cleaned_data.get("file"),
            logbook=logbook,
        )
        return _after_saving(request, kept)
    status = 422 if form.is_bound and form.errors else 200
    context = {
        "form": form,
        "draft": draft,
        "preview": preview,
        "drafts": _drafts(request) if draft is None else [],
    }
    return render(request, "record/add.html", context, status=status)


def _blank(request: HttpRequest, local: datetime) -> dict[str, str]:
    """Return what an empty form starts with: oneself, now, and what "Add another like this" carries along."""
    return {
        "who": person(request).name,
        "day": local.date().isoformat(),
        "clock": local.strftime("%H:%M"),
        **_like(request.GET.get("like", "")),
    }


def _like(number: str) -> Mapping[str, str]:
    """Return act, kind of thing and detail of the entry of that number; nothing where there is no such entry."""
    if not (number.isascii() and number.isdigit() and len(number) < LONGEST_NUMBER):
        return {}
    found = reads.find_entries(logbook_in_use(), [int(number) - 1])
    empty: Event = {}
    event = next((queries.readable(entry).event for entry in found.values()), empty)
    action = event.get("action", {})
    return {
        "verb": action.get("verb") or (SOMETHING_ELSE if action.get("said") else ""),
        "said": "" if action.get("verb") else action.get("said", ""),
        "kind": next((target.get("kind", "") for target in event.get("targets", [])), ""),
        "detail": next((change.get("field", "") for change in event.get("changes", [])), ""),
    }


def _preview(form: EntryForm, writer: Writer, now: datetime) -> Event | None:
    """Return the event as the form stands, for the sentence above it; None while something is missing."""
    if not form.is_valid():
        return None
    return compose_entry(form.texts(), writer, now)


def _is_lawful(form: EntryForm, writer: Writer, now: datetime) -> bool:
    """Whether the fields make an event; if not, the form says so and nothing is kept."""
    try:
        compose_entry(form.texts(), writer, now)
    except EventError as fault:
        form.add_error(
            None, _("This cannot be recorded as it stands (%(detail)s).") % {"detail": fault.detail}
        )
        return False
    return True


@needs(access.ENTRIES_WRITE)
def correct(request: HttpRequest, number: int) -> HttpResponse:
    """Say what is wrong in an entry and what is right."""
    return _about_form(request, Draft(owner=person(request), kind=Draft.Kind.CORRECTION, about=number - 1))


@needs(access.ENTRIES_WRITE)
def note(request: HttpRequest, number: int) -> HttpResponse:
    """Write a note under an entry."""
    return _about_form(request, Draft(owner=person(request), kind=Draft.Kind.NOTE, about=number - 1))


def _about_form(request: HttpRequest, draft: Draft, entry: StoredEntry | None = None) -> HttpResponse:
    entry = entry or _entry_of(draft)
    kind = CorrectionForm if draft.kind == Draft.Kind.CORRECTION else NoteForm
    form = kind(request.POST or None, initial={**_first_change(entry), **draft.fields})
    if request.method == "POST" and form.is_valid():
        kept = services.save_draft(
            draft.owner, Draft.Kind(draft.kind), form.texts(), draft=draft, about=draft.about
        )
        return _after_saving(request, kept)
    context = {"form": form, "entry": entry, "number": entry.index + 1, "draft": draft}
    template = "record/correct.html" if draft.kind == Draft.Kind.CORRECTION else "record/note.html"
    return render(request, template, context, status=422 if form.is_bound and form.errors else 200)


def _first_change(entry: StoredEntry) -> Mapping[str, str]:
    """Fill in the detail that a correction is most likely about: the only one that changed."""
    changes = entry.event.get("changes", [])
    if len(changes) != 1 or not isinstance(changes[0].get("after"), str):
        return {}
    return {"detail": changes[0].get("field", ""), "was": str(changes[0]["after"])}


def _after_saving(request: HttpRequest, draft: Draft) -> HttpResponse:
    if "keep" in request.POST:
        messages.success(request, _("Kept as a draft. Nothing was sealed."))
        return redirect("record:add")
    return redirect("record:draft_check", draft.pk)


@needs(access.ENTRIES_WRITE)
def check(request: HttpRequest, draft: uuid.UUID) -> HttpResponse:
    """Show the sentence that will be sealed, and on POST seal it."""
    kept, now = _own_draft(request, draft), datetime.now(UTC)
    if kept.sealed_as is not None:
        return redirect("record:entry", kept.sealed_as + 1)
    writer, logbook = _writer(request), logbook_in_use()
    if request.method == "POST":
        index = services.seal_draft(kept, logbook, writer, now, context_of(request))
        return redirect(f"{reverse('record:entry', args=[index + 1])}?sealed=1")
    event = services.event_of(kept, writer, now)
    context = {
        "draft": kept,
        "event": event,
        "facts": describe_event(event, reader_of(request)),
        "number": (kept.about or 0) + 1,
    }
    return render(request, "record/check.html", context)


@needs(access.ENTRIES_WRITE)
@require_POST
def throw_away(request: HttpRequest, draft: uuid.UUID) -> HttpResponse:
    """Forget a draft. It was never part of the record."""
    kept = _own_draft(request, draft)
    if kept.sealed_as is not None:
        return redirect("record:entry", kept.sealed_as + 1)
    kept.delete()
    messages.success(request, _("The draft is thrown away. It was never on the record."))
    return redirect("record:add")


def _own_draft(request: HttpRequest, draft: uuid.UUID) -> Draft:
    return get_object_or_404(Draft, pk=draft, owner=person(request))


def _drafts(request: HttpRequest) -> list[Draft]:
    mine = Draft.objects.filter(owner=person(request), sealed_as=None).order_by("-changed_at")
    return list(mine[:10])


def _entry_of(draft: Draft) -> StoredEntry:
    logbook, about = logbook_in_use(), draft.about if draft.about is not None else -1
    if not 0 <= about < reads.head(logbook).size:
        raise Http404
    try:
        return queries.readable(reads.get_entry(logbook, about))
    except NotFound as missing:
        raise Http404 from missing


def _writer(request: HttpRequest) -> Writer:
    return Writer(party_of(person(request)), reader_of(request).zone)
