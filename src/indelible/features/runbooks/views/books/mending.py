"""Where what is wrong with a draft is mended: which part that is in words, and the control that it is about."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from indelible.features.runbooks.books import checking
from indelible.features.runbooks.document.reading import Flaw
from indelible.features.runbooks.document.runbook import Runbook as Document
from indelible.features.runbooks.models import Runbook


def flaws_of_draft(row: Runbook, document: Document) -> list[tuple[str, str, str, str]]:
    """Return what is wrong with a draft: where, what, which part that is in words, and the page that mends it."""
    return [
        (flaw.where, checking.said(flaw), _part(document, flaw), _mending(row, document, flaw))
        for flaw in checking.all_flaws(document, row.logbook)
    ]


def _part(document: Document, flaw: Flaw) -> str:
    kind, _dot, rest = flaw.where.partition(".")
    if kind != "steps" or not rest:
        return _("Head")
    key = rest.partition(".")[0]
    for place, step in enumerate(document.steps, 1):
        if step.key == key:
            return _("Step %(n)s") % {"n": place}
    return _("Steps")


def _mending(row: Runbook, document: Document, flaw: Flaw) -> str:
    """Return the page where a flaw is mended, at the control that it is about where there is one."""
    kind, _dot, rest = flaw.where.partition(".")
    if kind != "steps":
        return reverse("runbooks:edit-head", args=[row.key]) + _control(document, flaw.where)
    key, _dot, part = rest.partition(".")
    if any(step.key == key for step in document.steps):
        return step_url(row, key) + _step_control(document, key, part)
    return f"{edit_url(row)}#steps"


def _control(document: Document, where: str) -> str:
    first, _dot, rest = where.partition(".")
    if first == "roles":
        keys = list(document.roles)
        key, _dot, part = rest.partition(".")
        return f"#id_roles-{keys.index(key)}-{'not_' if part == 'not' else part}" if key in keys else "#roles"
    if first == "starts":
        name, _dot, more = rest.partition(".")
        return f"#id_starts-{name}" if not more else f"#{name}"
    if first == "due":
        return f"#id_due-{rest}"
    return f"#{first}" if first == "clocks" else f"#id_head-{first}"


def _step_control(document: Document, key: str, part: str) -> str:
    first, _dot, rest = part.partition(".")
    step = document.step(key)
    lists: dict[str, list[str]] = {
        "fields": [each.key for each in step.fields],
        "checks": [each.key for each in step.checks],
    }
    if first in lists:
        name, _dot, control = rest.partition(".")
        if name in lists[first] and control:
            return f"#id_{first}-{lists[first].index(name)}-{control}"
        return f"#{first}"
    if first in ("view", "wait", "due"):
        return f"#id_{first}-{rest}" if rest else f"#{first}"
    return f"#{first}" if first == "branches" else f"#id_step-{first}" if first else ""


def edit_url(row: Runbook) -> str:
    """Return the page of a draft."""
    return reverse("runbooks:edit", args=[row.key])


def step_url(row: Runbook, key: str) -> str:
    """Return the page of a step of a draft."""
    return reverse("runbooks:edit-step", args=[row.key, key])
