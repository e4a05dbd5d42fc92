"""The Django app of the HTTP API: it has a page of its own, and no tables."""

from __future__ import annotations

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """What programs send."""

    name = "indelible.api"
    label = "api"
