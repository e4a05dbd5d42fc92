"""The side menu: each feature declares its own place in it, the chrome only collects.

A feature's AppConfig has `nav = NavItem(...)`, a list of them, or nothing. Adding a feature to
INSTALLED_APPS adds its line; no list of pages is kept here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

from django.apps import apps
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

EVERY_DAY: Final = "every-day"
TRUST: Final = "trust"
GROUPS: Final[dict[str, Promise]] = {EVERY_DAY: _("Every day"), TRUST: _("Keep it trustworthy")}


@dataclass(frozen=True, slots=True)
class NavItem:
    """One line of the menu.

    `group` is EVERY_DAY or TRUST, `order` its place within (smallest first), `icon` a heroicons name,
    `url_name` what `reverse` takes. `prefixes` are the starts of the addresses that belong to it besides
    its own, so that an entry's page marks "Record" as the current part.
    """

    group: str
    order: int
    label: str | Promise
    icon: str
    url_name: str
    prefixes: tuple[str, ...] = ()


@cache
def menu() -> tuple[tuple[str | Promise, tuple[NavItem, ...]], ...]:
    """Return the groups of the menu in order, each with its items in order; empty groups are left out."""
    items: list[NavItem] = []
    for config in apps.get_app_configs():
        declared = getattr(config, "nav", None) or ()
        items.extend([declared] if isinstance(declared, NavItem) else declared)
    items.sort(key=lambda item: item.order)
    groups = ((title, tuple(i for i in items if i.group == group)) for group, title in GROUPS.items())
    return tuple((title, members) for title, members in groups if members)
