"""Each entry that the pattern means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indelible.features.alarms.sign import Hit, Remembers, Seen, Sign


class AnyEntry(Sign):
    """Whatever the sentence or the rule means is already worth a look."""

    code = "any_entry"
    title = gettext_lazy("It happened")
    weight = 1

    def says(self, settings: Mapping[str, Any]) -> str:
        """Say when it tells."""
        return _("it happens at all")

    def look(self, seen: Seen, settings: Mapping[str, Any], memory: Remembers) -> Hit | None:
        """See every entry."""
        return Hit()


SIGN = AnyEntry()
