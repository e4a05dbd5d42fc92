"""The ready runbooks: by team and by what starts them, the whole text before it is used, and copying one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from indelible.features.people import access
from indelible.features.people.access import needs
from indelible.features.runbooks.books import drafting, wording
from indelible.features.runbooks.books.errors import BookError
from indelible.features.runbooks.books.telling import tell
from indelible.features.runbooks.document.runbook import Runbook as Document
from indelible.features.runbooks.library import all_ready
from indelible.features.runbooks.models import Runbook
from indelible.features.runbooks.views.books.telling import refuse, utc_now
from indelible.features.sources.uploads import person
from indelible.web.acts import logbook_in_use
from indelible.web.numbers import written
from indelible.web.once import first_time

BY = {"": gettext_lazy("By team"), "trigger": gettext_lazy("By what starts it")}
CALENDAR = gettext_lazy("By the calendar")
ENTRY = gettext_lazy("By an entry or an alarm")
HAND = gettext_lazy("By hand, when something happens")


@dataclass(slots=True)
class Offered:
    """A ready runbook as the page offers it."""

    document: Document
    when: str
    copies: list[str]  # short names of the runbooks that were copied from it


@dataclass(slots=True)
class Group:
    """Ready runbooks that stand together."""

    name: str | Promise
    offered: list[Offered] = field(default_factory=list)


@needs(access.RECORD_READ)
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Offer the ready runbooks, by team or by what starts them."""
    by, words = request.GET.get("by", ""), request.GET.get("q", "").strip()[:200]
    by = by if by in BY else ""
    found = [document for document in all_ready().values() if _fits(document, words)]
    copies = _copies()
    groups = _by_trigger(found, copies) if by == "trigger" else _by_team(found, copies)
    context: dict[str, Any] = {
        "groups": groups,
        "q": words,
        "by": by,
        "tabs": [(label, _url(value, words), value == by) for value, label in BY.items()],
        "status": ngettext("%(n)s ready runbook.", "%(n)s ready runbooks.", len(found))
        % {"n": written(len(found))},
        "every": len(all_ready()),
    }
    return render(request, "runbooks/books/ready.html", context)


def _url(by: str, words: str) -> str:
    sent = {name: value for name, value in (("by", by), ("q", words)) if value}
    return f"?{urlencode(sent)}" if sent else "?"


def _fits(document: Document, words: str) -> bool:
    starts = document.starts
    text = " ".join(
        (
            document.id,
            document.title,
            document.purpose,
            wording.team(document.team),
            starts.when,
            starts.trigger,
            *document.serves,
        )
    ).casefold()
    return all(word in text for word in words.casefold().split())


def _copies() -> dict[str, list[str]]:
    """Return the runbooks that were copied from ready ones, by the ready one."""
    found: dict[str, list[str]] = {}
    rows = Runbook.objects.filter(logbook=logbook_in_use()).exclude(origin="").order_by("pk")
    for origin, key in rows.values_list("origin", "key"):
        found.setdefault(origin, []).append(key)
    return found


def _offered(document: Document, copies: Mapping[str, list[str]]) -> Offered:
    return Offered(document, document.starts.when, copies.get(document.id, []))


def _by_team(found: list[Document], copies: Mapping[str, list[str]]) -> list[Group]:
    groups: dict[str, Group] = {}
    for document in found:
        name = wording.team(document.team) or _("Other runbooks")
        groups.setdefault(name, Group(name)).offered.append(_offered(document, copies))
    return [groups[name] for name in sorted(groups, key=str.casefold)]


def _by_trigger(found: list[Document], copies: Mapping[str, list[str]]) -> list[Group]:
    groups = {
        "calendar": Group(CALENDAR),
        "entry": Group(ENTRY),
        "hand": Group(HAND),
    }
    for document in found:
        name = "calendar" if document.starts.schedule else "entry" if document.starts.on else "hand"
        groups[name].offered.append(_offered(document, copies))
    return [group for group in groups.values() if group.offered]


@needs(access.RECORD_READ)
@require_safe
def one(request: HttpRequest, ready_id: str) -> HttpResponse:
    """Show the whole text of a ready runbook before it is used."""
    document = all_ready().get(ready_id)
    if document is None:
        raise Http404
    context = {"told": tell(document), "copies": _copies().get(ready_id, [])}
    return render(request, "runbooks/books/ready_one.html", context)


@needs(access.RUNBOOKS_CHANGE)
@require_POST
def copy(request: HttpRequest, ready_id: str) -> HttpResponse:
    """Make a ready runbook the organisation's own."""
    if ready_id not in all_ready():
        raise Http404
    if not first_time(request):
        return redirect("runbooks:list")
    try:
        row = drafting.copy_ready(ready_id, person(request), utc_now())
    except BookError as refused:
        return refuse(request, refused)
    words = _("“%(title)s” is now your own, as a draft. Change what is different with you, then publish it.")
    messages.success(request, words % {"title": row.title})
    return redirect("runbooks:edit", row.key)
