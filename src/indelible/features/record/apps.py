"""The record's place in the menu."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from indelible.web.navigation import EVERY_DAY, NavItem


class RecordConfig(AppConfig):
    """Timeline, entry, adding and correcting."""

    name = "indelible.features.record"
    label = "record"
    nav = NavItem(EVERY_DAY, 20, _("Record"), "list-bullet", "record:list", prefixes=("/record/", "/things/"))
