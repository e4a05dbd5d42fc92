"""The Django app of sources and imports."""

from __future__ import annotations

from django.apps import AppConfig


class SourcesConfig(AppConfig):
    """Where events come from."""

    name = "indelible.features.sources"
    label = "sources"
