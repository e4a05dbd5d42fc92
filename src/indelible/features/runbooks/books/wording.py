"""The words for what a document holds as short names: kinds of steps and fields, signatures, meanings, moments."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indelible.features.rules.catalogue import CLASSES, TEAMS
from indelible.features.runbooks.books.spans import words_of
from indelible.features.runbooks.document.runbook import Branch, Due, Runbook, Step, Trigger

Words = dict[str, str | Promise]

KINDS: Final[Words] = {
    "tick": gettext_lazy("Do something, then tick it"),
    "fill": gettext_lazy("Fill in"),
    "attach": gettext_lazy("Attach a file"),
    "view": gettext_lazy("Look at a list"),
    "check": gettext_lazy("Indelible looks by itself"),
    "decide": gettext_lazy("Choose the way on"),
    "wait": gettext_lazy("Wait"),
    "second": gettext_lazy("A second person signs"),
}
SIGNS: Final[Words] = {
    "none": gettext_lazy("Nobody"),
    "one": gettext_lazy("Whoever did it"),
    "two": gettext_lazy("A second person, who did nothing of what it covers"),
}
MEANS: Final[Words] = {
    "requested": gettext_lazy("requested"),
    "prepared": gettext_lazy("prepared"),
    "checked": gettext_lazy("checked"),
    "approved": gettext_lazy("approved"),
    "witnessed": gettext_lazy("witnessed"),
    "acknowledged": gettext_lazy("acknowledged"),
}
FIELDS: Final[Words] = {
    "text": gettext_lazy("A few words"),
    "long": gettext_lazy("A longer text"),
    "date": gettext_lazy("A day"),
    "moment": gettext_lazy("A day and a time"),
    "number": gettext_lazy("A number"),
    "yes_no": gettext_lazy("Yes or no"),
    "choice": gettext_lazy("One of several"),
    "person": gettext_lazy("A person"),
    "confirm": gettext_lazy("A statement to confirm"),
}
EVERY: Final[Words] = {
    "day": gettext_lazy("every day"),
    "working_day": gettext_lazy("every working day"),
    "week": gettext_lazy("every week"),
    "month": gettext_lazy("every month"),
    "quarter": gettext_lazy("every quarter"),
    "half_year": gettext_lazy("every half year"),
    "year": gettext_lazy("every year"),
}
HOLIDAY: Final[Words] = {
    "after": gettext_lazy("the next working day"),
    "before": gettext_lazy("the working day before"),
    "keep": gettext_lazy("that day all the same"),
}
COVERS: Final[Words] = {
    "": gettext_lazy("no period"),
    "previous": gettext_lazy("the period before"),
    "current": gettext_lazy("the period it is due in"),
}
RESULTS: Final[Words] = {
    "failed": gettext_lazy("did not pass"),
    "passed": gettext_lazy("passed"),
    "unchecked": gettext_lazy("could not be checked"),
}
LISTS: Final[Words] = {
    "sources": gettext_lazy("the sources and how each stands"),
    "gaps": gettext_lazy("silences and missing numbers, with what is said of them"),
    "checks": gettext_lazy("the checks of the record"),
    "notices": gettext_lazy("the alarms and what was answered"),
    "coverage": gettext_lazy("what was promised, and what arrived"),
    "rules": gettext_lazy("what we record"),
    "readers": gettext_lazy("the people with access"),
    "seals": gettext_lazy("the seals"),
    "outside": gettext_lazy("who outside holds our seals"),
    "runs": gettext_lazy("the runs of runbooks"),
    "access_review": gettext_lazy("the lines of the access review"),
}
SYSTEM: Final = gettext_lazy("Indelible")


def team(name: str) -> str:
    """Return a team as people call it."""
    return next((str(each.name) for each in TEAMS if each.id == name), name)


def keep(name: str) -> str:
    """Say how long the records of runs are kept."""
    return str(CLASSES[name].title) if name in CLASSES else name


def role(document: Runbook, key: str) -> str:
    """Return what a role is called, also where it is the system's."""
    if key == "system":
        return str(SYSTEM)
    found = document.roles.get(key)
    return found.title if found else key


