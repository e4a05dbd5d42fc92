"""The handbook: all runbooks of the organisation as one document, as a page that prints well and as PDF."""

from __future__ import annotations

import logging

import typst
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from indelible.features.people import access
from indelible.features.people.access import needs
from indelible.features.runbooks.books import handbook as books
from indelible.features.runbooks.views.books.telling import utc_now
from indelible.web.acts import logbook_in_use
from indelible.web.failures import failure_page

logger = logging.getLogger("indelible.runbooks")


@needs(access.RECORD_READ)
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Show the handbook as a page."""
    chapters = books.chapters(logbook_in_use())
    return render(request, "runbooks/books/handbook.html", {"chapters": chapters})


@needs(access.RECORD_READ)
@require_safe
def pdf(request: HttpRequest) -> HttpResponse:
    """Give the handbook as PDF."""
    try:
        made = books.pdf(logbook_in_use(), utc_now())
    except typst.TypstError:
        logger.exception("the handbook could not be set")
        return failure_page(request, "runbook-handbook-failed", 500)
    answer = HttpResponse(made, content_type="application/pdf")
    answer["Content-Disposition"] = 'attachment; filename="handbook.pdf"'
    return answer
