"""The frozen list of a step: its rows, a page at a time; opening one; deciding per row or for all that are left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from indelible.features.people import access
from indelible.features.record import looks
from indelible.features.record.queries import rows_of
from indelible.features.runbooks.models import RunState, RunStep, StepList
from indelible.features.runbooks.running import doing
from indelible.features.runbooks.running.errors import Barred, RunError
from indelible.features.runbooks.running.independence import bars
from indelible.features.runbooks.views.runs.desk import Desk, line_of, refusal, step_of, with_desk
from indelible.features.runbooks.views.runs.step import barred
from indelible.features.signoffs import deciding, looking
from indelible.features.signoffs.errors import SignOffError
from indelible.features.signoffs.models import Decision, FrozenLine, FrozenList, ListKind
from indelible.features.signoffs.rows import expanded
from indelible.web.numbers import written
from indelible.web.once import first_time
from indelible.web.timeline import Row

A_PAGE: Final = 25
MOST_COLUMNS: Final = 6
LONGEST_REASON: Final = 500


@dataclass
class Line:
    """One row of a list."""

    place: int
    url: str
    opened: bool
    row: Row | None = None  # of a list of entries
    cells: list[tuple[str, str]] | None = None  # of lines from elsewhere
    decision: Decision | None = None
    typed: tuple[str, str] | None = None  # what came back with a mistake
    wrong: str = ""

    @property
    def number(self) -> int:
        """Its place, from 1."""
        return self.place + 1

    @property
    def gone(self) -> bool:
        """Whether the entry is no longer there."""
        return self.row is not None and self.row.state == "removed"

    @property
    def choice(self) -> str:
        """What was decided."""
        if self.typed is not None:
            return self.typed[0]
        return self.decision.choice if self.decision else ""

    @property
    def reason(self) -> str:
        """Why."""
        if self.typed is not None:
            return self.typed[1]
        return self.decision.reason if self.decision else ""

    @property
    def by(self) -> str:
        """Who decided."""
        if self.decision is None:
            return ""
        name = self.decision.by.name if self.decision.by else _("somebody by a link")
        return _("%(name)s, with others at once") % {"name": name} if self.decision.in_bulk else name


@access.needs(access.STEPS_DO)
@require_http_methods(["GET", "HEAD", "POST"])
@with_desk
def rows(request: HttpRequest, desk: Desk, key: str, frozen: int) -> HttpResponseBase:
    """Show a page of a list; take decisions."""
    return rows_page(request, desk, key, frozen)


def rows_page(request: HttpRequest, desk: Desk, key: str, pk: int) -> HttpResponseBase:
    """Show a page of the frozen list of a step; take decisions about its rows."""
    step, one = step_of(desk, key), _list(desk, key, pk)
    frozen = one.frozen
    bar = bars(step, desk.doer)
    newest = one.attempt == step.attempt and not StepList.objects.filter(step=step, pk__gt=one.pk).exists()
    may = bar is None and newest and step.state in doing.TO_DO and desk.run.state == RunState.OPEN
    choices = list(frozen.how.get("asks", {}).get("choices", ())) if may else []
    after = _place(request)
    wrong: dict[int, str] = {}
    if request.method == "POST":
        if bar is not None:
            return barred(request, desk, step, Barred(bar.code, **bar.facts))
        if not may or not first_time(request):
            return redirect(request.get_full_path())
        if request.POST.get("do") == "fresh":
            return _fresh(desk, step, key)
        try:
            doing.note_hand(step, desk.doer, desk.now)
        except RunError as refused:
            return refusal(request, desk, refused, desk.url("step", key))
        wrong = _decide(request, desk, frozen, after, choices)
        if not wrong:
            messages.success(request, _("Kept. It can be changed until it is signed."))
            return redirect(request.get_full_path())
    lines = lines_of(desk, key, frozen, after)
    _note(desk, frozen, lines)
    if wrong:
        for line in lines:
            line.wrong = wrong.get(line.place, "")
            typed = request.POST.get(f"choice-{line.place}", ""), request.POST.get(f"reason-{line.place}", "")
            line.typed = typed if request.POST.get("do") == "rows" else None
    return _page(request, desk, step, frozen, lines, after, choices, wrong, may_renew=may)


def _fresh(desk: Desk, step: RunStep, key: str) -> HttpResponse:
    """Have the list made anew; the one before stays, and no longer counts."""
    try:
        made = doing.take_fresh_list(step, desk.doer, desk.now)
    except RunError:
        made = None
    return redirect(desk.url("rows", key, made.pk) if made is not None else desk.url("step", key))


def _list(desk: Desk, key: str, pk: int) -> StepList:
    one = (
        StepList.objects.select_related("frozen__logbook")
        .filter(step__run=desk.run, step__key=key, frozen=pk)
        .first()
    )
    if one is None:
        raise Http404
    return one


def _place(request: HttpRequest) -> int:
    text = request.GET.get("from", "")
    return max(int(text) - 1, 0) if text.isdecimal() and len(text) < 8 else 0


def _decide(
    request: HttpRequest, desk: Desk, frozen: FrozenList, after: int, choices: list[str]
) -> dict[int, str]:
    """Keep the decisions of a page, or one for all that are left; return what was wrong, by place (-1: as a whole)."""
    who, wrong = doing.signer_of(desk.doer), {}
    if request.POST.get("do") == "all":
        choice, reason = request.POST.get("all-choice", ""), request.POST.get("all-reason", "")
        try:
            left = deciding.undecided(frozen)
            deciding.decide(frozen, left, choice, reason[:LONGEST_REASON], who, desk.now, in_bulk=True)
        except SignOffError as refused:
            wrong[-1] = line_of(refused)
        return wrong
    there = {
        one.place: one
        for one in Decision.objects.filter(frozen=frozen, place__gte=after, place__lt=after + A_PAGE)
    }
    for place in range(after, min(after + A_PAGE, frozen.count)):
        choice = request.POST.get(f"choice-{place}", "")
        reason = " ".join(request.POST.get(f"reason-{place}", "").split())[:LONGEST_REASON]
        known = there.get(place)
        same = known is not None and (known.choice, known.reason) == (choice, reason)
        if same or (not choice and known is None and not reason):
            continue
        try:
            if choice in choices:
                deciding.decide(frozen, [place], choice, reason, who, desk.now)
            elif known is not None and not choice:
                deciding.undecide(frozen, [place])
            else:
                wrong[place] = _("Choose what is decided.")
        except SignOffError as refused:
            wrong[place] = line_of(refused)
    return wrong


def lines_of(desk: Desk, key: str, frozen: FrozenList, after: int, count: int = A_PAGE) -> list[Line]:
    """Return some rows of a list, with what was decided about them."""
    places = range(after, min(after + count, frozen.count))
    seen = looking.look_of(frozen, doing.signer_of(desk.doer))
    opened = set(seen.opened) if seen is not None else set()
    decided = Decision.objects.filter(frozen=frozen, place__in=places).select_related("by")
    by_place = {one.place: one for one in decided}
    entries: dict[int, Row] = {}
    cells: Mapping[int, list[tuple[str, str]]] = {}
    if frozen.kind == ListKind.ENTRIES:
        indexes = expanded(frozen.runs, frozen.count)[places.start : places.stop]
        entries = dict(zip(places, rows_of(frozen.logbook, indexes), strict=True))
    else:
        data = FrozenLine.objects.filter(frozen=frozen, place__in=places)
        cells = {one.place: cells_of(one.data) for one in data}
    return [
        Line(
            place,
            desk.url("row", key, frozen.pk, place + 1),
            place in opened,
            entries.get(place),
            cells.get(place, []) if frozen.kind == ListKind.LINES else None,
            by_place.get(place),
        )
        for place in places
    ]


def cells_of(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return a line from elsewhere as names and values, the first few."""
    told = [(str(name).replace("_", " ").capitalize(), _text(value)) for name, value in data.items()]
    return told[:MOST_COLUMNS]


