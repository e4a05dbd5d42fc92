"""The Django app of rules: what must be recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from indelible.web.navigation import TRUST, NavItem

if TYPE_CHECKING:
    from indelible.storage.database.models import Logbook
    from indelible.storage.database.tagging import Tagger


class RulesConfig(AppConfig):
    """What we record."""

    name = "indelible.features.rules"
    label = "rules"
    verbose_name = _("What we record")
    nav = NavItem(
        TRUST, 35, _("What we record"), "clipboard-document-check", "rules:list", prefixes=("/rules/",)
    )

    def ready(self) -> None:
        """Have every entry tagged with the rules that it matches, and a second person asked for changes of them; what
        does it is loaded when it is first asked."""
        from indelible.features.rules.kinds import register_kinds
        from indelible.storage.database.tagging import provide_tagger

        provide_tagger(_tagger)
        register_kinds()


def _tagger(logbook: Logbook, mark: int) -> Tagger:
    from indelible.features.rules.tagging import tagger_for

    return tagger_for(logbook, mark)
