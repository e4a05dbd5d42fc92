"""A round amount: invented figures are round."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indelible.events import signs
from indelible.features.alarms.sign import Hit, Remembers, Seen, Setting, Sign
from indelible.web.numbers import written


class RoundAmount(Sign):
    """A whole number of thousands, or of what is set."""

    code = "round_amount"
    title = gettext_lazy("A round amount")
    weight = 1
    settings = (Setting("multiple", gettext_lazy("A whole number of times"), 1000, least=10, most=1_000_000),)

    def says(self, settings: Mapping[str, Any]) -> str:
        """Say when it tells."""
        return _("the amount is a whole number of times %(n)s") % {"n": written(settings["multiple"])}

    def look(self, seen: Seen, settings: Mapping[str, Any], memory: Remembers) -> Hit | None:
        """Divide."""
        return Hit() if signs.round_amount(seen.event, Decimal(settings["multiple"])) else None


SIGN = RoundAmount()
