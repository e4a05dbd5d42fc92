"""The page of coverage: what was seen and expected of each rule, what no rule covers, what no source sends."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from indelible.explanations import explain
from indelible.features.coverage import keeping, periods, queries, showing, words
from indelible.features.coverage.judging import TROUBLE, State
from indelible.features.coverage.periods import Asked, BadPeriod
from indelible.features.people import access
from indelible.features.people.access import needs
from indelible.features.rules.world import world_of
from indelible.features.settings.services import calendar
from indelible.storage.database.models import Logbook
from indelible.web.acts import logbook_in_use
from indelible.web.chrome import reader_of
from indelible.web.numbers import written

A_PAGE = 100  # rules


@needs(access.RECORD_READ)
@require_safe
def coverage(request: HttpRequest) -> HttpResponse:
    """Show promise against reality in a period."""
    logbook, now, office = logbook_in_use(), timezone.now(), calendar()
    zone, wrong = ZoneInfo(office.zone), None
    sent = {name: request.GET.get(name, "").strip()[:20] for name in ("period", "from", "to")}
    try:
        asked = periods.asked_for(sent["period"], sent["from"], sent["to"], now, zone)
    except BadPeriod as refused:
        wrong = explain(refused.code)
        asked = periods.asked_for(periods.USUAL, "", "", now, zone)
    context = _found(request, logbook, asked, now, zone) | {
        "asked": asked,
        "wrong": wrong,
        "sent": sent,
        "tabs": [
            (label, f"?{urlencode({'period': name})}", name == asked.name and not wrong)
            for name, label in periods.WORDS.items()
            if name != periods.OWN
        ],
        "zone": office.zone,
        "now": now,
    }
    return render(request, "coverage/coverage.html", context, status=422 if wrong else 200)


def _found(
    request: HttpRequest, logbook: Logbook, asked: Asked, now: datetime, zone: ZoneInfo
) -> dict[str, Any]:
    reader, world = reader_of(request), world_of(logbook)
    standings = queries.worst_first(queries.standing_of(logbook, now, asked.span).values())
    said = request.GET.get("page", "")[:6]
    page = max(int(said), 1) if said.isdecimal() else 1
    start = min((page - 1) * A_PAGE, max(len(standings) - 1, 0) // A_PAGE * A_PAGE)
    lines = [showing.shown(each, reader, zone, most=4) for each in standings[start : start + A_PAGE]]
    return {
        "lines": lines,
        "lacking": [(line, *fact) for line in lines for fact in line.facts],
        "all": len(standings),
        "answer": _answer([each.state for each in standings]),
        "before": page - 1 if start else None,
        "after": page + 1 if start + A_PAGE < len(standings) else None,
        "query": urlencode({name: value for name in ("period", "from", "to")
                            if (value := request.GET.get(name, "")[:20])}),
        "behind": keeping.behind(logbook),
        "uncovered": showing.shown_uncovered(logbook, queries.uncovered(logbook, now), world),
        "unkept": [
            (each, [words.unkept_words(one, world) for one in unkept])
            for each in standings[start : start + A_PAGE]
            if each.state != State.OFF and (unkept := each.unkept)
        ],
    }  # fmt: skip


def _answer(states: list[State]) -> str:
    """Return the answer to "Are we recording what we should?" in one sentence."""
    on = [each for each in states if each != State.OFF]
    if not on:
        return _("No rule is on, so nothing is expected.")
    bad = sum(each in TROUBLE for each in on)
    if bad:
        text = ngettext("%(bad)s of %(n)s rules is not kept.", "%(bad)s of %(n)s rules are not kept.", bad)
        return text % {"bad": written(bad), "n": written(len(on))}
    complete = sum(each == State.COMPLETE for each in on)
    text = _("No rule is known to be broken or silent. Of %(n)s, %(complete)s are shown to be complete.")
    return text % {"n": written(len(on)), "complete": written(complete)}
