"""The Django app of the chrome: base page, components, error pages, help."""

from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    """What every page shares. Knows no feature."""

    name = "indelible.web"
    label = "web"
