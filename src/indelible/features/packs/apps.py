"""Evidence packs among the features."""

from __future__ import annotations

from django.apps import AppConfig


class PacksConfig(AppConfig):
    """Making packs, handing them over, and checking them."""

    name = "indelible.features.packs"
    label = "packs"
