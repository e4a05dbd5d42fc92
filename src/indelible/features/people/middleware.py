"""When somebody was last here, to within ten minutes: one small write for many requests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse

from indelible.features.people.models import User

STEP: Final = timedelta(minutes=10)
Answer = Callable[[HttpRequest], HttpResponse]


def last_seen(get_response: Answer) -> Answer:
    """Keep when people were last here. What a page asks for by itself does not count."""

    def middleware(request: HttpRequest) -> HttpResponse:
        user = request.user
        if isinstance(user, User) and request.headers.get("X-Poll") is None:
            now = datetime.now(UTC)
            if user.seen_at is None or now - user.seen_at > STEP:
                note(user, now)
        return get_response(request)

    return middleware


def note(user: User, now: datetime) -> None:
    """Write it down; a database that is busy just now is not waited for twice, and no page fails for it."""
    try:
        User.objects.filter(pk=user.pk).update(seen_at=now)
    except OperationalError:
        return
    user.seen_at = now