def _text(value: Any) -> str:
    if value is True or value is False:
        return _("Yes") if value else _("No")
    if isinstance(value, list | tuple):
        return ", ".join(str(one) for one in value)
    return "" if value is None else str(value)


def _note(desk: Desk, frozen: FrozenList, lines: list[Line]) -> None:
    """Note that these rows are before somebody now."""
    looking.look(frozen, doing.signer_of(desk.doer), desk.now)
    indexes = [line.row.index for line in lines if line.row is not None]
    if desk.user is not None and indexes:
        looks.look(frozen.logbook, desk.user, indexes, desk.now, frozen.title)


def _page(
    request: HttpRequest,
    desk: Desk,
    step: RunStep,
    frozen: FrozenList,
    lines: list[Line],
    after: int,
    choices: list[str],
    wrong: dict[int, str],
    *,
    may_renew: bool,
) -> HttpResponse:
    decided = Decision.objects.filter(frozen=frozen).count()
    left = frozen.count - decided
    bulk = "no" not in frozen.how.get("asks", {}).get("bulk", ())
    last = after + len(lines)
    titles = {"first": written(after + 1), "last": written(last), "all": written(frozen.count)}
    context = {
        "desk": desk,
        "run": desk.run,
        "frozen": frozen,
        "says": _says(frozen, decided),
        "how": _how(desk, frozen),
        "step_url": desk.url("step", step.key),
        "step_title": desk.document.step(step.key).title,
        "lines": lines,
        "columns": [name for name, _value in lines[0].cells]
        if lines and lines[0].cells is not None
        else [_("Entry")],
        "caption": _("Rows %(first)s to %(last)s of %(all)s") % titles,
        "choices": choices,
        "may_renew": may_renew,
        "decided": bool(decided),
        "left": left if bulk else 0,
        "older": f"?{urlencode({'from': last + 1})}" if last < frozen.count else "",
        "newer": f"?{urlencode({'from': max(after - A_PAGE, 0) + 1})}" if after else "",
        "wrong": [(text, f"choice-{place}" if place >= 0 else "all-choice") for place, text in wrong.items()],
    }
    return render(request, "runbooks/runs/rows.html", context, status=422 if wrong else 200)


