"""Ready rules: by team and by framework, many added at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from indelible.features.people import access
from indelible.features.people.access import needs
from indelible.features.rules import preview, queries, services, wording
from indelible.features.rules.catalogue import CLASSES, PACKS, RULES, TEAMS, ReadyRule
from indelible.features.rules.views.telling import refuse
from indelible.features.rules.wanted import of_ready
from indelible.features.rules.world import world_of
from indelible.features.sources.uploads import person
from indelible.web.acts import logbook_in_use
from indelible.web.once import first_time

MOST_COUNTED = 15  # rules of one page whose last 30 days are counted


@dataclass(frozen=True, slots=True)
class Offered:
    """A ready rule as the page offers it."""

    rule: ReadyRule
    added: int  # the rule that was made of it and is in force; 0: none
    keep: str
    needs: list[str]


@needs(access.RECORD_READ)
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Offer ready rules by framework and by team."""
    added = queries.added_from(logbook_in_use())
    packs = [(pack, len(pack.rules), sum(name in added for name in pack.rules)) for pack in PACKS.values()]
    teams = []
    for team in TEAMS:
        names = [rule.id for rule in RULES.values() if rule.team == team.id]
        teams.append((team, len(names), sum(name in added for name in names)))
    return render(request, "rules/ready.html", {"packs": packs, "teams": teams})


@needs(access.RECORD_READ)
@require_safe
def pack(request: HttpRequest, name: str) -> HttpResponse:
    """Show the rules of a pack, each to tick."""
    found = PACKS.get(name)
    if found is None:
        raise Http404
    return _choose(request, found.name, _("For: %(audience)s.") % {"audience": found.audience}, found.rules)


@needs(access.RECORD_READ)
@require_safe
def team(request: HttpRequest, name: str) -> HttpResponse:
    """Show the ready rules of a team, each to tick."""
    found = next((each for each in TEAMS if each.id == name), None)
    if found is None:
        raise Http404
    return _choose(request, found.name, found.about, [r.id for r in RULES.values() if r.team == name])


def _choose(request: HttpRequest, title: str, about: str, names: Any) -> HttpResponse:
    added = queries.added_from(logbook_in_use())
    offered = [
        Offered(
            rule,
            added.get(name, 0),
            CLASSES[rule.keep_class].title,
            [wording.fact(need.fact) for need in rule.needs],
        )
        for name in names
        for rule in [RULES[name]]
    ]
    left = sum(not each.added for each in offered)
    context = {"title": title, "about": about, "offered": offered, "left": left}
    return render(request, "rules/choose.html", context)


@needs(access.RULES_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Show the sentences of the ready rules that were ticked; then record by them."""
    logbook, now = logbook_in_use(), datetime.now(UTC)
    sent = request.POST if request.method == "POST" else request.GET
    added = queries.added_from(logbook)
    names = [name for name in dict.fromkeys(sent.getlist("rule")) if name in RULES and name not in added]
    if request.method == "POST":
        if not first_time(request):
            return redirect("rules:list")
        if not names:
            return redirect("rules:ready")
    world = world_of(logbook)
    wanted = [of_ready(name) for name in names]
    if request.method == "POST":
        try:
            made = services.add(logbook, wanted, person(request))
        except services.RuleError as refused:
            return refuse(request, refused)
        words = ngettext(
            "%(n)s rule was added. It holds from now on.",
            "%(n)s rules were added. They hold from now on.",
            len(made),
        )
        messages.success(request, words % {"n": len(made)})
        return redirect("rules:list")
    counts = [
        preview.count(logbook, each, world, now) if place < MOST_COUNTED else None
        for place, each in enumerate(wanted)
    ]
    rows = [
        (RULES[name], each.sentence, each.pattern.unchecked, counted)
        for name, each, counted in zip(names, wanted, counts, strict=True)
    ]
    return render(request, "rules/ready_check.html", {"rows": rows, "days": preview.DAYS})
