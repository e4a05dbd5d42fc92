"""It failed again and again, and then it worked."""

from __future__ import annotations

from bisect import insort
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indelible.features.alarms.sign import Hit, Remembers, Seen, Setting, Sign
from indelible.features.alarms.spoken import minutes_words


class FailuresThenSuccess(Sign):
    """What guessing a password looks like."""

    code = "failures_then_success"
    title = gettext_lazy("Many failures, then a success")
    weight = 3
    settings = (
        Setting("count", gettext_lazy("How many failures"), 5, least=2, most=200),
        Setting("minutes", gettext_lazy("Within how many minutes"), 60, most=60 * 24 * 30),
    )

    def says(self, settings: Mapping[str, Any]) -> str:
        """Say when it tells."""
        return _("it works for somebody after %(n)s failures within %(span)s") % {
            "n": settings["count"],
            "span": minutes_words(settings["minutes"]),
        }

    def told(self, settings: Mapping[str, Any], facts: Mapping[str, Any]) -> str:
        """Say what was seen."""
        return _("A success after %(n)s failures") % {"n": facts.get("count", settings["count"])}

    def keys(self, seen: Seen, settings: Mapping[str, Any]) -> Sequence[str]:
        """Whoever tries."""
        return (f"tries {seen.who}",) if seen.who else ()

    def look(self, seen: Seen, settings: Mapping[str, Any], memory: Remembers) -> Hit | None:
        """Keep the failures; count them at a success."""
        outcome = seen.event.get("outcome")
        if not seen.who or outcome not in ("failure", "denied", "success"):
            return None
        key, window = f"tries {seen.who}", settings["minutes"] * 60_000
        kept = (memory.get(key) or {}).get("at", [])
        moment = round(seen.happened.timestamp() * 1000)
        until = seen.happened + timedelta(milliseconds=2 * window)
        if outcome != "success":
            insort(kept, [moment, seen.index])
            memory.put(key, {"at": kept[-2 * settings["count"] :]}, until)
            return None
        before = [one for one in kept if moment - window <= one[0] <= moment]
        if len(before) < settings["count"]:
            return None
        memory.put(key, {"at": [one for one in kept if one[0] > moment]}, until)
        return Hit({"count": len(before)}, tuple(index for _at, index in before))


SIGN = FailuresThenSuccess()
