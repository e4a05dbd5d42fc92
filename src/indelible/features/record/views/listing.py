"""The record as a list: search, filters, pages, and everything about one thing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from urllib.parse import urlencode, urlsplit

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from indelible.events.screen import visible
from indelible.features.people.queries import person
from indelible.features.record import looks, queries, services
from indelible.features.record.filters import filters_of, views_of, with_filter
from indelible.features.record.proof import Prover, Verdict
from indelible.features.seals import queries as seals
from indelible.features.sources import queries as sources
from indelible.storage.database import reads, search
from indelible.storage.database.errors import NotFound
from indelible.storage.database.models import Logbook
from indelible.web.acts import context_of, logbook_in_use
from indelible.web.chrome import reader_of
from indelible.web.folding import folded
from indelible.web.moments import Reader
from indelible.web.numbers import written
from indelible.web.once import token_of
from indelible.web.timeline import Row, SealLine, by_day

LONGEST_NUMBER = 16  # digits of a place in the log that a database can compare with


@login_required
@require_GET
def record(request: HttpRequest) -> HttpResponse:
    """Show the entries that answer a question, newest recorded first, fifty a page."""
    reader, now = reader_of(request), datetime.now(UTC)
    if "add" in request.GET:
        return redirect(_url(with_filter(request.GET.get("q", ""), request.GET)))
    logbook = logbook_in_use()
    asked = _asked(request.GET, logbook, now, reader)
    rows = queries.rows_of(logbook, asked.page.indexes)
    looks.look(logbook, person(request), asked.page.indexes, now, asked.question)
    query, page, text = asked.parsed.query, asked.page, search.query_text(asked.parsed.query)
    context = {
        "q": text if asked.parsed.understood else request.GET.get("q", ""),
        "page": page,
        "question": asked.question,
        "days": folded(by_day(_with_seal(logbook, rows, asked), reader)),
        "chips": [(_chip_words(chip), _url(chip.rest)) for chip in asked.parsed.chips],
        "leftovers": [_leftover_words(leftover) for leftover in asked.parsed.leftovers],
        "filters": filters_of(query, [line.source.name for line in sources.source_lines(logbook)]),
        "views": [(label, _url(question), question == text) for label, question in views_of()],
        "older": _url(text, before=page.older) if page.older is not None else "",
        "newer": _url(text, after=page.newer) if page.newer is not None else "",
        "status": status_words(page, asked.question),
        "altered": altered_words(rows),
        "everything": query.is_everything,
        "checked": _checked(logbook, page.indexes, now) if "checked" in request.GET else None,
        "here": _url(text, before=asked.before, after=asked.after),
    }
    if not page.indexes:
        context["tightest"] = _tightest(logbook, query, text)
    context["look_alikes"] = [
        (name, _url(search.query_text(search.Query(who=(name,)))))
        for who in query.who[:3]
        for name in search.look_alikes(logbook, who)
    ]
    context["known_as"] = [(who, _known_logins(who)) for who in query.who[:3] if search.logins_of(who)]
    return render(request, "record/record.html", context)


def _known_logins(who: str) -> str:
    """Name the logins that go by a name, each once."""
    return ", ".join(dict.fromkeys(visible(known.login) for known in search.logins_of(who)))


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it was read, and the page of entries that answers it."""

    parsed: search.ParsedQuery
    question: str  # in words
    before: int | None
    after: int | None
    page: search.Page
    reader: Reader


def _asked(sent: QueryDict, logbook: Logbook, now: datetime, reader: Reader) -> Asked:
    parsed = search.parse_query(sent.get("q", ""), now, reader.tz)
    before, after = _place(sent, "before"), _place(sent, "after")
    page = search.find(logbook, parsed.query, before=before, after=after)
    return Asked(parsed, search.read_back(parsed.query), before, after, page, reader)


@login_required
@require_POST
def check_these(request: HttpRequest) -> HttpResponse:
    """Check the entries of the page that the form stands on, put that on the record, and show the page again."""
    logbook, now = logbook_in_use(), datetime.now(UTC)
    size = reads.head(logbook).size
    sent = QueryDict(urlsplit(request.POST.get("here", "")).query)
    asked = _asked(sent, logbook, now, reader_of(request))
    checked = _checked(logbook, asked.page.indexes, now)
    if asked.page.indexes:
        services.tell_check(
            person(request),
            list(checked.verdicts.values()),
            asked.question,
            context_of(request),
            token_of(request),
        )
    # What was just recorded must not push the checked entries off their page.
    before = asked.before if asked.before is not None or asked.after is not None else size
    text = search.query_text(asked.parsed.query)
    return redirect(_url(text, before=before, after=asked.after, checked=1))


@login_required
@require_GET
def thing(request: HttpRequest, kind: str, ident: str) -> HttpResponse:
    """Show everything about one thing, newest first."""
    logbook, now = logbook_in_use(), datetime.now(UTC)
    before = _place(request.GET, "before")
    indexes = search.history_of(logbook, kind, ident, before=before, limit=search.PAGE + 1)
    shown = indexes[: search.PAGE]
    rows = queries.rows_of(logbook, shown)
    title = queries.thing_title(kind, ident, queries.name_of_thing(rows, kind, ident))
    looks.look(logbook, person(request), shown, now, title)
    older = f"{request.path}?{urlencode({'before': shown[-1]})}" if len(indexes) > search.PAGE else ""
    context = {
        "title": title,
        "days": folded(by_day(rows, reader_of(request))),
        "older": older,
        "first": before is None,
    }
    return render(request, "record/thing.html", context, status=200 if shown or before else 404)


