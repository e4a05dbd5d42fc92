"""It went to somebody outside the organisation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indelible.events import signs
from indelible.features.alarms.sign import Hit, Remembers, Seen, Setting, Sign


class Outsider(Sign):
    """By the mail addresses of recipients: ours are those of our people, and what is set."""

    code = "outsider"
    title = gettext_lazy("To somebody outside")
    settings = (
        Setting(
            "domains",
            gettext_lazy("Addresses that are ours too"),
            [],
            "words",
            hint=gettext_lazy("What stands behind the @, parted by commas. Those of your people are known."),
        ),
    )

    def says(self, settings: Mapping[str, Any]) -> str:
        """Say when it tells."""
        return _("the recipient is outside the organisation")

    def look(self, seen: Seen, settings: Mapping[str, Any], memory: Remembers) -> Hit | None:
        """Hold the recipients' addresses against ours."""
        ours = {*seen.around.domains, *settings["domains"]}
        return Hit() if signs.outsiders(seen.event, ours) else None


SIGN = Outsider()
