"""The runs: what somebody has to do now, all that are under way, due first, and those that have ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlencode

from django import forms
from django.db.models import Count, F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from indelible.features.people import access
from indelible.features.people.models import User
from indelible.features.people.queries import person
from indelible.features.runbooks.models import GOING, Run, Runbook, RunState, RunStep, StepState
from indelible.features.runbooks.running import queries
from indelible.features.runbooks.running.documents import document_of, role_of
from indelible.features.runbooks.views.runs import words
from indelible.storage.database.models import Logbook
from indelible.web.acts import logbook_in_use
from indelible.web.chrome import reader_of
from indelible.web.moments import Reader
from indelible.web.numbers import written

A_PAGE: Final = 25
BY_KEY: Final = F("pk") + 0  # as a sum, so that those that have ended are not gone through from the oldest on
HEAVY: Final = ("version__document", "runbook__draft")  # whole texts, which are kept by their version
TABS: Final = ("going", "ended")


class FilterForm(forms.Form):
    """Which runs are shown."""

    def __init__(self, data: Any, *, logbook: Logbook, ended: bool) -> None:
        super().__init__(data)
        books = [
            (str(one.pk), one.title)
            for one in Runbook.objects.filter(logbook=logbook).order_by("title")[:300]
        ]
        people = [(str(one.pk), one.name) for one in User.objects.order_by("name")[:300]]
        anything = [("", _("All"))]
        self.fields["runbook"] = forms.ChoiceField(
            label=_("Runbook"), required=False, choices=[*anything, *books]
        )
        self.fields["person"] = forms.ChoiceField(
            label=_("Person"), required=False, choices=[*anything, *people]
        )
        states = [(state.value, str(words.RUN[state][1])) for state in RunState if (state in GOING) != ended]
        self.fields["state"] = forms.ChoiceField(
            label=_("State"), required=False, choices=[*anything, *states]
        )

    def chosen(self) -> dict[str, str]:
        """Return what was chosen, without what cannot be."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


@dataclass(frozen=True)
class Line:
    """One run in a list."""

    run: Run
    how_far: str
    now: str
    state: str
    word: str


@dataclass(frozen=True)
class Page:
    """A page of runs."""

    lines: list[Line]
    older: str  # where the next page begins, empty where there is none
    first: bool


@access.needs(access.STEPS_DO)
@require_safe
def runs(request: HttpRequest) -> HttpResponse:
    """Show the runs."""
    logbook, reader, now = logbook_in_use(), reader_of(request), datetime.now(UTC)
    tab = request.GET.get("show", "going")
    tab = tab if tab in TABS else "going"
    form = FilterForm(request.GET, logbook=logbook, ended=tab == "ended")
    chosen = form.chosen()
    page = _page(logbook, tab, chosen, request.GET.get("after", "")[:60], reader, now)
    titles = {"going": _("Under way"), "ended": _("Ended")}
    kept = {"show": tab, **chosen}
    context = {
        "mine": my_lines(person(request), reader, now) if page.first and tab == "going" else [],
        "page": page,
        "tab": tab,
        "tabs": [(titles[name], f"?{urlencode({'show': name})}", name == tab) for name in TABS],
        "form": form,
        "filtered": bool(chosen),
        "heading": _heading(logbook, tab, chosen),
        "older": f"?{urlencode({**kept, 'after': page.older})}" if page.older else "",
        "first": f"?{urlencode(kept)}" if not page.first else "",
    }
    return render(request, "runbooks/runs/list.html", context)


def my_lines(user: User, reader: Reader, now: datetime) -> list[dict[str, str]]:
    """Return what waits for somebody, as lines of a list."""
    return [_mine(one, reader, now) for one in queries.waiting_for(user, now)]


def _mine(one: queries.Waits, reader: Reader, now: datetime) -> dict[str, str]:
    run, due = one.step.run, one.step.due_at or one.step.run.due_at
    role = document_of(run).roles[role_of(document_of(run), one.part)].title
    name = "sign" if one.signing and one.step.state == StepState.DONE else "step"
    word = words.by_when(due, now, reader) if due is not None else _("To sign") if one.signing else _("To do")
    return {
        "url": reverse(f"runbooks:{name}", args=[run.pk, one.step.key]),
        "title": _("Sign: %(title)s") % {"title": one.part.title} if one.signing else one.part.title,
        "run_title": run.title,
        "role": _("%(role)s, as stand-in") % {"role": role} if one.as_stand_in else role,
        "state": "due" if one.late or (due is not None and due < now) else "open",
        "word": word,
    }


# Reading ---------------------------------------------------------------------------------------------------