def status_words(page: search.Page, question: str) -> str:
    """Say how many entries there are and for which question: "8 entries. Entries by “Maria”, newest first."."""
    if not page.count:
        return _("No entries. %(question)s.") % {"question": question}
    if not page.counted_all:
        many = _("More than %(n)s entries") % {"n": written(page.count)}
    else:
        many = ngettext("%(n)s entry", "%(n)s entries", page.count) % {"n": written(page.count)}
    return f"{many}. {question}, " + _("newest recorded first.")


def altered_words(rows: Sequence[Row]) -> str:
    """Say how many of the rows cannot be relied on; empty where none."""
    count = sum(row.state in ("altered", "removed") for row in rows)
    if not count:
        return ""
    words = ngettext(
        "%(n)s entry of this page is not as it was sealed.",
        "%(n)s entries of this page are not as they were sealed.",
        count,
    )
    return words % {"n": count}


@dataclass(frozen=True, slots=True)
class Checked:
    """What checking the entries of a page gave, by index."""

    at: datetime
    verdicts: Mapping[int, Verdict]

    @property
    def good(self) -> int:
        """How many fit their seals."""
        return len(self._with("matches"))

    @property
    def altered(self) -> list[int]:
        """Which do not."""
        return self._with("does not match")

    @property
    def unknown(self) -> list[int]:
        """Of which that could not be told."""
        return self._with("could not be checked")

    def _with(self, wanted: Verdict) -> list[int]:
        return sorted(index for index, verdict in self.verdicts.items() if verdict == wanted)


def _checked(logbook: Logbook, indexes: list[int], now: datetime) -> Checked:
    """Check these entries; one that is gone counts as altered."""
    proofs = Prover(logbook).prove_all(reads.find_entries(logbook, indexes).values())
    return Checked(
        now, {index: proofs[index].verdict if index in proofs else "does not match" for index in indexes}
    )


def _with_seal(logbook: Logbook, rows: list[Row], asked: Asked) -> Sequence[Row | SealLine]:
    """Draw the seals that matter across the whole record: the newest held outside, and the last of each day.

    A seal covers everything below its line. With nobody outside it is the newest seal, above the newest entries.
    """
    if not rows or not asked.parsed.query.is_everything:
        return rows
    first_page = asked.before is None and asked.after is None
    held = seals.held_outside(logbook)
    try:
        lines = _day_seals(logbook, rows, asked.reader)
        if held.size:
            lines[held.size] = _seal_line(reads.get_checkpoint(logbook, held.size), held_words(held))
        elif first_page:
            newest = reads.get_checkpoint(logbook)
            lines[newest.size] = _seal_line(newest, _("covers everything below"))
    except NotFound:  # somebody took the seals away: a check says so, the list is still read
        return rows
    return list(_between(rows, lines, first_page))


def _day_seals(logbook: Logbook, rows: Sequence[Row], reader: Reader) -> dict[int, SealLine]:
    """Return the last seal of each day that ends among the rows, by size."""
    lines = {}
    for later, row in pairwise(rows):
        if reader.local(later.recorded_at).date() != reader.local(row.recorded_at).date():
            last = reads.covering_checkpoint(logbook, row.index)
            if last.size <= later.index:  # one commit over midnight has one seal, which is the later day's
                lines[last.size] = _seal_line(last, _("the last of this day"))
    return lines


def _seal_line(seal: reads.StoredCheckpoint, words: str) -> SealLine:
    return SealLine(seal.size, seal.made_at, words, reverse("seals:seal", args=[seal.size]))


def held_words(held: seals.HeldOutside) -> str:
    """Say who holds everything below: "3 witnesses hold everything below"."""
    first, others = held.holders[0], len(held.holders) - 1
    if not others:
        return _("%(name)s holds everything below") % {"name": first}
    if held.witnesses > others:
        return _("%(n)s witnesses hold everything below") % {"n": held.witnesses}
    words = ngettext(
        "%(name)s and %(n)s other hold everything below",
        "%(name)s and %(n)s others hold everything below",
        others,
    )
    return words % {"name": first, "n": others}


def _between(
    rows: Sequence[Row], lines: Mapping[int, SealLine], first_page: bool
) -> Iterator[Row | SealLine]:
    """Put each line right above the newest row that its seal covers, where that row is on this page."""
    above: int | None = None
    for row in rows:
        for size in sorted(lines, reverse=True):
            fits = size > row.index and (size <= above if above is not None else first_page)
            if fits and queries.is_instant(lines[size].at):
                yield lines[size]
        above = row.index
        yield row


def _tightest(logbook: Logbook, query: search.Query, text: str) -> dict[str, object] | None:
    found = search.tightest_filter(logbook, query)
    if found is None:
        return None
    rest = search.query_text(search.without(query, found.qualifier, found.value))
    many = written(found.count) if found.counted_all else _("more than %(n)s") % {"n": written(found.count)}
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


def _place(sent: QueryDict, name: str) -> int | None:
    text = sent.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < LONGEST_NUMBER else None


def _url(query: str, **more: int | None) -> str:
    values = {name: str(value) for name, value in {"q": query or None, **more}.items() if value is not None}
    return reverse("record:list") + (f"?{urlencode(values)}" if values else "")
