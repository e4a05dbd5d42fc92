"""What must be recorded was changed or switched off: the trail about the trail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indelible.events.own_rules import RULE_CHANGED, RULE_OFF
from indelible.features.alarms.sign import Hit, Remembers, Seen, Sign


class RuleChanged(Sign):
    """An act on one of our own rules, whatever it was."""

    code = "rule_changed"
    title = gettext_lazy("A rule was changed or switched off")
    weight = 3
    sayings = frozenset({RULE_CHANGED, RULE_OFF})

    def says(self, settings: Mapping[str, Any]) -> str:
        """Say when it tells."""
        return _("a rule of ours is changed or switched off")

    def look(self, seen: Seen, settings: Mapping[str, Any], memory: Remembers) -> Hit | None:
        """See each."""
        return Hit()


SIGN = RuleChanged()
