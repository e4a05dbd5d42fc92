"""The parts of People, as the tabs above each of them."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _


def tabs(current: str) -> list[tuple[str, str, bool]]:
    """Return word, address and whether it is this page, of each part."""
    parts = {
        "people:accounts": _("With an account"),
        "people:names": _("Names"),
        "people:groups": _("Groups"),
        "people:waiting": _("For a second person"),
    }
    return [(word, reverse(name), name == current) for name, word in parts.items()]
