"""The Django app of sources and imports."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from indelible.web.navigation import EVERY_DAY, NavItem


class SourcesConfig(AppConfig):
    """Where events come from."""

    name = "indelible.features.sources"
    label = "sources"
    nav = NavItem(EVERY_DAY, 40, _("Sources"), "inbox-arrow-down", "sources:list", prefixes=("/imports/",))

    def ready(self) -> None:
        """Find the kinds of source, so that the worker knows what each of them looks at."""
        from indelible.features.sources import kinds

        kinds.load()
