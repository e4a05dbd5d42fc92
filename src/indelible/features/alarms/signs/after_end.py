"""It was used after its time was over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indelible.features.alarms.sign import Hit, Remembers, Seen, Setting, Sign
from indelible.features.alarms.spoken import moment_of


class AfterEnd(Sign):
    """By the end that the entry itself tells."""

    code = "after_end"
    title = gettext_lazy("Used after its end")
    weight = 3
    settings = (Setting("facts", gettext_lazy("The end"), ["valid_to", "expires", "end"], "words"),)

    def says(self, settings: Mapping[str, Any]) -> str:
        """Say when it tells."""
        return _("it is used after its end")

    def look(self, seen: Seen, settings: Mapping[str, Any], memory: Remembers) -> Hit | None:
        """Compare the moments."""
        for fact in settings["facts"]:
            end = moment_of(seen.event.get("extra", {}).get(fact), seen.around.calendar)
            if end is not None:
                return Hit() if seen.happened > end else None
        return None


SIGN = AfterEnd()
