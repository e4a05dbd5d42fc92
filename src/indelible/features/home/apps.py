"""Home's place in the menu."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from indelible.web.navigation import EVERY_DAY, NavItem


class HomeConfig(AppConfig):
    """The first page."""

    name = "indelible.features.home"
    label = "home"
    nav = NavItem(EVERY_DAY, 10, _("Home"), "home", "home:home")
