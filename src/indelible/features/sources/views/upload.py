"""Sending a file: within bounds, streamed to the data folder, and only by somebody signed in."""

from __future__ import annotations

import contextlib
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from indelible.explanations import Explanation, explain
from indelible.features.people import access
from indelible.features.people.access import needs
from indelible.features.people.models import User
from indelible.features.sources import pieces, queries, uploads
from indelible.features.sources.forms import UploadForm
from indelible.features.sources.models import Source
from indelible.features.sources.origins import SourceError
from indelible.features.sources.uploads import BoundedUpload
from indelible.web.bodies import takes_body


@needs(access.FILES_UPLOAD)
@takes_body(uploads.MOST_BYTES + uploads.FORM_BYTES)
@csrf_exempt  # only so that the bound is in place before the body is read: `_receive` does the check
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Send a file in."""
    request.upload_handlers = [BoundedUpload(request)]
    return _receive(request)


@csrf_protect
def _receive(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request, UploadForm())
    form = UploadForm(request.POST, request.FILES)
    handler = request.upload_handlers[0]
    if isinstance(handler, BoundedUpload) and handler.exceeded:
        limit = f"{uploads.MOST_BYTES // 1_000_000} MB"
        return _page(
            request, UploadForm(), explain("upload-too-large", name=handler.file_name or "", limit=limit), 413
        )
    if not form.is_valid():
        return _page(request, form, status=422)
    logbook = queries.the_logbook()
    if logbook is None:
        return redirect("sources:list")
    row = uploads.keep(form.cleaned_data["file"], logbook, uploads.person(request), _source(request))
    before = uploads.earlier(row)
    if before is not None:
        uploads.discard(row)
        row.delete()
        return render(request, "sources/held.html", {"before": before}, status=409)
    return redirect("sources:columns", row.pk)


@needs(access.FILES_UPLOAD)
@require_safe
def held(request: HttpRequest, key: int) -> HttpResponse:
    """Say that a file which was just sent is on the record already, since when and by whom."""
    return render(request, "sources/held.html", {"before": queries.get_import(key)}, status=409)


@needs(access.FILES_UPLOAD)
@require_POST
def forget(request: HttpRequest, upload: str) -> HttpResponse:
    """Remove what arrived of a file that was not sent to its end."""
    with contextlib.suppress(SourceError):
        pieces.forget(cast(User, request.user), upload)
    return redirect("sources:upload")


def _source(request: HttpRequest) -> Source | None:
    """Return the source that the next file was announced for; None where none was."""
    key = request.GET.get("source", "")
    return queries.source_of_uploads(int(key)) if key.isdecimal() and len(key) < 12 else None


def _page(
    request: HttpRequest, form: UploadForm, problem: Explanation | None = None, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "problem": problem,
        "most_bytes": uploads.MOST_BYTES,
        "piece_bytes": pieces.PIECE_BYTES,
        "source": _source(request),
        "unfinished": pieces.unfinished_of(cast(User, request.user)),
        # The script puts the figures in, which only it knows.
        "stopped": explain("upload-stopped", percent="{percent}", until="{until}"),
    }
    return render(request, "sources/upload.html", context, status=status)
