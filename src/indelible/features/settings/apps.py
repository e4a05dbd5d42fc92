"""The Django app of settings: pages on which people change how Indelible works for them and for all."""

from __future__ import annotations

from django.apps import AppConfig


class SettingsConfig(AppConfig):
    """One's own settings, those of the organisation, office hours and holidays, and e-mail."""

    name = "indelible.features.settings"
    label = "settings"
