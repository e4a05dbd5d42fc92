"""Who is let in: the connection password of a source, looked at before anything of the body is read.

A password opens its own source. Which of the answers a sender gets depends on nothing but what it showed: nothing or a
password that opens nothing (401), one of a source that has ended (410).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from indelible.api.attempts import attempts
from indelible.api.bodies import MOST_LIST_BYTES, MOST_STREAM_BYTES, media_type_of
from indelible.api.problems import Problem
from indelible.features.sources.live.desk import check_open
from indelible.features.sources.live.passwords import password_for
from indelible.features.sources.models import ConnectionPassword, Kind, Source, State
from indelible.features.sources.services import SourceError
from indelible.web.addresses import origin_of

LINES = ("application/x-ndjson", "application/ndjson", "application/jsonl")


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends: the source, and the password that was shown."""

    source: Source
    password: ConnectionPassword


class ConnectionPasswordBearer(HttpBearer):
    """`Authorization: Bearer ind_...`."""

    openapi_name = "connectionPassword"

    def __call__(self, request: HttpRequest) -> Any:
        """Return who sends. Raises Problem for anybody else."""
        scheme, _, shown = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not shown.strip():
            raise Problem(401, "password-unknown")
        return admit(request, shown.strip())

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        """Return who sends, by a password."""
        return admit(request, token)


def admit(request: HttpRequest, shown: str) -> Sender:
    """Return who shows this password. Raises Problem: 401, 410, or 429 where an address shows too many wrong ones."""
    password = password_for(shown)
    if password is None or password.source.kind != Kind.WEB:
        if attempts.note(origin_of(request).client):
            raise Problem(429, "too-many-passwords", retry_after=attempts.seconds_left)
        raise Problem(401, "password-unknown")
    if password.source.state == State.ENDED:
        raise Problem(410, "source-ended", name=password.source.name)
    return Sender(password.source, password)


def most_of_lists(request: HttpRequest, **_where: object) -> int:
    """Return how many bytes a sender may bring: more than a form only from a source that takes."""
    return _most(request, lambda: MOST_LIST_BYTES)


def most_of_events(request: HttpRequest, **_where: object) -> int:
    """Return the same for events, which may come as a stream of lines."""
    return _most(request, lambda: MOST_STREAM_BYTES if media_type_of(request) in LINES else MOST_LIST_BYTES)


def _most(request: HttpRequest, bound: Callable[[], int]) -> int:
    scheme, _, shown = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return 0
    password = password_for(shown.strip(), timezone.now())
    if password is None or password.source.kind != Kind.WEB:
        return 0
    try:
        check_open(password.source)
    except SourceError:
        return 0  # whoever asks then is told why
    return bound()
