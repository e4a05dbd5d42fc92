"""It takes effect before it was written down."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indelible.features.alarms.sign import Hit, Remembers, Seen, Setting, Sign
from indelible.features.alarms.spoken import moment_of


class BackDated(Sign):
    """By the date that the entry tells, or by when it happened and reached us."""

    code = "back_dated"
    title = gettext_lazy("Written down afterwards")
    settings = (
        Setting(
            "facts",
            gettext_lazy("The date it holds from"),
            ["effective_date", "valid_from", "leave_datetime", "happened_at"],
            "words",
        ),
        Setting("days", gettext_lazy("How many days before"), 0, least=0, most=3660),
    )

    def says(self, settings: Mapping[str, Any]) -> str:
        """Say when it tells."""
        return _("it holds from a day that was over when it was written down")

    def look(self, seen: Seen, settings: Mapping[str, Any], memory: Remembers) -> Hit | None:
        """Compare the days."""
        if {"written_down_later", "arrived_late"} & set(seen.event.get("flags", ())):
            return Hit()
        for fact in settings["facts"]:
            begins = moment_of(seen.event.get("extra", {}).get(fact), seen.around.calendar)
            if begins is not None:
                return Hit() if seen.happened - begins > timedelta(days=settings["days"]) else None
        return None


SIGN = BackDated()
