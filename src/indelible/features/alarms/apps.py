"""The Django app of alarms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from indelible.web.navigation import EVERY_DAY, NavItem

if TYPE_CHECKING:
    from django.http import HttpRequest

    from indelible.features.rules.models import Rule
    from indelible.features.rules.sections import Section


class AlarmsConfig(AppConfig):
    """What warns us, and what was answered."""

    name = "indelible.features.alarms"
    label = "alarms"
    verbose_name = _("Alarms")
    nav = NavItem(EVERY_DAY, 25, _("Alarms"), "bell-alert", "alarms:queue")

    def ready(self) -> None:
        """Have the page of each rule say what warns of it; what makes that part is loaded when it is first shown."""
        from indelible.features.rules import sections

        sections.provide(sections.ALARMS, _section)


def _section(request: HttpRequest, rule: Rule) -> Section | None:
    from indelible.features.alarms.section import section_of

    return section_of(request, rule)