def _says(frozen: FrozenList, decided: int) -> str:
    rows = ngettext("%(n)s row.", "%(n)s rows.", frozen.count) % {"n": written(frozen.count)}
    if not frozen.how.get("asks", {}).get("choices"):
        return rows
    return f"{rows} {_('%(n)s decided.') % {'n': written(decided)}}"


def _how(desk: Desk, frozen: FrozenList) -> str:
    """Say when a list was frozen, over how many entries, and how a sample was drawn."""
    when = desk.reader.moment(frozen.frozen_at, seconds=False)
    told = [_("Frozen %(when)s, of %(n)s entries in the record.") % {"when": when, "n": written(frozen.size)}]
    if words := frozen.how.get("words"):
        told.append(_("The question: %(words)s.") % {"words": str(words).rstrip(".")})
    if frozen.sample:
        facts = {"n": written(frozen.count), "of": written(int(frozen.sample.get("of", 0)))}
        told.append(
            _("%(n)s drawn by chance out of %(of)s, with the seed") % facts
            + f" {frozen.sample.get('seed', '')}."
        )
    if altered := frozen.how.get("altered"):
        n = len(altered) if isinstance(altered, list) else int(altered)
        told.append(
            ngettext("%(n)s of them was altered.", "%(n)s of them were altered.", n) % {"n": written(n)}
        )
    return " ".join(told)


# One row ---------------------------------------------------------------------------------------------------


@access.needs(access.STEPS_DO)
@require_http_methods(["GET", "HEAD"])
@with_desk
def row(request: HttpRequest, desk: Desk, key: str, frozen: int, number: int) -> HttpResponseBase:
    """Open a row: of somebody with an account, the entry itself."""
    one = _list(desk, key, frozen).frozen
    line = opened_line(desk, key, one, number)
    if line.row is not None and not line.gone:
        return redirect(reverse("record:entry", args=[line.row.index + 1]))
    return row_page(request, desk, key, one, line)


def row_of(request: HttpRequest, desk: Desk, key: str, pk: int, number: int) -> HttpResponseBase:
    """Open a row for somebody who reaches nothing else: what the entry says, on a page of the list."""
    one = _list(desk, key, pk).frozen
    return row_page(request, desk, key, one, opened_line(desk, key, one, number))


def opened_line(desk: Desk, key: str, frozen: FrozenList, number: int) -> Line:
    """Return a row, and note that it was opened. Raises Http404."""
    if not 0 < number <= frozen.count:
        raise Http404
    doing.note_look(frozen, desk.doer, desk.now, opened=number - 1)
    return lines_of(desk, key, frozen, number - 1, 1)[0]


def row_page(request: HttpRequest, desk: Desk, key: str, frozen: FrozenList, line: Line) -> HttpResponse:
    """Show one row on a page of its own."""
    facts = list(line.cells or ())
    if line.row is not None:
        facts = [(one["what"], one["says"]) for one in _changes(line.row)]
    context = {
        "desk": desk,
        "run": desk.run,
        "frozen": frozen,
        "row": line.row,
        "facts": facts,
        "number": line.number,
        "rows_url": f"{desk.url('rows', key, frozen.pk)}?from={(line.place // A_PAGE) * A_PAGE + 1}",
    }
    return render(request, "runbooks/runs/row.html", context)


def _changes(row: Row) -> list[dict[str, str]]:
    """Return what an entry says changed, as names and values."""
    told = []
    for one in row.event.get("changes", ()):
        before, after = one.get("before"), one.get("after")
        says = _("from %(before)s to %(after)s") % {"before": _text(before), "after": _text(after)}
        told.append({"what": str(one.get("field", "")), "says": says if before is not None else _text(after)})
    if reason := row.event.get("reason"):
        told.append({"what": _("Why"), "says": str(reason)})
    return told
