"""What goes wrong, as one kind of answer: a problem document with a code, in the words of `explanations.toml`.

Source: RFC 9457. Nothing that a sender does is an error of ours: whatever is raised below and is known has its status
here; what is not known is logged with a number that the answer repeats.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, Final

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse

from indelible.explanations import Explanation, explain
from indelible.features.sources.live.desk import ComeBackLater, KeyUsedBefore
from indelible.features.sources.services import SourceError
from indelible.storage.database.errors import AppendFailed, AppendRefused, EntryDiffers, NotFound
from indelible.web.bodies import BodyTooLarge, BodyTooSlow
from indelible.web.failures import new_reference

logger = logging.getLogger("indelible.api")

WAIT_SECONDS: Final = 60  # where nothing can be sealed at present
BUSY_SECONDS: Final = 5


class Problem(Exception):
    """An answer other than the one that was hoped for. `more` is what the document says besides; `facts`, or what is
    told by name, fill its words."""

    def __init__(
        self,
        status: int,
        code: str,
        *,
        retry_after: int | None = None,
        more: Mapping[str, Any] | None = None,
        facts: Mapping[str, object] | None = None,
        **told: object,
    ) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code
        self.retry_after = retry_after
        self.more = dict(more or {})
        self.facts = {**(facts or {}), **told}

    @property
    def words(self) -> Explanation:
        """What happened, what it means, what to do."""
        return explain(self.code, **self.facts)


def problem_of(request: HttpRequest, failure: Exception) -> Problem:
    """Return what a failure is answered with; one that is not known is logged, and is a fault of ours."""
    match failure:
        case Problem():
            return failure
        case KeyUsedBefore():
            return Problem(409, failure.code, facts=failure.facts)
        case ComeBackLater():
            return Problem(503, failure.code, retry_after=failure.seconds, facts=failure.facts)
        case SourceError(code="source-ended"):
            return Problem(410, failure.code, facts=failure.facts)
        case SourceError():
            return Problem(422, failure.code, facts=failure.facts)
        case BodyTooLarge():
            return Problem(413, "body-too-large", most=f"{failure.most:,}")
        case RequestDataTooBig():
            return Problem(413, "body-too-large")
        case BodyTooSlow():
            return Problem(400, "body-broke-off")
        case EntryDiffers():
            return Problem(409, failure.code, detail=failure.detail)
        case NotFound() | Http404():
            return Problem(404, "page-missing")
        case SuspiciousOperation():
            return Problem(400, "bad-request")
        case AppendRefused() | AppendFailed():
            logger.warning("not appended: %s", failure)
            return Problem(503, failure.code, retry_after=WAIT_SECONDS, detail=failure.detail)
        case OperationalError():
            logger.warning("%s: the database: %s", request.path, failure)
            return Problem(503, _trouble(failure), retry_after=BUSY_SECONDS)
    reference = new_reference()
    logger.error("request failed, reference %s: %s", reference, request.path, exc_info=failure)
    return Problem(500, "page-failed", more={"reference": reference}, reference=reference)


def _trouble(error: OperationalError) -> str:
    text = str(error).lower()
    return "disk-full" if "full" in text or "no space" in text else "database-busy"


def answer_with(refused: Problem) -> HttpResponse:
    """Return the problem document."""
    words = refused.words
    document = {
        "type": f"tag:indelible,2026:{words.code}",
        "title": words.title,
        "status": refused.status,
        "detail": words.meaning,
        "code": words.code,
        "next_step": words.next_step,
        **refused.more,
    }
    response = JsonResponse(document, status=refused.status, content_type="application/problem+json")
    return with_headers(response, refused)


def with_headers(response: HttpResponse, refused: Problem) -> HttpResponse:
    """Return an answer with the headers that its problem asks for."""
    if refused.retry_after is not None:
        response["Retry-After"] = str(refused.retry_after)
    if refused.status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="Indelible"'
    return response
