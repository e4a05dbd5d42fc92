"""The Django app of settings: pages on which people change how Indelible works for them and for all."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from indelible.web.navigation import TRUST, NavItem


class SettingsConfig(AppConfig):
    """One's own settings, those of the organisation, office hours and holidays, and e-mail."""

    name = "indelible.features.settings"
    label = "settings"
    nav = NavItem(TRUST, 90, _("Settings"), "cog-6-tooth", "settings:index", prefixes=("/account/",))
