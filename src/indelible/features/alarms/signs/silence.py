"""A source is silent or cannot be got through to, or what a rule promises is not kept; and that it is well again.

No entry of a source shows it. It is found by what did not come, and then told by an entry of Indelible's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indelible.events.own_coverage import RULE_BROKEN, RULE_KEPT_AGAIN, RULE_SILENT
from indelible.events.own_silence import HEARD_AGAIN, REFUSED, SILENT
from indelible.features.alarms.sign import Hit, Remembers, Seen, Sign

BACK = frozenset({HEARD_AGAIN, RULE_KEPT_AGAIN})


class Silence(Sign):
    """One notice for what is missing, and a message when it is back."""

    code = "silence"
    title = gettext_lazy("Something is silent, or not kept")
    weight = 3
    sayings = frozenset({SILENT, REFUSED, RULE_SILENT, RULE_BROKEN, *BACK})

    def says(self, settings: Mapping[str, Any]) -> str:
        """Say when it tells."""
        return _("a source or a rule is silent for longer than expected, or what a rule promises is not kept")

    def told(self, settings: Mapping[str, Any], facts: Mapping[str, Any]) -> str:
        """Say what was seen."""
        return {
            SILENT: _("A source is silent"),
            REFUSED: _("Nothing can be taken from a source"),
            RULE_SILENT: _("A rule is silent"),
            RULE_BROKEN: _("What a rule promises is not kept"),
        }.get(str(facts.get("what", "")), str(self.title))

    def look(self, seen: Seen, settings: Mapping[str, Any], memory: Remembers) -> Hit | None:
        """Tell each by itself; what is back ends what its entry refers to."""
        said = seen.event.get("action", {}).get("said", "")
        if said in BACK:
            began = seen.event.get("refers_to", {}).get("entry")
            return Hit(back=began) if began is not None else None
        return Hit({"what": said}, fold=f"began {seen.index}")


SIGN = Silence()
