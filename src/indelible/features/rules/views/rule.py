"""One rule: what it says and said, what it needs, how it stands; switching it off and on."""

from __future__ import annotations

from typing import Any, Literal
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from indelible.features.people import access
from indelible.features.people.access import needs
from indelible.features.rules import choices, queries, requests, sections, services, wording
from indelible.features.rules.catalogue import RULES
from indelible.features.rules.forms import ReasonForm
from indelible.features.rules.models import Rule, RuleVersion
from indelible.features.rules.names import unknown_names
from indelible.features.rules.views.telling import refuse
from indelible.features.rules.wanted import of_version
from indelible.features.rules.world import world_of
from indelible.features.sources.uploads import person
from indelible.web.acts import logbook_in_use
from indelible.web.once import first_time

MOST_VERSIONS = 50


@needs(access.RECORD_READ)
@require_safe
def rule(request: HttpRequest, key: int) -> HttpResponse:
    """Show one rule. Rule 0 is built in: it is shown, and cannot be changed."""
    logbook = logbook_in_use()
    if key == 0:
        seen = queries.seen_of(logbook).get(0, 0)
        return render(request, "rules/zero.html", {"seen": seen, "entries_url": _entries(0)})
    row, version = queries.rule_of(logbook, key)
    wanted = of_version(row, version)
    context: dict[str, Any] = {
        "rule": row,
        "version": version,
        "wanted": wanted,
        "versions": _with_before(list(row.versions.order_by("-number")[:MOST_VERSIONS])),
        "facts": [
            (wording.fact(need.fact), choices.MARK_WORDS[need.mark], need.mark) for need in wanted.needs
        ],
        "expected": choices.EXPECTED_WORDS.get(wanted.expected.get("by", ""), ""),
        "names": unknown_names(wanted.pattern, world_of(logbook)),
        "ready": RULES.get(row.catalogue),
        "seen": queries.seen_of(logbook).get(row.pk, 0),
        "sections": sections.of(request, row),
        "entries_url": _entries(row.pk),
        "second": services.needs_second(row),
        "waits": requests.open_about(row),
    }
    return render(request, "rules/rule.html", context)


def _entries(key: int) -> str:
    return f"{reverse('record:list')}?{urlencode({'q': f'rule:{key}'})}"


def _with_before(versions: list[RuleVersion]) -> list[tuple[RuleVersion, str]]:
    """Return versions, the newest first, each with what the one before it said where that was another sentence."""
    sentences = [each.sentence for each in versions]
    before = [*sentences[1:], ""]
    return [(each, was if was != each.sentence else "") for each, was in zip(versions, before, strict=True)]


@needs(access.RULES_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def off(request: HttpRequest, key: int) -> HttpResponse:
    """Switch a rule off, with the reason."""
    row, version = queries.rule_of(logbook_in_use(), key)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _switch(request, row, "off", form.cleaned_data["reason"])
    context = {"rule": row, "version": version, "form": form, "second": services.needs_second(row)}
    return render(request, "rules/off.html", context, status=422 if form.errors else 200)


@needs(access.RULES_CHANGE)
@require_POST
def on(request: HttpRequest, key: int) -> HttpResponse:
    """Switch a rule on again, as its newest version says."""
    row, _version = queries.rule_of(logbook_in_use(), key)
    return _switch(request, row, "on", "")


def _switch(request: HttpRequest, row: Rule, act: Literal["off", "on"], reason: str) -> HttpResponse:
    if not first_time(request):
        return redirect("rules:rule", row.pk)
    seen = int(request.POST["seen"]) if request.POST.get("seen", "").isdecimal() else 0
    by = person(request)
    try:
        if services.needs_second(row):
            asked = requests.ask_to_switch(row, seen, act, by, reason)
            words = _("This needs a second person. It waits under number %(number)s.") % {"number": asked.pk}
        elif act == "off":
            services.switch_off(row.pk, seen, by, reason=reason)
            words = _("Rule %(n)s is switched off. What it recorded stays.") % {"n": row.pk}
        else:
            services.switch_on(row.pk, seen, by)
            words = _("Rule %(n)s is on again.") % {"n": row.pk}
    except services.RuleError as refused:
        return refuse(request, refused)
    messages.success(request, words)
    return redirect("rules:rule", row.pk)
