"""Seals and checks in the menu, and the pill that every page shows."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from indelible.web.navigation import TRUST, NavItem


class SealsConfig(AppConfig):
    """Checking the record, and what the checks found."""

    name = "indelible.features.seals"
    label = "seals"
    nav = NavItem(
        TRUST, 10, _("Seals and checks"), "shield-check", "seals:overview", prefixes=("/seals/", "/checks/")
    )

    def ready(self) -> None:
        """Let the chrome ask this feature how the record stands, and storage what witnesses hold."""
        from indelible.features.seals.outside.guarding import ask_witnesses
        from indelible.features.seals.pill import pill
        from indelible.storage.database import guard
        from indelible.web.status import provide

        provide(pill)
        guard.provide(ask_witnesses)
