"""The Django app of coverage: promise against reality, rule by rule."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoverageConfig(AppConfig):
    """Are we recording what we should?"""

    name = "indelible.features.coverage"
    label = "coverage"
    verbose_name = _("Coverage")
