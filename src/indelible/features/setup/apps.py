"""The Django app of the set-up."""

from __future__ import annotations

from django.apps import AppConfig


class SetupConfig(AppConfig):
    """Three questions, once."""

    name = "indelible.features.setup"
    label = "setup"
