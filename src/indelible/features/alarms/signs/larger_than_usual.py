"""A figure far above what it usually is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indelible.features.alarms.sign import Hit, Remembers, Seen, Setting, Sign, figure

KEPT = 200
ENOUGH = 20
KEPT_DAYS = 400


class LargerThanUsual(Sign):
    """Against the newest that this alarm saw: larger than each, and many times their middle."""

    code = "larger_than_usual"
    title = gettext_lazy("Larger than usual")
    learns = True
    settings = (
        Setting(
            "fact",
            gettext_lazy("Which figure"),
            "amount",
            "choice",
            choices=(
                ("amount", gettext_lazy("the amount")),
                ("row_count", gettext_lazy("the number of rows")),
                ("count", gettext_lazy("the number of things")),
            ),
        ),
        Setting("times", gettext_lazy("How many times the usual one"), 3, least=2),
    )

    def says(self, settings: Mapping[str, Any]) -> str:
        """Say when it tells."""
        name = {
            "amount": _("the amount"),
            "row_count": _("the number of rows"),
            "count": _("the number of things"),
        }
        return _("%(figure)s is more than %(n)s times the usual one, and larger than any lately") % {
            "figure": name[settings["fact"]],
            "n": settings["times"],
        }

    def keys(self, seen: Seen, settings: Mapping[str, Any]) -> Sequence[str]:
        """Figures in one currency are compared with each other."""
        return (self._key(seen),)

    def _key(self, seen: Seen) -> str:
        return f"usual {seen.event.get('extra', {}).get('currency', '')}"

    def look(self, seen: Seen, settings: Mapping[str, Any], memory: Remembers) -> Hit | None:
        """Compare with the middle and the largest of those kept."""
        value = figure(seen.event, settings["fact"])
        if value is None:
            return None
        key = self._key(seen)
        kept: list[str] = (memory.get(key) or {}).get("figures", [])
        known = sorted(abs(Decimal(one)) for one in kept)
        memory.put(key, {"figures": [*kept, str(value)][-KEPT:]}, seen.happened + timedelta(days=KEPT_DAYS))
        if len(known) < ENOUGH:
            return None  # too few to say what is usual
        middle = known[len(known) // 2]
        if abs(value) > known[-1] and abs(value) > middle * settings["times"]:
            return Hit({"known": len(known)})
        return None


SIGN = LargerThanUsual()
