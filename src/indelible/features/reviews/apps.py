"""The Django app of reviews."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from indelible.web.navigation import EVERY_DAY, NavItem

if TYPE_CHECKING:
    from django.http import HttpRequest

    from indelible.features.rules.models import Rule
    from indelible.features.rules.sections import Section
    from indelible.features.runbooks.reminding.further import Source


class ReviewsConfig(AppConfig):
    """What a person must look at."""

    name = "indelible.features.reviews"
    label = "reviews"
    verbose_name = _("Reviews")
    nav = NavItem(EVERY_DAY, 30, _("Reviews"), "eye", "reviews:queue", prefixes=("/reviews/",))

    def ready(self) -> None:
        """Have the page of each rule say who looks at its entries, and people reminded of what waits for them; what
        makes these parts is loaded when it is wanted."""
        from indelible.features.rules import sections
        from indelible.features.runbooks.reminding import further

        sections.provide(sections.REVIEWS, _section)
        further.provide("reviews", _reminding)


def _section(request: HttpRequest, rule: Rule) -> Section | None:
    from indelible.features.reviews.section import section_of

    return section_of(request, rule)


def _reminding() -> Source:
    from indelible.features.reviews import reminding

    return reminding
