"""Something is told that should not be there, such as a way around the usual one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indelible.events.folding import plain
from indelible.features.alarms.sign import Hit, Remembers, Seen, Setting, Sign, several


class HasFact(Sign):
    """A fact has one of some values, or stands there at all."""

    code = "has_fact"
    title = gettext_lazy("A fact that stands out")
    settings = (
        Setting("fact", gettext_lazy("Which fact"), ["result"], "words"),
        Setting(
            "values",
            gettext_lazy("With which values"),
            [],
            "words",
            hint=gettext_lazy("Parted by commas. None: whatever it says."),
        ),
    )

    def says(self, settings: Mapping[str, Any]) -> str:
        """Say when it tells."""
        name = "".join(settings["fact"][:1]).replace("_", " ")
        if not settings["values"]:
            return _("it tells: %(fact)s") % {"fact": name}
        return _("%(fact)s is %(values)s") % {"fact": name, "values": several(settings["values"])}

    def look(self, seen: Seen, settings: Mapping[str, Any], memory: Remembers) -> Hit | None:
        """Compare the fact, whatever its capitals."""
        for fact in settings["fact"]:
            told = seen.event.get("outcome") if fact == "outcome" else seen.event.get("extra", {}).get(fact)
            if told in (None, ""):
                continue
            wanted = {plain(value) for value in settings["values"]}
            if not wanted or plain(str(told)) in wanted:
                return Hit()
        return None


SIGN = HasFact()
