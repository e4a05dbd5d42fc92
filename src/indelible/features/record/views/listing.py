"""The record as a list: search, filters, pages, and everything about one thing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from indelible.features.people.queries import person
from indelible.features.record import looks, queries
from indelible.features.record.filters import filters_of, views_of, with_filter
from indelible.features.record.proof import prove_entry
from indelible.features.sources import queries as sources
from indelible.storage.database import reads, search
from indelible.storage.database.models import Logbook
from indelible.web.acts import logbook_in_use
from indelible.web.chrome import reader_of
from indelible.web.moments import Reader
from indelible.web.timeline import Row, SealLine, by_day

MOST_CHECKED = search.PAGE


@login_required
@require_GET
def record(request: HttpRequest) -> HttpResponse:
    """Show the entries that answer a question, newest recorded first, fifty a page."""
    reader, now = reader_of(request), datetime.now(UTC)
    if "add" in request.GET:
        return redirect(_url(with_filter(request.GET.get("q", ""), request.GET)))
    parsed = search.parse_query(request.GET.get("q", ""), now, reader.tz)
    logbook = logbook_in_use()
    before, after = _place(request, "before"), _place(request, "after")
    page = search.find(logbook, parsed.query, before=before, after=after)
    rows = queries.rows_of(logbook, page.indexes)
    question = search.read_back(parsed.query)
    looks.look(logbook, person(request), page.indexes, now, question)
    text = search.query_text(parsed.query)
    context = {
        "q": text if parsed.understood else request.GET.get("q", ""),
        "page": page,
        "question": question,
        "days": by_day(_with_seal(logbook, rows, before, after, parsed.query), reader),
        "chips": [(_chip_words(chip), _url(chip.rest)) for chip in parsed.chips],
        "leftovers": [_leftover_words(leftover) for leftover in parsed.leftovers],
        "filters": filters_of(parsed.query, [line.source.name for line in sources.source_lines(logbook)]),
        "views": [(label, _url(query), query == text) for label, query in views_of()],
        "older": _url(text, before=page.older) if page.older is not None else "",
        "newer": _url(text, after=page.newer) if page.newer is not None else "",
        "status": status_words(page, question),
        "everything": parsed.query.is_everything,
        "checked": _checked(request, logbook, page.indexes),
        "here": request.get_full_path(),
    }
    if not page.indexes:
        context["tightest"] = _tightest(logbook, parsed.query, text, reader)
    context["look_alikes"] = [
        (name, _url(search.query_text(search.Query(who=(name,)))))
        for who in parsed.query.who[:3]
        for name in search.look_alikes(logbook, who)
    ]
    return render(request, "record/record.html", context)


@login_required
@require_POST
def check_these(request: HttpRequest) -> HttpResponse:
    """Check the entries of the page that the form stands on, and show that page again with the answer."""
    here = request.POST.get("here", "")
    if not here.startswith(reverse("record:list")):
        here = reverse("record:list")
    return redirect(f"{here}{'&' if '?' in here else '?'}checked=1")


@login_required
@require_GET
def thing(request: HttpRequest, kind: str, ident: str) -> HttpResponse:
    """Show everything about one thing, newest first."""
    logbook, now = logbook_in_use(), datetime.now(UTC)
    before = _place(request, "before")
    indexes = search.history_of(logbook, kind, ident, before=before, limit=search.PAGE + 1)
    shown = indexes[: search.PAGE]
    rows = queries.rows_of(logbook, shown)
    title = queries.thing_title(kind, ident)
    looks.look(logbook, person(request), shown, now, title)
    older = f"{request.path}?{urlencode({'before': shown[-1]})}" if len(indexes) > search.PAGE else ""
    context = {
        "title": title,
        "days": by_day(rows, reader_of(request)),
        "older": older,
        "first": before is None,
    }
    return render(request, "record/thing.html", context, status=200 if shown or before else 404)


def status_words(page: search.Page, question: str) -> str:
    """Say how many entries there are and for which question: "8 entries. Entries by “Maria”, newest first."."""
    if not page.counted_all:
        many = _("More than %(n)s entries") % {"n": f"{page.count:,}"}
    else:
        many = ngettext("%(n)s entry", "%(n)s entries", page.count) % {"n": f"{page.count:,}"}
    return f"{many}. {question}, " + _("newest recorded first.")


@dataclass(frozen=True, slots=True)
class Checked:
    """What checking the entries of a page gave."""

    at: datetime
    good: int
    altered: tuple[int, ...]
    unknown: tuple[int, ...]


def _checked(request: HttpRequest, logbook: Logbook, indexes: list[int]) -> Checked | None:
    """Check the entries shown, where that was asked for."""
    if "checked" not in request.GET:
        return None
    entries = reads.find_entries(logbook, indexes[:MOST_CHECKED])
    verdicts = {index: prove_entry(logbook, entry).verdict for index, entry in entries.items()}
    missing = [index for index in indexes if index not in entries]
    return Checked(
        datetime.now(UTC),
        sum(verdict == "matches" for verdict in verdicts.values()),
        tuple(sorted([*missing, *(i for i, verdict in verdicts.items() if verdict == "does not match")])),
        tuple(sorted(i for i, verdict in verdicts.items() if verdict == "could not be checked")),
    )


def _with_seal(
    logbook: Logbook, rows: list[Row | SealLine], before: int | None, after: int | None, query: search.Query
) -> list[Row | SealLine]:
    """Put the newest seal above the newest entries: it covers everything below it."""
    if not rows or before is not None or after is not None or not query.is_everything:
        return rows
    newest = reads.get_checkpoint(logbook)
    line = SealLine(
        newest.size, newest.made_at, _("covers everything below"), reverse("seals:seal", args=[newest.size])
    )
    return [line, *rows]


def _tightest(logbook: Logbook, query: search.Query, text: str, reader: Reader) -> dict[str, object] | None:
    found = search.tightest_filter(logbook, query)
    if found is None:
        return None
    rest = search.query_text(search.without(query, found.qualifier, found.value))
    many = f"{found.count:,}" if found.counted_all else _("more than %(n)s") % {"n": f"{found.count:,}"}
    return {"filter": f"{QUALIFIER_WORDS[found.qualifier]}: {found.value}", "count": many, "url": _url(rest)}


QUALIFIER_WORDS = {
    "who": gettext_lazy("Who"),
    "about": gettext_lazy("About"),
    "what": gettext_lazy("What happened"),
    "source": gettext_lazy("Source"),
    "outcome": gettext_lazy("Outcome"),
    "flag": gettext_lazy("Mark"),
    "when": gettext_lazy("When"),
    "words": gettext_lazy("Text"),
}


def _chip_words(chip: search.Chip) -> str:
    return f"{QUALIFIER_WORDS[chip.qualifier]}: {chip.reading}"


def _leftover_words(leftover: search.Leftover) -> str:
    words = {
        "unknown-qualifier": _("We do not know “%(text)s” as a filter. We searched the text for it."),
        "unknown-period": _("We do not understand the time in “%(text)s”. It does not narrow the list."),
        "unknown-outcome": _("We do not know the outcome in “%(text)s”. It does not narrow the list."),
        "no-value": _("“%(text)s” says nothing after the colon. It does not narrow the list."),
        "nothing-to-search": _("There is nothing to search for in “%(text)s”."),
        "second-period": _("Only one time can be asked for. “%(text)s” does not narrow the list."),
        "later": _("This version does not know rules yet. “%(text)s” does not narrow the list."),
    }
    return words[leftover.code] % {"text": leftover.text}


def _place(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def _url(query: str, **more: int | None) -> str:
    values = {name: str(value) for name, value in {"q": query or None, **more}.items() if value is not None}
    return reverse("record:list") + (f"?{urlencode(values)}" if values else "")
