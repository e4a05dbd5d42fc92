"""The log over HTTP: `/log/<logbook>/checkpoint`, `/log/<logbook>/tile/...`, as C2SP tlog-tiles names them.

Anybody may read it without signing in, once an owner has opened the door of that logbook (door.py); until then it
answers as if there were nothing. It stands before sessions, cookies and the pages' policies, because programs read
it: what is answered depends on the address alone, so that every cache on the way may keep it. Only commitments
are given out, and any web page may read them (`Access-Control-Allow-Origin: *`), since they are public by then.

What is served is decided in storage (served.py); nothing that does not fit the checkpoint leaves.
"""

from __future__ import annotations

import gzip
import logging
import re
from collections.abc import Callable
from typing import Final

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse

from indelible.features.seals.models import Door
from indelible.ledger.errors import MalformedInput
from indelible.ledger.tiles import ENTRIES_LEVEL, parse_tile_path
from indelible.storage.database.errors import NotFound, StorageError
from indelible.storage.database.models import Logbook
from indelible.storage.database.served import served_checkpoint, served_tile

logger = logging.getLogger("indelible.web")

PREFIX: Final = "/log/"
FOR_GOOD: Final = "max-age=31536000, immutable"
TEXT: Final = "text/plain; charset=utf-8"
OCTETS: Final = "application/octet-stream"
GZIP_FROM_BYTES: Final = 1024

_PATH = re.compile(r"/log/(?P<name>[a-z0-9][a-z0-9-]{0,62})/(?P<rest>checkpoint|tile/[0-9a-z/.]{1,90})")


def log_over_http(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Answer what lies below `/log/`, and pass on everything else."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return answer(request) if request.path.startswith(PREFIX) else get_response(request)

    return middleware


def answer(request: HttpRequest) -> HttpResponse:
    """Answer one request for a file of a log: 200, 404, 405, or 503 where what is stored cannot be vouched for."""
    if request.method not in ("GET", "HEAD"):
        refused = _plain("method not allowed\n", 405)
        refused["Allow"] = "GET, HEAD"
        return refused
    try:
        response = _find(request)
    except (NotFound, MalformedInput):
        response = _plain("not found\n", 404)
    except StorageError as differs:
        logger.error("log over HTTP: %s not served: %s", request.path, differs)
        response = _plain("what is stored does not fit the checkpoint, so it is not served\n", 503)
    except OperationalError as away:
        logger.warning("log over HTTP: %s not served: %s", request.path, away)
        response = _plain("the database does not answer\n", 503)
        response["Retry-After"] = "10"
    response["Content-Length"] = str(len(response.content))
    if request.method == "HEAD":
        response.content = b""
    return response


def _find(request: HttpRequest) -> HttpResponse:
    found = _PATH.fullmatch(request.path)
    if found is None:
        raise NotFound("no-such-file", request.path[:120])
    logbook = _open_logbook(found["name"])
    if found["rest"] == "checkpoint":
        return _public(served_checkpoint(logbook).encode(), TEXT, "no-cache")
    level, index, width = parse_tile_path(found["rest"])
    response = _public(served_tile(logbook, level, index, width), OCTETS, FOR_GOOD)
    return _packed(request, response) if level == ENTRIES_LEVEL else response


def _open_logbook(name: str) -> Logbook:
    """Return the logbook of that name, if its door is open. Raises NotFound."""
    door = Door.objects.select_related("logbook").filter(logbook__name=name, open=True).first()
    if door is None:
        raise NotFound("no-such-logbook", name)
    return door.logbook


def _packed(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Return a bundle as gzip where the reader takes it and it is worth it."""
    response["Vary"] = "Accept-Encoding"
    accepted = request.headers.get("Accept-Encoding", "")
    if len(response.content) >= GZIP_FROM_BYTES and re.search(
        r"\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))", accepted
    ):
        response.content = gzip.compress(response.content, 6, mtime=0)
        response["Content-Encoding"] = "gzip"
    return response


def _public(body: bytes, content_type: str, caching: str) -> HttpResponse:
    response = HttpResponse(body, content_type=content_type)
    response["Cache-Control"] = caching
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _plain(text: str, status: int) -> HttpResponse:
    """Say why nothing is served; no cache keeps it, because tomorrow the answer may be another."""
    response = HttpResponse(text, status=status, content_type=TEXT)
    response["Cache-Control"] = "no-store"
    response["Access-Control-Allow-Origin"] = "*"
    return response
