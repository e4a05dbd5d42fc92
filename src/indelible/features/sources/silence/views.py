"""Pages about silence: the calendar of gaps, one gap and its explanation, what is expected, announced quiet."""

from __future__ import annotations

import calendar as months
import re
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from indelible.explanations import explain
from indelible.features.people import access
from indelible.features.people.access import needs, needs_to_change
from indelible.features.settings.services import calendar
from indelible.features.sources import queries
from indelible.features.sources.models import Gap, QuietPeriod, Source, State
from indelible.features.sources.origins import SourceError
from indelible.features.sources.silence import days, pace, quiet, signing
from indelible.features.sources.silence.explaining import explain_gap
from indelible.features.sources.silence.forms import ExpectedForm, ExplainForm, QuietForm, told_before
from indelible.features.sources.silence.rhythm import Rhythm
from indelible.features.sources.silence.watch import settle
from indelible.features.sources.uploads import person
from indelible.storage.database import search

A_PAGE = 12  # sources of one calendar page: a page stays under 150 KB
A_LIST = 50  # gaps of one list


@needs(access.RECORD_READ)
@require_safe
def gaps(request: HttpRequest) -> HttpResponse:
    """Show a month of every source, or of one, day by day, and the gaps of that month."""
    office, now = calendar(), timezone.now()
    first = _month(request.GET.get("month", ""), now.astimezone(ZoneInfo(office.zone)).date())
    last = first.replace(day=months.monthrange(first.year, first.month)[1])
    logbook = queries.the_logbook()
    rows = Source.objects.filter(logbook=logbook).order_by("name") if logbook else Source.objects.none()
    one = None
    if (chosen := request.GET.get("source", "")).isdecimal():
        one = get_object_or_404(rows, pk=int(chosen[:18]))
        rows = rows.filter(pk=one.pk)
    else:
        rows = rows.exclude(state=State.ENDED)
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    sources = list(page.object_list)
    found = days.days_of(sources, first, last, now, office)
    start, end = days.midnight(first, office), days.midnight(last + days.ONE_DAY, office)
    listed = Gap.objects.filter(source__in=sources, began_at__lt=end).exclude(ended_at__lt=start)
    context = {
        "lines": [(source, found[source.pk]) for source in sources],
        "dates": [first.replace(day=day + 1) for day in range(last.day)],
        "month": first,
        "before": _other(first, -1),
        "after": _other(first, 1)
        if first < now.astimezone(ZoneInfo(office.zone)).date().replace(day=1)
        else None,
        "page": page,
        "one": one,
        "gaps": listed.select_related("source").order_by("-began_at")[:A_LIST],
        "more": max(listed.count() - A_LIST, 0),
        "words": days.LEGEND,
        "zone": office.zone,
    }
    return render(request, "sources/gaps.html", context)


def _month(text: str, today: date) -> date:
    """Return the first day of the month that was asked for, else of this one."""
    match = re.fullmatch(r"(\d{4})-(\d\d)", text)
    if match and 2000 <= int(match[1]) <= 2200 and 1 <= int(match[2]) <= 12:
        return date(int(match[1]), int(match[2]), 1)
    return today.replace(day=1)


def _other(first: date, by: int) -> date:
    place = first.year * 12 + first.month - 1 + by
    return date(place // 12, place % 12 + 1, 1)


@needs_to_change(access.SOURCES_EXPLAIN)
@require_http_methods(["GET", "HEAD", "POST"])
def gap(request: HttpRequest, key: int) -> HttpResponse:
    """Show one gap; take its explanation."""
    row = get_object_or_404(Gap.objects.select_related("source__logbook"), pk=key)
    form = ExplainForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            explain_gap(row, form.cleaned_data["words"], person(request))
        except SourceError as refused:
            refuse(form, "words", refused)
        else:
            messages.success(request, _("Explained, and recorded. The gap stays visible as explained."))
            return redirect("sources:gap", key)
    corrected = (
        search.referring_to(row.source.logbook, row.explained_entry, limit=3)
        if row.explained_entry is not None
        else []
    )
    rhythm = row.facts.get("rhythm")
    context = {
        "gap": row,
        "source": row.source,
        "form": form,
        "rhythm": pace.in_words(Rhythm.from_json(rhythm)) if rhythm else "",
        "problem": _problem(row),
        "corrected": corrected,
        "lasted": pace.span_words((row.ended_at or timezone.now()) - row.began_at),
    }
    return render(request, "sources/gap.html", context, status=422 if form.errors else 200)


def _problem(row: Gap) -> Any:
    if "code" not in row.facts:
        return None
    facts = dict(row.facts)
    return explain(str(facts.pop("code")), **{"name": row.source.name, **facts})


@needs(access.SOURCES_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def expected(request: HttpRequest, key: int) -> HttpResponse:
    """Set what is expected of a source."""
    source = queries.connected_source(key)
    declared = source.rhythm.get("declared")
    before = told_before(Rhythm.from_json(declared) if declared else None)
    before["late"] = source.settings.get("late_after_hours", 24)
    form = ExpectedForm(request.POST or None, initial=before)
    if request.method == "POST" and form.is_valid():
        try:
            changed = pace.declare(
                source, form.rhythm(), person(request), late_hours=form.cleaned_data["late"]
            )
        except SourceError as refused:
            refuse(form, None, refused)
        else:
            settle(source.pk, timezone.now())
            words = (
                _("Saved, and recorded.") if changed else _("Nothing was different, so nothing was changed.")
            )
            messages.success(request, words)
            return redirect("sources:source", key)
    context = {"source": source, "form": form, "rhythm": pace.rhythm_of(source)}
    return render(request, "sources/expected.html", context, status=422 if form.errors else 200)


@needs(access.SOURCES_EXPLAIN)
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def announce(request: HttpRequest, key: int) -> HttpResponse:
    """Announce quiet, signed with the password."""
    source = queries.connected_source(key)
    form, now = QuietForm(request.POST or None), timezone.now()
    if request.method == "POST" and form.is_valid():
        if not signing.may_try(request):
            refuse(form, "password", SourceError("signing-pauses"))
        elif not signing.signs(request, form.cleaned_data["password"]):
            refuse(form, "password", SourceError("password-does-not-sign"))
        else:
            try:
                start, end = form.span(ZoneInfo(calendar().zone), now)
                quiet.announce(source, start, end, form.cleaned_data["why"], person(request), now)
            except SourceError as refused:
                refuse(form, None, refused)
            else:
                settle(source.pk, timezone.now())
                messages.success(request, _("Announced, signed and recorded."))
                return redirect("sources:source", key)
    context = {"source": source, "form": form, "zone": calendar().zone}
    return render(request, "sources/quiet.html", context, status=422 if form.errors else 200)


@needs(access.SOURCES_EXPLAIN)
@require_POST
def withdraw(request: HttpRequest, key: int) -> HttpResponse:
    """Withdraw announced quiet."""
    row = get_object_or_404(QuietPeriod, pk=key)
    try:
        quiet.withdraw(row, person(request), timezone.now())
    except SourceError as refused:
        messages.error(request, explain(refused.code, **refused.facts).title)
    else:
        messages.success(request, _("Withdrawn, and recorded. From now on it is expected as usual."))
    return redirect("sources:source", row.source_id)


def refuse(form: Any, field: str | None, refused: SourceError) -> None:
    """Put the words of a refusal on a form."""
    words = explain(refused.code, **refused.facts)
    form.add_error(field, f"{words.title} {words.next_step}".strip())
