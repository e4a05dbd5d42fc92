"""The list of rules, and whether changes of them need a second person."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from indelible.features.people import access
from indelible.features.people.access import needs
from indelible.features.rules import queries, requests, services
from indelible.features.rules.catalogue import PACKS, RULES
from indelible.features.rules.models import RuleSettings, RuleState, RuleVersion
from indelible.features.rules.views.telling import refuse
from indelible.features.sources.uploads import person
from indelible.web.acts import logbook_in_use
from indelible.web.numbers import written

MOST_SHOWN = 300
SHOWN = {"": gettext_lazy("All"), "on": gettext_lazy("On"), "off": gettext_lazy("Switched off")}


@needs(access.RECORD_READ)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Show what must be recorded, and how each rule stands."""
    logbook = logbook_in_use()
    every = queries.newest_versions(logbook)
    state, words = request.GET.get("state", ""), request.GET.get("q", "").strip()[:200]
    found = [version for version in every if _fits(version, state, words)]
    lines = queries.lines_of(logbook, datetime.now(UTC), found[:MOST_SHOWN])
    setting = RuleSettings.objects.filter(pk=1).first()
    context = {
        "groups": queries.grouped(lines),
        "any": bool(every),
        "q": words,
        "state": state,
        "states": [(label, _url(value, words), value == state) for value, label in SHOWN.items()],
        "status": _status(len(found), len(every)),
        "own": queries.seen_of(logbook).get(0, 0),
        "two_people": bool(setting and setting.two_people),
        "covered": queries.has_coverage(),
        "ready": len(RULES),
        "packs": len(PACKS),
    }
    return render(request, "rules/list.html", context)


def _fits(version: RuleVersion, state: str, words: str) -> bool:
    on = version.rule.state == RuleState.ON
    if state in ("on", "off") and on != (state == "on"):
        return False
    text = f"{version.sentence} {version.rule.catalogue} {version.rule_id}".casefold()
    return all(word in text for word in words.casefold().split())


def _url(state: str, words: str) -> str:
    sent = {name: value for name, value in (("state", state), ("q", words)) if value}
    return f"?{urlencode(sent)}" if sent else "?"


def _status(found: int, every: int) -> str:
    """Say how many rules there are, how many of them fit, and where not all of these are shown."""
    if found == every:
        told = ngettext("%(n)s rule.", "%(n)s rules.", every) % {"n": written(every)}
    else:
        told = _("%(found)s of %(n)s rules.") % {"found": written(found), "n": written(every)}
    if found > MOST_SHOWN:
        more = _("The first %(n)s are shown. Find the others by their words.")
        told = f"{told} {more % {'n': written(MOST_SHOWN)}}"
    return told


@needs(access.RULES_CHANGE)
@require_POST
def second_person(request: HttpRequest) -> HttpResponse:
    """Set whether every change of a rule needs a second person; to end that needs one itself."""
    by = person(request)
    try:
        if request.POST.get("always") == "yes":
            services.set_two_people(logbook_in_use(), True, by)
            messages.success(request, _("From now on every change of a rule needs a second person."))
        else:
            asked = requests.ask_for_one_person(by)
            words = _("This needs a second person. It waits under number %(number)s.")
            messages.success(request, words % {"number": asked.pk})
    except services.RuleError as refused:
        return refuse(request, refused)
    return redirect("rules:list")
