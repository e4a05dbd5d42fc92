"""The record as a list: search, filters, saved views, pages, and everything about one thing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from indelible.events.screen import visible
from indelible.features.people import access
from indelible.features.people.access import needs
from indelible.features.people.queries import person
from indelible.features.record import looks, queries, saved, services
from indelible.features.record.addresses import list_url, pack_url
from indelible.features.record.asking import Asked, as_typed, asked_of
from indelible.features.record.counted import rules_to_choose
from indelible.features.record.doubts import doubts_of
from indelible.features.record.filters import filters_of, ready_views, with_filter
from indelible.features.record.models import SavedView
from indelible.features.record.page_words import altered_words, looked_words, status_words
from indelible.features.record.proof import Prover, Verdict
from indelible.features.record.seal_lines import with_seals
from indelible.features.record.tightest import names_like, tightest
from indelible.features.sources import queries as sources
from indelible.language.matching_who import members_of_name
from indelible.language.pattern import EVERYTHING, Pattern, Who
from indelible.language.world import World
from indelible.storage.database import reads, search
from indelible.storage.database.models import Logbook
from indelible.web.acts import context_of, logbook_in_use
from indelible.web.chrome import reader_of
from indelible.web.folding import folded
from indelible.web.once import token_of
from indelible.web.timeline import Row, SealLine, by_day

LONGEST_NUMBER = 16  # digits of a place in the log that a database can compare with
MOST_TABS = 12  # saved views that stand as tabs; the rest are one page away
NAMES_LOOKED_AT = 3


@needs(access.RECORD_READ)
@require_GET
def record(request: HttpRequest) -> HttpResponse:
    """Show the entries that answer a question, newest recorded first, fifty a page."""
    reader, now, logbook = reader_of(request), datetime.now(UTC), logbook_in_use()
    asked = asked_of(logbook, request.GET.get("q", ""), now, reader.tz)
    if "add" in request.GET:
        return redirect(list_url(_with_filter(logbook, asked, request, now)))
    context = {
        "q": asked.typed,
        "asked": asked,
        "doubts": doubts_of(asked),
        "chips": [(chip.words, list_url(as_typed(chip.rest))) for chip in asked.chips],
        "filters": filters_of(
            asked.pattern,
            [line.source.name for line in sources.source_lines(logbook)],
            rules_to_choose(logbook),
        ),
        **_views(logbook, request, asked),
    }
    if asked.is_open:
        return render(request, "record/record.html", context)
    before, after = _place(request.GET, "before"), _place(request.GET, "after")
    upward = before is None and after is not None
    page = _page(logbook, asked, before, after)
    rows = queries.rows_of(logbook, page.indexes, hours=asked.world.calendar)
    looks.look(logbook, person(request), page.indexes, now, asked.words)
    lines: Sequence[Row | SealLine] = rows
    if asked.pattern.is_everything:
        lines = with_seals(logbook, rows, reader, first_page=before is None and after is None)
    context |= {
        "page": page,
        "days": folded(by_day(lines, reader)),
        "older": list_url(asked.typed, before=page.older) if page.older is not None else "",
        "newer": list_url(asked.typed, after=page.newer) if page.newer is not None else "",
        "status": status_words(page, asked.words),
        "looked": looked_words(page, reads.head(logbook).size, upward=upward),
        "upward": upward,
        "altered": altered_words(rows),
        "everything": asked.pattern.is_everything,
        "pack_url": pack_url(asked.pattern),
        "checked": _checked(logbook, page.indexes, now) if "checked" in request.GET else None,
        "here": list_url(asked.typed, before=before, after=after),
        **_names(logbook, asked),
    }
    if not page.indexes and page.looked_to is None:
        context |= _nothing_found(logbook, asked)
    return render(request, "record/record.html", context)


def _with_filter(logbook: Logbook, asked: Asked, request: HttpRequest, now: datetime) -> str:
    """Return the question, as text, with the part that a filter's form sent added to it."""

    def read(typed: str) -> Pattern:
        return asked_of(logbook, typed, now, reader_of(request).tz, asked.world).pattern

    if asked.is_clear:
        changed = with_filter(asked.pattern, request.GET, read)
        return asked.typed if changed == asked.pattern else as_typed(changed)
    # What was not understood must not be lost on the way, so the part is put behind what was typed.
    return f"{asked.typed} {as_typed(with_filter(EVERYTHING, request.GET, read))}".strip()


