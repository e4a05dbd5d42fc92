"""A person did it while nobody is at work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indelible.events import signs
from indelible.features.alarms.sign import Hit, Remembers, Seen, Sign


class OutOfHours(Sign):
    """By the office hours of the settings; programs keep none."""

    code = "out_of_hours"
    title = gettext_lazy("Outside office hours")

    def says(self, settings: Mapping[str, Any]) -> str:
        """Say when it tells."""
        return _("it is done outside office hours")

    def look(self, seen: Seen, settings: Mapping[str, Any], memory: Remembers) -> Hit | None:
        """Hold the moment against the calendar."""
        return Hit() if signs.outside_office_hours(seen.event, seen.around.calendar) else None


SIGN = OutOfHours()
