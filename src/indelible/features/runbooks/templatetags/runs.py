"""What pages show of runs: `{% load runs %}{% start_for "notice 12" %}`; and where a step's words lead."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context
from django.urls import reverse

from indelible.features.people import access
from indelible.features.runbooks.starting_for import offered_for
from indelible.web.acts import logbook_in_use
from indelible.web.navigation import menu

register = template.Library()


@register.inclusion_tag("runbooks/_start_for.html", takes_context=True)
def start_for(context: Context, kind: str, key: int, runbook: str = "") -> dict[str, Any]:
    """Offer to start a runbook for a notice ("notice", 12) or a check ("check", 991); or lead to the run there is."""
    user = getattr(context.get("request"), "user", None)
    text = f"{kind} {key}"
    return {
        "offered": offered_for(logbook_in_use(), text, runbook=runbook),
        "asked": text,
        "may_start": access.may(user, access.RUNS_START),
        "may_change": access.may(user, access.RUNBOOKS_CHANGE),
    }


@register.filter
def places_named(text: str) -> list[tuple[str, str]]:
    """Return the parts of the side menu that a text names in quotation marks, in its order, with their addresses."""
    found = []
    for item in (item for _group, members in menu() for item in members):
        if (place := text.find(f"“{item.label}”")) >= 0:
            found.append((place, str(item.label), reverse(item.url_name)))
    return [(label, url) for _place, label, url in sorted(found)]
