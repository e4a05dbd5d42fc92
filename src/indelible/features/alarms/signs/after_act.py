"""It was done to a thing after something that should have been the last word on it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from indelible.features.alarms.sign import Hit, Remembers, Seen, Setting, Sign, several
from indelible.features.alarms.spoken import happened, past


class AfterAct(Sign):
    """Changed after approval, posted after close, deleted after payment."""

    code = "after_act"
    title = gettext_lazy("Done too late in its course")
    weight = 3
    settings = (
        Setting("acts", gettext_lazy("After which acts"), ["approve", "sign"], "words"),
        Setting(
            "days",
            gettext_lazy("Within how many days"),
            0,
            least=0,
            most=3660,
            hint=gettext_lazy("0: however long ago."),
        ),
    )

    def says(self, settings: Mapping[str, Any]) -> str:
        """Say when it tells."""
        words = several(past(settings["acts"]))
        if settings["days"]:
            return ngettext(
                "it is done within %(n)s day after the same thing was %(acts)s",
                "it is done within %(n)s days after the same thing was %(acts)s",
                settings["days"],
            ) % {"n": settings["days"], "acts": words}
        return _("it is done after the same thing was %(acts)s") % {"acts": words}

    def told(self, settings: Mapping[str, Any], facts: Mapping[str, Any]) -> str:
        """Say what was seen."""
        return _("Done after it was %(acts)s") % {"acts": several(past(settings["acts"]))}

    def look(self, seen: Seen, settings: Mapping[str, Any], memory: Remembers) -> Hit | None:
        """Look through the thing's history."""
        kind, ident = seen.thing
        if not ident or seen.verb in settings["acts"]:
            return None
        for entry in seen.around.history(kind, ident, seen.index):
            if entry.event.get("action", {}).get("verb") not in settings["acts"]:
                continue
            ago = seen.happened - happened(entry)
            if ago >= timedelta(0) and (not settings["days"] or ago <= timedelta(days=settings["days"])):
                return Hit(also=(entry.index,))
            return None
        return None


SIGN = AfterAct()
