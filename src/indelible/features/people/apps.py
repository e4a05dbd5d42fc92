"""The Django app of people: who may sign in, and the organisation they belong to."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from indelible.web import chrome
from indelible.web.navigation import TRUST, NavItem


class PeopleConfig(AppConfig):
    """Accounts, sign-in and sign-out, and each person's own settings."""

    name = "indelible.features.people"
    label = "people"
    nav = NavItem(TRUST, 90, _("Settings"), "cog-6-tooth", "people:settings", prefixes=("/account/",))

    def ready(self) -> None:
        """Tell the chrome whose record this is."""
        from indelible.features.people.queries import house

        chrome.provide_organisation(house)
