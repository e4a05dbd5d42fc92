"""The part "What warns us" of a rule's page."""

from __future__ import annotations

from django.http import HttpRequest

from indelible.features.alarms import queries
from indelible.features.alarms.models import Alarm
from indelible.features.alarms.watch import all_watches
from indelible.features.people import access
from indelible.features.rules.models import Rule, RuleState
from indelible.features.rules.sections import Section


def section_of(request: HttpRequest, rule: Rule) -> Section | None:
    """Return the alarms on a rule, and the warning signs of its ready rule that it has none for."""
    lines = queries.alarms_of(rule.logbook, rule=rule)
    there = set(
        Alarm.objects.filter(logbook=rule.logbook, rule=rule)
        .exclude(watch="")
        .values_list("watch", flat=True)
    )
    left = [one for one in all_watches().get(rule.catalogue, ()) if one.words not in there]
    part = {
        "lines": lines,
        "offered": [one for one in left if one.sign],
        "not_checked": [one for one in left if not one.sign],
        "may_manage": access.may(request.user, access.ALARMS_MANAGE) and rule.state == RuleState.ON,
    }
    return Section("alarms/_rule.html", part)
