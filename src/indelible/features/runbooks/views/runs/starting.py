"""Starting a runbook by hand: which one, about what, over which period, and who does what."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime
from typing import Any, Final
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.forms import BoundField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from indelible.features.people import access
from indelible.features.people.queries import person
from indelible.features.runbooks.document.reading import from_data
from indelible.features.runbooks.document.runbook import Runbook as Document
from indelible.features.runbooks.document.writing import to_toml
from indelible.features.runbooks.forms_runs import PeopleChoice
from indelible.features.runbooks.models import Cause, Runbook, RunbookState, Version
from indelible.features.runbooks.running.doers import Doer
from indelible.features.runbooks.running.errors import RunError
from indelible.features.runbooks.running.opening import open_run
from indelible.features.runbooks.starting_for import Reason, reason_of
from indelible.features.runbooks.views.runs.desk import line_of
from indelible.web.acts import context_of, logbook_in_use
from indelible.web.once import new_token, token_of

MOST_BOOKS: Final = 300
ROLE: Final = "role_"
ABOUT: Final = "{run.about}"  # the blank in a sentence of a runbook that what a run is about is put into


class StartForm(forms.Form):
    """What a run is about, and who does what in it."""

    use_required_attribute = False

    def __init__(
        self, data: Any = None, *, document: Document, appointed: dict[str, int], reason: Reason | None
    ) -> None:
        first = (
            {"title": reason.title, "about": reason.about, "for": reason.key} if reason is not None else {}
        )
        super().__init__(data, initial=first)
        asked = ABOUT in to_toml(document)
        self.fields["for"] = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
        self.fields["about"] = forms.CharField(
            label=_("Whom or what is it about?"),
            help_text=_("For example: Harrow Freight. Indelible looks for entries about it.")
            if asked
            else _("For example: Harrow Freight. It stands in the title."),
            error_messages={"required": _("Say whom or what it is about. Steps of this runbook look it up.")},
            max_length=200,
            required=asked,
        )
        self.fields["title"] = forms.CharField(
            label=_("What is it called?"),
            help_text=_("Left empty, it is called as the runbook and what it is about."),
            max_length=200,
            required=False,
        )
        if any(one.covers for one in document.starts.schedule):
            for name, label in (("period_from", _("Period from")), ("period_to", _("Period to"))):
                day = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
                self.fields[name] = forms.DateField(
                    label=label, required=False, widget=day, input_formats=["%Y-%m-%d"]
                )
        for key, part in document.roles.items():
            self.fields[ROLE + key] = PeopleChoice(
                label=part.title, help_text=part.note, required=False, empty_label=_("Nobody yet")
            )
            self.initial[ROLE + key] = appointed.get(key)

    @property
    def roles(self) -> list[BoundField]:
        """The fields of the roles."""
        return [self[name] for name in self.fields if name.startswith(ROLE)]

    @property
    def people(self) -> dict[str, Any]:
        """Who has which role, by its key, where that is somebody else than was appointed; None for nobody."""
        chosen = {
            name.removeprefix(ROLE): user for name, user in self.cleaned_data.items() if name.startswith(ROLE)
        }
        return {
            role: user
            for role, user in chosen.items()
            if (user.pk if user is not None else None) != self.initial.get(ROLE + role)
        }

    @property
    def period(self) -> tuple[date, date] | None:
        """The period, where it was given."""
        first, last = self.cleaned_data.get("period_from"), self.cleaned_data.get("period_to")
        return (first, last) if first and last else None

    def clean(self) -> dict[str, Any]:
        """Hold the days of the period against each other."""
        cleaned = super().clean() or {}
        first, last = cleaned.get("period_from"), cleaned.get("period_to")
        if bool(first) != bool(last):
            self.add_error(
                "period_to" if first else "period_from", _("Enter both days of the period, or neither.")
            )
        if first and last and last < first:
            self.add_error("period_to", _("The period ends before it begins."))
        return cleaned


@access.needs(access.RUNS_START)
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Show the runbooks in force, by team."""
    rows = Runbook.objects.filter(logbook=logbook_in_use(), state=RunbookState.PUBLISHED).order_by("title")[
        :MOST_BOOKS
    ]
    newest = _purposes([row.pk for row in rows])
    teams: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        teams[row.team or _("Everybody")].append(
            {"pk": row.pk, "title": row.title, "purpose": newest.get(row.pk, "")}
        )
    reason = request.GET.get("for", "")[:40]
    asked = f"?{urlencode({'for': reason})}" if reason else ""
    context = {"teams": sorted(teams.items()), "asked": asked}
    return render(request, "runbooks/runs/start.html", context)


def _purposes(keys: list[int]) -> dict[int, str]:
    """Return what each runbook is for, as its newest version says."""
    rows = (
        Version.objects.filter(runbook__in=keys)
        .order_by("number")
        .values_list("runbook", "document__purpose")
    )
    return {key: str(purpose or "") for key, purpose in rows}


@access.needs(access.RUNS_START)
@require_http_methods(["GET", "HEAD", "POST"])
def start_of(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask what a run is about and who does what, and start it."""
    logbook = logbook_in_use()
    book = get_object_or_404(Runbook.objects.filter(logbook=logbook, state=RunbookState.PUBLISHED), pk=pk)
    version = get_object_or_404(Version.objects.filter(runbook=book).order_by("-number")[:1])
    document = from_data(version.document)
    appointed = {row.role: row.user_id for row in book.appointments.all() if row.user_id is not None}
    sent = request.POST if request.method == "POST" else request.GET
    reason = reason_of(logbook, str(sent.get("for", ""))[:40])
    form = StartForm(
        request.POST if request.method == "POST" else None,
        document=document,
        appointed=appointed,
        reason=reason,
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            run = open_run(
                book,
                Doer.of_user(person(request), context_of(request)),
                datetime.now(UTC),
                cause=reason.cause if reason is not None else Cause.HAND,
                cause_key=reason.key if reason is not None else token_of(request) or new_token(),
                cause_entry=reason.entry if reason is not None else None,
                title=given["title"],
                about=given["about"],
                period=form.period,
                people=form.people,
            )
        except RunError as refused:
            form.add_error(None, line_of(refused))
        else:
            messages.success(request, _("Started, and recorded."))
            return redirect("runbooks:run", run.pk)
    context = {
        "form": form,
        "runbook": book,
        "document": document,
        "version": version,
        "why": reason.words if reason is not None else "",
    }
    return render(request, "runbooks/runs/start_of.html", context, status=422 if form.errors else 200)
