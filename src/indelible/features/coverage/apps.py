"""The Django app of coverage: promise against reality, rule by rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.http import HttpRequest

    from indelible.features.rules.models import Rule
    from indelible.features.rules.sections import Section


class CoverageConfig(AppConfig):
    """Are we recording what we should?"""

    name = "indelible.features.coverage"
    label = "coverage"
    verbose_name = _("Coverage")

    def ready(self) -> None:
        """Have a part on each rule's page; what fills it is loaded when it is first asked."""
        from indelible.features.rules import sections

        sections.provide(sections.COVERAGE, _section)


def _section(request: HttpRequest, rule: Rule) -> Section:
    from indelible.features.coverage.section import part
    from indelible.features.rules.sections import Section

    return Section("coverage/_section.html", part(request, rule))
