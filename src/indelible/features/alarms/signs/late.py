"""It was done after the day by which it had to be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indelible.features.alarms.sign import Hit, Remembers, Seen, Setting, Sign
from indelible.features.alarms.spoken import moment_of


class Late(Sign):
    """By the date that the entry itself tells."""

    code = "late"
    title = gettext_lazy("Late")
    settings = (
        Setting(
            "facts",
            gettext_lazy("The date it had to be done by"),
            ["due_at", "due_date", "deadline", "due_back", "due"],
            "words",
        ),
    )

    def says(self, settings: Mapping[str, Any]) -> str:
        """Say when it tells."""
        return _("it is done after the date it was due")

    def look(self, seen: Seen, settings: Mapping[str, Any], memory: Remembers) -> Hit | None:
        """Compare the days, in the organisation's zone."""
        for fact in settings["facts"]:
            due = moment_of(seen.event.get("extra", {}).get(fact), seen.around.calendar)
            if due is not None:
                return Hit() if seen.happened > due else None
        return None


SIGN = Late()
