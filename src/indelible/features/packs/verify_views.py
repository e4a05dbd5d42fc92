"""/verify/: check a pack, a receipt or a seal that somebody handed over. No sign-in, and nothing is kept.

Whoever is asked to trust a pack should not have to ask its sender for an account. The page does what the pack's
own page and the command line do; it is there for those who have a server at hand that they trust more.
"""

from __future__ import annotations

import hashlib
import threading
import time
from typing import BinaryIO, Final, cast

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from indelible.explanations import explain
from indelible.features.packs.verify_form import (
    MOST_BYTES,
    MOST_SENT,
    MOST_UNPACKED_BYTES,
    BoundedFile,
    VerifyForm,
    is_too_long,
)
from indelible.features.packs.verifying import Answer, NotUnderstood, answer_for
from indelible.ledger.errors import MalformedInput
from indelible.ledger.packs.report import DIFFERS, Trust
from indelible.web.addresses import origin_of
from indelible.web.bodies import takes_body
from indelible.web.templatetags.indelible import size

A_MINUTE: Final = 12  # files from one address
AT_ONCE: Final = 2  # checks in one process: strangers must not keep the record's own pages waiting
_busy = threading.BoundedSemaphore(AT_ONCE)


@takes_body(MOST_SENT)
@csrf_exempt  # the token is looked for below, once the bound of the file is in place
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Show the form, or check what was sent."""
    if request.method != "POST":
        return _page(request, VerifyForm())
    if not _may(request):
        return _trouble(request, "check-too-often", 429)
    if is_too_long(request):
        return _trouble(request, "check-file-too-large", 413, limit=size(MOST_BYTES))
    handler = BoundedFile(request)
    request.upload_handlers = [handler]
    request.POST  # noqa: B018 - reading it takes the body in, within the bound
    if handler.exceeded:
        return _trouble(request, "check-file-too-large", 413, limit=size(MOST_BYTES))
    return _checked(request)


@csrf_protect
def _checked(request: HttpRequest) -> HttpResponse:
    """Check a file that arrived whole. It is removed as soon as it was looked at."""
    form = VerifyForm(request.POST, request.FILES)
    files = [file for name in request.FILES for file in request.FILES.getlist(name)]
    try:
        if not form.is_valid():
            return _page(request, form, status=422)
        if not _busy.acquire(timeout=2):
            return _trouble(request, "check-too-often", 503)
        try:
            return _answer(request, form)
        finally:
            _busy.release()
    finally:
        for file in files:
            file.close()  # a temporary file goes with its last handle


def _answer(request: HttpRequest, form: VerifyForm) -> HttpResponse:
    given = form.cleaned_data
    upload: TemporaryUploadedFile = given["file"]
    trust = Trust(given["key"], given["witnesses"], (), given["words"])
    try:
        answer = answer_for(cast("BinaryIO", upload.file), trust)
    except NotUnderstood:
        return _trouble(request, "check-not-understood", 422, form)
    except MalformedInput:
        unpacked = _("%(size)s when unpacked") % {"size": size(MOST_UNPACKED_BYTES)}
        return _trouble(request, "check-file-too-large", 413, form, limit=unpacked)
    return _page(request, VerifyForm(), answer=answer, name=upload.name or "")


def _page(
    request: HttpRequest,
    form: VerifyForm,
    *,
    status: int = 200,
    answer: Answer | None = None,
    name: str = "",
    trouble: object = None,
) -> HttpResponse:
    frame = "web/base.html" if request.user.is_authenticated else "web/plain.html"
    context = {
        "frame": frame,
        "form": form,
        "answer": answer,
        "file_name": name,
        "is_alarm": answer is not None and answer.verdict == DIFFERS,
        "trouble": trouble,
        "limit": MOST_BYTES,
    }
    response = render(request, "packs/verify.html", context, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _trouble(
    request: HttpRequest, code: str, status: int, form: VerifyForm | None = None, **facts: object
) -> HttpResponse:
    response = _page(request, form or VerifyForm(), status=status, trouble=explain(code, **facts))
    if status in (429, 503):
        response.headers["Retry-After"] = "60"
    return response


def _may(request: HttpRequest) -> bool:
    """Count a file of this address in this minute; only a hash of the address is kept, for two minutes."""
    who = hashlib.sha256(origin_of(request).client.encode()).hexdigest()[:32]
    key = f"verify:{who}:{int(time.time()) // 60}"
    cache.add(key, 0, timeout=120)
    try:
        return cache.incr(key) <= A_MINUTE
    except ValueError:  # the count went between the two lines
        return True
