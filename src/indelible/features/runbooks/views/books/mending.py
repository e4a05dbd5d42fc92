"""Where what is wrong with a draft is mended: which part that is in words, and the control that it is about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indelible.features.runbooks.books import checking
from indelible.features.runbooks.document.reading import Flaw
from indelible.features.runbooks.document.runbook import Runbook as Document
from indelible.features.runbooks.models import Runbook

HEAD: Final[Mapping[str, Any]] = {
    "title": gettext_lazy("Title"),
    "purpose": gettext_lazy("What it is for"),
    "owner": gettext_lazy("Who answers for it"),
    "roles": gettext_lazy("Role %(n)s"),
    "starts": gettext_lazy("When it starts"),
    "due": gettext_lazy("By when"),
    "clocks": gettext_lazy("By when"),
    "keep": gettext_lazy("How long its runs are kept"),
    "look_again": gettext_lazy("When the text itself is looked at again"),
}
STEP: Final[Mapping[str, Any]] = {
    "title": gettext_lazy("Title"),
    "by": gettext_lazy("Who does it"),
    "do": gettext_lazy("What to do"),
    "why": gettext_lazy("Why it is asked"),
    "done": gettext_lazy("What done looks like"),
    "if_fails": gettext_lazy("What to do if it fails"),
    "fields": gettext_lazy("Question %(n)s"),
    "files": gettext_lazy("What is to be attached"),
    "view": gettext_lazy("What is looked at"),
    "checks": gettext_lazy("Check %(n)s"),
    "sign": gettext_lazy("Who signs"),
    "means": gettext_lazy("What the signature means"),
    "branches": gettext_lazy("Ways on"),
    "due": gettext_lazy("Time"),
    "wait": gettext_lazy("Waiting"),
}


def flaws_of_draft(row: Runbook, document: Document) -> list[tuple[str, str, str, str]]:
    """Return what is wrong with a draft: where, what, which part that is in words, and the page that mends it."""
    return [
        (flaw.where, checking.said(flaw), _part(document, flaw), _mending(row, document, flaw))
        for flaw in checking.all_flaws(document, row.logbook)
    ]


def _part(document: Document, flaw: Flaw) -> str:
    """Return the part in words, as the pages call it: "Step 3, What to do", "Head, Role 2"."""
    kind, _dot, rest = flaw.where.partition(".")
    if kind != "steps" or not rest:
        return _within(_("Head"), HEAD, flaw.where, {"roles": list(document.roles)})
    key, _dot, part = rest.partition(".")
    for place, step in enumerate(document.steps, 1):
        if step.key == key:
            keys = {"fields": [one.key for one in step.fields], "checks": [one.key for one in step.checks]}
            return _within(_("Step %(n)s") % {"n": place}, STEP, part, keys)
    return _("Steps")


def _within(whole: str, names: Mapping[str, Any], where: str, keys: Mapping[str, list[str]]) -> str:
    first, _dot, rest = where.partition(".")
    known, key = keys.get(first, []), rest.partition(".")[0]
    if first not in names or (first in keys and key not in known):
        return whole
    name = str(names[first])
    named = name % {"n": known.index(key) + 1} if first in keys else name
    return _("%(whole)s, %(part)s") % {"whole": whole, "part": named}


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