def _page(logbook: Logbook, asked: Asked, before: int | None, after: int | None) -> search.Page:
    return search.find(logbook, asked.pattern, asked.world, before=before, after=after, now=asked.now)


def _views(logbook: Logbook, request: HttpRequest, asked: Asked) -> dict[str, Any]:
    """Return the tabs: the ready views, then those that were saved; and what the open one has become."""
    ready = [(label, list_url(question), question == asked.typed) for label, question in ready_views()]
    rows = list(saved.views_for(logbook, person(request))[: MOST_TABS + 1])
    opened = _opened(logbook, request)
    tabs = [(row.name, list_url(row.typed, view=row.pk), row == opened) for row in rows[:MOST_TABS]]
    more = []
    if asked.typed and asked.is_clear and opened is None:
        more.append(
            (_("Save this view"), f"{reverse('record:view_save')}?{urlencode({'q': asked.typed})}", False)
        )
    if rows:
        more.append((_("All saved views"), reverse("record:views"), False))
    return {
        "views": [*ready, *tabs, *more],
        "opened": opened,
        "opened_moved": opened is not None and asked.typed == opened.typed and saved.has_moved(opened, asked),
    }


def _opened(logbook: Logbook, request: HttpRequest) -> SavedView | None:
    """Return the saved view that the address names, where it still asks what the address asks."""
    key = _place(request.GET, "view")
    if key is None:
        return None
    row = saved.views_for(logbook, person(request)).filter(pk=key).first()
    asks = " ".join(request.GET.get("q", "").split())
    return row if row is not None and row.typed == asks else None


def _names(logbook: Logbook, asked: Asked) -> dict[str, Any]:
    """Return what is to be said of the names that were asked for: other logins, and names that only look the same."""
    names = [who.name for who in asked.pattern.who if who.name][:NAMES_LOOKED_AT]
    return {
        "look_alikes": [
            (other, list_url(as_typed(_by(other))))
            for name in names
            for other in search.look_alikes(logbook, name)
        ],
        "known_as": [(name, logins) for name in names if (logins := _known_logins(name, asked.world))],
    }


def _by(name: str) -> Pattern:
    return Pattern.of(who=(Who(name=name),))


def _known_logins(who: str, world: World) -> str:
    """Name the other names and logins that a name is looked for by, each once."""
    others = (one.login for one in members_of_name(who, world) if one.login.casefold() != who.casefold())
    return ", ".join(dict.fromkeys(visible(login) for login in others))


def _nothing_found(logbook: Logbook, asked: Asked) -> dict[str, Any]:
    """Return ways on where nothing answers: the narrowest part, and names that look alike."""
    found = tightest(logbook, asked)
    narrowest = None
    if found is not None:
        narrowest = {
            "filter": found.chip.words,
            "many": found.many,
            "url": list_url(as_typed(found.chip.rest)),
        }
    names = [(name, list_url(as_typed(pattern))) for name, pattern in names_like(asked)]
    return {"tightest": narrowest, "did_you_mean": names}


@needs(access.RECORD_READ)
@require_POST
def check_these(request: HttpRequest) -> HttpResponse:
    """Check the entries of the page that the form stands on, put that on the record, and show the page again."""
    logbook, now = logbook_in_use(), datetime.now(UTC)
    size = reads.head(logbook).size
    sent = QueryDict(urlsplit(request.POST.get("here", "")).query)
    asked = asked_of(logbook, sent.get("q", ""), now, reader_of(request).tz)
    if asked.is_open:
        return redirect(list_url(asked.typed))
    before, after = _place(sent, "before"), _place(sent, "after")
    indexes = _page(logbook, asked, before, after).indexes
    checked = _checked(logbook, indexes, now)
    if indexes:
        services.tell_check(
            person(request),
            list(checked.verdicts.values()),
            asked.words,
            context_of(request),
            token_of(request),
        )
    # What was just recorded must not push the checked entries off their page.
    before = before if before is not None or after is not None else size
    return redirect(list_url(asked.typed, before=before, after=after, checked=1))


@needs(access.RECORD_READ)
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


def _place(sent: QueryDict, name: str) -> int | None:
    text = sent.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < LONGEST_NUMBER else None
