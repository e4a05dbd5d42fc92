"""Figures just under a limit: what is split to stay below it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indelible.features.alarms.sign import Hit, Remembers, Seen, Setting, Sign, figure
from indelible.web.numbers import written


class UnderLimit(Sign):
    """Within a tenth below the limit that is set, or that the entry itself tells."""

    code = "under_limit"
    title = gettext_lazy("Just under the limit")
    settings = (
        Setting(
            "limit",
            gettext_lazy("The limit"),
            0,
            least=0,
            most=10**12,
            hint=gettext_lazy("0: the limit that the entry itself tells (limit applied)."),
        ),
        Setting("percent", gettext_lazy("How many percent below it"), 10, most=50),
    )

    def says(self, settings: Mapping[str, Any]) -> str:
        """Say when it tells."""
        if not settings["limit"]:
            return _("the amount is less than %(n)s percent below the limit that the entry tells") % {
                "n": settings["percent"]
            }
        return _("the amount is less than %(n)s percent below %(limit)s") % {
            "n": settings["percent"],
            "limit": written(settings["limit"]),
        }

    def look(self, seen: Seen, settings: Mapping[str, Any], memory: Remembers) -> Hit | None:
        """Compare exactly."""
        limit = Decimal(settings["limit"]) or figure(seen.event, "limit_applied")
        amount = figure(seen.event, "amount")
        if limit is None or amount is None:
            return None
        return Hit() if limit * (100 - settings["percent"]) < abs(amount) * 100 <= limit * 100 else None


SIGN = UnderLimit()
