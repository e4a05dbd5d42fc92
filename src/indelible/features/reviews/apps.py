"""The Django app of reviews."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReviewsConfig(AppConfig):
    """What a person must look at."""

    name = "indelible.features.reviews"
    label = "reviews"
    verbose_name = _("Reviews")
