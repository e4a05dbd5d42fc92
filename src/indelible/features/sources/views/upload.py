"""Sending a file: within bounds, streamed to the data folder, and only by somebody signed in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from indelible.explanations import Explanation, explain
from indelible.features.sources import queries, uploads
from indelible.features.sources.forms import UploadForm
from indelible.features.sources.uploads import BoundedUpload
from indelible.web.bodies import takes_body


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
    row = uploads.keep(form.cleaned_data["file"], logbook, uploads.person(request))
    before = uploads.earlier(row)
    if before is not None:
        uploads.discard(row)
        row.delete()
        return render(request, "sources/held.html", {"before": before}, status=409)
    return redirect("sources:columns", row.pk)


def _page(
    request: HttpRequest, form: UploadForm, problem: Explanation | None = None, status: int = 200
) -> HttpResponse:
    context = {"form": form, "problem": problem, "most_bytes": uploads.MOST_BYTES}
    return render(request, "sources/upload.html", context, status=status)
