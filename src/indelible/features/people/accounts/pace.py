"""How often something may be tried from one place, counted where all processes see it."""

from __future__ import annotations

from django.core.cache import cache
from django.http import HttpRequest

from indelible.web.addresses import origin_of


def too_often(request: HttpRequest, what: str, most: int, seconds: int) -> bool:
    """Count a try of `what` from where a request comes; whether there were too many in these seconds."""
    key = f"{what}:{origin_of(request).client or 'unknown'}"
    if cache.add(key, 1, seconds):
        return False
    try:
        return bool(cache.incr(key) > most)
    except ValueError:  # it ran out in this very moment
        return False
