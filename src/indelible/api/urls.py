"""The addresses below `/api/v1/`, and how much each of them takes."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indelible.api import pages
from indelible.api.app import api
from indelible.api.door import most_of_events, most_of_lists
from indelible.web.bodies import takes_body

app_name = "api"

TAKES = {"events": most_of_events, "logs": most_of_lists, "messages": most_of_lists}


def _bounded(patterns: list[URLPattern | URLResolver]) -> list[URLPattern | URLResolver]:
    """Say of the addresses that take more than a form how much that is, and from whom."""
    for pattern in patterns:
        if isinstance(pattern, URLPattern) and pattern.name in TAKES:
            takes_body(TAKES[pattern.name])(pattern.callback)
    return patterns


urlpatterns = [
    path("openapi.json", pages.openapi, name="openapi"),
    path("docs", pages.docs, name="docs"),
    *_bounded(api.urls[0]),
]
