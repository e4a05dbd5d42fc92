"""Somebody did it to themself: their own pay, their own account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indelible.events import signs
from indelible.events.folding import plain
from indelible.features.alarms.sign import Hit, Remembers, Seen, Sign


class OwnThing(Sign):
    """Whoever acted is what it was done to, or the one it was done for."""

    code = "own_thing"
    title = gettext_lazy("Done to oneself")
    weight = 3

    def says(self, settings: Mapping[str, Any]) -> str:
        """Say when it tells."""
        return _("somebody does it to themself")

    def look(self, seen: Seen, settings: Mapping[str, Any], memory: Remembers) -> Hit | None:
        """Compare the names."""
        actor = seen.event.get("actor")
        names = signs.names_of(actor)
        things = [signs.names_of(target) for target in seen.event.get("targets", ())]  # type: ignore[arg-type]
        for fact in ("holder", "owner", "real_person", "payee"):
            if isinstance(told := seen.event.get("extra", {}).get(fact), str):
                things.append(frozenset({plain(told)}))
        return Hit() if any(names & one for one in things) else None


SIGN = OwnThing()
