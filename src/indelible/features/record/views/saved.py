"""The pages of saved views: save a question, see which there are, change one, delete one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from indelible.explanations import explain
from indelible.features.people import access
from indelible.features.people.access import needs
from indelible.features.people.models import User
from indelible.features.people.queries import person
from indelible.features.record import saved
from indelible.features.record.addresses import list_url
from indelible.features.record.asking import Asked, asked_of
from indelible.features.record.doubts import doubts_of
from indelible.features.record.forms_saved import ViewForm
from indelible.features.record.models import SavedView
from indelible.features.rules.world import world_of
from indelible.web.acts import context_of, logbook_in_use
from indelible.web.chrome import reader_of
from indelible.web.once import first_time, token_of

FIELD_OF: Final = {
    "view-name-missing": "name",
    "view-name-too-long": "name",
    "view-name-taken": "name",
    "view-asks-nothing": "question",
    "view-not-understood": "question",
}


@needs(access.RECORD_READ)
@require_GET
def views(request: HttpRequest) -> HttpResponse:
    """Show every view that somebody can use, with what it asks and whether it still means the same."""
    logbook, now, tz = logbook_in_use(), datetime.now(UTC), reader_of(request).tz
    world = world_of(logbook)
    lines = []
    for view in saved.views_for(logbook, person(request)).select_related("owner"):
        asked = asked_of(logbook, view.typed, now, tz, world)
        lines.append((view, asked, list_url(view.typed, view=view.pk), saved.has_moved(view, asked)))
    context = {
        "shared": [line for line in lines if line[0].shared],
        "own": [line for line in lines if not line[0].shared],
        "may_share": _may_share(person(request)),
    }
    return render(request, "record/saved/views.html", context)


@needs(access.RECORD_READ)
@require_http_methods(["GET", "POST"])
def save(request: HttpRequest) -> HttpResponse:
    """Save a question under a name."""
    form = ViewForm(
        request.POST or None,
        initial={"question": request.GET.get("q", "")},
        may_share=_may_share(person(request)),
    )
    if request.method == "POST" and form.is_valid():
        given, asked = form.cleaned_data, _asked(request, form.cleaned_data["question"])
        if not first_time(request):  # the button was pressed twice: the first press saved it
            return redirect(list_url(asked.typed))
        try:
            view = saved.save_view(
                logbook_in_use(),
                person(request),
                given["name"],
                asked,
                shared=given["shared"],
                context=context_of(request),
                once=token_of(request),
            )
        except saved.SavedViewError as refusal:
            _refuse(form, refusal)
        else:
            words = (
                _("“%(name)s” is saved for everybody, and that is on the record.")
                if view.shared
                else _("“%(name)s” is saved. Only you see it.")
            )
            messages.success(request, words % {"name": view.name})
            return redirect(list_url(view.typed, view=view.pk))
    return _form(request, form)


@needs(access.RECORD_READ)
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, key: int) -> HttpResponse:
    """Give a view another name or question, share it, or take it back."""
    view = _view(request, key)
    form = ViewForm(
        request.POST or None,
        initial={"name": view.name, "question": view.typed, "shared": view.shared},
        may_share=_may_share(person(request)),
    )
    if request.method == "POST" and form.is_valid():
        given, asked = form.cleaned_data, _asked(request, form.cleaned_data["question"])
        try:
            changed = saved.change_view(
                view,
                person(request),
                given["name"],
                asked,
                shared=given["shared"],
                context=context_of(request),
                once=token_of(request),
            )
        except saved.SavedViewError as refusal:
            _refuse(form, refusal)
        else:
            on_record = changed and (view.shared or given["shared"])
            messages.success(request, _("Saved, and recorded.") if on_record else _("Saved."))
            return redirect(list_url(asked.typed, view=view.pk))
    return _form(request, form, view)


@needs(access.RECORD_READ)
@require_http_methods(["GET", "POST"])
def delete(request: HttpRequest, key: int) -> HttpResponse:
    """Delete a view, having said what happens."""
    view = _view(request, key)
    if request.method == "POST":
        saved.delete_view(view, person(request), context=context_of(request), once=token_of(request))
        messages.success(
            request,
            _("The view “%(name)s” is deleted. The entries that it showed are as they were.")
            % {"name": view.name},
        )
        return redirect("record:views")
    return render(request, "record/saved/delete.html", {"view": view})


def _may_share(user: User) -> bool:
    return access.may(user, access.VIEWS_SHARE)


def _view(request: HttpRequest, key: int) -> SavedView:
    """Return a view that the person may change: one of their own, or a shared one if they may share. Else 404."""
    view = get_object_or_404(saved.views_for(logbook_in_use(), person(request)), pk=key)
    if view.shared and not _may_share(person(request)):
        raise Http404
    return view


def _asked(request: HttpRequest, typed: str) -> Asked:
    return asked_of(logbook_in_use(), typed, datetime.now(UTC), reader_of(request).tz)


def _refuse(form: ViewForm, refusal: saved.SavedViewError) -> None:
    told = explain(refusal.code, **refusal.facts)
    form.add_error(FIELD_OF.get(refusal.code), f"{told.title} {told.meaning} {told.next_step}")


def _form(request: HttpRequest, form: ViewForm, view: SavedView | None = None) -> HttpResponse:
    typed = (form.data if form.is_bound else form.initial).get("question", "")
    asked = _asked(request, typed)
    context: dict[str, Any] = {
        "form": form,
        "view": view,
        "asked": asked,
        "doubts": doubts_of(asked),
        "back": list_url(typed, view=view.pk if view else None),
    }
    return render(request, "record/saved/form.html", context, status=422 if form.errors else 200)
