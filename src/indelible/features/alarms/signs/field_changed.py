"""A certain detail was changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indelible.events.folding import plain
from indelible.features.alarms.sign import Hit, Remembers, Seen, Setting, Sign, several


class FieldChanged(Sign):
    """By the name of the detail, as the source calls it."""

    code = "field_changed"
    title = gettext_lazy("A certain detail changed")
    settings = (
        Setting(
            "fields",
            gettext_lazy("Which details"),
            ["amount"],
            "words",
            hint=gettext_lazy("Words of their names, parted by commas: “renewal” also means “Renewal date”."),
        ),
    )

    def says(self, settings: Mapping[str, Any]) -> str:
        """Say when it tells."""
        return _("the detail %(fields)s changes") % {"fields": several(settings["fields"])}

    def look(self, seen: Seen, settings: Mapping[str, Any], memory: Remembers) -> Hit | None:
        """Look for the words in the names of what changed."""
        names = [f" {plain(change.get('field', ''))} " for change in seen.event.get("changes", ())]
        wanted = [f" {plain(word)} " for word in settings["fields"]]
        return Hit() if any(word in name for word in wanted for name in names) else None


SIGN = FieldChanged()
