"""One person from several places in a short time."""

from __future__ import annotations

from bisect import insort
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indelible.features.alarms.sign import Hit, Remembers, Seen, Setting, Sign
from indelible.features.alarms.spoken import minutes_words
from indelible.storage.database.codes import code_of


class ManyAddresses(Sign):
    """By the addresses that the source tells."""

    code = "many_addresses"
    title = gettext_lazy("From several addresses at once")
    weight = 3
    settings = (
        Setting("count", gettext_lazy("How many addresses"), 2, least=2, most=50),
        Setting("minutes", gettext_lazy("Within how many minutes"), 60, most=60 * 24 * 30),
    )

    def says(self, settings: Mapping[str, Any]) -> str:
        """Say when it tells."""
        return _("one person does it from %(n)s addresses within %(span)s") % {
            "n": settings["count"],
            "span": minutes_words(settings["minutes"]),
        }

    def told(self, settings: Mapping[str, Any], facts: Mapping[str, Any]) -> str:
        """Say what was seen."""
        return _("From %(n)s addresses within %(span)s") % {
            "n": facts.get("count", settings["count"]),
            "span": minutes_words(settings["minutes"]),
        }

    def keys(self, seen: Seen, settings: Mapping[str, Any]) -> Sequence[str]:
        """Whoever it is."""
        return (f"places {seen.who}",) if seen.who else ()

    def look(self, seen: Seen, settings: Mapping[str, Any], memory: Remembers) -> Hit | None:
        """Keep from where, as a code, and when; count the different ones."""
        address = seen.event.get("context", {}).get("ip")
        if not seen.who or not address:
            return None
        key, window = f"places {seen.who}", settings["minutes"] * 60_000
        kept = (memory.get(key) or {}).get("at", [])
        moment = round(seen.happened.timestamp() * 1000)
        insort(kept, [moment, seen.index, code_of("alarm address", address).hex()[:16]])
        near = [one for one in kept if abs(one[0] - moment) <= window]
        memory.put(key, {"at": kept[-200:]}, seen.happened + timedelta(milliseconds=2 * window))
        different = {one[2]: one[1] for one in near}
        if len(different) < settings["count"]:
            return None
        return Hit({"count": len(different)}, tuple(sorted(set(different.values()) - {seen.index})))


SIGN = ManyAddresses()
