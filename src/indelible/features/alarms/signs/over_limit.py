"""A figure above a limit: one that is set, or the one that the entry itself tells."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indelible.features.alarms.sign import Hit, Remembers, Seen, Setting, Sign, figure, several
from indelible.web.numbers import written


class OverLimit(Sign):
    """More rows than anybody needs at once; an amount above what the approver may approve."""

    code = "over_limit"
    title = gettext_lazy("Above the limit")
    settings = (
        Setting("facts", gettext_lazy("Which figures"), ["amount", "row_count", "count"], "words"),
        Setting(
            "limit",
            gettext_lazy("More than"),
            0,
            least=0,
            most=10**12,
            hint=gettext_lazy("0: the limit that the entry itself tells (limit applied)."),
        ),
    )

    def says(self, settings: Mapping[str, Any]) -> str:
        """Say when it tells."""
        facts = several([fact.replace("_", " ") for fact in settings["facts"]])
        if not settings["limit"]:
            return _("%(facts)s is above the limit that the entry tells") % {"facts": facts}
        return _("%(facts)s is more than %(n)s") % {"facts": facts, "n": written(settings["limit"])}

    def look(self, seen: Seen, settings: Mapping[str, Any], memory: Remembers) -> Hit | None:
        """Compare exactly."""
        limit = Decimal(settings["limit"]) or figure(seen.event, "limit_applied")
        if limit is None:
            return None
        for fact in settings["facts"]:
            value = figure(seen.event, fact)
            if value is not None and abs(value) > limit:
                return Hit()
        return None


SIGN = OverLimit()
