"""Something that was never seen before, or not for long."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from indelible.features.alarms.sign import Hit, Remembers, Seen, Setting, Sign

KEPT_DAYS = 800


class FirstTime(Sign):
    """This person with this act, this person from this address, this kind of act from this source."""

    code = "first_time"
    title = gettext_lazy("Seen for the first time")
    weight = 1
    learns = True
    settings = (
        Setting(
            "what",
            gettext_lazy("What is new"),
            "act",
            "choice",
            choices=(
                ("act", gettext_lazy("a person with this act")),
                ("address", gettext_lazy("a person from this address")),
                ("source", gettext_lazy("this act from a source")),
                ("actor", gettext_lazy("a person at all")),
            ),
        ),
        Setting(
            "days",
            gettext_lazy("Not seen for how many days"),
            400,
            most=KEPT_DAYS,
            hint=gettext_lazy("What was seen within so many days is not new."),
        ),
    )

    def says(self, settings: Mapping[str, Any]) -> str:
        """Say when it tells."""
        what = {
            "act": _("somebody does it who did not"),
            "address": _("it comes from an address that this person did not use"),
            "source": _("it comes from a source where it was not seen"),
            "actor": _("it is somebody who was not seen"),
        }
        return ngettext("%(what)s for %(n)s day", "%(what)s for %(n)s days", settings["days"]) % {
            "what": what[settings["what"]],
            "n": settings["days"],
        }

    def keys(self, seen: Seen, settings: Mapping[str, Any]) -> Sequence[str]:
        """What may be new."""
        key = self._key(seen, settings)
        return (key,) if key else ()

    def _key(self, seen: Seen, settings: Mapping[str, Any]) -> str:
        what, verb = settings["what"], seen.verb or seen.event.get("action", {}).get("said", "")
        if what == "source":
            return f"source {seen.source} {verb}"
        if not seen.who:
            return ""
        if what == "address":
            address = seen.event.get("context", {}).get("ip")
            return f"address {address} {seen.who}" if address else ""
        return f"act {verb} {seen.who}" if what == "act" else f"actor {seen.who}"

    def look(self, seen: Seen, settings: Mapping[str, Any], memory: Remembers) -> Hit | None:
        """Look when it was last seen."""
        if not (key := self._key(seen, settings)):
            return None
        known, moment = memory.get(key), round(seen.happened.timestamp())
        last = max(moment, known["last"]) if known else moment
        memory.put(key, {"last": last}, seen.happened + timedelta(days=KEPT_DAYS))
        if known is None or moment - known["last"] > settings["days"] * 86_400:
            return Hit()
        return None


SIGN = FirstTime()
