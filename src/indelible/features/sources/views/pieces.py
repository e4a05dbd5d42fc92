"""Sending a large file piece by piece: what the script of the upload page asks, answered in JSON."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from indelible.explanations import explain
from indelible.features.people import access
from indelible.features.people.access import needs
from indelible.features.people.models import User
from indelible.features.sources import pieces, queries, uploads
from indelible.features.sources.origins import SourceError
from indelible.features.sources.pieces import PIECE_BYTES, Unfinished, WrongPlaceError
from indelible.web.bodies import BodyTooLarge, BodyTooSlow, read_body, takes_body
from indelible.web.chrome import reader_of

STATUS = {"upload-gone": 404, "upload-too-large": 413, "upload-no-room": 507, "upload-unfinished-many": 429}


@needs(access.FILES_UPLOAD)
@require_POST
def begin(request: HttpRequest) -> JsonResponse:
    """Begin an upload, or go on with the unfinished one of the same file."""
    try:
        name, size, modified = request.POST["name"], int(request.POST["size"]), int(request.POST["modified"])
    except (KeyError, ValueError):
        return JsonResponse({"title": "", "text": ""}, status=400)
    try:
        source = queries.source_of_uploads(int(request.GET.get("source") or 0))
        return JsonResponse(_told(request, pieces.begin(_user(request), name, size, modified, source)))
    except SourceError as refused:
        return _refused(refused)


@needs(access.FILES_UPLOAD)
@takes_body(PIECE_BYTES)
@require_http_methods(["GET", "POST"])
def piece(request: HttpRequest, upload: str) -> JsonResponse:
    """Say how much of an upload is here (GET), or put the next piece behind it (POST, the bytes alone)."""
    try:
        if request.method == "GET":
            return JsonResponse(_told(request, pieces.find(_user(request), upload)))
        offset = int(request.GET.get("offset", ""))
        data = read_body(request, PIECE_BYTES)
        return JsonResponse(_told(request, pieces.add(_user(request), upload, offset, data)))
    except SourceError as refused:
        return _refused(refused)
    except (BodyTooLarge, ValueError):
        return JsonResponse({"title": "", "text": ""}, status=400)
    except BodyTooSlow:
        return JsonResponse({"title": "", "text": ""}, status=408)


@needs(access.FILES_UPLOAD)
@require_POST
def finish(request: HttpRequest, upload: str) -> JsonResponse:
    """Take a whole upload in; say which page goes on with it."""
    logbook = queries.the_logbook()
    if logbook is None:
        return JsonResponse({"url": reverse("sources:list")})
    try:
        row = pieces.finish(_user(request), upload, logbook, uploads.person(request))
    except SourceError as refused:
        return _refused(refused)
    before = uploads.earlier(row)
    if before is not None:
        uploads.discard(row)
        row.delete()
        return JsonResponse({"url": reverse("sources:held", args=[before.pk])})
    return JsonResponse({"url": reverse("sources:columns", args=[row.pk])})


@needs(access.FILES_UPLOAD)
@require_POST
def cancel(request: HttpRequest, upload: str) -> JsonResponse:
    """Remove what arrived of an upload."""
    try:
        pieces.forget(_user(request), upload)
    except SourceError as refused:
        return _refused(refused)
    return JsonResponse({"url": reverse("sources:upload")})


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


def _told(request: HttpRequest, upload: Unfinished) -> dict[str, Any]:
    reader = reader_of(request)
    return {
        "id": upload.id,
        "received": upload.received,
        "size": upload.size,
        "until": reader.spoken(upload.until, now=timezone.now()),
        "url": reverse("sources:piece", args=[upload.id]),
    }


def _refused(refused: SourceError) -> JsonResponse:
    words = explain(refused.code, **refused.facts)
    answer: dict[str, Any] = {"title": words.title, "text": f"{words.meaning} {words.next_step}".strip()}
    if isinstance(refused, WrongPlaceError):
        return JsonResponse({**answer, "received": refused.received}, status=409)
    return JsonResponse(answer, status=STATUS.get(refused.code, 422))
