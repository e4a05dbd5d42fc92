"""The page between saying a rule and recording by it: its sentence, and what the last 30 days say about it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from indelible.explanations import explain
from indelible.features.people import access
from indelible.features.people.access import needs
from indelible.features.people.queries import person as reader
from indelible.features.record import looks
from indelible.features.rules import preview, queries, requests, services, wording
from indelible.features.rules.models import Rule, RuleVersion
from indelible.features.rules.names import unknown_names
from indelible.features.rules.views.telling import refuse
from indelible.features.rules.wanted import Wanted, of_version
from indelible.features.rules.world import world_of
from indelible.features.sources.uploads import person
from indelible.storage.database.models import Logbook
from indelible.web.acts import logbook_in_use
from indelible.web.failures import failure_page
from indelible.web.numbers import written
from indelible.web.once import first_time


@needs(access.RULES_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Show what a rule would have recorded; then record by it, or ask for a second person."""
    logbook, now = logbook_in_use(), datetime.now(UTC)
    sent = request.POST if request.method == "POST" else request.GET
    try:
        wanted = Wanted.unsealed(sent.get("wanted", ""))
    except ValueError:
        return failure_page(request, "rule-not-said", 400)
    rule, version = _rule(logbook, sent.get("rule", ""))
    seen = int(sent["seen"]) if sent.get("seen", "").isdecimal() else 0
    if request.method == "POST":
        return _record(request, logbook, wanted, rule, seen)
    world = world_of(logbook)
    seen_before = preview.of(logbook, wanted, world, now)
    if seen_before.indexes:
        looks.look(logbook, reader(request), seen_before.indexes, now, wanted.sentence)
    much = seen_before.is_much and explain("rule-records-much", count=written(seen_before.a_day))
    context: dict[str, Any] = {
        "wanted": wanted,
        "sealed": sent["wanted"],
        "sentence": wanted.sentence,
        "names": unknown_names(wanted.pattern, world),
        "preview": seen_before,
        "days": preview.DAYS,
        "much": much,
        "rule": rule,
        "seen": seen,
        "changes": _changes(rule, version, wanted),
        "second": rule is not None and services.needs_second(rule),
        "waits": rule and requests.open_about(rule),
    }
    return render(request, "rules/check.html", context)


def _changes(rule: Rule | None, version: RuleVersion | None, wanted: Wanted) -> list[tuple[str, str, str]]:
    """Return each part that would be another, with what it says now and then."""
    if rule is None or version is None:
        return []
    changes = services.differences(of_version(rule, version), wanted)
    return [
        (
            wording.part(each["field"]),
            wording.shown(each["field"], each.get("before")),
            wording.shown(each["field"], each.get("after")),
        )
        for each in changes
    ]


def _rule(logbook: Logbook, key: str) -> tuple[Rule | None, RuleVersion | None]:
    if not (key.isdecimal() and len(key) < 10):
        return None, None
    return queries.rule_of(logbook, int(key))


def _record(
    request: HttpRequest, logbook: Logbook, wanted: Wanted, rule: Rule | None, seen: int
) -> HttpResponse:
    if not first_time(request):
        return redirect("rules:rule", rule.pk) if rule else redirect("rules:list")
    by, reason = person(request), request.POST.get("reason", "").strip()[: services.LONGEST_REASON]
    try:
        if rule is None:
            [made] = services.add(logbook, [wanted], by)
            messages.success(request, _("This is recorded from now on, as rule %(n)s.") % {"n": made.pk})
            return redirect("rules:rule", made.pk)
        if services.needs_second(rule):
            asked = requests.ask_to_change(rule, seen, wanted, by, reason)
            words = _("This needs a second person. It waits under number %(number)s.")
            messages.success(request, words % {"number": asked.pk})
        else:
            version = services.change(rule.pk, seen, wanted, by, reason=reason)
            words = _("Rule %(n)s says so from now on, as version %(version)s.")
            messages.success(request, words % {"n": rule.pk, "version": version.number})
    except services.RuleError as refused:
        return refuse(request, refused)
    return redirect("rules:rule", rule.pk)