_numbered: ContextVar[bool] = ContextVar("numbered", default=True)


@contextmanager
def by_title_alone() -> Iterator[None]:
    """Have text refer to steps without their numbers, which another step before them changes."""
    before = _numbered.set(False)
    try:
        yield
    finally:
        _numbered.reset(before)


def step(document: Runbook, key: str) -> str:
    """Return a step as text refers to it: "step 3 (Call the supplier back)"."""
    for place, each in enumerate(document.steps, 1):
        if each.key == key:
            if not _numbered.get():
                return _("“%(title)s”") % {"title": each.title}
            return _("step %(n)s (%(title)s)") % {"n": place, "title": each.title}
    return key


def field(document: Runbook, key: str) -> str:
    """Return what a field is called."""
    for each in document.steps:
        for one in each.fields:
            if one.key == key:
                return one.label
    return key


def moment(document: Runbook, after: str) -> str:
    """Say which moment something is counted from."""
    kind, _colon, key = after.partition(":")
    if kind == "field":
        return _("what “%(field)s” says") % {"field": field(document, key)}
    if kind == "step":
        return _("the end of %(step)s") % {"step": step(document, key)}
    return {
        "start": _("the start"),
        "due": _("the day it is due"),
        "open": _("the beginning of the step"),
    }.get(kind, after)


def due(document: Runbook, told: Due) -> str:
    """Say by when something is to be done: "within 5 working days of the start"."""
    span = words_of(told.within, working=told.working)
    form = (
        _("%(span)s before %(moment)s") if told.within.startswith("-") else _("within %(span)s of %(moment)s")
    )
    return form % {"span": span, "moment": moment(document, told.after)}


def condition(document: Runbook, text: str) -> str:
    """Say when a way on is gone: "“Danger signs seen” is yes"; empty where somebody chooses."""
    if not text:
        return ""
    subject, _equals, value = text.partition("=")
    if subject.startswith("check:"):
        says = check(document, subject.removeprefix("check:"))
        return _("“%(check)s” %(result)s") % {"check": says, "result": RESULTS.get(value, value)}
    shown = {"yes": _("yes"), "no": _("no")}.get(value, value)
    return _("“%(field)s” is %(value)s") % {"field": field(document, subject), "value": shown}


def check(document: Runbook, key: str) -> str:
    """Return what a check says."""
    for each in document.steps:
        for one in each.checks:
            if one.key == key:
                return one.says
    return key


def branch(document: Runbook, told: Branch) -> str:
    """Say a way on in one line: "Danger signs seen: go to step 6 (...), start RB-09"."""
    parts = []
    if told.to == "end":
        parts.append(_("the run ends"))
    elif told.to:
        parts.append(_("go on with %(step)s") % {"step": step(document, told.to)})
    if told.start:
        parts.append(_("start %(runbook)s as well") % {"runbook": told.start})
    if told.needs_words:
        parts.append(_("say why"))
    told_parts = ", ".join(parts) or _("go on with the next step")
    if told.if_:
        return _("%(label)s, where %(condition)s: %(what)s") % {
            "label": told.label,
            "condition": condition(document, told.if_),
            "what": told_parts,
        }
    return _("%(label)s: %(what)s") % {"label": told.label, "what": told_parts}


def trigger(told: Trigger) -> str:
    """Say what starts a run besides the calendar."""
    if told.alarm:
        return _("an alarm: %(alarm)s") % {"alarm": told.alarm}
    return _("each entry: %(sentence)s") % {"sentence": told.event}


def signature(document: Runbook, told: Step) -> str:
    """Say who signs a step, and what the signature means; empty where nobody does."""
    if told.sign == "none":
        return ""
    who = (_("%(role)s, who did none of it") if told.sign == "two" else _("%(role)s, who did it")) % {
        "role": role(document, told.by)
    }
    others = [role(document, key) for key in told.also]
    if others:
        who = _("%(who)s; also %(others)s") % {"who": who, "others": ", ".join(others)}
    return _("%(who)s, as “%(meaning)s”") % {"who": who, "meaning": MEANS.get(told.means, told.means)}
