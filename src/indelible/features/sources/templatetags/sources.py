"""What the templates about sources need beyond the common tags."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from indelible.features.sources.columnsform import ROLE_WORDS, choice_in_words
from indelible.features.sources.reasons import in_words
from indelible.intake.mapping import Mapping

register = template.Library()
register.filter("reason_words", in_words)


@register.filter
def layouts(mapping: dict[str, Any] | None) -> list[dict[str, Any]]:
    """Return each layout of a mapping with its roles in words."""
    if mapping is None:
        return []
    return [
        {
            "columns": [(name, ROLE_WORDS.get(role, role)) for name, role in layout.columns.items()],
            "constants": [(ROLE_WORDS.get(role, role), text) for role, text in layout.constants.items()],
        }
        for layout in Mapping.from_json(mapping).every()
    ]


@register.filter
def given_words(key: str) -> str:
    """Name what was told about a file that it does not say itself."""
    words = {
        "timezone": _("Times without a zone are of"),
        "date_order": _("In dates comes first"),
        "decimal": _("Before the fractions stands"),
        "nobody": _("Rows that name nobody"),
        "received": _("The file was received"),
        "target": _("All of it is about"),
    }
    return words.get(key, key)


@register.filter
def answer_words(value: str, key: str) -> str:
    """Write an answer for people."""
    return choice_in_words(key, value)


@register.filter
def time_left(seconds: int) -> str:
    """Say about how long something will still take."""
    if seconds < 60:
        return ngettext("About %(n)s second left.", "About %(n)s seconds left.", seconds) % {"n": seconds}
    minutes = round(seconds / 60)
    if minutes < 90:
        return ngettext("About %(n)s minute left.", "About %(n)s minutes left.", minutes) % {"n": minutes}
    hours = round(minutes / 60)
    return ngettext("About %(n)s hour left.", "About %(n)s hours left.", hours) % {"n": hours}
