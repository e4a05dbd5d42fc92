"""The Django app of people: who may sign in, and the organisation they belong to."""

from __future__ import annotations

from django.apps import AppConfig

from indelible.web import chrome


class PeopleConfig(AppConfig):
    """Accounts, sign-in and sign-out, and each person's own settings."""

    name = "indelible.features.people"
    label = "people"

    def ready(self) -> None:
        """Tell the chrome whose record this is."""
        from indelible.features.people.queries import house

        chrome.provide_organisation(house)
