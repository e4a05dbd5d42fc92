"""It reached us long after it happened."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indelible.features.alarms.sign import Hit, Remembers, Seen, Setting, Sign
from indelible.features.alarms.spoken import minutes_words


class TookLong(Sign):
    """Between when it happened and when we recorded it."""

    code = "took_long"
    title = gettext_lazy("Reached us late")
    weight = 1
    settings = (Setting("minutes", gettext_lazy("More than how many minutes"), 5, most=60 * 24 * 366),)

    def says(self, settings: Mapping[str, Any]) -> str:
        """Say when it tells."""
        return _("it reaches us more than %(span)s after it happened") % {
            "span": minutes_words(settings["minutes"])
        }

    def look(self, seen: Seen, settings: Mapping[str, Any], memory: Remembers) -> Hit | None:
        """Compare the two moments."""
        return Hit() if seen.recorded - seen.happened > timedelta(minutes=settings["minutes"]) else None


SIGN = TookLong()
