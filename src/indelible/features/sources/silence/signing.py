"""A signature by password: checked in the very act that it signs, and only so many times."""

from __future__ import annotations

from typing import Final

from django.core.cache import cache
from django.http import HttpRequest

from indelible.features.people.models import User

TRIES: Final = 3
PAUSE_SECONDS: Final = 15 * 60


def may_try(request: HttpRequest) -> bool:
    """Whether this person may enter their password once more; after so many that do not fit there is a pause."""
    return int(cache.get(_key(request), 0)) < TRIES


def signs(request: HttpRequest, password: str) -> bool:
    """Whether the password is that of whoever is signed in. A try that fails is counted before it is checked."""
    user = request.user
    if not isinstance(user, User) or not may_try(request):
        return False
    cache.add(_key(request), 0, PAUSE_SECONDS)
    cache.incr(_key(request))
    if not user.check_password(password):
        return False
    cache.delete(_key(request))
    return True


def _key(request: HttpRequest) -> str:
    return f"signing-{request.user.pk}"
