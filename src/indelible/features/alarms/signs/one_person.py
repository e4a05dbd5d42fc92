"""One person did both of two acts that two should do: what is made by one is agreed to by another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indelible.events import signs
from indelible.features.alarms.sign import Hit, Remembers, Seen, Setting, Sign, several
from indelible.features.alarms.spoken import past

FIRST = ["create", "submit", "request", "post", "change"]
SECOND = ["approve", "sign", "pay"]


class OnePerson(Sign):
    """By what the entry itself tells, else by the history of its thing."""

    code = "one_person"
    title = gettext_lazy("One person did both")
    weight = 3
    settings = (
        Setting("first", gettext_lazy("The first act"), FIRST, "words"),
        Setting("second", gettext_lazy("The second act"), SECOND, "words"),
    )

    def says(self, settings: Mapping[str, Any]) -> str:
        """Say when it tells."""
        if settings["first"] == FIRST and settings["second"] == SECOND:
            return _("whoever agrees to it also made it")
        return _("one person does both: %(first)s, and %(second)s") % {
            "first": several(past(settings["first"])),
            "second": several(past(settings["second"])),
        }

    def look(self, seen: Seen, settings: Mapping[str, Any], memory: Remembers) -> Hit | None:
        """Compare whoever acts now with whoever acted before on the same thing."""
        if signs.own_approval(seen.event):
            return Hit()
        if seen.verb not in settings["second"]:
            return None
        now = signs.names_of(seen.event.get("actor"))
        kind, ident = seen.thing
        if not now or not ident:
            return None
        for entry in seen.around.history(kind, ident, seen.index):
            if entry.event.get("action", {}).get("verb") in settings["first"]:
                # The newest making counts: whoever changed it last is whose work is agreed to.
                before = signs.maker(entry.event) or signs.names_of(entry.event.get("actor"))
                return Hit(also=(entry.index,)) if before & now else None
        return None


SIGN = OnePerson()
