"""What the pages about texts have in common: what could not be done, whose password is asked, where one is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse

from indelible.explanations import explain
from indelible.features.runbooks.books.errors import BookError
from indelible.features.runbooks.models import Runbook
from indelible.web.failures import failure_page
from indelible.web.once import give_back


def refuse(request: HttpRequest, refused: BookError) -> HttpResponse:
    """Show why nothing was done. The form may be sent again."""
    give_back(request)
    return failure_page(request, refused.code, 409, **refused.facts)


def words_of(refused: BookError) -> str:
    """Say in a form why nothing was done."""
    told = explain(refused.code, **refused.facts)
    return f"{told.title} {told.next_step}"


def seen_of(request: HttpRequest) -> int:
    """Return the stamp of the draft that a form was made from."""
    text = request.POST.get("seen", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def stale(request: HttpRequest, book: Runbook) -> HttpResponse | None:
    """Refuse a form that was made from another state of the draft: shown again with its errors, it would pass for one
    of the present state."""
    if request.method != "POST" or seen_of(request) == book.draft_stamp:
        return None
    name = book.draft_by.name if book.draft_by is not None else ""
    return refuse(request, BookError("runbook-draft-changed", title=book.title, name=name))


def url_if_there(name: str, *args: Any) -> str:
    """Return the address of a page of another part, empty where there is none."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def utc_now() -> datetime:
    """Return this moment."""
    return datetime.now(UTC)
