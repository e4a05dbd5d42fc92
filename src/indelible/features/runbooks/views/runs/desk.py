"""Who is at a run, and where its pages lie for them: the same pages serve people with an account and outsiders."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.forms import BaseForm, BoundField, RadioSelect
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from indelible.explanations import Explanation, explain
from indelible.features.people import access
from indelible.features.people.models import User
from indelible.features.people.queries import person
from indelible.features.record.queries import rows_of
from indelible.features.runbooks.document.runbook import Runbook
from indelible.features.runbooks.models import GOING, Outsider, Run, RunEntry, RunStep
from indelible.features.runbooks.running.documents import document_of
from indelible.features.runbooks.running.doers import Doer
from indelible.features.runbooks.running.errors import Barred, RunError
from indelible.features.signoffs.errors import SignOffError
from indelible.storage.database.errors import StorageError
from indelible.web.acts import context_of, logbook_in_use
from indelible.web.chrome import reader_of
from indelible.web.failures import failure_page
from indelible.web.moments import Reader

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
NOT_THEIRS = ("run-not-yours", "run-role-not-yours")
LATEST = 3  # entries that a page shows of what happened meanwhile


@dataclass(frozen=True)
class Desk:
    """Somebody at a run."""

    run: Run
    document: Runbook
    doer: Doer
    now: datetime
    reader: Reader

    @property
    def user(self) -> User | None:
        """Who it is, where they have an account."""
        return self.doer.user

    @property
    def outsider(self) -> Outsider | None:
        """Who it is, where they came by a link."""
        return self.doer.outsider

    @property
    def base(self) -> str:
        """The template that the pages stand in."""
        return "web/base.html" if self.outsider is None else "runbooks/runs/guest_base.html"

    @property
    def run_url(self) -> str:
        """The page of the run."""
        return self.url("run")

    def url(self, name: str, *parts: Any) -> str:
        """Return the address of a page of this run."""
        if self.outsider is not None:
            return reverse(f"runbooks:guest-{name}", args=parts)
        return reverse(f"runbooks:{name}", args=[self.run.pk, *parts])


def desk_of(request: HttpRequest, key: int) -> Desk:
    """Return the desk of somebody with an account. Raises Http404."""
    runs = Run.objects.select_related("runbook", "version", "logbook", "opened_by", "follows_up")
    run = get_object_or_404(runs, pk=key, logbook=logbook_in_use())
    return at(request, run, Doer.of_user(person(request), context_of(request)))


def at(request: HttpRequest, run: Run, doer: Doer) -> Desk:
    """Return the desk of somebody."""
    return Desk(run, document_of(run), doer, datetime.now(UTC), reader_of(request))


def step_of(desk: Desk, key: str) -> RunStep:
    """Return a step of the run. Raises Http404."""
    row = RunStep.objects.select_related("by_user", "by_outsider").filter(run=desk.run, key=key).first()
    if row is None:
        raise Http404
    row.run = desk.run
    return row


# When it cannot be done ------------------------------------------------------------------------------------


def told(refused: RunError | SignOffError | StorageError) -> Explanation:
    """Return the words of a refusal."""
    return explain(refused.code, **getattr(refused, "facts", {}))


def line_of(refused: RunError | SignOffError | StorageError) -> str:
    """Return the words of a refusal as one text, as a form shows it."""
    words = told(refused)
    return " ".join(part for part in (words.title, words.meaning, words.next_step) if part)


def quicker(request: HttpRequest, desk: Desk, back_url: str, *, kept: bool = False) -> HttpResponse:
    """Say that somebody else was quicker, and show what happened."""
    indexes = list(
        RunEntry.objects.filter(run=desk.run).order_by("-index").values_list("index", flat=True)[:LATEST]
    )
    last = rows_of(desk.run.logbook, indexes) if desk.outsider is None else []
    context = {"desk": desk, "run": desk.run, "back_url": back_url, "kept": kept, "last": last}
    return render(request, "runbooks/runs/quicker.html", context, status=409)


def onward(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Lead to the run after an act. An outsider's link may have ended with it: then they are told so at once."""
    if desk.outsider is None or Run.objects.filter(pk=desk.run.pk, state__in=GOING).exists():
        return redirect(desk.run_url)
    return render(request, "runbooks/runs/guest_left.html", {"desk": desk, "run": desk.run, "ended": True})


def refusal(request: HttpRequest, desk: Desk, refused: RunError, back_url: str) -> HttpResponse:
    """Return the page of a refusal that no form can show."""
    if refused.code in ("run-changed-meanwhile", "step-not-open"):
        return quicker(request, desk, back_url)
    note_other(request, desk, refused)
    status = 403 if isinstance(refused, Barred) or refused.code in NOT_THEIRS else 409
    return failure_page(request, refused.code, status, **refused.facts)


def note_other(request: HttpRequest, desk: Desk, refused: RunError) -> None:
    """Record that somebody tried what only those may who start runs, or who answer for this one."""
    if refused.code in NOT_THEIRS and desk.user is not None:
        access.note_refusal(desk.user, access.RUNS_START, request)


def wrong_in(*sent: BaseForm | None) -> list[tuple[str, str]]:
    """List what is wrong with forms that came back, each with the id of its field."""
    found: list[tuple[str, str]] = []
    for form in sent:
        if form is not None and form.is_bound:
            found += [(str(error), "") for error in form.non_field_errors()]
            found += [(str(error), first_of(bound)) for bound in form for error in bound.errors]
    return found


def first_of(bound: BoundField) -> str:
    """Return the id that an error leads to: the control, or the first of a group."""
    return f"{bound.auto_id}_0" if isinstance(bound.field.widget, RadioSelect) else str(bound.auto_id)


def seen_in(request: HttpRequest) -> int | None:
    """Return the stamp that the page was made with. What is none lets nothing through."""
    sent = request.POST.get("seen", "")
    return int(sent) if sent.isdecimal() and len(sent) < 10 else -1


def with_desk(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Give a view the desk of the run that its address names, in place of the run's key."""

    @wraps(view)
    def inner(request: HttpRequest, run: int, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(request, desk_of(request, run), *args, **kwargs)

    return inner
