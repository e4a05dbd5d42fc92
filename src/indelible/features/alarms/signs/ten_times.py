"""A figure became many times larger, or smaller, in one change."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indelible.events import signs
from indelible.features.alarms.sign import Hit, Remembers, Seen, Setting, Sign


class TenTimes(Sign):
    """The slip of a decimal sign, or worse."""

    code = "ten_times"
    title = gettext_lazy("Many times larger")
    weight = 3
    settings = (
        Setting("times", gettext_lazy("How many times"), 10, least=2),
        Setting(
            "which",
            gettext_lazy("Which way"),
            "larger",
            "choice",
            choices=(("larger", gettext_lazy("larger")), ("smaller", gettext_lazy("smaller"))),
        ),
    )

    def says(self, settings: Mapping[str, Any]) -> str:
        """Say when it tells."""
        words = (
            _("a figure becomes %(n)s times larger")
            if settings["which"] == "larger"
            else _("a figure becomes %(n)s times smaller")
        )
        return words % {"n": settings["times"]}

    def told(self, settings: Mapping[str, Any], facts: Mapping[str, Any]) -> str:
        """Say what was seen."""
        words = _("%(n)s times larger") if settings["which"] == "larger" else _("%(n)s times smaller")
        return words % {"n": facts.get("times", settings["times"])}

    def look(self, seen: Seen, settings: Mapping[str, Any], memory: Remembers) -> Hit | None:
        """Compare what each detail was and became."""
        found = signs.jump(seen.event, Decimal(settings["times"]), smaller=settings["which"] == "smaller")
        return Hit({"times": found.times}) if found else None


SIGN = TenTimes()
