"""What was taken out of an event before it was sealed, as its page says it (events/cleaning)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from indelible.events.cleaning import FLAG, REMOVED
from indelible.events.event import Event
from indelible.events.screen import visible
from indelible.features.record.attached import KINDS
from indelible.web.numbers import written

MOST_NAMED = 20


def removed_words(event: Event) -> str:
    """Say how many values were removed, of which kinds and by which rules; nothing where none were."""
    told = event.get("extra", {}).get(REMOVED)
    if FLAG not in event.get("flags", ()) or not isinstance(told, Mapping):
        return ""
    values = told.get("values")
    count = values if isinstance(values, int) and values > 0 else 1
    sentences = [
        ngettext(
            "%(n)s value was removed before this was recorded.",
            "%(n)s values were removed before this was recorded.",
            count,
        )
        % {"n": written(count)}
    ]
    if kinds := [str(KINDS[kind]) for kind in _texts(told.get("kinds")) if kind in KINDS]:
        sentences.append(
            _("Among them, since it must never be kept: %(kinds)s.") % {"kinds": _(", ").join(kinds)}
        )
    if rules := [visible(rule) for rule in _texts(told.get("rules"))]:
        sentences.append(_("By rule and version: %(rules)s.") % {"rules": _(", ").join(rules)})
    if told.get("original"):
        sentences.append(_("The record as it was received is left out, since it said them too."))
    return " ".join(sentences)


def _texts(value: Any) -> list[str]:
    return [one for one in value if isinstance(one, str)][:MOST_NAMED] if isinstance(value, list) else []
