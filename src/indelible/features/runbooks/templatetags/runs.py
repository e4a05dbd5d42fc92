"""What pages show of runs: `{% load runs %}{% start_for "notice 12" %}`; and where a step's words lead."""

from __future__ import annotations

from typing import Any, Final

from django import template
from django.template import Context
from django.urls import reverse

from indelible.events.own_books import PUBLISHED
from indelible.features.people import access
from indelible.features.runbooks.document.runbook import Step
from indelible.features.runbooks.models import RunEntry, StepList, Version
from indelible.features.runbooks.running.documents import document_of
from indelible.features.runbooks.starting_for import offered_for
from indelible.web.acts import logbook_in_use
from indelible.web.navigation import menu

register = template.Library()

# Where people do something about what a list shows, and about what a check asks of the record.
LIST_PAGES: Final = {
    "sources": "sources:list",
    "gaps": "sources:list",
    "notices": "alarms:queue",
    "checks": "seals:overview",
    "seals": "seals:overview",
    "outside": "seals:overview",
    "rules": "rules:list",
    "coverage": "rules:list",
    "readers": "people:accounts",
    "access_review": "reviews:queue",
}
CHECK_PAGES: Final = {
    "verified": "seals:overview",
    "held_outside": "seals:overview",
    "stamped": "seals:overview",
    "drilled": "seals:overview",
    "sources": "sources:list",
    "gaps": "sources:list",
    "alarms": "alarms:queue",
    "coverage": "rules:list",
    "pack": "packs:list",
}


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


@register.inclusion_tag("runbooks/_part_of.html")
def part_of_run(index: int, said: str = "") -> dict[str, Any]:
    """Lead from an entry of the record to the run, and its step, or to the version of a runbook that it tells of."""
    logbook = logbook_in_use()
    rows = RunEntry.objects.filter(run__logbook=logbook, index=index).select_related("run__version")
    if (row := rows.first()) is not None:
        return {"run": row.run, "step": row.step, "title": _title(row.run, row.step)}
    if said != PUBLISHED:
        return {}
    versions = Version.objects.filter(runbook__logbook=logbook, entry=index).select_related("runbook")
    return {"version": versions.defer("document").first()}


@register.inclusion_tag("runbooks/_part_of.html")
def list_of_run(frozen: int) -> dict[str, Any]:
    """Lead from a list that was shown to the run, and its step, that showed it."""
    rows = StepList.objects.filter(frozen=frozen, step__run__logbook=logbook_in_use())
    row = rows.select_related("step__run__version").first()
    if row is None:
        return {}
    return {"run": row.step.run, "step": row.step.key, "title": _title(row.step.run, row.step.key)}


def _title(run: Any, key: str) -> str:
    return document_of(run).step(key).title if key else ""


@register.filter
def places_of(step: Step) -> list[tuple[str, str]]:
    """Return the parts of the side menu that a step leads to, each with its address: what its words name in quotation
    marks, in their order; then where what it looks at is found."""
    items = {item.url_name: item for _group, members in menu() for item in members}
    named = [(step.do.find(f"“{item.label}”"), name) for name, item in items.items()]
    wanted = [name for place, name in sorted(named) if place >= 0]
    if step.view is not None:
        wanted.append(LIST_PAGES.get(step.view.list_, ""))
    wanted += [CHECK_PAGES.get(check.kind, "") for check in step.checks]
    return [(str(items[name].label), reverse(name)) for name in dict.fromkeys(wanted) if name in items]
