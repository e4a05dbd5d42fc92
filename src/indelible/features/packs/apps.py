"""Evidence packs among the features, and in the menu."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from indelible.web.navigation import EVERY_DAY, NavItem


class PacksConfig(AppConfig):
    """Making packs, handing them over, and checking them."""

    name = "indelible.features.packs"
    label = "packs"
    nav = NavItem(EVERY_DAY, 60, _("Evidence packs"), "archive-box", "packs:list", prefixes=("/packs/",))
