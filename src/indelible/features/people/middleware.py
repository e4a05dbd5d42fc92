"""What holds for every page: who was last here when, and that a form nobody put a guard before is for owners alone.

* `last_seen`: to within ten minutes, so one small write for many requests.
* `DenyFirst`: a view says with `access.needs` who may send something to it. Where one says nothing, it is taken for the
  most that there is.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse

from indelible.features.people import access
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


class DenyFirst:
    """Refuses what is sent to a view without a guard, unless an owner sends it or the view is open to strangers."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on; the view is known only at `process_view`."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: object, kwargs: object
    ) -> HttpResponse | None:
        """Return a refusal, None where the view may be called."""
        if request.method in ("GET", "HEAD", "OPTIONS") or hasattr(view, "needs"):
            return None
        if not getattr(view, "login_required", True) or not request.user.is_authenticated:
            return None  # whoever is not signed in is led to the sign-in
        may = access.may(request.user, access.SETTINGS_CHANGE)
        return None if may else access.refuse(request, access.SETTINGS_CHANGE)
