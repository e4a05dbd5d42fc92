"""The Django app of people: who may sign in, the organisation they belong to, and whom sources speak of."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from indelible.web import chrome
from indelible.web.navigation import TRUST, NavItem


class PeopleConfig(AppConfig):
    """Accounts and roles, sign-in, the names that logins are joined to, groups, and second persons."""

    name = "indelible.features.people"
    label = "people"
    nav = NavItem(TRUST, 80, _("People and access"), "users", "people:accounts")

    def ready(self) -> None:
        """Tell the chrome whose record this is, and the search which logins go by a name; and what access itself
        asks a second person for."""
        from indelible.features.people.accounts.kinds import register_kinds
        from indelible.features.people.queries import house

        chrome.provide_organisation(house)
        register_kinds()
