"""It is one of some acts: of all that a rule records, those that are rare."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indelible.features.alarms.sign import Hit, Remembers, Seen, Setting, Sign, several
from indelible.features.alarms.spoken import past


class Acts(Sign):
    """By the verbs of the word list."""

    code = "acts"
    title = gettext_lazy("A certain act")
    settings = (
        Setting(
            "acts",
            gettext_lazy("Which acts"),
            ["delete"],
            "words",
            hint=gettext_lazy("Verbs of the word list, such as delete, export or stop, parted by commas."),
        ),
    )

    def says(self, settings: Mapping[str, Any]) -> str:
        """Say when it tells."""
        return _("it is %(acts)s") % {"acts": several(past(settings["acts"]))}

    def look(self, seen: Seen, settings: Mapping[str, Any], memory: Remembers) -> Hit | None:
        """Compare the verb."""
        return Hit() if seen.verb in settings["acts"] else None


SIGN = Acts()
