"""The part "Who looks at it" of a rule's page."""

from __future__ import annotations

from django.http import HttpRequest

from indelible.features.people import access
from indelible.features.reviews.forms import SPAN_WORDS, LookForm
from indelible.features.reviews.queue import duty, queries
from indelible.features.reviews.queue.whom import lookers_of
from indelible.features.rules.models import Rule, RuleState
from indelible.features.rules.requests import open_about
from indelible.features.rules.sections import Section
from indelible.language.rendering_duties import said_within


def section_of(request: HttpRequest, rule: Rule) -> Section | None:
    """Return whether each entry of a rule is looked at, and by whom; with the switch for whoever may change rules."""
    version = rule.versions.order_by("-number").first()
    if version is None:
        return None
    look = duty.look_of(version)
    may = (
        access.may(request.user, access.RULES_CHANGE) and rule.state == RuleState.ON and not open_about(rule)
    )
    part = {
        "look": look,
        "within": (SPAN_WORDS.get(look.within) or said_within(look.within)) if look else "",
        "note": lookers_of({look.by})[look.by].note if look and look.by else "",
        "counts": queries.of_rule(rule.pk) if look else None,
        "form": LookForm(look=look) if may else None,
        "version": version,
    }
    return Section("reviews/_rule.html", part)
