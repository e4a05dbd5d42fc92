"""Pages for what went wrong: what happened, what it means for the record, what to do next.

Words come from `explanations.toml`. A program that asks for JSON gets a problem document (RFC 9457) with
the same words. No page shows a trace; where the fault is ours, it shows a short number that stands in the
server's log beside the trace.
"""

from __future__ import annotations

import logging
import secrets
import sys
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

from django.core.exceptions import DisallowedHost, RequestDataTooBig
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template import loader
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from indelible.explanations import Explanation, explain
from indelible.intake.errors import IntakeError
from indelible.storage.database.errors import AppendFailed, AppendRefused, IdempotencyConflict, NotFound

logger = logging.getLogger("indelible.web")

RETRY_SECONDS: Final = 60
_LETTERS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # none that is misheard or misread for another


def new_reference() -> str:
    """Return a number that can be read out over the telephone: 7F3K-20."""
    letters = "".join(secrets.choice(_LETTERS) for _place in range(4))
    return f"{letters}-{secrets.randbelow(90) + 10}"


def wants_json(request: HttpRequest) -> bool:
    """Whether a program asks, which reads JSON rather than pages."""
    return request.accepts("application/json") and not request.accepts("text/html")


def problem(explanation: Explanation, status: int, *, reference: str = "") -> JsonResponse:
    """Return a problem document. Source: RFC 9457 section 3."""
    document = {
        "type": f"tag:indelible,2026:{explanation.code}",
        "title": explanation.title,
        "status": status,
        "detail": explanation.meaning,
        "code": explanation.code,
        "next_step": explanation.next_step,
    }
    if reference:
        document["reference"] = reference
    return JsonResponse(document, status=status, content_type="application/problem+json")


def failure_page(request: HttpRequest, code: str, status: int, **facts: object) -> HttpResponse:
    """Return the page (or problem document) of a code, inside the frame where somebody is signed in."""
    explanation = explain(code, **facts)
    if wants_json(request):
        response: HttpResponse = problem(explanation, status)
    else:
        inside = getattr(getattr(request, "user", None), "is_authenticated", False)
        template = "web/errors/inside.html" if inside else "web/errors/outside.html"
        context = {"explanation": explanation, "title": _heading(explanation), "back": _came_from(request)}
        response = render(request, template, context, status=status)
    if status in (429, 503):
        response.headers["Retry-After"] = str(300 if status == 429 else RETRY_SECONDS)
    return response


def _came_from(request: HttpRequest) -> str:
    """Return the page of ours that somebody came from; nothing where that is elsewhere, or not said."""
    asked = request.headers.get("Referer", "")
    try:
        ours = url_has_allowed_host_and_scheme(asked, {request.get_host()})
    except DisallowedHost:
        return ""
    parts = urlsplit(asked)
    if not ours or parts.path.startswith("//"):  # which would lead elsewhere
        return ""
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _heading(explanation: Explanation) -> str:
    """Return the title as a heading, without the full stop it has within a text."""
    return explanation.title.removesuffix(".")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 400: what was sent could not be read; or 413, because it is more than this address takes."""
    if isinstance(exception, RequestDataTooBig):
        return failure_page(request, "request-too-large", 413)
    return failure_page(request, "bad-request", 400)


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 where a form came without the token of its session."""
    logger.warning("form without a valid token: %s (%s)", request.path, reason)
    return failure_page(request, "form-expired", 403)


def no_permission(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 403: this person may not."""
    return failure_page(request, "no-permission", 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 404: nothing lives at this address."""
    return failure_page(request, "page-missing", 404)


def too_many(request: HttpRequest) -> HttpResponse:
    """Answer 429: attempts pause."""
    return failure_page(request, "too-many-attempts", 429)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500 with a reference that stands in the log. Needs no database, which may be what failed."""
    reference = new_reference()
    logger.error("page failed, reference %s: %s", reference, request.path, exc_info=sys.exc_info())
    explanation = explain("page-failed", reference=reference)
    if wants_json(request):
        return problem(explanation, 500, reference=reference)
    context = {"explanation": explanation, "title": _heading(explanation), "reference": reference}
    page = loader.render_to_string("web/errors/bare.html", context)
    return HttpResponse(page, status=500)


class KnownFailures:
    """Turns the refusals of the layers below into their pages, with the status that fits."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on; refusals arrive at `process_exception`."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Return the page of a refusal that is known, None for what is our own fault."""
        match exception:
            case AppendRefused() | AppendFailed():
                logger.warning("not appended: %s", exception)
                return failure_page(request, exception.code, 503, detail=exception.detail)
            case IdempotencyConflict():
                return failure_page(request, exception.code, 409, detail=exception.detail)
            case NotFound():
                return failure_page(request, "page-missing", 404)
            case IntakeError():
                return failure_page(request, exception.code, 422, detail=exception.detail, **exception.facts)
            case OperationalError():
                return _database_trouble(request, exception)
        return None


def _database_trouble(request: HttpRequest, error: OperationalError) -> HttpResponse | None:
    text = str(error).lower()
    if "full" in text or "no space" in text:
        return failure_page(request, "disk-full", 503)
    if "locked" in text or "timeout" in text:
        return failure_page(request, "database-busy", 503)
    return None


def error_title(form_has_errors: bool, title: str) -> str:
    """Return a page's title, which begins with "Error: " where its form came back."""
    return _("Error: %(title)s") % {"title": title} if form_has_errors else title