def _rows(logbook: Logbook, tab: str, chosen: dict[str, str], *, counted: bool = False) -> Any:
    rows = Run.objects.filter(logbook=logbook)
    if tab == "going":
        rows = rows.filter(state__in=GOING)
    elif counted:  # from the index; a page of them is found sooner by going back from the newest
        rows = rows.filter(state__in=[state for state in RunState if state not in GOING])
    else:
        rows = rows.exclude(state__in=GOING)
    if book := chosen.get("runbook"):
        rows = rows.filter(runbook=int(book))
    if state := chosen.get("state"):
        rows = rows.filter(state=state)
    if who := chosen.get("person"):
        key = int(who)
        rows = rows.filter(Q(roles__user=key) | Q(roles__stand_in=key) | Q(opened_by=key)).distinct()
    return rows


def _page(
    logbook: Logbook, tab: str, chosen: dict[str, str], after: str, reader: Reader, now: datetime
) -> Page:
    rows = _rows(logbook, tab, chosen).select_related("runbook", "version").defer(*HEAVY)
    if tab == "ended":
        rows = rows.order_by("-pk")
        if after.isdecimal():
            rows = rows.filter(pk__lt=int(after[:18]))
    else:  # due first; what is never due comes last
        rows = (
            rows.order_by("due_at", "pk")
            if not after.startswith("-")
            else rows.filter(due_at=None).order_by(BY_KEY)
        )
        rows = _after(rows, after)
    found = list(rows[: A_PAGE + 1])
    if tab == "going" and not after.startswith("-"):
        found = _with_undated(logbook, tab, chosen, found)
    shown = found[:A_PAGE]
    older = _mark(shown[-1], tab) if len(found) > A_PAGE else ""
    return Page(_lines(shown, reader, now), older, not after)


def _after(rows: Any, after: str) -> Any:
    if after.startswith("-"):
        key = after[1:]
        return rows.filter(pk__gt=int(key)) if key.isdecimal() else rows
    rows = rows.exclude(due_at=None)
    moment, _sep, key = after.partition("~")
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        return rows
    if at.tzinfo is None or not key.isdecimal():
        return rows
    return rows.filter(Q(due_at__gt=at) | Q(due_at=at, pk__gt=int(key[:18])))


def _with_undated(logbook: Logbook, tab: str, chosen: dict[str, str], found: list[Run]) -> list[Run]:
    """Add runs that nothing is due of behind those that are."""
    left = A_PAGE + 1 - len(found)
    if left <= 0:
        return found
    rows = _rows(logbook, tab, chosen).filter(due_at=None).order_by(BY_KEY)
    rows = rows.select_related("runbook", "version").defer(*HEAVY)
    return found + list(rows[:left])


def _mark(run: Run, tab: str) -> str:
    if tab == "ended":
        return str(run.pk)
    return f"{run.due_at.isoformat()}~{run.pk}" if run.due_at is not None else f"-{run.pk}"


def _lines(rows: list[Run], reader: Reader, now: datetime) -> list[Line]:
    """Return runs as lines: how far they are, and what they wait for; two queries, however many they are."""
    keys = [row.pk for row in rows]
    over = (StepState.DONE, StepState.SIGNED, StepState.SKIPPED, StepState.NOT_CONCLUDED)
    counts: dict[int, dict[str, Any]] = {
        each["run"]: dict(each)
        for each in RunStep.objects.filter(run__in=keys)
        .exclude(state=StepState.PASSED_OVER)
        .order_by()
        .values("run")
        .annotate(all=Count("pk"), over=Count("pk", filter=Q(state__in=over)))
    }
    open_ = RunStep.objects.filter(run__in=keys, state__in=(StepState.OPEN, StepState.SENT_BACK)).order_by(
        "-place"
    )
    first = {one.run_id: one for one in open_}
    return [_line(row, counts.get(row.pk, {}), first.get(row.pk), reader, now) for row in rows]


def _line(row: Run, counts: dict[str, Any], step: RunStep | None, reader: Reader, now: datetime) -> Line:
    how_far = _("%(done)s of %(all)s done") % {"done": counts.get("over", 0), "all": counts.get("all", 0)}
    if row.state not in GOING:
        state, word = words.RUN[row.state]
        when = reader.moment(row.ended_at, seconds=False) if row.ended_at else ""
        return Line(row, how_far, when, state, str(word))
    title = _("now: %(title)s") % {"title": document_of(row).step(step.key).title} if step is not None else ""
    if row.state == RunState.PAUSED:
        return Line(row, how_far, title, "paused", str(words.RUN[RunState.PAUSED][1]))
    if row.due_at is None:
        return Line(row, how_far, title, "open", str(words.RUN[RunState.OPEN][1]))
    soon = row.due_at < now or reader.local(row.due_at).date() == reader.local(now).date()
    return Line(row, how_far, title, "due" if soon else "open", words.by_when(row.due_at, now, reader))


def _heading(logbook: Logbook, tab: str, chosen: dict[str, str]) -> str:
    n = _rows(logbook, tab, chosen, counted=True).count()
    if tab == "ended":
        return ngettext("%(n)s run has ended", "%(n)s runs have ended", n) % {"n": written(n)}
    return ngettext("%(n)s run under way, due first", "%(n)s runs under way, due first", n) % {
        "n": written(n)
    }
