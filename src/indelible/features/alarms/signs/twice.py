"""The same thing twice: what should come once came again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indelible.events.folding import plain
from indelible.features.alarms.sign import Hit, Remembers, Seen, Setting, Sign, figure

KEPT_DAYS = 400


class Twice(Sign):
    """Such as an invoice with the same supplier, number and amount, under another number of the system."""

    code = "twice"
    title = gettext_lazy("The same again")
    weight = 3
    learns = True
    settings = (
        Setting(
            "facts",
            gettext_lazy("The same in which facts"),
            ["supplier", "invoice_number", "amount"],
            "words",
            hint=gettext_lazy("All of them, parted by commas. “thing” is what it was done to."),
        ),
        Setting("days", gettext_lazy("Within how many days"), 366, most=KEPT_DAYS),
    )

    def says(self, settings: Mapping[str, Any]) -> str:
        """Say when it tells."""
        facts = [fact.replace("_", " ") for fact in settings["facts"]]
        return _("the same comes twice: %(facts)s") % {"facts": ", ".join(facts)}

    def keys(self, seen: Seen, settings: Mapping[str, Any]) -> Sequence[str]:
        """What must not come twice."""
        key = self._key(seen, settings)
        return (key,) if key else ()

    def _key(self, seen: Seen, settings: Mapping[str, Any]) -> str:
        told = []
        for fact in settings["facts"]:
            if fact == "amount":
                amount = figure(seen.event, "amount")
                told.append(str(amount.normalize()) if amount is not None else "")
            elif fact == "thing":
                told.append(plain(seen.thing[1]))
            elif fact == "actor":
                told.append(plain(seen.who))
            else:
                told.append(plain(str(seen.event.get("extra", {}).get(fact) or _named(seen, fact))))
        return f"{seen.verb} {told}" if all(told) else ""

    def look(self, seen: Seen, settings: Mapping[str, Any], memory: Remembers) -> Hit | None:
        """Look whether it came before."""
        if not (key := self._key(seen, settings)):
            return None  # what is not told cannot be compared
        known, moment = memory.get(key), round(seen.happened.timestamp())
        memory.put(key, {"at": moment, "entry": seen.index}, seen.happened + timedelta(days=settings["days"]))
        if known is None or abs(moment - known["at"]) > settings["days"] * 86_400:
            return None
        return Hit(also=(known["entry"],))


def _named(seen: Seen, fact: str) -> str:
    """Return a thing that goes by the fact's name, such as the supplier among what it was done to."""
    for target in seen.event.get("targets", ()):
        if target.get("kind", "").partition(".")[0] == fact:
            return target.get("id") or target.get("name") or ""
    return ""


SIGN = Twice()
