"""A person did it on a day on which nobody works."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indelible.events import signs
from indelible.features.alarms.sign import Hit, Remembers, Seen, Sign


class FreeDay(Sign):
    """Weekends and holidays, as the settings have them."""

    code = "free_day"
    title = gettext_lazy("On a weekend or holiday")

    def says(self, settings: Mapping[str, Any]) -> str:
        """Say when it tells."""
        return _("it is done on a weekend or holiday")

    def look(self, seen: Seen, settings: Mapping[str, Any], memory: Remembers) -> Hit | None:
        """Hold the day against the calendar."""
        return Hit() if signs.on_free_day(seen.event, seen.around.calendar) else None


SIGN = FreeDay()
