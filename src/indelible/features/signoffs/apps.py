"""The Django app of sign-offs."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SignoffsConfig(AppConfig):
    """Sign-offs sealed to what was seen."""

    name = "indelible.features.signoffs"
    label = "signoffs"
    verbose_name = _("Sign-offs")
