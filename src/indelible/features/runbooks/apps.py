"""The Django app of runbooks."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from indelible.web.navigation import EVERY_DAY, NavItem


class RunbooksConfig(AppConfig):
    """Procedures led step by step."""

    name = "indelible.features.runbooks"
    label = "runbooks"
    verbose_name = _("Runbooks")
    nav = NavItem(
        EVERY_DAY,
        35,
        _("Runbooks"),
        "clipboard-document-list",
        "runbooks:list",
        prefixes=("/runbooks/", "/runs/"),
    )

    def ready(self) -> None:
        """Have a second person asked for new versions where the organisation wants one, and for going on without a step
        that is signed; what does it is loaded when it is first asked."""
        from indelible.features.runbooks.books import kinds as of_books
        from indelible.features.runbooks.running import kinds as of_runs

        of_books.register_kinds()
        of_runs.register_kinds()
