"""Something that should be told is not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indelible.events import signs
from indelible.features.alarms.sign import Hit, Remembers, Seen, Setting, Sign, several
from indelible.features.alarms.spoken import past


class LacksFact(Sign):
    """No approval, no reason, no end date."""

    code = "lacks_fact"
    title = gettext_lazy("Something is missing")
    settings = (
        Setting(
            "facts",
            gettext_lazy("Which facts"),
            ["approval_ref"],
            "words",
            hint=gettext_lazy(
                "By their names in the catalogue, parted by commas. One that is missing is enough."
            ),
        ),
        Setting(
            "acts",
            gettext_lazy("Only of which acts"),
            [],
            "words",
            hint=gettext_lazy("Verbs of the word list, parted by commas. None: whatever was done."),
        ),
    )

    def says(self, settings: Mapping[str, Any]) -> str:
        """Say when it tells."""
        facts = several(_words(settings["facts"]))
        if settings["acts"]:
            acts = several(past(settings["acts"]))
            return _("it is %(acts)s and does not tell: %(facts)s") % {"facts": facts, "acts": acts}
        return _("it does not tell: %(facts)s") % {"facts": facts}

    def told(self, settings: Mapping[str, Any], facts: Mapping[str, Any]) -> str:
        """Say what was seen."""
        missing = _words(str(facts.get("missing", "")).split(","))
        return _("Without: %(facts)s") % {"facts": several(missing)}

    def look(self, seen: Seen, settings: Mapping[str, Any], memory: Remembers) -> Hit | None:
        """Look for each fact."""
        if settings["acts"] and seen.verb not in settings["acts"]:
            return None
        missing = signs.lacks(seen.event, settings["facts"])
        return Hit({"missing": ",".join(missing)}) if missing else None


def _words(facts: Sequence[str]) -> list[str]:
    """Return facts as people call them."""
    known = {
        "approval_ref": _("the approval"),
        "changes.before": _("the old value"),
        "changes.after": _("the new value"),
    }
    return [known.get(fact, fact.replace("_", " ").replace(".", " ")) for fact in facts]


SIGN = LacksFact()
