"""Something was changed shortly before it was used: new bank details, then a payment to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from indelible.events.folding import plain
from indelible.features.alarms.sign import Hit, Remembers, Seen, Setting, Sign, several
from indelible.features.alarms.spoken import past


class ChangedBefore(Sign):
    """What the pattern means is remembered; an act that uses it within some days is the sign."""

    code = "changed_before"
    title = gettext_lazy("Changed shortly before")
    weight = 3
    beyond = True
    learns = True
    settings = (
        Setting("acts", gettext_lazy("Before which acts"), ["pay"], "words"),
        Setting("days", gettext_lazy("Within how many days"), 10, most=366),
    )

    def says(self, settings: Mapping[str, Any]) -> str:
        """Say when it tells."""
        return ngettext(
            "the same one is %(acts)s less than %(n)s day later",
            "the same one is %(acts)s less than %(n)s days later",
            settings["days"],
        ) % {"n": settings["days"], "acts": several(past(settings["acts"]))}

    def told(self, settings: Mapping[str, Any], facts: Mapping[str, Any]) -> str:
        """Say what was seen."""
        days = int(facts.get("days", 0))
        words = ngettext("Changed %(n)s day before", "Changed %(n)s days before", days)
        return words % {"n": days} if days else _("Changed on the same day")

    def keys(self, seen: Seen, settings: Mapping[str, Any]) -> Sequence[str]:
        """Everything whose change, or use, it may be."""
        if not seen.matched and seen.verb not in settings["acts"]:
            return ()
        return tuple(f"changed {name}" for name in sorted(_parties(seen)))

    def look(self, seen: Seen, settings: Mapping[str, Any], memory: Remembers) -> Hit | None:
        """Keep what was changed; look back from what uses it."""
        moment, hit = round(seen.happened.timestamp()), None
        if seen.verb in settings["acts"]:
            for key in self.keys(seen, settings):
                known = memory.get(key)
                if known and 0 <= moment - known["at"] < settings["days"] * 86_400:
                    hit = Hit({"days": (moment - known["at"]) // 86_400}, (known["entry"],))
                    break
        if seen.matched:
            for key in self.keys(seen, settings):
                memory.put(
                    key,
                    {"at": moment, "entry": seen.index},
                    seen.happened + timedelta(days=settings["days"] + 1),
                )
        return hit


def _parties(seen: Seen) -> set[str]:
    """Return every name of whom or what it is about, folded."""
    names = {
        plain(str(target.get(key, ""))) for target in seen.event.get("targets", ()) for key in ("id", "name")
    }
    extra = seen.event.get("extra", {})
    names |= {
        plain(str(extra.get(fact, "")))
        for fact in ("supplier", "payee", "counterparty", "customer", "account")
    }
    return {name for name in names if name}


SIGN = ChangedBefore()
