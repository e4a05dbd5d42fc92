"""Two things have the same value where each should have its own: one bank account for two suppliers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indelible.events.folding import plain
from indelible.features.alarms.sign import Hit, Remembers, Seen, Setting, Sign
from indelible.storage.database.codes import code_of

KEPT_DAYS = 3660


class SharedValue(Sign):
    """By what a detail became, or by a fact. Values are kept as codes that tell nothing."""

    code = "shared_value"
    title = gettext_lazy("The same value for two")
    weight = 3
    learns = True
    settings = (
        Setting(
            "fact",
            gettext_lazy("Which fact"),
            ["changes.after"],
            "words",
            hint=gettext_lazy("changes.after: whatever a detail became."),
        ),
    )

    def says(self, settings: Mapping[str, Any]) -> str:
        """Say when it tells."""
        return _("two different things get the same value")

    def keys(self, seen: Seen, settings: Mapping[str, Any]) -> Sequence[str]:
        """The values."""
        return tuple(f"value {value}" for value in _values(seen, settings["fact"]))

    def look(self, seen: Seen, settings: Mapping[str, Any], memory: Remembers) -> Hit | None:
        """Look which thing had the value before."""
        if not seen.thing[1]:
            return None
        thing, hit = code_of("alarm thing", f"{seen.thing}").hex()[:16], None
        for key in self.keys(seen, settings):
            known = memory.get(key)
            if known is not None and known["thing"] != thing:
                hit = Hit(also=(known["entry"],))
            memory.put(key, {"thing": thing, "entry": seen.index}, seen.happened + timedelta(days=KEPT_DAYS))
        return hit


def _values(seen: Seen, facts: Sequence[str]) -> list[str]:
    found = []
    for fact in facts:
        if fact == "changes.after":
            found += [str(change.get("after", "")) for change in seen.event.get("changes", ())]
        else:
            found.append(str(seen.event.get("extra", {}).get(fact, "")))
    return [value for text in found if len(value := plain(text)) >= 4]  # shorter ones are shared by chance


SIGN = SharedValue()
